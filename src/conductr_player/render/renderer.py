"""A track's packets as a `Sound` has them, made bit by bit. No threads and no waiting here: it is called from a worker.

Packet i of a rendition sounds what the original's second i * 0.02 * speed sounds; at speed 1 to the sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

import numpy as np
from attrs import define, field

from conductr_player.core.sound import Sound
from conductr_player.packets.opus import FRAME_SAMPLES

from .codec import GOOD, LOOKAHEAD, PRE_ROLL, Decoder, Encoder, Samples, silence
from .filters import filters_for
from .graph import Graph
from .levels import Limiter

FULL: Final = 100  # per cent


def length_of(packets: int, sound: Sound) -> int:
    """How many packets a track of so many has as a rendition."""
    return ceil(packets / sound.total_speed - 1e-9)


@define(eq=False)
class Renderer:
    """Begins at packet `first` of the rendition. Give it the original's packets from `reads_from` on, in order."""

    sound: Sound
    first: int = 0
    complexity: int = GOOD
    reads_from: int = field(init=False)

    _entered: int = field(init=False, default=0)  # frames on their way to the encoder, or through it
    _skip: int = field(init=False)  # samples at the front that only lead the decoder in
    _drop: int = field(init=False)  # packets that do the same
    _to_drop: int = field(init=False)  # of them, those that are still to come
    _gain: np.float32 = field(init=False)
    _decoder: Decoder = field(init=False, factory=Decoder)
    _graph: Graph | None = field(init=False)
    _limiter: Limiter | None = field(init=False)
    _encoder: Encoder = field(init=False)
    _waiting: Samples = field(init=False, factory=lambda: silence(0))  # less than a frame

    def __attrs_post_init__(self) -> None:
        self._drop = min(PRE_ROLL, self.first)
        self._to_drop = self._drop
        begin = round(((self.first - self._drop) * FRAME_SAMPLES + LOOKAHEAD) * self.sound.total_speed)
        self.reads_from = max(0, begin // FRAME_SAMPLES - PRE_ROLL)
        self._skip = begin - self.reads_from * FRAME_SAMPLES
        self._gain = np.float32(self.sound.volume_percent / FULL)
        chain = filters_for(self.sound)
        self._graph = Graph(chain) if chain else None
        self._limiter = Limiter() if chain or self.sound.volume_percent > FULL else None
        self._encoder = Encoder(kbits=self.sound.bitrate_kbits, complexity=self.complexity)

    def take(self, packets: Sequence[bytes]) -> list[bytes]:
        """The next packets of the rendition, as far as these make some. Raises SourceError for what is no Opus."""
        samples = self._decoder.decode(packets)
        skipped = min(self._skip, len(samples))
        self._skip -= skipped
        samples = samples[skipped:]
        if self._graph is not None and len(samples):
            samples = self._graph.take(samples)
        samples = np.concatenate((self._waiting, samples))
        whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
        self._waiting = samples[whole:].copy()
        return self._encoded(samples[:whole], last=False)

    def end(self, length: int) -> list[bytes]:
        """The last packets: as many as a track of `length` packets asks for, whatever the filters held back."""
        rest = self._graph.end() if self._graph is not None else silence(0)
        frames = length_of(length, self.sound) - self.first + self._drop
        missing = max(0, frames - self._entered) * FRAME_SAMPLES
        return self._encoded(np.concatenate((self._waiting, rest, silence(missing)))[:missing], last=True)

    def _encoded(self, samples: Samples, *, last: bool) -> list[bytes]:
        self._entered += len(samples) // FRAME_SAMPLES
        if self._gain != 1:
            samples = samples * self._gain
        if self._limiter is not None:
            samples = self._limiter.take(samples)
            if last:
                samples = np.concatenate((samples, self._limiter.end()))
        found = self._encoder.encode(samples)
        dropped = min(self._to_drop, len(found))
        self._to_drop -= dropped
        return found[dropped:]
