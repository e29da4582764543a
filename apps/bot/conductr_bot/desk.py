"""Desk: takes every interaction to its handler, in the member's language, and gives its answer."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from logging import getLogger
from typing import cast

import aiohttp
import anyio
import discord
from anyio.abc import TaskGroup
from attrs import define, field, frozen

from conductr import Conductr, Reply
from conductr.languages import locale_of
from conductr.outcomes import Outcome
from conductr.rights import check_channel
from conductr.views import Choice
from conductr_store import GuildSettings

from .answers import FORESEEN, Answering
from .asked import Asked, Handler, Live, Manner, Options, Said
from .caller import caller_of
from .cards.layout import Form
from .commands.options import Command
from .drawing import drawn, is_undoable, refused
from .errors import OldButton
from .presses import Press, read_press
from .reader import Reader
from .render import Drawn, draw

log = getLogger(__name__)

NO_PRESS = Press("")
PRESSES, WITHIN_S = 20, 5.0  # of one member; what is more is taken and does nothing
UNDO_S = 60.0  # then it cannot be taken back any more
KNOWN = 5_000  # members whose presses are remembered
Offer = Callable[[Asked, str], Awaitable[tuple[Choice, ...]]]


@frozen
class Pressed:
    """What a button, a select or a form does, and how it is answered."""

    handler: Handler
    manner: Manner = field(default=Manner(private=True))


@define(eq=False)
class Desk:
    """`offers` complete what is typed, by the name in the table; `seen` hears in which channel a guild asks.

    `tasks` is where what comes later runs; it ends with it.
    """

    conductr: Conductr
    commands: Mapping[str, Handler]
    presses: Mapping[str, Pressed]
    offers: Mapping[str, Offer]
    seen: Callable[[int, int], None]
    tasks: TaskGroup
    _pressed_at: dict[int, deque[float]] = field(factory=dict[int, "deque[float]"])

    async def command(self, interaction: discord.Interaction, command: Command, options: Options) -> None:
        """A slash command was used."""
        if not command.private:
            self.seen(interaction.guild_id or 0, interaction.channel_id or 0)
        manner = Manner(private=command.private)
        await self._serve(interaction, self.commands[command.name], manner, options, bound=not command.private)

    async def message_command(self, interaction: discord.Interaction, handler: Handler) -> None:
        self.seen(interaction.guild_id or 0, interaction.channel_id or 0)
        await self._serve(interaction, handler, Manner())

    async def pressed(self, interaction: discord.Interaction) -> None:
        """A button, a select or a form came back. One of another version, or of somebody else's, is told so."""
        press = read_press(interaction.custom_id or "")
        known = self.presses.get(press.verb) if press else None
        if press is None or known is None:
            await self._serve(interaction, _too_old, Manner(private=True))
        elif interaction.type is discord.InteractionType.component and self._too_many(interaction):
            await Answering(interaction, Manner(shown=True)).nothing()
        else:
            if not known.manner.private:
                self.seen(interaction.guild_id or 0, interaction.channel_id or 0)
            await self._serve(interaction, known.handler, known.manner, _filled(interaction), press)

    async def offer(
        self, interaction: discord.Interaction, what: str, typed: str, others: dict[str, object]
    ) -> tuple[Choice, ...]:
        """Nothing where it cannot be had: an error here would leave the member with a broken list."""
        try:
            asked = await self._asked(interaction, others, NO_PRESS)
            return await self.offers[what](asked, typed)
        except Exception:  # a fire wall: see above
            log.exception("%s could not be offered", what)
            return ()

    async def _serve(
        self,
        interaction: discord.Interaction,
        handler: Handler,
        manner: Manner,
        options: Options | None = None,
        press: Press = NO_PRESS,
        *,
        bound: bool = False,
    ) -> None:
        answering = Answering(interaction, manner, manner.private)
        reader = Reader(interaction.locale or "en")
        try:
            async with answering.in_time():
                if not manner.private:
                    answering.private = (await self._settings(interaction)).quiet_replies
                asked = await self._asked(interaction, options or {}, press)
                reader = asked.reader
                if bound:
                    check_channel(await self._settings(interaction), interaction.channel_id, asked.caller)
                said = await handler(asked)
            if await _give(answering, said, reader):
                self.tasks.start_soon(_end_undo, answering)
        except (discord.HTTPException, aiohttp.ClientError) as error:
            log.warning("interaction %s: Discord will not have the answer: %s", interaction.id, error)
        except Exception as error:  # noqa: BLE001 - worded, and logged where nobody foresaw it
            await _refuse(answering, error, reader)

    async def _settings(self, interaction: discord.Interaction) -> GuildSettings:
        return await self.conductr.preferences.of(interaction.guild_id or 0)

    async def _asked(self, interaction: discord.Interaction, options: Options, press: Press) -> Asked:
        caller = caller_of(interaction)
        own = (await self.conductr.preferences.of_user(caller.user_id)).language
        guild = await self._settings(interaction)
        locale = locale_of(own, interaction.locale, guild.language, interaction.guild_locale)
        data = cast("dict[str, object]", interaction.data or {})
        values = cast("list[str]", data.get("values") or [])
        role = interaction.guild.get_role(guild.dj_role_id) if interaction.guild and guild.dj_role_id else None
        reader = Reader(locale, interaction.locale, role.name if role else None)
        return Asked(interaction, self.conductr, caller, reader, options=options, press=press, values=tuple(values))

    def _too_many(self, interaction: discord.Interaction) -> bool:
        """Whether this member has pressed so often of late that one more is nothing but noise."""
        member = interaction.user.id if interaction.user else 0
        now = time.monotonic()
        if len(self._pressed_at) > KNOWN:
            self._pressed_at.clear()
        pressed = self._pressed_at.setdefault(member, deque(maxlen=PRESSES))
        if len(pressed) == PRESSES and now - pressed[0] < WITHIN_S:
            return True
        pressed.append(now)
        return False


