"""What an address of the media host stands for: a file, and the take that it may still be growing with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import anyio

from suno_client.sandbox.ledger import Ledger
from suno_client.sandbox.music.studio import Recording

PART_BYTES = 16_384


@dataclass(frozen=True)
class Served:
    """A file to be served. `growing`: as it comes to be, not once it is whole."""

    path: Path
    media_type: str
    take: Recording | None = None
    growing: bool = False

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")

    async def is_there(self) -> bool:
        """Whether the file is whole. A cover is drawn before the first byte of sound, and waited for."""
        if self.take is not None and self.is_picture:
            await self.take.grown(0)
        if self.take is not None and not self.is_picture and not self.take.whole:
            return False
        return self.path.exists()

    async def drip(self, ledger: Ledger, part_bytes: int = PART_BYTES, pause_s: float = 0.0) -> AsyncIterator[bytes]:
        """The bytes to their end; those of a take's sound as they come to be."""
        if self.take is not None:
            await self.take.grown(0)
        if not self.path.exists():
            return
        sent = 0
        async with await anyio.open_file(self.path, "rb") as file:
            while part := await file.read(await self._may_send(sent, part_bytes)):
                sent += len(part)
                ledger.media_bytes += len(part)
                yield part
                if pause_s:
                    await anyio.sleep(pause_s)

    async def _may_send(self, sent: int, part_bytes: int) -> int:
        """How many bytes may be read after `sent` of them."""
        if self.take is None or self.is_picture:
            return part_bytes
        await self.take.grown(sent)
        return min(part_bytes, self.take.size - sent)
