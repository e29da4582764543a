"""Room: a guild's player with the place where it is heard, who listens, and what they vote on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from logging import getLogger
from typing import Any

from attrs import define, evolve, field, frozen

from conductr_player import GuildPlayer, Notice, PlaybackState, Session, SetRules, SetSound
from conductr_store import GuildSettings

from .access import RoomFacts
from .ballots import Ballots, Count
from .tuning import rules_of, sound_of

log = getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]
Listening = int | frozenset[int]  # how many people, or who


def nobody() -> Listening:
    """Nobody listens."""
    return 0


async def nothing() -> None:
    """Nothing is done."""


@frozen
class Heard:
    """A play that was heard: of which song, and whether people let it come to its end."""

    play_id: int
    song_id: str
    asked_by: int
    skipped: bool = False


@define(eq=False)
class Room:
    """A guild's player and where it is heard. `listeners` are people besides the bot; they are asked when needed."""

    guild_id: int
    channel_id: int | None
    name: str
    player: GuildPlayer
    seq: int
    listeners: Callable[[], Listening]
    settings: GuildSettings = field(factory=GuildSettings)
    bits_per_s: int | None = None  # what the channel takes; None: not known
    epoch: int | None = None  # of the guild's lease; None: nobody else may have it
    lost: bool = False  # the lease is another process's: nothing more is saved
    unrecorded: set[str] = field(factory=set)  # commands that the player has taken, and the log has not
    ballots: Ballots = field(factory=Ballots)
    _known_ids: frozenset[int] | None = None  # who listens, as was told last
    _counted: int = -1  # the play that was counted last
    _hearing: Heard | None = None

    def newly_heard(self, session: Session) -> str | None:
        """The song of which this is the first that is heard, told once a play; one that goes on was told before."""
        current = session.queue.current
        if current is None or session.state is not PlaybackState.PLAYING or session.play_id == self._counted:
            return None
        self._counted = session.play_id
        self._hearing = Heard(session.play_id, current.track.id, current.requested_by)
        return None if session.start_at_s else current.track.id

    def passed_over(self, session: Session) -> None:
        """A person asked for what led to `session`: a play that is over in it was ended before its time."""
        if self._hearing is not None and _is_over(self._hearing, session):
            self._hearing = evolve(self._hearing, skipped=True)

    def heard_out(self, session: Session) -> Heard | None:
        """The play that is over since it was asked last."""
        heard = self._hearing
        if heard is None or not _is_over(heard, session):
            return None
        self._hearing = None
        return heard

    def count(self) -> Count:
        ids, number = self._listening()
        return Count(ids, number, self.settings.vote_ratio)

    def facts(self) -> RoomFacts:
        ids, number = self._listening()
        return RoomFacts(self.channel_id, self.name, number, ids)

    def told_listeners(self, ids: frozenset[int]) -> None:
        """Who listens now. Those who have left have no vote any more."""
        self._known_ids = ids
        self.ballots.left(ids)

    def tune(self) -> None:
        """Let the player keep to what the guild has set."""
        session = self.player.session
        if (rules := rules_of(self.settings)) != session.rules:
            self.player.tell(SetRules(rules))
        wanted = sound_of(self.settings, self.bits_per_s)
        sound = evolve(session.sound, volume_percent=wanted.volume_percent, bitrate_kbits=wanted.bitrate_kbits)
        if sound != session.sound:
            self.player.tell(SetSound(sound))

    def next_seq(self) -> int:
        """The number of the next save."""
        self.seq += 1
        return self.seq

    def _listening(self) -> tuple[frozenset[int], int]:
        found = self.listeners()
        if isinstance(found, int):
            ids = self._known_ids or frozenset[int]()
            return ids, found or len(ids)
        return found, len(found)


def _is_over(heard: Heard, session: Session) -> bool:
    return session.play_id != heard.play_id or session.queue.current is None


def noter_of(guild_id: int) -> Callable[[Notice], Awaitable[None]]:
    """What a player tells people, for now told to the log."""

    async def note(notice: Notice) -> None:
        log.warning("guild %s: %s", guild_id, notice)

    return note
