"""One guild's side of the pacer: which packet leaves at each tick. Everything here runs in the pacer's thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from attrs import define, evolve, field, frozen

from conductr_player.core.inputs import LinkLost, Report
from conductr_player.core.queue import EndReason
from conductr_player.native.seats import Seat
from conductr_player.native.senders import NativeSender
from conductr_player.packets.opus import SILENCE

from .beat import Beat, PacketSink
from .orders import Amend, Jump, Order, Take
from .program import Program

SILENCE_FRAMES: Final = 5  # Discord asks for them where sound stops, so that nothing is interpolated
CUT_OFF_AFTER: Final = 50  # times in a row, 1 s, that a sink may raise
RIDES_FROM: Final = 25  # packets; for fewer it is not worth it

_log = logging.getLogger(__name__)


@frozen
class _Ride:
    """`_sent`, and the seat's index, when it began."""

    seat: Seat
    sent: int
    index: int

    def sent_by_now(self) -> int:
        return self.sent + self.seat.index - self.index


@define(eq=False)
class Line(Program):
    """Sends a guild's packets, one a tick, and reports. Told what to do by orders from any thread.

    It is at the pacer only while there is something to send, so a silent guild costs nothing.

    A sink that raises CUT_OFF_AFTER times in a row is offered nothing more, and `LinkLost` is
    reported, until a Resume or a Take.

    With a `seat` and a sink of which the library knows (`RtpSender.native`), a finished file's packets leave without
    a tick. The tick is called again for the last one, at an order, and where a packet was not taken; it begins with
    getting off, so that all else is as if it had never been on.
    """

    pacer: Beat
    sink: PacketSink
    report: Callable[[Report | LinkLost], None]
    seat: Seat | None = field(default=None, kw_only=True)
    _ride: _Ride | None = field(init=False, default=None)
    _orders: tuple[Order, ...] = field(init=False, default=())
    _gate: threading.Lock = field(init=False, factory=threading.Lock)  # between giving an order and going to rest
    _at_pacer: bool = field(init=False, default=False)
    _closed: bool = field(init=False, default=False)
    _raised: int = field(init=False, default=0)  # times in a row that the sink did
    _sent_at_raise: int = field(init=False, default=0)
    _refused_at: int = field(init=False, default=-1)  # `packets_sent` when the sink last did not take a packet
    _quiet_at: int = field(init=False, default=0)  # `packets_sent` when it fell silent
    _silence_left: int = field(init=False, default=0)

    @property
    def packets_sent(self) -> int:
        """See `LineLike`."""
        while (ride := self._ride) is not None:
            sent = ride.sent_by_now()
            if self._ride is ride:  # else it got off meanwhile, and the seat may count another ride
                return sent
        return self._sent

    @property
    def refused(self) -> bool:
        """See `LineLike`."""
        return self._ride is None and self._packet is not None and self._refused_at == self._sent

    def give(self, order: Order) -> None:
        """Have `order` obeyed at the next tick; from any thread. After `close` it is ignored."""
        with self._gate:
            if isinstance(order, Amend):
                self._orders = tuple(_amended(each, order) for each in self._orders)
                return
            if not self._closed:
                self._orders += (order,)
            if (ride := self._ride) is not None:  # read once: the pacer's thread may be getting off
                ride.seat.hold()
            if not self._at_pacer:
                self._at_pacer = True
                self.pacer.add(self.tick, self.cut_off, self.seat)

    def close(self) -> None:
        """Leave the pacer, obey the orders that wait, end what plays. Not from a tick."""
        self.pacer.remove(self.tick)
        with self._gate:
            self._closed = self._at_pacer = True  # no order brings it back
        self._get_off()
        self._obey()
        self._hush(EndReason.SHUTDOWN, None)

    def cut_off(self) -> None:
        """The pacer calls it where the sink hangs, in place of the tick, and calls the tick no more."""
        self._give_up_sink()
        with self._gate:
            self._at_pacer = False

    def tick(self) -> None:
        """Send a packet. Called by the pacer each 20 ms, but for those that leave from its seat."""
        if self._ride is not None:
            self._get_off()
        if self._orders:
            self._obey()
        packet = self._packet
        if packet is None and (packet := self._look_again()) is None:
            return
        try:
            # By name: `self.sink(packet)` costs as much more as a packet's header does.
            sent = self.sink.__call__(packet)
        except Exception:  # noqa: BLE001 - the sink is a stranger's code
            self._note_raised()
            return
        if not sent:
            self._raised = 0
            self._refused_at = self._sent
            self._drop_fade()
            return
        self._sent += 1
        try:
            self._packet = packet = next(self._run, None)
            if packet is None:
                self._go_on()
            if self._begun:
                self._get_on()
        except Exception:  # noqa: BLE001 - whatever it is, it is this track's end and nobody else's
            self._source_broke()

    def _get_on(self) -> None:
        """Let what comes leave from the seat, if it is such that there is nothing else to do."""
        self._begun = False
        seat, sender, cursor = self.seat, getattr(self.sink, "native", None), self._cursor
        if seat is None or cursor is None or self._still or self._switch is not None or not cursor.heard:
            return
        index = cursor.index(self._sent)
        found = cursor.stretch(index, ahead_of_end=len(self._next.lead) if self._next else 0)
        if found is None or found[1] - index < RIDES_FROM or not isinstance(sender, NativeSender):
            return
        with self._gate:
            if not self._orders and not self._closed:
                seat.mount(sender, found[0], index, found[1] - 1)  # the last by a tick, which sees what comes then
                self._ride = _Ride(seat, self._sent, index)

    def _get_off(self) -> None:
        ride = self._ride
        if ride is not None:
            self._sent = ride.sent_by_now()
            self._ride = None  # after that: who asks meanwhile hears the same from either
            ride.seat.leave()
            try:
                self._load()
            except Exception:  # noqa: BLE001 - as in a tick
                self._source_broke()

    def _tell(self, report: Report) -> None:
        self.report(report)

    def _obey(self) -> None:
        with self._gate:
            orders, self._orders = self._orders, ()
        for order in orders:
            try:
                self.obey(order)
            except Exception:  # noqa: BLE001 - as in a tick
                self._source_broke()

    def _look_again(self) -> bytes | None:
        """There was nothing to send. Perhaps there is by now; else silence, and then rest."""
        try:
            self._load()
            if self._packet is None and self._cursor is not None and not self._still:
                self._wait(self._cursor)
        except Exception:  # noqa: BLE001 - as in a tick
            self._source_broke()
        if self._packet is None:
            self._be_quiet()
        return self._packet

    def _note_raised(self) -> None:
        self._refused_at = self._sent
        if self._sent != self._sent_at_raise:
            self._raised, self._sent_at_raise = 0, self._sent
        self._raised += 1
        if self._raised == 1:  # once for each time that it breaks, not fifty times a second
            _log.exception("a sink raised; the music waits until it takes packets again")
        if self._raised >= CUT_OFF_AFTER and not self._cut_off:
            _log.error("a sink raised %d times in a row, and is offered nothing more", self._raised)
            self._give_up_sink()

    def _give_up_sink(self) -> None:
        self._stand_still()
        self._cut_off = True
        self.report(LinkLost())

    def _be_quiet(self) -> None:
        if self._sent != self._quiet_at:
            self._silence_left, self._quiet_at = SILENCE_FRAMES, self._sent
        if self._silence_left and not self._cut_off:
            self._silence_left -= 1
            self._send_silence()  # where it is refused nobody listens, so it is not offered again
        elif self._cursor is None or self._still:
            with self._gate:
                if not self._orders:
                    self._at_pacer = False
                    self.pacer.remove(self.tick)

    def _send_silence(self) -> None:
        try:
            sent = self.sink(SILENCE)
        except Exception:  # noqa: BLE001 - the sink is a stranger's code
            self._note_raised()
            return
        if sent:
            self._sent += 1
            self._quiet_at = self._sent


def _amended(order: Order, by: Amend) -> Order:
    return evolve(order, lead=by.lead) if isinstance(order, Take | Jump) and order.play_id == by.play_id else order
