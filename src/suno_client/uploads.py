"""Bringing files to the gateway, for covers, extensions and voices. Uploads cost nothing and are kept some days."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import anyio

from ._sending import Sender
from .requests import UploadBase64, UploadFile, UploadUrl
from .results import Upload


class Uploads:
    """`client.uploads`. `folder` is a path of the gateway's own; `name` the file's name there."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def file(
        self, source: str | Path | bytes | BinaryIO, *, folder: str = "audio", name: str | None = None
    ) -> Upload:
        """A file of this machine, read in a thread; up to 100 MB. A file object stays the caller's to close."""
        source = Path(source) if isinstance(source, str) else source
        filename = name or (source.name if isinstance(source, Path) else "song.mp3")
        content = source if isinstance(source, bytes) else await anyio.to_thread.run_sync(_read, source)
        request = UploadFile(content=content, filename=filename, folder=folder, name=name)
        return await self._sender.ask(request)

    async def base64(self, content: bytes, *, folder: str = "audio", name: str | None = None) -> Upload:
        """As text within JSON, up to 10 MB, for networks that mangle forms."""
        return await self._sender.ask(UploadBase64(content=content, folder=folder, name=name))

    async def url(self, url: str, *, folder: str = "audio", name: str | None = None) -> Upload:
        """A file that the gateway fetches by itself, within 30 s."""
        return await self._sender.ask(UploadUrl(url=url, folder=folder, name=name))


def _read(source: Path | BinaryIO) -> bytes:
    return source.read_bytes() if isinstance(source, Path) else source.read()
