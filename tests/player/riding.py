"""A pacer without thread or clock that has seats: what a slot of the schedule does with them, turn by turn."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack

from attrs import define, field

from conductr_player import LinkLost, Report
from conductr_player.native.seats import Round, Seat
from conductr_player.pacing.beat import Tick
from conductr_player.pacing.line import Line
from conductr_player.rtp import AES, RtpSender

from .wire import KEY, SSRC, opened, pair


@define(eq=False)
class SeatedPacer:
    """`called`: how often it had to call a tick."""

    ticks: tuple[Tick, ...] = ()
    seats: dict[Tick, Seat] = field(factory=dict[Tick, Seat])
    called: int = 0
    _round: Round[Tick] = field(factory=Round[Tick])

    def add(self, tick: Tick, on_stuck: Tick | None = None, seat: Seat | None = None) -> None:
        if tick not in self.ticks:
            self.ticks += (tick,)
        if seat is not None:
            self.seats[tick] = seat

    def remove(self, tick: Tick) -> None:
        self.ticks = tuple(each for each in self.ticks if each != tick)
        self.seats.pop(tick, None)

    def turn(self, times: int = 1) -> None:
        for _ in range(times):
            for tick in self._round.serve(self.ticks, self.seats):
                self.called += 1
                tick()


@define(eq=False)
class Guild:
    """A line over a real sender and a socket that loses nothing; with a seat, or without."""

    seated: bool
    protect: Callable[[bytes], bytes | None] | None = None
    pacer: SeatedPacer = field(factory=SeatedPacer)
    reports: list[Report | LinkLost] = field(factory=list)
    heard: list[bytes] = field(factory=list)
    _ends: ExitStack = field(factory=ExitStack)
    ours: socket.socket = field(init=False)
    theirs: socket.socket = field(init=False)
    sender: RtpSender = field(init=False)
    line: Line = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.ours, self.theirs = self._ends.enter_context(pair())
        self.theirs.setblocking(False)
        self.sender = RtpSender(self.ours, AES, KEY, SSRC, protect=self.protect, by_library=self.seated)
        self.line = Line(self.pacer, self.sender, self.reports.append, seat=Seat() if self.seated else None)

    def turn(self, times: int = 1) -> None:
        for _ in range(times):
            self.pacer.turn()
            self.listen()

    def listen(self) -> None:
        try:
            while True:
                arrived = opened(AES, self.theirs.recv(4096))
                assert arrived.nonce == len(self.heard), "no gap, and none twice"
                assert (arrived.sequence, arrived.timestamp) == (arrived.nonce, arrived.nonce * 960)
                self.heard.append(arrived.packet)
        except BlockingIOError:
            return

    def close(self) -> None:
        self.line.close()
        self._ends.close()