async def _give(answering: Answering, said: Said, reader: Reader) -> bool:
    """True where it may be taken back for a while."""
    if said is None:
        await answering.nothing()
    elif isinstance(said, Form):
        await answering.open(said)
    elif isinstance(said, Drawn):
        await answering.say(said, private=answering.manner.private)
    elif isinstance(said, Live):
        if await answering.say(said.drawn, private=False):
            await said.sent(answering.private)
    elif isinstance(said, Reply):
        await answering.say(draw(said), private=said.ephemeral)
    else:
        return await _tell(answering, said, reader)
    return False


async def _tell(answering: Answering, outcome: Outcome, reader: Reader) -> bool:
    """True where it may be taken back for a while."""
    shown, reply = drawn(outcome, reader)
    ephemeral = reply is not None and reply.ephemeral
    await answering.say(shown, private=answering.manner.private or ephemeral, anew=answering.manner.shown)
    return is_undoable(outcome)


async def _end_undo(answering: Answering) -> None:
    await anyio.sleep(UNDO_S)
    await answering.take_buttons()


async def _refuse(answering: Answering, error: Exception, reader: Reader) -> None:
    """An error in words, to the caller alone. One that nobody foresaw goes to the log too."""
    if isinstance(error, FORESEEN):
        log.info("a command was refused: %r", error)
    else:
        log.error("a command failed on something unforeseen", exc_info=error)
    try:
        await answering.say(refused(error, reader), private=True, anew=True)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as failed:
        log.warning("interaction %s: nor can it be refused: %s", answering.interaction.id, failed)


async def _too_old(_asked: Asked) -> Said:
    raise OldButton


def _filled(interaction: discord.Interaction) -> dict[str, object]:
    """What stands in a form's boxes, by their names."""
    found: dict[str, object] = {}
    waiting = list(cast("list[dict[str, object]]", (interaction.data or {}).get("components") or []))
    while waiting:
        part = waiting.pop()
        if "custom_id" in part and "value" in part:
            found[str(part["custom_id"])] = part["value"]
        inner = cast("list[dict[str, object]]", part.get("components") or [])
        waiting += inner
        if "component" in part:
            waiting.append(cast("dict[str, object]", part["component"]))
    return found
