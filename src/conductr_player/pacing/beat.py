"""What a line and its pacer know of each other. No thread, no clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from conductr_player.native.seats import Seat

Tick = Callable[[], None]

PacketSink = Callable[[bytes], bool]
"""Takes one 20 ms Opus packet, in the pacer's thread; must not block.

False: there is no link now. The same packet is offered again at the next tick, and the
position stands still. An exception counts as False, and is logged. One that blocks for two
tenths of a second is cut off: `LinkLost` is reported for it, and it is called again only after
it has returned.
"""


class SinkSpec(Protocol):
    """A sink as a plain value, which can be opened in another process than the one that describes it."""

    def open(self) -> PacketSink:
        """The sink, in this process; it uses what the value names, and owns none of it."""
        ...


class Beat(Protocol):
    """What calls a line every 20 ms."""

    def add(self, tick: Tick, on_stuck: Tick | None = None, seat: Seat | None = None) -> None:
        """Call `tick` from now on; from any thread. Adding twice is adding once.

        While packets leave from its `seat` it is not called; one who knows of no seats need not look at it.

        `on_stuck` is called, in another thread, where a call hangs: the tick is left out then, and called
        again only once the hung call has returned.
        """
        ...

    def remove(self, tick: Tick) -> None:
        """Stop calling `tick`; when this returns it is not running either (unless it called this itself, or hangs)."""
        ...
