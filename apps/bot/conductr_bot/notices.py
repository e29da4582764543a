"""Notices: the one message of each /generate, kept up to date, also after a restart and after its token has died."""

from __future__ import annotations

import time
from logging import getLogger

import aiohttp
import anyio
import discord
from anyio.abc import TaskGroup

from conductr import Conductr, GenerationChanged, GenerationView

from .answers import FORESEEN
from .caller import Address
from .cards.generation import progress
from .reader import Reader
from .render import Drawn

log = getLogger(__name__)

EDIT_EVERY_S = 2.0  # at most, a message; what changes in between is told at once after it
SWEEP_EVERY_S = 30.0  # for changes whose event was lost, or whose edit failed
TOO_MANY, OUR_TURN_LATER = 429, 500  # what is worth another try; other refusals stay refusals
FINAL = frozenset({"finished", "refused", "failed", "unknown"})


class Notices:
    """`tasks` is where edits run; they end with it."""

    def __init__(self, conductr: Conductr, tasks: TaskGroup) -> None:
        self._conductr = conductr
        self._tasks = tasks
        self._bot: discord.Bot | None = None
        self._telling: set[str] = set()
        self._again: set[str] = set()

    async def run(self, bot: discord.Bot) -> None:
        """Until cancelled. The bot has logged in."""
        self._bot = bot
        async with anyio.create_task_group() as tasks, self._conductr.bus.subscribe() as events:
            tasks.start_soon(self._sweep)
            async for event in events:
                if isinstance(event, GenerationChanged):
                    self.poke(event.generation_id)

    def poke(self, generation_id: str) -> None:
        """It may have changed: look, and tell. While an edit of it is young, one look follows for all pokes."""
        if generation_id in self._telling:
            self._again.add(generation_id)
        elif self._bot is not None:
            self._telling.add(generation_id)
            self._tasks.start_soon(self._keep_telling, generation_id, self._bot)

    async def _sweep(self) -> None:
        while True:
            try:
                for view in await self._conductr.generations.untold():
                    self.poke(view.id)
            except FORESEEN:
                log.exception("what is untold could not be read")
            await anyio.sleep(SWEEP_EVERY_S)

    async def _keep_telling(self, generation_id: str, bot: discord.Bot) -> None:
        try:
            while True:
                self._again.discard(generation_id)
                await self._tell(generation_id, bot)
                await anyio.sleep(EDIT_EVERY_S)
                if generation_id not in self._again:
                    return
        except (*FORESEEN, discord.DiscordException, aiohttp.ClientError, OSError):
            log.exception("generation %s could not be told of; tried again within %d s", generation_id, SWEEP_EVERY_S)
        except Exception:  # a fire wall: the other messages go on
            log.exception("generation %s could not be told of, unforeseen", generation_id)
        finally:
            self._telling.discard(generation_id)
            self._again.discard(generation_id)

    async def _tell(self, generation_id: str, bot: discord.Bot) -> None:
        view = await self._conductr.generations.get(generation_id)
        if view.told == view.state:
            return
        address = Address.from_plain(view.reply_to or {})
        if address is not None:
            await self._show(view, address, bot)
        await self._conductr.generations.told(view.id, view.state)

    async def _show(self, view: GenerationView, address: Address, bot: discord.Bot) -> None:
        """By the token while it lives, then as the bot; an end that fits nowhere else becomes a message of its own."""
        drawn = progress(view, Reader(address.locale or "en"))
        try:
            if time.time() < address.until and await _edit_by_token(drawn, address):
                return
            if await _edit_as_bot(drawn, address, bot):
                return
            if view.state in FINAL:
                await _send_anew(drawn, address, bot)
        except discord.HTTPException as error:
            if error.status == TOO_MANY or error.status >= OUR_TURN_LATER:
                raise
            log.warning("generation %s: Discord will not have this told: %s", view.id, error)


async def _edit_by_token(drawn: Drawn, address: Address) -> bool:
    """False where Discord knows the token or the message no more."""
    if address.message_id is None:
        return False
    async with aiohttp.ClientSession() as session:
        webhook = discord.Webhook.partial(address.application_id, address.token, session=session)
        try:
            await webhook.edit_message(address.message_id, **drawn.changed())
        except discord.HTTPException as error:
            if error.status in (401, 404):
                return False
            raise
    return True


async def _edit_as_bot(drawn: Drawn, address: Address, bot: discord.Bot) -> bool:
    if address.message_id is None:
        return False
    channel = bot.get_partial_messageable(address.channel_id)
    try:
        await channel.get_partial_message(address.message_id).edit(**drawn.changed())
    except discord.HTTPException as error:
        if error.status in (403, 404):
            return False
        raise
    return True


async def _send_anew(drawn: Drawn, address: Address, bot: discord.Bot) -> None:
    """To the channel, and to whoever asked: the only mention this bot makes (reliability.md D5)."""
    message = drawn.new()
    message["content"] = f"<@{address.user_id}>"
    message["allowed_mentions"] = discord.AllowedMentions(
        everyone=False, roles=False, users=[discord.Object(address.user_id)]
    )
    await bot.get_partial_messageable(address.channel_id).send(**message)
