"""Opus packets to samples and back, by PyAV. For worker threads: the interpreter is free while a frame is coded.

Samples are float32 of shape (n, 2) at 48 kHz. A fresh codec knows nothing of what came before, so it is led in with
PRE_ROLL packets whose results are dropped; after four the error is below the codec's own noise (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Final, cast

import av
import numpy as np
from attrs import define, field
from av.audio.codeccontext import AudioCodecContext
from av.audio.plane import AudioPlane
from av.error import FFmpegError
from numpy.typing import NDArray

from conductr_player.errors import SourceError
from conductr_player.packets.opus import FRAME_SAMPLES, SAMPLE_RATE

Samples = NDArray[np.float32]

PRE_ROLL: Final = 4  # packets
# What libopus holds back at 48 kHz: 2.5 ms of overlap and 4 ms to look ahead (OPUS_GET_LOOKAHEAD). As many samples are
# taken off the front of what was decoded, so that packet i of a rendition sounds when packet i of the original did.
LOOKAHEAD: Final = 312
FAST: Final = 0  # complexity where milliseconds count
GOOD: Final = 5  # complexity of what sounds for longer


def silence(samples: int) -> Samples:
    return np.zeros((samples, 2), np.float32)


def floats_of(plane: AudioPlane, count: int) -> NDArray[np.float32]:
    """The first `count` numbers of a frame's memory, not copied."""
    return np.frombuffer(cast("Any", plane), np.float32, count)


def _open_decoder() -> AudioCodecContext:
    context = av.CodecContext.create("opus", "r")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate = SAMPLE_RATE
    context.layout = "stereo"
    context.open()
    return context


@define(eq=False)
class Decoder:
    """Remembers from call to call, as a listener's decoder does."""

    _context: AudioCodecContext = field(init=False, factory=_open_decoder)

    def decode(self, packets: Sequence[bytes]) -> Samples:
        """960 samples for each packet. Raises SourceError for what is no Opus of 20 ms."""
        out = silence(len(packets) * FRAME_SAMPLES)
        decode = cast("Any", self._context).decode
        for number, packet in enumerate(packets):
            into = out[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES]
            try:
                frames: list[av.AudioFrame] = decode(av.Packet(packet))
            except FFmpegError as error:
                raise SourceError(f"packet {number} cannot be decoded: {error.strerror}") from error
            for frame in frames:
                if frame.samples != FRAME_SAMPLES:
                    raise SourceError(f"packet {number} is of {frame.samples} samples")
                for channel, plane in enumerate(frame.planes):
                    into[:, channel] = floats_of(plane, FRAME_SAMPLES)
        return out


def _open_encoder(kbits: int, complexity: int) -> AudioCodecContext:
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate = SAMPLE_RATE
    context.layout = "stereo"
    context.format = "flt"
    context.bit_rate = kbits * 1_000
    context.time_base = Fraction(1, SAMPLE_RATE)
    # As recipes.py has them. Never FEC: it drives libopus from CELT into Hybrid, at 3.4 times the work.
    context.options = {
        "application": "audio",
        "frame_duration": "20",
        "packet_loss": "0",
        "vbr": "on",
        "compression_level": str(complexity),
    }
    context.open()
    return context


@define(eq=False)
class Encoder:
    """Remembers from call to call. What it gives lags LOOKAHEAD samples behind what it was given."""

    kbits: int = 128
    complexity: int = GOOD
    _context: AudioCodecContext = field(init=False)
    _frame: av.AudioFrame = field(init=False)
    _at: int = field(init=False, default=0)

    def __attrs_post_init__(self) -> None:
        self._context = _open_encoder(self.kbits, self.complexity)
        self._frame = av.AudioFrame(format="flt", layout="stereo", samples=FRAME_SAMPLES)
        self._frame.sample_rate = SAMPLE_RATE

    def encode(self, samples: Samples) -> list[bytes]:
        """A packet for each 960 samples, of which there must be whole frames."""
        if len(samples) % FRAME_SAMPLES:
            raise ValueError(f"{len(samples)} samples are not whole frames of {FRAME_SAMPLES}")
        found: list[bytes] = []
        for start in range(0, len(samples), FRAME_SAMPLES):
            into = floats_of(self._frame.planes[0], 2 * FRAME_SAMPLES).reshape(FRAME_SAMPLES, 2)
            into[:] = samples[start : start + FRAME_SAMPLES]
            self._frame.pts = self._at
            self._at += FRAME_SAMPLES
            found += [bytes(packet) for packet in self._packets()]
        return found

    def _packets(self) -> Iterable[Any]:
        # The public `encode` cuts frames to length in a filter graph of its own, which costs 3 ms and two threads an
        # encoder and a quarter of the time a frame. Ours have their length; where the short way is gone, the long one.
        context = cast("Any", self._context)
        return getattr(context, "_send_frame_and_recv", context.encode)(self._frame)


def aligned(decoded: Samples, following: Samples | None = None) -> Samples:
    """What an encoder must be given for its packets to sound when those did that this was decoded from.

    `following` is what sounds next, of which LOOKAHEAD samples are used; silence where there is nothing.
    """
    rest = silence(LOOKAHEAD) if following is None or len(following) < LOOKAHEAD else following[:LOOKAHEAD]
    return np.concatenate((decoded[LOOKAHEAD:], rest))
