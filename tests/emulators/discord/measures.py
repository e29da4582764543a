"""How well the music arrived: the grid of 20 ms, gaps, bursts, the order of packets. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from attrs import frozen

from .call import SILENCE
from .voice_session import Packet

FRAME_MS = 20.0
FRAME_SAMPLES = 960


@frozen
class Intervals:
    """Between packets, in milliseconds."""

    count: int
    mean: float
    sd: float
    p50: float
    p99: float
    max: float


def intervals_ms(packets: Sequence[Packet]) -> list[float]:
    times = [packet.received_at for packet in packets]
    return [(after - before) * 1000 for before, after in itertools.pairwise(times)]


def interval_statistics(packets: Sequence[Packet]) -> Intervals:
    """ValueError with fewer than two packets."""
    if len(packets) < 2:
        raise ValueError("intervals need two packets")
    between = np.asarray(intervals_ms(packets))
    p50, p99 = np.percentile(between, [50, 99])
    return Intervals(
        len(between), float(between.mean()), float(between.std()), float(p50), float(p99), float(between.max())
    )


def grid_deviation_ms(packets: Sequence[Packet]) -> list[float]:
    """How far each packet is from its place on a 20 ms grid that fits all of them best (median)."""
    times = np.asarray([packet.received_at for packet in packets]) * 1000
    off = times - np.arange(len(times)) * FRAME_MS
    return [float(value) for value in off - np.median(off)]


def gaps_ms(packets: Sequence[Packet], over_ms: float = 40.0) -> list[float]:
    """Every interval longer than this."""
    return [between for between in intervals_ms(packets) if between > over_ms]


def bursts(packets: Sequence[Packet], *, within_ms: float = 50.0, allowed: int = 5) -> list[int]:
    """Where more than `allowed` packets arrive within the time: the places of those that are too many.

    On the grid 3 packets fit into 50 ms; a sender that was late may catch up with a few.
    """
    times = [packet.received_at * 1000 for packet in packets]
    return [place for place in range(allowed, len(times)) if times[place] - times[place - allowed] <= within_ms]


def sequence_breaks(packets: Sequence[Packet]) -> list[tuple[int, int]]:
    """Neighbours of one ssrc whose RTP numbers do not follow each other (modulo 2^16)."""
    return [
        (before.seq, after.seq)
        for before, after in itertools.pairwise(packets)
        if before.ssrc == after.ssrc and after.seq != (before.seq + 1) & 0xFFFF
    ]


def timestamp_breaks(packets: Sequence[Packet]) -> list[tuple[int, int]]:
    """Neighbours of one ssrc whose timestamps are not 960 samples apart (modulo 2^32)."""
    return [
        (before.timestamp, after.timestamp)
        for before, after in itertools.pairwise(packets)
        if before.ssrc == after.ssrc and after.timestamp != (before.timestamp + FRAME_SAMPLES) & 0xFFFFFFFF
    ]


def nonce_repeats(packets: Sequence[Packet]) -> list[int]:
    """Nonces that one ssrc, and with it one key, used twice."""
    seen: set[tuple[int, int]] = set()
    repeated: list[int] = []
    for packet in packets:
        if (packet.ssrc, packet.nonce) in seen:
            repeated.append(packet.nonce)
        seen.add((packet.ssrc, packet.nonce))
    return repeated


def header_packets(packets: Sequence[Packet]) -> list[Packet]:
    """Ogg's two header packets, which are no audio and do not belong on the wire."""
    return [packet for packet in packets if packet.payload.startswith((b"OpusHead", b"OpusTags"))]


def frame_ms(payload: bytes) -> float:
    """The duration of one Opus packet in milliseconds, from its first bytes (RFC 6716 §3.1)."""
    if not payload:
        return 0.0
    config, code = payload[0] >> 3, payload[0] & 3
    if config < 12:
        frame = (10.0, 20.0, 40.0, 60.0)[config % 4]
    elif config < 16:
        frame = (10.0, 20.0)[config % 2]
    else:
        frame = (2.5, 5.0, 10.0, 20.0)[config % 4]
    frames = {0: 1, 1: 2, 2: 2}.get(code, payload[1] & 0x3F if len(payload) > 1 else 0)
    return frame * frames


def music(packets: Sequence[Packet]) -> list[Packet]:
    """The packets without the silence frames with which a sender ends or pauses."""
    return [packet for packet in packets if packet.payload != SILENCE]


def payloads(packets: Sequence[Packet]) -> list[bytes]:
    return [packet.payload for packet in packets]
