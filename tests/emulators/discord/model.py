"""Guilds, channels, members and who sits in which voice channel. Pure: no network, no tasks."""

from __future__ import annotations

import itertools
import time
from enum import IntEnum, IntFlag

from attrs import Factory, define, evolve, field, frozen

EPOCH_MS = 1_420_070_400_000  # Discord's epoch: the first second of 2015
_counter = itertools.count(1)


def new_id() -> int:
    """A snowflake of now: libraries read an interaction's age out of its id."""
    return (int(time.time() * 1000) - EPOCH_MS) << 22 | next(_counter) & 0x3FFFFF


class Permission(IntFlag):
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    USE_VAD = 1 << 25
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    SET_VOICE_CHANNEL_STATUS = 1 << 48


EVERYONE = Permission(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.CONNECT
    | Permission.SPEAK
    | Permission.USE_VAD
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.REQUEST_TO_SPEAK
    | Permission.SET_VOICE_CHANNEL_STATUS
)


NOTHING = Permission(0)


class ChannelKind(IntEnum):
    TEXT = 0
    VOICE = 2
    STAGE = 13


@frozen
class User:
    """`locale` is their Discord's language; `manages`: they have Manage Server everywhere."""

    name: str
    id: int = field(factory=new_id)
    bot: bool = False
    locale: str = "en-US"
    manages: bool = False


@frozen
class Channel:
    """`denied` is taken from @everyone in this channel; `user_limit` 0 means no limit."""

    name: str
    kind: ChannelKind = ChannelKind.TEXT
    id: int = field(factory=new_id)
    user_limit: int = 0
    bitrate: int = 128_000  # as in a boosted guild: at Discord's own 64 000 songs are made anew, not passed through
    rtc_region: str | None = None
    denied: Permission = NOTHING

    @property
    def is_voice(self) -> bool:
        return self.kind is not ChannelKind.TEXT


@frozen
class VoiceState:
    """`mute`: by a moderator. `suppress`: among the audience of a stage, or without the right to speak."""

    user_id: int
    channel_id: int
    session_id: str
    self_mute: bool = False
    self_deaf: bool = False
    mute: bool = False
    suppress: bool = False
    asked_to_speak_at: str | None = None


@define
class Guild:
    """One server. `members` are the humans; the bot is in every guild without being named."""

    name: str
    channels: list[Channel] = Factory(list)
    members: list[User] = Factory(list)
    id: int = field(factory=new_id)
    permissions: Permission = EVERYONE
    voice: dict[int, VoiceState] = Factory(dict)

    @property
    def text_channel(self) -> Channel:
        return next(channel for channel in self.channels if not channel.is_voice)

    @property
    def voice_channels(self) -> list[Channel]:
        return [channel for channel in self.channels if channel.is_voice]

    def channel(self, channel_id: int) -> Channel | None:
        return next((channel for channel in self.channels if channel.id == channel_id), None)

    def member(self, user_id: int) -> User | None:
        return next((member for member in self.members if member.id == user_id), None)

    def occupants(self, channel_id: int) -> list[int]:
        return [state.user_id for state in self.voice.values() if state.channel_id == channel_id]

    def permissions_in(self, channel: Channel) -> Permission:
        return self.permissions & ~channel.denied

    def may_join(self, user_id: int, channel: Channel) -> bool:
        """False where Discord would say nothing at all to a join: no permission, or a full channel."""
        wanted = Permission.VIEW_CHANNEL | Permission.CONNECT
        if not channel.is_voice or self.permissions_in(channel) & wanted != wanted:
            return False
        others = [occupant for occupant in self.occupants(channel.id) if occupant != user_id]
        return channel.user_limit == 0 or len(others) < channel.user_limit

    def change_channel(self, channel_id: int, **changes: object) -> Channel:
        """Replaces a channel by one with these changes, and returns it."""
        place = next(index for index, channel in enumerate(self.channels) if channel.id == channel_id)
        self.channels[place] = evolve(self.channels[place], **changes)
        return self.channels[place]


def default_guild(name: str = "Test guild") -> Guild:
    """One text channel, two voice channels, one human."""
    channels = [
        Channel("general"),
        Channel("Music", ChannelKind.VOICE),
        Channel("Lounge", ChannelKind.VOICE),
    ]
    return Guild(name, channels, [User("Ada")])


@define
class World:
    """Everything there is: the bot, its application, and the guilds it is in."""

    guilds: list[Guild]
    bot: User = field(factory=lambda: User("Conductr", bot=True))
    token: str = "emulated.bot.token"

    @property
    def application_id(self) -> int:
        """The same as the bot's user id, as with every application of today; py-cord relies on it."""
        return self.bot.id

    def guild(self, guild_id: int) -> Guild | None:
        return next((guild for guild in self.guilds if guild.id == guild_id), None)

    def guild_of_channel(self, channel_id: int) -> Guild | None:
        return next((guild for guild in self.guilds if guild.channel(channel_id)), None)

    def user(self, user_id: int) -> User | None:
        known = (guild.member(user_id) for guild in self.guilds)
        return self.bot if user_id == self.bot.id else next((user for user in known if user), None)
