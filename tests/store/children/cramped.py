"""Puts a file where no file may grow beyond 64 kB, as on a full disk. Arguments: the media folder."""

from __future__ import annotations

import resource
import sys

import anyio

from conductr_store import Media, MediaUnavailable


async def main(folder: str) -> None:
    media = Media(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))
    small = await media.put_bytes(b"small", ".mp3")
    try:
        await media.put_bytes(bytes(1_000_000), ".mp3")
    except MediaUnavailable as error:
        sys.stdout.write(f"refused: {error}\n")
    assert await media.read(small) == b"small"


anyio.run(main, sys.argv[1])
