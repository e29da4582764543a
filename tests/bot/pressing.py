"""What a member does to the bot's messages in one guild: presses by verb, forms filled in, and the card that hangs."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from bot.one_guild import OneGuild
from emulators.discord import Interaction, Message, User

from conductr_bot.presses import read_press


@frozen
class Member:
    """Somebody of the guild; `locale` is their Discord's language."""

    room: OneGuild
    user: User

    async def press(self, message: Message, verb: str, *values: str, about: str | None = None) -> Interaction:
        """The enabled button or select of that verb, on the message as it is now."""
        interaction = await self.room.emulator.click(
            message, custom_id_of(self.room, message, verb, about), list(values) or None, user=self.user
        )
        self.room.asked.append(interaction)
        return interaction

    async def told(self, message: Message, verb: str, *values: str, about: str | None = None) -> Message:
        """Press it; the new message that answers."""
        return await (await self.press(message, verb, *values, about=about)).reply()

    async def redrawn(self, message: Message, verb: str, *values: str, about: str | None = None) -> Message:
        """Press it; the same message as it is after that."""
        return await (await self.press(message, verb, *values, about=about)).reply()

    async def fill(self, opened: Interaction, **boxes: str) -> Interaction:
        await opened.acknowledged()
        interaction = await self.room.emulator.submit_modal(opened, boxes)
        self.room.asked.append(interaction)
        return interaction

    async def say(self, name: str, /, **options: Any) -> Message:
        named = {key.replace("_", "-"): value for key, value in options.items()}
        return await self.room.say(name, named, user=self.user)


def custom_id_of(room: OneGuild, message: Message, verb: str, about: str | None = None) -> str:
    now = room.emulator.board.get(message.id)
    for part in now.controls:
        read = read_press(str(part.get("custom_id") or ""))
        if read is not None and read.verb == verb and about in (None, *read.about):
            return str(part["custom_id"])
    raise LookupError(f"no {verb!r} among {[part.get('custom_id') for part in now.controls]}")


def verbs_of(message: Message, *, enabled: bool = True) -> set[str]:
    read = [
        read_press(str(part.get("custom_id") or ""))
        for part in message.controls
        if enabled != bool(part.get("disabled"))
    ]
    return {one.verb for one in read if one is not None}


def cards(room: OneGuild) -> list[Message]:
    """What hangs in the guild's text channel with the buttons of what plays."""
    hanging = [one for one in room.emulator.board.messages if one.channel_id == room.guild.text_channel.id]
    return [one for one in hanging if "previous" in verbs_of(one) | verbs_of(one, enabled=False)]


async def card_that(room: OneGuild, fits: Any, timeout_s: float = 40) -> Message:
    """The server's one card, as soon as it looks like that."""

    def look() -> Message | None:
        return next((one for one in cards(room) if fits(one)), None)

    def missing() -> str:
        return f"fitting card; there are {[(one.text, verbs_of(one)) for one in cards(room)]}"

    found = await room.emulator.watch.until(look, missing, timeout_s)
    assert found is not None
    return found
