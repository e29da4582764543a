"""Packets that lead from one sound to another: a fade to silence, a short blend, a cross-fade of seconds.

For a worker thread; a seam of three packets takes about a millisecond. `before` are the packets that were sent last,
up to PRE_ROLL of them, from which the codecs learn how things stand in the listener's decoder.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from conductr_player.packets.opus import FRAME_SAMPLES

from .codec import FAST, GOOD, PRE_ROLL, Decoder, Encoder, Samples, aligned, silence
from .levels import falling, falling_in_power, limited


def fade_out(before: Sequence[bytes], packets: Sequence[bytes], *, kbits: int = 128) -> tuple[bytes, ...]:
    """`packets` once more, falling to silence at the end of the last. Raises SourceError for what is no Opus."""
    before = before[-PRE_ROLL:]
    sound = Decoder().decode((*before, *packets))
    start = len(before) * FRAME_SAMPLES
    sound[start:] *= falling(len(sound) - start)
    return _encoded(sound, None, len(before), kbits, FAST)


def blend(
    before: Sequence[bytes],
    out_packets: Sequence[bytes],
    in_packets: Sequence[bytes],
    *,
    in_before: Sequence[bytes] = (),
    kbits: int = 128,
) -> tuple[bytes, ...]:
    """What sounds fades out over the beginning of what comes: as many packets as `out_packets`.

    One more of `in_packets` makes the end exact. Without `in_before` what comes begins there, at full level; with it
    (up to PRE_ROLL packets) it is come upon in the middle, and fades in. Raises SourceError for what is no Opus.
    """
    before, count = before[-PRE_ROLL:], len(out_packets)
    leaving = Decoder().decode((*before, *out_packets))
    coming, after = _coming(in_packets, in_before[-PRE_ROLL:], count)
    start, length = len(before) * FRAME_SAMPLES, count * FRAME_SAMPLES
    fall = falling_in_power(length) if in_before else falling(length)
    leaving[start:] *= fall
    leaving[start:] += coming * fall[::-1] if in_before else coming
    return _encoded(leaving, after, len(before), kbits, FAST)


def cross(
    before: Sequence[bytes], tail: Sequence[bytes], head: Sequence[bytes], *, kbits: int = 128
) -> tuple[bytes, ...]:
    """`tail` fades into `head` at equal power: as many packets as `tail`, which stand for the first of `head`.

    One more of `head` makes the end exact. Takes 2 ms for each packet's worth of ten. Raises SourceError for what is
    no Opus.
    """
    before, count = before[-PRE_ROLL:], len(tail)
    leaving = Decoder().decode((*before, *tail))
    coming, after = _coming(head, (), count)
    start = len(before) * FRAME_SAMPLES
    fall = falling_in_power(count * FRAME_SAMPLES)
    leaving[start:] = leaving[start:] * fall + coming * fall[::-1]
    return _encoded(leaving, after, len(before), kbits, GOOD)


def _coming(packets: Sequence[bytes], before: Sequence[bytes], count: int) -> tuple[Samples, Samples | None]:
    """What comes, `count` frames of it, filled up with silence; and the frame after it, where it was given."""
    sound = Decoder().decode((*before, *packets[: count + 1]))[len(before) * FRAME_SAMPLES :]
    length = count * FRAME_SAMPLES
    if len(sound) < length:
        sound = np.concatenate((sound, silence(length - len(sound))))
    return sound[:length], sound[length:] if len(sound) > length else None


def _encoded(sound: Samples, after: Samples | None, drop: int, kbits: int, complexity: int) -> tuple[bytes, ...]:
    encoder = Encoder(kbits=kbits, complexity=complexity)
    return tuple(encoder.encode(limited(aligned(sound, after)))[drop:])
