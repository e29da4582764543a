"""From what arrived to figures: how many packets, how many missing, how far from each guild's own 20 ms grid. Pure."""

from __future__ import annotations

import numpy as np
from attrs import frozen

RECORD = np.dtype(
    [("ns", "<i8"), ("ssrc", "<u4"), ("stamp", "<u4"), ("seq", "<u2"), ("size", "<u2"), ("unused", "<u4")]
)
RTP_HZ = 48_000


@frozen
class Heard:
    """`lost`: sequence numbers that never came between a guild's first and last. Times in ms.

    `p50`, `p99` and `max` are over all packets: the distance from the guild's own grid, which is its RTP
    time shifted by the median of what its packets were late. `gap`: the longest pause within one guild.
    """

    packets: int = 0
    guilds: int = 0
    lost: int = 0
    p50: float = 0.0
    p99: float = 0.0
    max: float = 0.0
    gap: float = 0.0


def heard_between(records: np.ndarray, start_ns: int, end_ns: int) -> Heard:
    records = records[(records["ns"] >= start_ns) & (records["ns"] < end_ns)]
    if not len(records):
        return Heard()
    records = records[np.lexsort((records["ns"], records["ssrc"]))]
    edges = np.flatnonzero(np.diff(records["ssrc"])) + 1
    off, gaps, lost = list[np.ndarray](), list[float](), 0
    guilds = np.split(records, edges)
    for guild in guilds:
        arrived_s = (guild["ns"] - start_ns) * 1e-9
        grid_s = _steps(guild["stamp"], np.uint32) / RTP_HZ
        late_s = arrived_s - grid_s
        off.append(np.abs(late_s - np.median(late_s)) * 1e3)
        gaps.append(float(np.max(np.diff(arrived_s), initial=0.0)) * 1e3)
        numbers = _steps(guild["seq"], np.uint16)
        lost += int(numbers.max() - numbers.min()) + 1 - len(np.unique(numbers))
    every = np.concatenate(off)
    p50, p99 = np.percentile(every, [50, 99])
    return Heard(len(every), len(guilds), lost, float(p50), float(p99), float(every.max()), max(gaps))


def _steps(counter: np.ndarray, kind: type[np.unsignedinteger]) -> np.ndarray:
    """How far a counter that wraps round has gone since the first, also backwards."""
    size = np.dtype(kind).itemsize * 8
    forward = (counter - counter[0]).astype(kind).astype(np.int64)
    return np.where(forward >= 1 << (size - 1), forward - (1 << size), forward)
