"""What a file is, told by its first bytes, and what an MP3 says of its own length. Pure."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from .errors import DamagedAudio

HEAD_BYTES: Final = 4_096


@frozen
class Kind:
    """A kind of audio with the one demuxer and the only decoders that FFmpeg may use for it."""

    name: str
    demuxer: str
    decoders: tuple[str, ...]


MP3: Final = Kind("MP3", "mp3", ("mp3float",))
OGG: Final = Kind("Ogg", "ogg", ("opus", "vorbis", "flac"))
WAV: Final = Kind("WAV", "wav", ("pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_u8", "pcm_f32le"))
FLAC: Final = Kind("FLAC", "flac", ("flac",))


def kind_of(head: bytes) -> Kind:
    """Raises DamagedAudio where the first bytes are of none of the four."""
    if head[:3] == b"ID3" or _is_frame(head):
        return MP3
    if head[:4] == b"OggS":
        return OGG
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return WAV
    if head[:4] == b"fLaC":
        return FLAC
    what = "an HTML page" if b"<html" in head[:512].lower() else "not audio"
    raise DamagedAudio(f"{what if head else 'an empty file'} instead of MP3, Ogg, WAV or FLAC")


def tag_length(head: bytes) -> int:
    """Bytes of the ID3v2 tag in front; 0 where there is none. Its length is written in 7-bit bytes (ID3v2.4, 3.1)."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    return 10 + size + (10 if head[5] & 0x10 else 0)


# ISO 11172-3, 2.4.2.3, and 13818-3 for the lower rates: layer III only.
_KBITS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


@frozen
class Mp3Length:
    """Seconds that an MP3 should last: counted by its encoder, or as its size and first bit rate make it."""

    counted_s: float | None
    by_size_s: float | None


def mp3_length(first_frame: bytes, size_bytes: int) -> Mp3Length:
    """What the bytes from the first frame on say; `size_bytes` are from there to the end."""
    if not _is_frame(first_frame) or len(first_frame) < 4:
        return Mp3Length(None, None)
    version, bit_rate_at, rate_at = first_frame[1] >> 3 & 3, first_frame[2] >> 4, first_frame[2] >> 2 & 3
    rate = _RATES[version][rate_at]
    mono = first_frame[3] >> 6 == 3
    side_info = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}[version == 3, mono]
    info = first_frame[4 + side_info : 4 + side_info + 12]
    counted_s = None
    if info[:4] in (b"Xing", b"Info") and len(info) == 12 and info[7] & 1:
        counted_s = int.from_bytes(info[8:12], "big") * (1_152 if version == 3 else 576) / rate
    kbits = (_KBITS_1 if version == 3 else _KBITS_2)[bit_rate_at]
    return Mp3Length(counted_s, size_bytes / (kbits * 125) if kbits else None)


def _is_frame(head: bytes) -> bool:
    """An MPEG audio frame of layer III with a possible version, bit rate and sample rate."""
    return (
        len(head) > 2
        and head[0] == 0xFF
        and head[1] & 0xE6 == 0xE2
        and head[1] >> 3 & 3 != 1
        and head[2] >> 4 != 15
        and head[2] >> 2 & 3 != 3
    )
