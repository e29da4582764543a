"""The chain of an MP3's frames: each says how long it is, so the next must follow it. Pure."""

from __future__ import annotations

import re
from mmap import mmap
from typing import Final

from attrs import frozen

from .kinds import HEADERS, tag_length

_START: Final = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]|ID3|TAG|APETAGEX")
_LONGEST_SIGN: Final = 8  # bytes, which may lie over the edge of a look
_LOOK_BYTES: Final = 32_768  # at once: a search does not let other threads go on
_IN_A_ROW: Final = 3  # frames; noise holds one by chance every 10 kB
_PAGE: Final = re.compile(rb"<!doctype html|<html", re.IGNORECASE)
_PAGE_BYTES: Final = 4_096  # at the end, where a last frame that is cut may hide it
_FALSE_STARTS: Final = 20_000  # in a file; 200 MB of noise have as many
_APE_HEADER_BYTES: Final = 32


@frozen
class Chain:
    """Seconds of the frames that follow one another, bytes of them, and bytes of what is neither frame nor tag."""

    frames_s: float
    frame_bytes: int
    stray_bytes: int
    has_page: bool  # among the stray bytes or at the end: HTML, as a server sends it that breaks off

    @property
    def stray_s(self) -> float:
        """How long the stray bytes would last, if they were sound like the rest."""
        return self.stray_bytes * self.frames_s / self.frame_bytes if self.frame_bytes else 0.0


def chain(data: bytes | mmap, at: int) -> Chain | None:
    """From `at` on, where the first frame should be. None where it cannot be followed: the bit rate is a free one."""
    if data[at : at + 1] == b"\xff" and data[at + 2 : at + 3] < b"\x10":
        return None
    end, frames_s, frame_bytes, stray_bytes, tries = len(data), 0.0, 0, 0, _FALSE_STARTS
    has_page = _PAGE.search(data, max(at, end - _PAGE_BYTES)) is not None
    while at < end:
        if found := HEADERS.get(data[at : at + 3]):
            length, seconds = found
            frames_s += seconds
            frame_bytes += min(length, end - at)
            at += length
        elif skip := _tag_bytes(data, at):
            at += skip
        else:
            following, tries = _next(data, at + 1, tries)
            stray_bytes += following - at
            has_page = has_page or _PAGE.search(data, at, min(following, at + _LOOK_BYTES)) is not None
            at = following
    return Chain(frames_s, frame_bytes, stray_bytes, has_page)


def _next(data: bytes | mmap, at: int, tries: int) -> tuple[int, int]:
    """Where frames or a tag go on, the end where they do not; and how many false starts may still be looked at."""
    end = len(data)
    while at < end and tries:
        until = min(at + _LOOK_BYTES, end)
        found = _START.search(data, at, min(until + _LONGEST_SIGN, end))
        if found is None:
            at = until
        elif _goes_on(data, found.start()):
            return found.start(), tries
        else:
            at, tries = found.start() + 1, tries - 1
    return end, tries


def _goes_on(data: bytes | mmap, at: int) -> bool:
    if _tag_bytes(data, at):
        return True
    for _ in range(_IN_A_ROW):
        if not (found := HEADERS.get(data[at : at + 3])):
            return False
        at += found[0]
        if at >= len(data):
            break
    return True


def _tag_bytes(data: bytes | mmap, at: int) -> int:
    """Bytes of the tag that begins here and fits the file; 0 where none does.

    APEv2: the size without the header at 12, little-endian; a bit at 20 to 23 tells header from footer.
    """
    head = data[at : at + _APE_HEADER_BYTES]
    if head[:3] == b"ID3":
        size = tag_length(head)
    elif head[:8] == b"APETAGEX":
        is_header = len(head) == _APE_HEADER_BYTES and head[23] & 0x20
        size = _APE_HEADER_BYTES + (int.from_bytes(head[12:16], "little") if is_header else 0)
    elif head[:3] == b"TAG" and len(data) - at <= 160:
        size = len(data) - at
    else:
        return 0
    return size if at + size <= len(data) else 0
