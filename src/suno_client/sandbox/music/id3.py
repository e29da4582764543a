"""An ID3v2.3 tag as bytes: the head of an MP3 with names, lyrics and cover. Pure (id3.org/id3v2.3.0)."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_UTF16 = b"\x01"


def tag(texts: Mapping[str, str], *, lyrics: str = "", cover: bytes = b"") -> bytes:
    """`texts` maps frame ids (TIT2, TPE1, ...) to their text; empty ones are left out. `cover` is a JPEG."""
    frames = [_frame(name, _UTF16 + _utf16(text)) for name, text in texts.items() if text]
    if lyrics:
        frames.append(_frame("USLT", _UTF16 + b"eng" + _utf16("") + b"\x00\x00" + _utf16(lyrics)))
    if cover:
        frames.append(_frame("APIC", b"\x00image/jpeg\x00\x03\x00" + cover))
    body = b"".join(frames)
    return b"ID3\x03\x00\x00" + _synchsafe(len(body)) + body


def _frame(name: str, body: bytes) -> bytes:
    return name.encode("ascii") + struct.pack(">I", len(body)) + b"\x00\x00" + body


def _utf16(text: str) -> bytes:
    return b"\xff\xfe" + text.encode("utf-16-le")


def _synchsafe(size: int) -> bytes:
    return bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
