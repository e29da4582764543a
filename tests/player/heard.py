"""A guild's output turned by hand, with real music in it, and what a listener's decoder makes of what was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.lowlevel
import numpy as np
from attrs import define, field

from conductr_player import LinkLost, PacketSource, Report, Track
from conductr_player.outputs.bridges import Patience
from conductr_player.outputs.voice import VoiceOutput
from conductr_player.packets.sources import IndexedPackets
from conductr_player.render.codec import Decoder, Encoder, Samples, aligned
from conductr_player.render.renditions import Renditions
from conductr_player.testing import HandPacer, ListSink, write_ogg

FRAME = 960
PATIENT = Patience(fade_s=5.0, blend_s=5.0)  # so that a busy machine does not decide what is heard


def chord(seconds: float, root_hertz: float) -> Samples:
    """Smooth and loud: it steps by little from sample to sample, so that a click would show."""
    time = np.arange(int(seconds * 48_000)) / 48_000
    tones = sum(np.sin(2 * np.pi * root_hertz * ratio * time + ratio) for ratio in (1.0, 1.25, 1.5))
    swell = 0.75 + 0.25 * np.sin(2 * np.pi * 0.7 * time)
    swell *= np.minimum(1.0, time / 0.05)  # as songs do, it begins with nothing
    return np.repeat((tones / 3 * swell * 0.6)[:, None], 2, axis=1).astype(np.float32)


def record(path: Path, samples: Samples) -> IndexedPackets:
    """An Ogg Opus file whose packet i sounds what the samples have at i * 960."""
    return IndexedPackets.open(write_ogg(path, Encoder(complexity=0).encode(aligned(samples))))


def heard(sent: Sequence[bytes]) -> Samples:
    return Decoder().decode(sent)


def level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples)))) if len(samples) else 0.0


def largest_step(samples: Samples) -> float:
    return float(np.max(np.abs(np.diff(samples[:, 0]))))


def pitch_share(samples: Samples, root_hertz: float) -> float:
    """How much of the sound is this chord, 0 to 1."""
    spectrum = np.abs(np.fft.rfft(samples[:, 0] * np.hanning(len(samples)))) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / 48_000)
    near = sum(spectrum[np.abs(hertz - root_hertz * ratio) < 30].sum() for ratio in (1.0, 1.25, 1.5))
    return float(near / max(spectrum.sum(), 1e-9))


@define(eq=False)
class Booth:
    output: VoiceOutput
    pacer: HandPacer
    sink: ListSink
    reports: list[Report | LinkLost] = field(factory=list)

    async def turn(self, ticks: int, pause_s: float = 0.0) -> None:
        """With a pause where something is rendered meanwhile: not faster than that."""
        for _ in range(ticks):
            self.pacer.turn()
            await anyio.sleep(pause_s)

    async def turn_until(self, met: Callable[[], bool], pause_s: float = 0.005) -> None:
        with anyio.fail_after(20):
            while not met():
                self.pacer.turn()
                await anyio.sleep(pause_s)

    @property
    def sent(self) -> list[bytes]:
        return self.sink.sent


@asynccontextmanager
async def booth(songs: dict[str, PacketSource], *, patience: Patience = PATIENT) -> AsyncIterator[Booth]:
    async def open_track(track: Track) -> PacketSource:
        await anyio.lowlevel.checkpoint()
        return songs[track.id]

    pacer, sink, reports = HandPacer(), ListSink(), list[Report | LinkLost]()
    async with Renditions() as renditions, anyio.create_task_group() as tasks:
        output = VoiceOutput(pacer, sink, open_track, reports.append, renditions, patience)
        output.begin(tasks.start_soon)
        yield Booth(output, pacer, sink, reports)
        await output.aclose()
        tasks.cancel_scope.cancel()
