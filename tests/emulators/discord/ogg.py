"""Ogg Opus read and written packet by packet: so that what was heard can be given to FFmpeg. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

SAMPLES_PER_PACKET = 960  # 20 ms at 48 kHz
SERIAL = 0x0C0D
FIRST, LAST = 0x02, 0x04
HEAD = b"OpusHead" + struct.pack("<BBHIHB", 1, 2, 0, 48_000, 0, 0)  # no pre-skip: every packet counts
TAGS = b"OpusTags" + struct.pack("<I", 8) + b"emulator" + struct.pack("<I", 0)


def write_ogg(packets: Iterable[bytes]) -> bytes:
    """An Ogg Opus file of 20 ms stereo packets, one a page."""
    pages = [_page(HEAD, 0, 0, FIRST), _page(TAGS, 1, 0, 0)]
    number = 1
    for number, packet in enumerate(packets, start=2):
        pages.append(_page(packet, number, (number - 1) * SAMPLES_PER_PACKET, 0))
    pages.append(_page(b"", number + 1, (number - 1) * SAMPLES_PER_PACKET, LAST))
    return b"".join(pages)


def read_ogg(data: bytes) -> list[bytes]:
    """The audio packets of an Ogg Opus file, without its two header packets. ValueError when it is none."""
    packets = list(_packets(data))
    if len(packets) < 2 or not packets[0].startswith(b"OpusHead"):
        raise ValueError("not an Ogg Opus file")
    return packets[2:]


def _packets(data: bytes) -> Iterator[bytes]:
    place, begun = 0, b""
    while place < len(data):
        if data[place : place + 4] != b"OggS":
            raise ValueError(f"no Ogg page at byte {place}")
        laces = data[place + 27 : place + 27 + data[place + 26]]
        place += 27 + len(laces)
        for lace in laces:
            begun += data[place : place + lace]
            place += lace
            if lace < 255:
                if begun:
                    yield begun
                begun = b""


def _page(packet: bytes, number: int, granule: int, flags: int) -> bytes:
    laces = bytes([255] * (len(packet) // 255) + [len(packet) % 255]) if packet else b""
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, SERIAL, number, 0, len(laces)) + laces
    checksum = _crc(head + packet)
    return head[:22] + struct.pack("<I", checksum) + head[26:] + packet


def _table() -> list[int]:
    table: list[int] = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(value)
    return table


_TABLE = _table()


def _crc(data: bytes) -> int:
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFFFFFF) ^ _TABLE[value >> 24 ^ byte]
    return value
