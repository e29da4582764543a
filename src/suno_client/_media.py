"""Whether bytes are what they should be: magic bytes, and a size that fits the duration. Pure."""

from __future__ import annotations

HEAD_BYTES = 16  # enough to know every kind by
SLOWEST_BYTES_S = 4_000  # 32 kbit/s; songs are 128 to 192 (reference: suno.md 2A.10), so half a file is still found out
FASTEST_BYTES_S = 40_000  # 320 kbit/s, the most that MP3 has
TAGS_BYTES = 2_000_000  # room for a cover and lyrics in the file


def audio_type(head: bytes) -> str | None:
    """The media type of MP3 by its first bytes: an ID3 tag, or the header of a layer III frame."""
    return "audio/mpeg" if head.startswith(b"ID3") or _is_frame(head) else None


def _is_frame(head: bytes) -> bool:
    """Reserved values of version, bit rate and sample rate are no frame (ISO 11172-3, 2.4.2.3)."""
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[1] & 0x18 != 0x08 and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C


def image_type(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/webp" if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else None


def looks_like(head: bytes) -> str:
    """What came instead, for a person."""
    start = head.lstrip()[:1]
    if start == b"<":
        return "a web page"
    return "JSON" if start in {b"{", b"["} else "of an unknown kind"


def implausible(size_bytes: int, duration_s: float) -> str | None:
    """Why a song of `duration_s` cannot have this size, or None."""
    if size_bytes < duration_s * SLOWEST_BYTES_S:
        return f"{size_bytes:,} bytes are too few for {duration_s:.0f} s of music"
    if size_bytes > duration_s * FASTEST_BYTES_S + TAGS_BYTES:
        return f"{size_bytes:,} bytes are too many for {duration_s:.0f} s of music"
    return None
