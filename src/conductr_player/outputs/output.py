"""Where a guild's audio goes."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from conductr_player.core.inputs import LinkLost, Report
from conductr_player.core.sound import Sound
from conductr_player.core.tracks import Entry

Work = Callable[[], Coroutine[Any, Any, None]]
Start = Callable[[Work], object]
"""Runs some work in a task that the player owns: a task group's `start_soon` will do.

It is cancelled when the player ends; what it raises ends the player. A task that waits costs
5 KB, so work is started when there is some, not parked until there is.
"""


class Output(Protocol):
    """It works in tracks, not frames: Lavalink never shows us a frame.

    An output reports by the callable it was built with, from any thread: `Started` once sound is
    really sent, and `Ended` exactly once for each `play`, with the position that was reached and one
    of these reasons. FINISHED: it came to its end; REPLACED: by a newer `play`; STOPPED: by `stop`;
    SHUTDOWN: by `aclose`; LOAD_FAILED: it could not be opened, or broke. `LinkLost` tells that
    nothing can be sent any more, of this play or any other, until a host has mended that.

    No call waits for a track to open, for a rendition, or for a packet to be sent.
    """

    def begin(self, start: Start) -> None:
        """Called once, before everything else. `start` may be used until `aclose`."""
        ...

    async def play(self, play_id: int, entry: Entry, start_s: float = 0.0) -> None:
        """Replace whatever plays. It starts unpaused. Raises OutputError where nothing can play."""
        ...

    async def preload(self, entry: Entry | None) -> None:
        """`entry` comes next, most likely: make it ready to follow without a gap. May do nothing."""
        ...

    async def pause(self) -> None: ...

    async def resume(self) -> None: ...

    async def stop(self) -> None: ...

    async def seek(self, position_s: float) -> None:
        """Beyond the end is the end; beyond what a growing song has, as far as it has come."""
        ...

    async def change_sound(self, sound: Sound) -> None:
        """How all is to be heard from now on, what is preloaded too; may come before the first `play`.

        What plays is heard so within 300 ms, with no gap and at the same place.
        """
        ...

    async def aclose(self) -> None:
        """Fall silent and give everything back. May be called twice."""
        ...

    @property
    def position_s(self) -> float:
        """Seconds of the track into the play asked for last, counted in packets sent."""
        ...

    @property
    def packets_sent(self) -> int:
        """How many packets were taken at the far end so far, those of silence too. It never falls."""
        ...

    @property
    def waiting(self) -> bool:
        """The track is slow, or still being opened: there is nothing to send, but nothing is broken."""
        ...

    @property
    def refused(self) -> bool:
        """There is a packet to send, and the far end does not take it: the track is well, the connection is not."""
        ...

    @property
    def deserted(self) -> bool:
        """Nobody is there who could hear it, so the music waits, for as long as that lasts."""
        ...


MakeOutput = Callable[[Callable[[Report | LinkLost], None]], Output]
"""Builds an output that reports by the callable it is given."""
