"""Where a guild's audio goes."""

from __future__ import annotations

from typing import Protocol

from .tracks import Entry


class Output(Protocol):
    """It works in tracks, not frames: Lavalink never shows us a frame.

    An output reports by the callable it was built with: `Started` once sound is really
    sent, `Ended` exactly once for each `play`, also after `stop`, a newer `play` or
    `aclose`. Reports may come from any thread. No call waits for a track to open.
    """

    async def run(self) -> None:
        """Work for as long as the player lives (opening tracks, reading a socket). May return at once."""
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
        """Beyond the end is the end."""
        ...

    async def aclose(self) -> None:
        """Fall silent and give everything back. May be called twice."""
        ...

    @property
    def position_s(self) -> float:
        """Seconds into the play asked for last, counted in packets sent."""
        ...
