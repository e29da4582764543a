"""Parts that keep the promises of the real thing. For our tests and for our users'."""

from __future__ import annotations

import struct
import wave
from array import array
from collections.abc import Callable, Iterable
from math import pi, sin
from pathlib import Path

from attrs import define, field

from .core.inputs import Ended, LinkLost, Report, Started
from .core.queue import EndReason
from .core.sound import Sound
from .core.tracks import Entry, EntryId, Track, TrackId, UserId
from .errors import OutputError
from .outputs.output import Start
from .pacing.beat import PacketSink, SinkSpec, Tick
from .pacing.line import Line
from .packets.opus import FRAME_S, SAMPLE_RATE, OggOpusWriter

CELT_STEREO_20MS = 0xFC  # the TOC byte of music at full band


def entries(*track_ids: str, start: int = 0) -> tuple[Entry, ...]:
    """An entry for each track, with ids e0, e1, ..."""
    return tuple(
        Entry(EntryId(f"e{start + number}"), Track(TrackId(each), each), UserId(1))
        for number, each in enumerate(track_ids)
    )


def packets(count: int, label: int = 0) -> list[bytes]:
    """Packets of 20 ms that are told apart by label and number; they look like Opus, and sound like nothing."""
    return [struct.pack(">BII", CELT_STEREO_20MS, label, number) for number in range(count)]


def numbers_of(sent: Iterable[bytes], label: int) -> list[int]:
    """Which of `packets(..., label)` are in `sent`, in order."""
    read = (struct.unpack(">BII", packet) for packet in sent if len(packet) == 9)
    return [number for _, which, number in read if which == label]


def write_ogg(path: Path, contents: Iterable[bytes]) -> Path:
    """An Ogg Opus file of these packets."""
    writer = OggOpusWriter()
    pages = [writer.header(), *(writer.page(packet) for packet in contents), writer.end()]
    path.write_bytes(b"".join(pages))
    return path


def write_tone(path: Path, seconds: float, *, hertz: int = 400, level: float = 0.25) -> Path:
    """A stereo WAV file of one tone; `level` is its peak, 1 being full scale."""
    cycle = [round(32_767 * level * sin(2 * pi * hertz * n / SAMPLE_RATE)) for n in range(SAMPLE_RATE // hertz)]
    stereo = array("h", (sample for value in cycle for sample in (value, value)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((stereo * round(seconds * hertz)).tobytes())
    return path


@define(eq=False)
class SilenceSource:
    """A source of silence of any length."""

    seconds: float
    complete: bool = True
    error: Exception | None = None
    first: int = 0
    speed: float = 1.0

    def packet(self, index: int) -> bytes | None:
        return bytes((CELT_STEREO_20MS, 0xFF, 0xFE)) if 0 <= index < len(self) else None

    def __len__(self) -> int:
        return round(self.seconds / FRAME_S)


@define(eq=False)
class ListSink:
    """A PacketSink that keeps what it is given. `up` = False: no link; `broken`: every call raises it."""

    sent: list[bytes] = field(factory=list[bytes])
    up: bool = True
    broken: Exception | None = None
    on_packet: Callable[[bytes], None] | None = None

    def __call__(self, packet: bytes) -> bool:
        if self.broken is not None:
            raise self.broken
        if self.up:
            self.sent.append(packet)
            if self.on_packet is not None:
                self.on_packet(packet)
        return self.up


@define(eq=False)
class HandPacer:
    """A LinePacer without thread or clock: each `turn` is 20 ms."""

    ticks: dict[Tick, None] = field(factory=dict[Tick, None])
    load: int = 0

    def line(self, sink: PacketSink | SinkSpec, report: Callable[[Report | LinkLost], None]) -> Line:
        self.load += 1
        return Line(self, sink if callable(sink) else sink.open(), report)

    def add(self, tick: Tick, on_stuck: Tick | None = None, seat: object = None) -> None:  # noqa: ARG002 - nothing hangs here
        self.ticks[tick] = None

    def remove(self, tick: Tick) -> None:
        self.ticks.pop(tick, None)

    def turn(self, times: int = 1) -> None:
        for _ in range(times):
            for tick in tuple(self.ticks):
                tick()


@define(eq=False)
class FakeOutput:
    """An Output without sound: `heard` lists what started, `finish()` is the end of the track.

    While it plays, each look at `packets_sent` finds more of them, unless it is `stuck`.
    """

    report: Callable[[Report | LinkLost], None]
    heard: list[str] = field(factory=list[str])
    sounds: list[Sound] = field(factory=list[Sound])  # as they were asked for
    broken: set[str] = field(factory=set[str])  # tracks that fail to open
    ahead: Entry | None = None
    paused: bool = False
    position_s: float = 0.0
    waiting: bool = False
    deserted: bool = False
    refused: bool = False
    stuck: bool = False
    _packets_sent: int = 0
    _closed: bool = False
    _play_id: int | None = None
    _unheard: str | None = None

    def begin(self, start: Start) -> None: ...

    async def play(self, play_id: int, entry: Entry, start_s: float = 0.0) -> None:
        if self._closed:
            raise OutputError("the output is closed")
        self._end(EndReason.REPLACED)
        self._play_id, self.position_s, self.paused, self.ahead = play_id, start_s, False, None
        if entry.track.id in self.broken:
            self._end(EndReason.LOAD_FAILED)
            return
        self._unheard = entry.track.id
        self._sound()

    async def preload(self, entry: Entry | None) -> None:
        self.ahead = entry

    async def pause(self) -> None:
        self.paused = True

    async def resume(self) -> None:
        self.paused = False
        self._sound()

    async def stop(self) -> None:
        self._end(EndReason.STOPPED)

    async def seek(self, position_s: float) -> None:
        if self._play_id is not None:
            self.position_s = position_s

    async def change_sound(self, sound: Sound) -> None:
        self.sounds.append(sound)

    async def aclose(self) -> None:
        self._closed = True
        self._end(EndReason.SHUTDOWN)

    @property
    def packets_sent(self) -> int:
        idle = self.paused or self.waiting or self.deserted or self.refused or self.stuck
        if self._play_id is not None and not idle:
            self._packets_sent += 1
        return self._packets_sent

    def finish(self) -> None:
        """The audio runs out, as it does at the end of a track."""
        self._end(EndReason.FINISHED)

    def fail(self) -> None:
        """The audio breaks off."""
        self._end(EndReason.LOAD_FAILED)

    def lose_link(self) -> None:
        """Nothing can be sent any more."""
        self.stuck = True
        self.report(LinkLost())

    def _sound(self) -> None:
        if self._unheard is not None and self._play_id is not None:
            self.heard.append(self._unheard)
            self._unheard = None
            self.report(Started(self._play_id))

    def _end(self, reason: EndReason) -> None:
        play_id, self._play_id = self._play_id, None
        if play_id is not None:
            self.report(Ended(play_id, reason, self.position_s))
