"""How loud sound is to ears, in LUFS (ITU-R BS.1770-4, gated)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from suno_client.sandbox.music.synth import RATE, Sound, fast_size

_SILENCE = -70.0


@lru_cache(maxsize=4)
def _k_weight(size: int) -> NDArray[np.float32]:
    """The gain of BS.1770's two filters at 48 kHz, from its coefficients, for a transform of `size` samples."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.abs(shelf * high).astype(np.float32)


def loudness(sound: Sound) -> float:
    """Integrated loudness of stereo sound in LUFS; -70 when there is none."""
    count = sound.shape[1]
    size = fast_size(count + RATE // 10)
    gain = _k_weight(size)
    heard = np.fft.irfft(np.fft.rfft(sound, size) * gain, size)[:, :count]
    hop = RATE // 10
    if count < 4 * hop:
        power = np.array([np.mean(heard**2) * 2])
    else:
        tenths = (heard[:, : count // hop * hop] ** 2).sum(axis=0).reshape(-1, hop).mean(axis=1)
        power = np.convolve(tenths, np.full(4, 0.25), mode="valid")
    loud = power[power > _power(_SILENCE)]
    if not loud.size:
        return _SILENCE
    return _lufs(float(loud[loud > loud.mean() * 0.1].mean()))


def _lufs(power: float) -> float:
    return -0.691 + 10.0 * float(np.log10(power))


def _power(lufs: float) -> float:
    return float(10.0 ** ((lufs + 0.691) / 10.0))
