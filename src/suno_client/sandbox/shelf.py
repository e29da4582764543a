"""Files other than a song's own: stems, wav, videos, pictures, uploads; each at an address of this sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

KEPT_FILES = 300  # older ones are removed, as the gateway does after days


@dataclass(frozen=True)
class StoredFile:
    """A file that may be fetched, and what it is."""

    path: Path
    media_type: str


class Shelf:
    """The files of one house, by name. A file that is put here belongs to the shelf, which removes it."""

    def __init__(self, base_url: str) -> None:
        self._base = f"{base_url}/media/files/"
        self._files: dict[str, StoredFile] = {}

    def keep(self, path: Path, media_type: str, name: str | None = None) -> str:
        """Takes a file over; returns its URL. A name that is taken already is replaced."""
        name = name or f"{uuid4().hex}{path.suffix}"
        old = self._files.pop(name, None)
        if old is not None and old.path != path:
            old.path.unlink(missing_ok=True)
        self._files[name] = StoredFile(path, media_type)
        while len(self._files) > KEPT_FILES:
            self._remove(next(iter(self._files)))
        return self._base + name

    def get(self, name: str) -> StoredFile | None:
        return self._files.get(name)

    def path_of(self, url: str) -> Path | None:
        """The file behind one of this shelf's URLs."""
        found = self._files.get(url.removeprefix(self._base)) if url.startswith(self._base) else None
        return found.path if found else None

    def drop(self, url: str) -> None:
        name = url.removeprefix(self._base)
        if name in self._files:
            self._remove(name)

    def clear(self) -> None:
        for name in list(self._files):
            self._remove(name)

    def _remove(self, name: str) -> None:
        self._files.pop(name).path.unlink(missing_ok=True)
