"""Loudness and peaks of samples: gains, fades, and a limiter that turns down early instead of cutting off."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from attrs import define

from conductr_player.packets.opus import FRAME_SAMPLES

from .codec import Samples, silence

CEILING: Final = 0.89  # of full scale, -1 dB: a coder may add a little to a peak
_RELEASE: Final = 0.15  # of the way back to full that a limiter goes in 20 ms


@lru_cache(maxsize=64)
def falling(samples: int) -> Samples:
    """A raised cosine from 1 to 0, as a column to multiply with."""
    return (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, samples))).astype(np.float32)[:, None]


@lru_cache(maxsize=64)
def falling_in_power(samples: int) -> Samples:
    """A quarter of a cosine from 1 to 0: with its mirror image the power of two different sounds stays the same."""
    return np.cos(np.linspace(0, np.pi / 2, samples)).astype(np.float32)[:, None]


@define(eq=False)
class Limiter:
    """Keeps peaks below CEILING. It looks one frame ahead, so what comes out lags by 20 ms until `end`."""

    _held: Samples | None = None
    _held_needs: float = 1.0
    _gain: float = 1.0

    def take(self, samples: Samples) -> Samples:
        """What can be given out by now; whole frames in, whole frames out."""
        blocks = list(samples.reshape(-1, FRAME_SAMPLES, 2))
        return self._give(blocks)

    def end(self) -> Samples:
        """What was held back; nothing where nothing was taken."""
        return self._give([silence(FRAME_SAMPLES)])

    def _give(self, blocks: list[Samples]) -> Samples:
        out: list[Samples] = []
        for block in blocks:
            needs = min(1.0, CEILING / max(float(np.abs(block).max()), 1e-9))
            if self._held is not None:
                # Both ends of a block are at what it needs or below, so all of it is.
                target = min(self._held_needs, needs, self._gain + (1 - self._gain) * _RELEASE)
                out.append(self._turned(self._held, min(self._gain, self._held_needs), target))
                self._gain = target
            else:
                self._gain = needs
            self._held, self._held_needs = block, needs
        return np.concatenate(out) if out else silence(0)

    @staticmethod
    def _turned(block: Samples, first: float, last: float) -> Samples:
        if first == last == 1:
            return block
        return block * np.linspace(first, last, FRAME_SAMPLES, dtype=np.float32)[:, None]


def limited(samples: Samples) -> Samples:
    """All of it through a limiter; whole frames."""
    if not len(samples) or float(np.abs(samples).max()) <= CEILING:
        return samples
    limiter = Limiter()
    return np.concatenate((limiter.take(samples), limiter.end()))
