"""Room: a guild's player with the place where it is heard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from logging import getLogger
from typing import Any

from attrs import define, field

from conductr_player import GuildPlayer, Notice, PlaybackState, Session

from .access import RoomFacts

log = getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]


def nobody() -> int:
    """Nobody listens."""
    return 0


async def nothing() -> None:
    """Nothing is done."""


@define(eq=False)
class Room:
    """A guild's player and where it is heard. `listeners` counts people besides the bot; it is asked when needed."""

    guild_id: int
    channel_id: int | None
    name: str
    player: GuildPlayer
    seq: int
    listeners: Callable[[], int]
    unrecorded: set[str] = field(factory=set)  # commands that the player has taken, and the log has not
    _counted: int = -1  # the play that was counted last

    def newly_heard(self, session: Session) -> str | None:
        """The song of which this is the first that is heard, told once a play; one that goes on was told before."""
        current = session.queue.current
        if current is None or session.state is not PlaybackState.PLAYING or session.play_id == self._counted:
            return None
        self._counted = session.play_id
        return None if session.start_at_s else current.track.id

    def facts(self) -> RoomFacts:
        return RoomFacts(self.channel_id, self.name, self.listeners())

    def next_seq(self) -> int:
        """The number of the next save."""
        self.seq += 1
        return self.seq


def noter_of(guild_id: int) -> Callable[[Notice], Awaitable[None]]:
    """What a player tells people, for now told to the log."""

    async def note(notice: Notice) -> None:
        log.warning("guild %s: %s", guild_id, notice)

    return note
