"""One guild of an emulator that serves many: the emulator's verbs, for this guild only.

A bot takes two seconds to start; so the tests of a module share one, and each has a guild of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from emulators.discord import Call, Channel, DiscordEmulator, Guild, Interaction, User


@frozen
class OneGuild:
    emulator: DiscordEmulator
    guild: Guild
    asked: list[Interaction]

    @property
    def human(self) -> User:
        return self.guild.members[0]

    @property
    def voice_channel(self) -> Channel:
        return self.guild.voice_channels[0]

    @property
    def other_voice_channel(self) -> Channel:
        return self.guild.voice_channels[1]

    @property
    def stage(self) -> Channel:
        return self.guild.voice_channels[2]

    @property
    def call(self) -> Call:
        return self.emulator.call(self.guild)

    @property
    def bot_channel(self) -> Channel | None:
        return self.emulator.bot_channel(self.guild)

    @property
    def joins(self) -> int:
        """How often the bot has asked to sit here."""
        asked = (sent["d"] for sent in self.emulator.gateway.received if sent.get("op") == 4)
        return sum(int(one["guild_id"]) == self.guild.id and one["channel_id"] is not None for one in asked)

    async def slash(
        self, name: str, options: Mapping[str, Any] | None = None, *, user: User | None = None
    ) -> Interaction:
        interaction = await self.emulator.slash(name, options, user=user, guild=self.guild)
        self.asked.append(interaction)
        return interaction

    async def say(self, name: str, options: Mapping[str, Any] | None = None, *, user: User | None = None) -> Any:
        """A command, and the first thing that is answered."""
        return await (await self.slash(name, options, user=user)).reply()

    async def autocomplete(self, name: str, option: str, typed: str) -> list[dict[str, Any]]:
        return await self.emulator.autocomplete(name, option, typed, guild=self.guild)

    async def human_joins(self, channel: Channel | None = None, user: User | None = None) -> None:
        await self.emulator.human_joins(channel or self.voice_channel, user or self.human)

    async def human_leaves(self) -> None:
        await self.emulator.human_leaves(self.human, self.guild)

    async def human_speaks(self) -> None:
        await self.emulator.human_speaks(self.human, self.guild)

    async def move_bot(self, channel: Channel | None) -> None:
        await self.emulator.move_bot(channel, self.guild)

    async def change_region(self) -> None:
        await self.emulator.change_region(self.guild)
