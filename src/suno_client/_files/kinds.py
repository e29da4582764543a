"""Whether bytes are what they should be: magic bytes, and a size that fits the duration. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

KindName = Literal["audio", "wav", "video", "image"]

HEAD_BYTES = 16  # enough to know every kind by
UNKNOWN_LENGTHS = (0, 0xFFFFFFFF)  # what writers of RIFF put down before they know better


def audio_type(head: bytes) -> str | None:
    """The media type of MP3 by its first bytes: an ID3 tag, or the header of a layer III frame."""
    return "audio/mpeg" if head.startswith(b"ID3") or _is_frame(head) else None


def _is_frame(head: bytes) -> bool:
    """Reserved values of version, bit rate and sample rate are no frame (ISO 11172-3, 2.4.2.3)."""
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[1] & 0x18 != 0x08 and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C


def wav_type(head: bytes) -> str | None:
    return "audio/wav" if head.startswith(b"RIFF") and head[8:12] == b"WAVE" else None


def video_type(head: bytes) -> str | None:
    """MP4 by its first box. An M4A has it too, but with a brand that says there is no picture (ISO 14496-12, 4.3)."""
    return "video/mp4" if head[4:8] == b"ftyp" and head[8:11] not in (b"M4A", b"M4B") else None


def image_type(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/webp" if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else None


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file should be: how its first bytes tell it, and how many bytes a second of it has at least and at most.

    `max_bytes` is the cap where the caller names none, `extra_bytes` the room for what is no sound, such as a cover.
    """

    type_of: Callable[[bytes], str | None]
    max_bytes: int
    slowest_bytes_s: int = 0
    fastest_bytes_s: int = 0
    extra_bytes: int = 2_000_000

    def implausible(self, size_bytes: int, duration_s: float) -> str | None:
        """Why a file of `duration_s` cannot have this size, or None."""
        if size_bytes < duration_s * self.slowest_bytes_s:
            return f"{size_bytes:,} bytes are too few for {duration_s:.0f} s of music"
        if size_bytes > duration_s * self.fastest_bytes_s + self.extra_bytes:
            return f"{size_bytes:,} bytes are too many for {duration_s:.0f} s of music"
        return None


KINDS: Mapping[KindName, Kind] = {
    # 32 to 320 kbit/s, the most that MP3 has; songs are 128 to 192 (reference: suno.md 2A.10), so half a file is found.
    "audio": Kind(audio_type, 60_000_000, 4_000, 40_000),
    # From 44.1 kHz mono of 16 bits to 96 kHz stereo of 32.
    "wav": Kind(wav_type, 600_000_000, 88_200, 768_000),
    # From a still picture with a song to 16 Mbit/s.
    "video": Kind(video_type, 600_000_000, 4_000, 2_000_000),
    "image": Kind(image_type, 10_000_000),
}


def riff_size(head: bytes) -> int | None:
    """Bytes that a RIFF file says of itself it has, None where it does not know or is none."""
    if len(head) < 8 or not head.startswith(b"RIFF"):
        return None
    size = int.from_bytes(head[4:8], "little")
    return None if size in UNKNOWN_LENGTHS else size + 8


def looks_like(head: bytes) -> str:
    """What came instead, for a person."""
    start = head.lstrip()[:1]
    if start == b"<":
        return "a web page"
    return "JSON" if start in {b"{", b"["} else "of an unknown kind"
