"""What a file is, told by its first bytes, and what an MP3 says of its own length. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import frozen

from conductr_player.errors import DamagedAudio

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


def holds_sound(tag: bytes) -> bool:
    """Whether a tag has swallowed music, its length being wrong: frame after frame is in it."""
    at = tag.find(b"\xff")
    while at >= 0:
        end, frames = at, 0
        while frames < _FRAMES_IN_A_ROW and (length := _frame_bytes(tag[end : end + 4])):
            end, frames = end + length, frames + 1
        if frames == _FRAMES_IN_A_ROW:
            return True
        at = tag.find(b"\xff", at + 1)
    return False


def fits_wav(read: Callable[[int, int], bytes], size_bytes: int) -> bool:
    """Whether a WAV's chunks end where the file does; `read(count, offset)` gives its bytes.

    A recorder that was cut off leaves the sound's length at 0 or at the most: then it goes to the end.
    """
    at = 12
    while at + 8 <= size_bytes:
        name, count = read(4, at), int.from_bytes(read(4, at + 4), "little")
        if not name.isascii() or not name.decode().isprintable():
            return False
        if name == b"data" and count in (0, 0xFFFF_FFFF):
            return True
        at += 8 + count + count % 2
    return at - 1 <= size_bytes  # the last byte of padding is often left out


# ISO 11172-3, 2.4.2.3, and 13818-3 for the lower rates: layer III only.
_KBITS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def counted_s(first_frame: bytes) -> float | None:
    """Seconds that an MP3 lasts, as its encoder counted them; None where it did not."""
    if not _is_frame(first_frame) or len(first_frame) < 4:
        return None
    version, mono = first_frame[1] >> 3 & 3, first_frame[3] >> 6 == 3
    side_info = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}[version == 3, mono]
    info = first_frame[4 + side_info : 4 + side_info + 12]
    if info[:4] not in (b"Xing", b"Info") or len(info) < 12 or not info[7] & 1:
        return None
    rate = _RATES[version][first_frame[2] >> 2 & 3]
    return int.from_bytes(info[8:12], "big") * (1_152 if version == 3 else 576) / rate


_FRAMES_IN_A_ROW: Final = 6  # a picture holds one by chance, and now and then two


def _frame_bytes(head: bytes) -> int:
    """How long the frame is that begins here; 0 where none does."""
    if len(head) < 4 or not _is_frame(head):
        return 0
    version, rate = head[1] >> 3 & 3, _RATES[head[1] >> 3 & 3][head[2] >> 2 & 3]
    kbits = (_KBITS_1 if version == 3 else _KBITS_2)[head[2] >> 4]
    return (144_000 if version == 3 else 72_000) * kbits // rate + (head[2] >> 1 & 1) if kbits else 0


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


def _headers() -> dict[bytes, tuple[int, float]]:
    """The first three bytes that a frame may have, with its length in bytes and in seconds."""
    found = dict[bytes, tuple[int, float]]()
    for second in (0xE2, 0xE3, 0xF2, 0xF3, 0xFA, 0xFB):
        for third in range(256):
            head = bytes((0xFF, second, third, 0))
            if length := _frame_bytes(head):
                version = second >> 3 & 3
                found[head[:3]] = length, (1_152 if version == 3 else 576) / _RATES[version][third >> 2 & 3]
    return found


HEADERS: Final = _headers()
