"""An endless WebM stream of Opus packets, for Media Source Extensions. Pure (Matroska, RFC 9559; webmproject.org).

Why not Ogg: Chromium hands a plain `<audio src>` stream on in blocks of 32 KB, two seconds of music, and refuses Ogg
in a SourceBuffer. WebM in a SourceBuffer sounds after a fifth of a second (README.md has the figures).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from attrs import define

from .opus import FRAME_SAMPLES, SAMPLE_RATE

_FRAME_MS: Final = FRAME_SAMPLES * 1_000 // SAMPLE_RATE
_PRE_SKIP: Final = 312  # samples; libopus' look-ahead at 48 kHz
_SEEK_PRE_ROLL_NS: Final = 80_000_000  # RFC 7845, 4.6
_UNKNOWN_SIZE: Final = b"\x01" + b"\xff" * 7
_KEYFRAME: Final = b"\x80"


@define(eq=False)
class WebmOpusWriter:
    """Timestamps count from the first packet, whatever was played before it."""

    _packets: int = 0

    def header(self) -> bytes:
        """What comes first: the file's kind, and one Opus track."""
        kind = _element(
            "1A45DFA3",
            _number("4286", 1)
            + _number("42F7", 1)
            + _number("42F2", 4)
            + _number("42F3", 8)
            + _element("4282", b"webm")
            + _number("4287", 4)
            + _number("4285", 2),
        )
        info = _element("1549A966", _number("2AD7B1", 1_000_000) + _element("4D80", b"c") + _element("5741", b"c"))
        return kind + bytes.fromhex("18538067") + _UNKNOWN_SIZE + info + _element("1654AE6B", _track())

    def cluster(self, packets: Iterable[bytes]) -> bytes:
        """The next packets, of 20 ms each, as one cluster. At most 30 s of them fit."""
        first = self._packets
        blocks = b""
        for packet in packets:
            offset_ms = (self._packets - first) * _FRAME_MS
            blocks += _element("A3", b"\x81" + struct.pack(">h", offset_ms) + _KEYFRAME + packet)
            self._packets += 1
        return _element("1F43B675", _number("E7", first * _FRAME_MS) + blocks)


def _track() -> bytes:
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, _PRE_SKIP, SAMPLE_RATE, 0, 0)
    audio = _element("B5", struct.pack(">d", SAMPLE_RATE)) + _number("9F", 2)
    return _element(
        "AE",
        _number("D7", 1)
        + _number("73C5", 1)
        + _number("83", 2)
        + _element("86", b"A_OPUS")
        + _number("56AA", _PRE_SKIP * 1_000_000_000 // SAMPLE_RATE)
        + _number("56BB", _SEEK_PRE_ROLL_NS)
        + _element("63A2", head)
        + _element("E1", audio),
    )


def _element(identity: str, body: bytes) -> bytes:
    """An EBML element; its size as an eight-byte number, which is always allowed."""
    return bytes.fromhex(identity) + struct.pack(">Q", len(body) | 1 << 56) + body


def _number(identity: str, value: int) -> bytes:
    return _element(identity, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))
