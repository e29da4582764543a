"""What crosses between rooms and processes: commands to a guild's owner, events from it. Frozen values."""

from __future__ import annotations

from attrs import frozen

from conductr_player import Command


@frozen
class SessionChanged:
    """A guild's queue or playback changed. A gap in `seq` tells a listener to read the snapshot anew."""

    guild_id: int
    seq: int


@frozen
class GenerationChanged:
    guild_id: int
    generation_id: str
    state: str


@frozen
class SongReady:
    """The finished file of a song is kept: it can be played from disk, and its length is known."""

    guild_id: int
    song_id: str


Event = SessionChanged | GenerationChanged | SongReady


@frozen
class ToPlayer:
    """A command for one guild's player. The owner answers with the session that follows from it.

    `expected` is the version of the session that the person saw; where it is another by now, the
    command is refused as Stale. None: it is meant whatever has changed since.
    """

    guild_id: int
    command: Command
    expected: int | None = None
