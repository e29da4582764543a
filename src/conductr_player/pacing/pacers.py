"""What an output needs of a pacer, and several pacers as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from attrs import field, frozen
from attrs.validators import min_len

from conductr_player.core.inputs import LinkLost, Report

from .beat import PacketSink, SinkSpec
from .orders import Order

Reporter = Callable[[Report | LinkLost], None]


class LineLike(Protocol):
    """One guild's side of a pacer, wherever that lives."""

    def give(self, order: Order) -> None:
        """Have it obeyed at the next tick; from any thread."""
        ...

    def close(self) -> None:
        """Obey the orders that wait, and end what plays. Not from a tick."""
        ...

    @property
    def place(self) -> tuple[int | None, int]:
        """The play that sounds and its next packet; None for the play where there is none yet."""
        ...

    @property
    def speed(self) -> float:
        """Seconds of the track in a second of what sounds."""
        ...

    @property
    def packets_sent(self) -> int:
        """That the sink took, silence too."""
        ...

    @property
    def waiting(self) -> bool:
        """The source has run dry for now."""
        ...

    @property
    def refused(self) -> bool:
        """There is a packet, and the sink did not take it when it was last offered."""
        ...


class LinePacer(Protocol):
    """The thread of this process, another process, or several of them."""

    def line(self, sink: PacketSink | SinkSpec, report: Reporter) -> LineLike:
        """A line, which its owner closes. `report` is called from other threads, and must not block.

        Raises OutputError where the pacer is not open (any more), or cannot take such a sink.
        """
        ...

    @property
    def load(self) -> int:
        """How many lines it cares for."""
        ...


@frozen
class Pacers:
    """Several pacers as one: each new line goes to the one with the fewest. They stay their owners'."""

    pacers: tuple[LinePacer, ...] = field(converter=tuple[LinePacer, ...], validator=min_len(1))

    def line(self, sink: PacketSink | SinkSpec, report: Reporter) -> LineLike:
        return min(self.pacers, key=lambda each: each.load).line(sink, report)

    @property
    def load(self) -> int:
        return sum(each.load for each in self.pacers)
