"""An index of packets as a file, so that a song that was opened once need not be walked through again."""

from __future__ import annotations

import logging
import os
import struct
import zlib
from array import array
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

_HEAD = struct.Struct("<4sQqII")  # magic; size and time of the song's file; packets; checksum of what follows
_MAGIC = b"cpx1"
_TYPE = "I"  # four bytes a place: files end long before 4 GiB
_log = logging.getLogger(__name__)


def read_index(kept: Path, song: os.stat_result) -> tuple[array[int], array[int]] | None:
    """Where each packet starts and ends in a file that looks like `song`; None where no such index is kept."""
    try:
        data = kept.read_bytes()
        magic, size, changed_ns, count, checksum = _HEAD.unpack_from(data)
    except (OSError, struct.error):
        return None
    places = memoryview(data)[_HEAD.size :]
    if (magic, size, changed_ns) != (_MAGIC, song.st_size, song.st_mtime_ns):
        return None
    if len(places) != 2 * count * array(_TYPE).itemsize or zlib.crc32(places) != checksum:
        return None
    both = array(_TYPE)
    both.frombytes(places)
    return both[:count], both[count:]


def write_index(kept: Path, song: os.stat_result, starts: array[int], ends: array[int]) -> None:
    """Keep it, whole or not at all. A disk that will not take it costs time at the next opening, nothing else."""
    places = array(_TYPE, starts).tobytes() + array(_TYPE, ends).tobytes()
    head = _HEAD.pack(_MAGIC, song.st_size, song.st_mtime_ns, len(starts), zlib.crc32(places))
    part = kept.with_name(f"{kept.name}.{uuid4().hex}.part")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(head + places)
        part.replace(kept)
    except OSError as error:
        _log.warning("an index of packets cannot be kept: %s", error)
        with suppress(OSError):
            part.unlink()
