"""What crosses between rooms and processes: commands to a guild's owner, events from it. Frozen values."""

from __future__ import annotations

from attrs import frozen

from conductr_player import Command, Session


@frozen
class SessionChanged:
    """A guild's queue or playback changed. A gap in `seq` tells a listener to read the snapshot anew."""

    guild_id: int
    seq: int


@frozen
class GenerationChanged:
    """How far a wish is: queued (`requested`, with its place in line, 1 is next), writing, playable, finished, ..."""

    guild_id: int
    generation_id: str
    state: str
    place: int | None = None


@frozen
class SongReady:
    """The finished file of a song is kept: it can be played from disk, and its length is known."""

    guild_id: int
    song_id: str


@frozen
class SettingsChanged:
    """A server wants it otherwise from now on: whoever keeps its settings reads them anew."""

    guild_id: int


Event = SessionChanged | GenerationChanged | SongReady | SettingsChanged


@frozen
class ToPlayer:
    """A command for one guild's player. The owner answers with the session that follows from it.

    `expected` is the version of the session that the person saw; where it is another by now, the
    command is refused as Stale. None: it is meant whatever has changed since.

    `command_id` names the request of a person. It is in the guild's log before the answer comes, and given
    again it changes nothing and gets the session as it is. None: nobody asked.
    """

    guild_id: int
    command: Command
    expected: int | None = None
    command_id: str | None = None


@frozen
class ToVote:
    """A listener is for doing this to the play `play_id`. Given again, it is taken back.

    Where it is enough, or is once somebody has left, the guild's owner carries out `command`.
    """

    guild_id: int
    deed: str
    play_id: int
    voter_id: int
    command: Command


@frozen
class Tally:
    """How a vote stands. `passed`: the command was carried out, and led to `session`."""

    have: int
    needed: int
    passed: bool
    withdrawn: bool
    session: Session
