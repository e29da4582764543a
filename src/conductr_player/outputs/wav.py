"""Into a file rather than to people: a sink that writes WAV, and a pacer that hurries."""

from __future__ import annotations

import logging
import os
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from attrs import define, field

from conductr_player.errors import SourceError
from conductr_player.pacing.beat import PacketSink, SinkSpec, Tick
from conductr_player.pacing.line import Line
from conductr_player.pacing.pacers import Reporter
from conductr_player.packets.opus import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE

BYTES_A_FRAME: Final = FRAME_SAMPLES * 2 * 2  # stereo, 16 bits
MOST_BYTES: Final = (1 << 32) - 1 - 36 - BYTES_A_FRAME  # what a WAV's header can tell: 6.2 hours
PAUSE_FRAMES: Final = 3  # that may be missing without being a pause: a pacer makes up for as many

_HEADER: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
_SIZES_AT: Final = (4, 40)

_log = logging.getLogger(__name__)


def _decoder() -> Callable[[bytes], bytes]:
    """From packets to 16-bit samples; each takes 50 us."""
    import numpy as np  # noqa: PLC0415 - heavy, and for this sink alone

    from conductr_player.render.codec import Decoder  # noqa: PLC0415 - as above

    decoder = Decoder()

    def pcm(packet: bytes) -> bytes:
        try:
            samples = decoder.decode((packet,))
        except SourceError:
            return bytes(BYTES_A_FRAME)
        return (np.clip(samples, -1, 1) * 32_767).round().astype("<i2").tobytes()

    return pcm


@define(eq=False)
class WavSink:
    """A PacketSink that decodes to a 48 kHz stereo WAV file of 16 bits. Raises OSError where it cannot be made.

    The file is whole after each packet, whatever becomes of the program. A packet that is no Opus is
    20 ms of silence. `now`, a clock in seconds, keeps pauses as long as they are; without it the file
    holds what was sent, one after the other. It takes nothing more once it is closed, or holds 4 GB.
    """

    path: Path
    now: Callable[[], float] | None = None
    _file: int = field(init=False)
    _pcm: Callable[[bytes], bytes] = field(init=False, factory=_decoder)
    _bytes: int = field(init=False, default=0)
    _began: float = field(init=False, default=0.0)
    _open: bool = field(init=False, default=True)
    _writing: threading.Lock = field(init=False, factory=threading.Lock)

    def __attrs_post_init__(self) -> None:
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        fmt = (16, 1, 2, SAMPLE_RATE, SAMPLE_RATE * 4, 4, 16)
        os.pwrite(self._file, _HEADER.pack(b"RIFF", 36, b"WAVE", b"fmt ", *fmt, b"data", 0), 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, packet: bytes) -> bool:
        with self._writing:
            self._pause()
            if not self._open or self._bytes > MOST_BYTES:
                return False
            os.pwrite(self._file, self._pcm(packet), _HEADER.size + self._bytes)
            self._bytes += BYTES_A_FRAME
            for place, size in zip(_SIZES_AT, (36 + self._bytes, self._bytes), strict=True):
                os.pwrite(self._file, size.to_bytes(4, "little"), place)
            return True

    @property
    def duration_s(self) -> float:
        """That the file has come to."""
        return self._bytes / BYTES_A_FRAME * FRAME_S

    def close(self) -> None:
        """May be called twice, from any thread."""
        with self._writing:
            if self._open:
                self._open = False
                os.close(self._file)

    def _pause(self) -> None:
        """Leave out as many frames as the clock is ahead by: a hole in a file reads as zeros, which is silence."""
        if self.now is None:
            return
        if not self._bytes:
            self._began = self.now()
        ahead = round((self.now() - self._began - self.duration_s) / FRAME_S)
        if ahead > PAUSE_FRAMES:
            self._bytes += ahead * BYTES_A_FRAME


@define(eq=False)
class FastPacer:
    """A LinePacer that is `speed` times as fast as music sounds, for as long as its `with` lasts.

    For sinks that nobody listens to yet: rendering a queue to a file, filling a cache, tests.
    """

    speed: float = 20.0
    _ticks: dict[Tick, None] = field(init=False, factory=dict[Tick, None])
    _lines: int = field(init=False, default=0)
    _busy: threading.RLock = field(init=False, factory=threading.RLock)  # held while ticks are called
    _over: threading.Event = field(init=False, factory=threading.Event)
    _thread: threading.Thread | None = field(init=False, default=None)

    def __enter__(self) -> Self:
        self._over.clear()
        self._thread = threading.Thread(target=self._run, name="conductr-fast-pacer", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def line(self, sink: PacketSink | SinkSpec, report: Reporter) -> Line:
        """A guild's line at this pacer."""
        self._lines += 1
        return Line(self, sink if callable(sink) else sink.open(), report)

    @property
    def load(self) -> int:
        return self._lines

    def add(self, tick: Tick, on_stuck: Tick | None = None, seat: object = None) -> None:  # noqa: ARG002 - a file that hangs is waited for
        """See `Beat`."""
        self._ticks[tick] = None

    def remove(self, tick: Tick) -> None:
        """See `Beat`."""
        self._ticks.pop(tick, None)
        with self._busy:  # a round that runs just now may still call it
            pass

    def _run(self) -> None:
        while not self._over.wait(FRAME_S / self.speed):
            with self._busy:
                for tick in tuple(self._ticks):
                    self._call(tick)

    def _call(self, tick: Tick) -> None:
        try:
            tick()
        except Exception:  # noqa: BLE001 - one guild's fault is not the next one's
            _log.exception("a guild's tick failed")
