"""Who and what there is in the emulated Discord, by the names that tests use."""

from __future__ import annotations

from .call import Call
from .model import Channel, Guild, User, World
from .watch import Journal


class Scene:
    """The first guild, its first human and its first channels; `call(guild)` for any other guild's voice."""

    world: World
    journal: Journal
    calls: dict[int, Call]

    @property
    def unhandled(self) -> list[str]:
        return self.journal.unhandled

    @property
    def errors(self) -> list[str]:
        return self.journal.errors

    @property
    def remarks(self) -> list[str]:
        return self.journal.remarks

    # Who is there

    @property
    def guild(self) -> Guild:
        return self.world.guilds[0]

    @property
    def human(self) -> User:
        return self.guild.members[0]

    @property
    def text_channel(self) -> Channel:
        return self.guild.text_channel

    @property
    def voice_channel(self) -> Channel:
        return self.guild.voice_channels[0]

    @property
    def other_voice_channel(self) -> Channel:
        return self.guild.voice_channels[1]

    def call(self, guild: Guild | None = None) -> Call:
        return self.calls[(guild or self.guild).id]

    def bot_channel(self, guild: Guild | None = None) -> Channel | None:
        """The voice channel the bot sits in."""
        guild = guild or self.guild
        state = guild.voice.get(self.world.bot.id)
        return guild.channel(state.channel_id) if state is not None else None
