"""PacerProcess: the pacer in a process of its own, out of reach of whatever holds this program's Python."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

import anyio
import anyio.to_thread
from attrs import define, field

from conductr_player.core.inputs import LinkLost
from conductr_player.errors import OutputError, PacerLost
from conductr_player.pacing.beat import PacketSink, SinkSpec
from conductr_player.pacing.orders import Order
from conductr_player.pacing.pacers import Reporter

from .board import LINES_LIMIT, Standing
from .courier import Courier
from .line import RemoteLine
from .offspring import LOOK_EVERY_S, Offspring, Watch
from .specs import to_plain
from .wire import Plain, order_to_plain, packed, report_from_plain, unpacked

BRING_EVERY_S: Final = 0.04  # what grows here, while something does

_log = logging.getLogger(__name__)


@define(eq=False)
class _Far:
    """One line's way to the process."""

    process: PacerProcess
    number: int
    slot: int
    last: Standing | None = None  # once the process is gone

    def give(self, order: Order) -> bool:
        return self.process.give(self.number, order)

    def look(self) -> Standing:
        return self.process.look(self)

    def close(self) -> None:
        self.process.close_line(self.number, self.slot)


@define(eq=False)
class PacerProcess:
    """The same pacer and the same lines as `Pacer` has, in a child, while its `with` or `async with` lasts. Linux only.

    Its lines take an `RtpSpec` or a `StreamSpec` for a sink; a callable cannot cross, and so neither can a DAVE
    session. Where the child dies or hangs, each line reports `LinkLost`, and again at each order to sound; `on_lost`
    is called (in another thread) and no new lines are to be had. Open another, and for each guild close the player
    and open it anew with its session, which knows the place. The child ends with this process, however that ends.
    """

    on_lost: Callable[[PacerLost], None] | None = None
    _courier: Courier = field(init=False)
    _child: Offspring = field(init=False)
    _thread: threading.Thread = field(init=False)
    _lines: dict[int, tuple[RemoteLine, _Far]] = field(init=False, factory=dict[int, tuple[RemoteLine, "_Far"]])
    _free: list[int] = field(init=False)
    _closing: dict[int, int] = field(init=False, factory=dict[int, int])  # slots of lines that the child still has
    _count: int = field(init=False, default=0)
    _lock: threading.RLock = field(init=False, factory=threading.RLock)
    _lost: PacerLost | None = field(init=False, default=None)
    _over: bool = field(init=False, default=True)

    def __enter__(self) -> Self:
        """Takes some 0.3 s, so use `async with` in an event loop. Raises OutputError where none is to be had."""
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    async def __aenter__(self) -> Self:
        """Raises OutputError where none is to be had."""
        await anyio.to_thread.run_sync(self._start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._stop)

    def line(self, sink: PacketSink | SinkSpec, report: Reporter) -> RemoteLine:
        """See `LinePacer`."""
        values, fds, blobs = to_plain(sink)
        with self._lock:
            if self._over or self._lost is not None:
                raise self._lost or OutputError("the pacer's process is not open")
            if not self._free:
                raise OutputError(f"a pacer's process serves {LINES_LIMIT} lines; open another (`Pacers`)")
            self._count += 1
            far = _Far(self, self._count, self._free.pop())
            line = RemoteLine(far, report)
            self._child.board.clear(far.slot)
            self._lines[far.number] = line, far
            self._send(packed({"ask": "open", "line": far.number, "slot": far.slot, "sink": values}, blobs), fds)
        return line

    @property
    def load(self) -> int:
        return len(self._lines)

    @property
    def worst_late_s(self) -> float:
        """How late the latest tick of the child so far was."""
        return self._child.board.worst_late_s

    @property
    def late_p99_s(self) -> float:
        """The lateness that 99 in 100 ticks did not exceed, to 0.1 ms."""
        return self._child.board.late_p99_s

    @property
    def given_up(self) -> int:
        """See `Pacer.given_up`."""
        return self._child.board.given_up

    @property
    def pid(self) -> int:
        return self._child.process.pid

    # For its lines.
    def give(self, number: int, order: Order) -> bool:
        with self._lock:
            if self._over or self._lost is not None:
                return False
            values, blobs = order_to_plain(order, self._courier.number_of)
            return self._send(packed({"ask": "give", "line": number} | values, blobs))

    def look(self, far: _Far) -> Standing:
        with self._lock:
            return far.last or self._child.board.read(far.slot)

    def close_line(self, number: int, slot: int) -> None:
        with self._lock:
            if self._lines.pop(number, None) is not None and not self._over and self._lost is None:
                self._closing[number] = slot
                self._send(packed({"ask": "close", "line": number}))

    def _send(self, message: bytes, fds: tuple[int, ...] = ()) -> bool:
        """False: it cannot be told anything any more; the thread will see to the rest."""
        try:
            self._child.link.send(message, fds)
        except OutputError as error:
            _log.error("the pacer's process cannot be told anything: %s", error)
            self._child.process.kill()
            return False
        if self._courier.waits:
            self._child.link.ring()
        return True

    # Its beginning and end, in worker threads.
    def _start(self) -> None:
        self._child = Offspring.born()
        self._courier = Courier(self._child.link.send)
        self._free, self._lost, self._over = list(reversed(range(LINES_LIMIT))), None, False
        self._thread = threading.Thread(target=self._serve, name="conductr-pacer-link", daemon=True)
        self._thread.start()

    def _stop(self) -> None:
        with self._lock:
            self._over = True
        self._child.link.ring()
        self._thread.join()
        self._child.end()

    # Its thread.
    def _serve(self) -> None:
        try:
            self._listen()
        except Exception as error:  # noqa: BLE001 - whatever it is, the lines must learn that they are alone
            self._lose(PacerLost(f"the pacer's process is gone ({self._child.killed()}): {error}"))
        else:
            self._part()

    def _listen(self) -> None:
        link, courier, watch = self._child.link, self._courier, Watch(self._child.board)
        look_at, more = time.monotonic() + LOOK_EVERY_S, False
        while not self._over:
            left = look_at - time.monotonic()
            link.wait(0.0 if more else min(BRING_EVERY_S, left) if courier.waits else left)
            link.flush()
            while (received := link.receive()) is not None:
                self._hear(unpacked(received[0])[0])
            more = courier.look()
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + LOOK_EVERY_S
                if watch.hangs(time.monotonic()):
                    raise OutputError("it hangs")

    def _hear(self, values: Plain) -> None:
        match values["tell"]:
            case "report":
                with self._lock:
                    line, _ = self._lines.get(values["line"], (None, None))
                if line is not None:
                    line.heard(report_from_plain(values))
            case "closed":
                with self._lock:
                    if (slot := self._closing.pop(values["line"], None)) is not None:
                        self._free.append(slot)
            case "log":
                logging.getLogger(values["name"]).log(values["level"], "in the pacer's process: %s", values["text"])
            case _:
                pass

    def _lose(self, error: PacerLost) -> None:
        with self._lock:
            self._lost = error
            lines = self._part()
        _log.error("%s", error)
        for line in lines:
            line.heard(LinkLost())
        if self.on_lost is not None:
            self.on_lost(error)

    def _part(self) -> list[RemoteLine]:
        """Keep where each line stood last."""
        with self._lock:
            lines = list(self._lines.values())
            for _, far in lines:
                far.last = self._child.board.read(far.slot)
            self._lines.clear()
        return [line for line, _ in lines]
