"""Ways to damage an MP3, and what became of it."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path
from random import Random

from conductr_player import IndexedPackets, SourceError, ingest

XING_FRAMES = 8  # bytes from "Xing" or "Info" to the number of frames
Mutation = Callable[[bytes], bytes]
APE = b"APETAGEX" + struct.pack("<IIII", 2_000, 200_000, 1, 0xA0000000) + bytes(8)
SYNC = b"\xff\xfb\x90\x64"


def cut(part: float, mp3: bytes) -> bytes:
    return mp3[: round(len(mp3) * part)]


def headless(part: float, mp3: bytes) -> bytes:
    return mp3[round(len(mp3) * part) :]


def flipped(seed: int, mp3: bytes) -> bytes:
    """One to a thousand bits the other way round."""
    rng, found = Random(seed), bytearray(mp3)
    for _ in range(10 ** rng.randint(0, 3)):
        found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


def overwritten(seed: int, mp3: bytes) -> bytes:
    """Some range of it zeros, a page, or noise."""
    rng = Random(seed)
    at, count = rng.randrange(len(mp3)), rng.randrange(1, len(mp3) // 2)
    count = min(count, len(mp3) - at)
    filling = (bytes(count), (b"<html>502 Bad Gateway</html>" * count)[:count], rng.randbytes(count))[seed % 3]
    return mp3[:at] + filling + mp3[at + count :]


def shuffled(seed: int, mp3: bytes) -> bytes:
    """In pieces, in another order, or with some of them twice."""
    rng = Random(seed)
    size = rng.randrange(500, 20_000)
    pieces = [mp3[at : at + size] for at in range(0, len(mp3), size)]
    return b"".join(rng.choices(pieces, k=len(pieces)) if seed % 2 else rng.sample(pieces, len(pieces)))


def tagged(tag: bytes, mp3: bytes) -> bytes:
    return tag + mp3


def ended(end: bytes, mp3: bytes) -> bytes:
    return mp3 + end


def counted(frames: int, mp3: bytes) -> bytes:
    """The encoder's own count, falsified."""
    at = (found.start() if (found := re.search(rb"Xing|Info", mp3)) else 0) + XING_FRAMES
    return mp3[:at] + struct.pack(">I", frames) + mp3[at + 4 :]


def instead(content: bytes, _: bytes) -> bytes:
    return content


def id3(size: int, content: bytes = b"", flags: int = 0) -> bytes:
    """A tag that claims `size` bytes."""
    return b"ID3\x04\x00" + bytes((flags, *(size >> shift & 0x7F for shift in (21, 14, 7, 0)))) + content


def third(filling: bytes, mp3: bytes) -> bytes:
    """The middle third overwritten, which neither shortens nor lengthens the file."""
    count = len(mp3) // 3
    return mp3[:count] + (filling * count)[:count] + mp3[2 * count :]


async def outcome(source: Path, target: Path, content: bytes) -> str | float:
    """The reason why it is refused, or the seconds that are played; nothing else is left in the folder."""
    source.write_bytes(content)
    try:
        done = await ingest(source, target)
    except SourceError as error:
        found: str | float = str(error)
    else:
        found = done.duration_s
        assert len(IndexedPackets.open(target)) == done.packet_count
    left = {path.name for path in source.parent.iterdir()}
    assert left == ({source.name} if isinstance(found, str) else {source.name, target.name})
    assert found
    return found
