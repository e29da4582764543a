"""Files that a caller has opened: written to in a worker thread, and left open."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Protocol

import anyio


class Writable(Protocol):
    """A binary file, or what passes for one. A raw file may take less than it is given, and tells how much."""

    def write(self, data: bytes, /) -> int | None: ...


class Sink:
    """Counts and sums what a caller's file was given."""

    def __init__(self, target: Writable | anyio.AsyncFile[bytes]) -> None:
        # An AsyncFile has a plain one inside, which a thread writes to just as well.
        self._target: Writable = target.wrapped if isinstance(target, anyio.AsyncFile) else target
        self._sum = sha256()
        self.size_bytes = 0

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()

    async def write(self, chunk: bytes) -> None:
        """Raises OSError, and whatever else the file raises."""
        await anyio.to_thread.run_sync(write_all, self._target.write, chunk)
        self._sum.update(chunk)
        self.size_bytes += len(chunk)


def write_all(write: Callable[[bytes], int | None], chunk: bytes) -> None:
    """To the last byte. A file that counts nothing has taken all."""
    rest = chunk
    while rest and (taken := write(rest)) is not None:
        if taken == 0:
            raise OSError("the file takes no more")
        rest = rest[taken:]
