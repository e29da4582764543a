"""The pacer's process: `python -m conductr_player.remote.child LINK BOARD`, started by `PacerProcess` only.

It ends when its parent does: the link is closed then, or the process has another parent.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from typing import Final

from attrs import define, field

from conductr_player.core.inputs import LinkLost, Report
from conductr_player.native.seats import new_seat
from conductr_player.pacing.line import Line
from conductr_player.pacing.pacer import Pacer

from .board import Board
from .library import Library
from .link import Link, LinkBroken
from .specs import opened
from .wire import Blobs, Plain, order_from_plain, packed, report_to_plain, unpacked

BEAT_EVERY_S: Final = 1.0
SWITCH_INTERVAL_S: Final = 0.0005  # what reads the link must not make the pacer wait for 5 ms
TEXT_LIMIT: Final = 2_000  # characters of a log record

_log = logging.getLogger(__name__)


@define(eq=False)
class ShownLine(Line):
    """Writes on the board where it stands, after every tick. Its seat does so for what leaves without one."""

    show: Callable[..., None]  # Board.show of its slot

    def tick(self) -> None:
        Line.tick(self)
        play_id, index = self.place
        self.show(play_id, index, self.packets_sent, waiting=self.waiting, refused=self.refused, speed=self.speed)


@define(eq=False)
class Child:
    """Does what the parent says, and tells what its lines report."""

    link: Link
    board: Board
    pacer: Pacer
    parent: int
    _library: Library = field(init=False, factory=Library)
    _lines: dict[int, tuple[ShownLine, Callable[[], None]]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._lines = {}

    def serve(self) -> None:
        """Until the parent is gone."""
        self.link.send(packed({"tell": "ready"}))
        beat_at = time.monotonic()
        while os.getppid() == self.parent:
            self.link.wait(beat_at - time.monotonic())
            self.link.flush()
            while (received := self.link.receive()) is not None:
                self._obey(*received)
            if time.monotonic() >= beat_at:
                beat_at = time.monotonic() + BEAT_EVERY_S
                self._beat()

    def _beat(self) -> None:
        pacer = self.pacer
        self.board.beat(given_up=pacer.given_up, worst_late_s=pacer.worst_late_s, late_p99_s=pacer.late_p99_s)

    def _obey(self, message: bytes, fds: tuple[int, ...]) -> None:
        values, blobs = unpacked(message)
        try:
            match values["ask"]:
                case "open":
                    self._open(values, fds, blobs)
                case "give":
                    self._lines[values["line"]][0].give(order_from_plain(values, blobs, self._library.source_of))
                case "close":
                    self._close(values["line"])
                case _:
                    self._library.obey(values, fds)
        except LinkBroken:
            raise
        except Exception:  # noqa: BLE001 - one guild's trouble is not the others'
            _log.exception("%s could not be done", values["ask"])
            if values["ask"] in ("open", "give"):
                self._report(values["line"], LinkLost())

    def _open(self, values: Plain, fds: tuple[int, ...], blobs: Blobs) -> None:
        number, slot = values["line"], values["slot"]
        sink, give_back = opened(values["sink"], fds, blobs)
        show = partial(self.board.show, slot)
        seat = new_seat(self.board.address(slot))
        line = ShownLine(self.pacer, sink, partial(self._report, number), show, seat=seat)
        self._lines[number] = line, give_back

    def _close(self, number: int) -> None:
        if number in self._lines:
            line, give_back = self._lines.pop(number)
            line.close()
            give_back()
        self.link.send(packed({"tell": "closed", "line": number}))

    def _report(self, number: int, report: Report | LinkLost) -> None:
        # Where the parent is gone, `serve` ends; where it does not read, it is as good as gone.
        with suppress(LinkBroken):
            self.link.send(packed({"tell": "report", "line": number} | report_to_plain(report)))


@define(eq=False)
class _ToParent(logging.Handler):
    """Log records go to the parent's log."""

    link: Link

    def __attrs_post_init__(self) -> None:
        super().__init__(logging.INFO)

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)[:TEXT_LIMIT]
        with suppress(LinkBroken):
            self.link.send(packed({"tell": "log", "level": record.levelno, "name": record.name, "text": text}))


def main(link_fd: int, board_fd: int, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it, after what is to sound until then
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with ExitStack() as stack:
        link, board = Link(socket.socket(fileno=link_fd)), Board(board_fd)
        logging.getLogger().addHandler(_ToParent(link))
        pacer = stack.enter_context(Pacer())
        gc.collect()
        gc.freeze()
        try:
            Child(link, board, pacer, parent).serve()
        except LinkBroken:
            return


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
