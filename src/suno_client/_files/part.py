"""The file beside a target in which its bytes gather until they are all there, for a later call too."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Annotated, BinaryIO

import anyio
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from suno_client.errors import BadMedia

from .intake import VALIDATOR_LIMIT, Mark
from .kinds import HEAD_BYTES
from .sinks import write_all

NOTED_EACH_BYTES = 1_000_000  # what a process that is killed may lose
_READ_BYTES = 1 << 20

_Sum = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Validator = Annotated[str, StringConstraints(pattern=r"^[ -~]+$", max_length=VALIDATOR_LIMIT)]


class Note(BaseModel):
    """What lies beside the part: which file it is of, and how much of it is known to be right."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    source: _Sum
    validator: _Validator
    total: Annotated[int, Field(ge=0)] | None
    size_bytes: Annotated[int, Field(ge=HEAD_BYTES)]
    sha256: _Sum


@dataclass(frozen=True, slots=True)
class Recalled:
    """What an earlier call left."""

    mark: Mark
    head: bytes
    size_bytes: int


class Part:
    """`keeps`: it has a fixed name, and what is good of it stays for a later call; else nothing of it stays."""

    def __init__(self, target: Path, *, keeps: bool) -> None:
        name = f".{target.name}.part" if keeps else f".{token_hex(8)}.part"
        self._target = target
        self._keeps = keeps
        self._path = target.with_name(name)
        self._note = target.with_name(f"{name}.json")
        self._file: BinaryIO | None = None
        self._mark: Mark | None = None
        self._noted_bytes = 0
        self._sum = sha256()
        self.size_bytes = 0

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()

    async def open(self) -> Recalled | None:
        """Raises OSError, as all here does."""
        return await anyio.to_thread.run_sync(self._open)

    async def rewind(self, mark: Mark) -> None:
        await anyio.to_thread.run_sync(self._begin, mark)

    async def write(self, chunk: bytes) -> None:
        await anyio.to_thread.run_sync(self._write, chunk)

    async def settle(self) -> None:
        """Gives the target its new content. Raises BadMedia where somebody else wrote to the part."""
        await anyio.to_thread.run_sync(self._settle)

    def close(self, *, good: bool) -> None:
        """`good`: what there is may be taken up later. Does not wait, so that it is done in a cancelled task too."""
        if self._file is None:
            return
        self._file.close()
        if not (good and self._keeps and self._jot()):
            self._path.unlink(missing_ok=True)
            self._note.unlink(missing_ok=True)

    def _open(self) -> Recalled | None:
        if not self._keeps:
            self._file = self._path.open("xb", buffering=0)
            return None
        self._path.touch()
        self._file = self._path.open("r+b", buffering=0)
        return self._recall(self._file)

    def _recall(self, file: BinaryIO) -> Recalled | None:
        """Only bytes that are still those that were noted count: after a power cut they may not be."""
        try:
            note = Note.model_validate_json(self._note.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        head = b""
        left = note.size_bytes
        found = sha256()
        while left and (read := file.read(min(left, _READ_BYTES))):
            head = head or read[:HEAD_BYTES]
            found.update(read)
            left -= len(read)
        if left or found.hexdigest() != note.sha256:
            return None
        file.truncate(note.size_bytes)
        self._sum, self.size_bytes, self._noted_bytes = found, note.size_bytes, note.size_bytes
        self._mark = Mark(note.source, note.validator, note.total)
        return Recalled(self._mark, head, note.size_bytes)

    def _begin(self, mark: Mark) -> None:
        """The old note goes first, so that it never stands beside bytes of another file."""
        assert self._file is not None
        self._note.unlink(missing_ok=True)
        self._file.seek(0)
        self._file.truncate()
        self._mark, self._sum, self.size_bytes, self._noted_bytes = mark, sha256(), 0, 0

    def _write(self, chunk: bytes) -> None:
        assert self._file is not None
        write_all(self._file.write, chunk)
        self._sum.update(chunk)
        self.size_bytes += len(chunk)
        if self._keeps and self.size_bytes - self._noted_bytes >= NOTED_EACH_BYTES:
            self._jot()

    def _jot(self) -> bool:
        """Notes how far it is; False where a later call could not go on from there."""
        mark = self._mark
        if mark is None or mark.validator is None or self.size_bytes < HEAD_BYTES:
            return False
        note = Note(
            source=mark.source,
            validator=mark.validator,
            total=mark.total,
            size_bytes=self.size_bytes,
            sha256=self.sha256,
        )
        fresh = self._note.with_name(f".{token_hex(8)}.json")
        fresh.write_text(note.model_dump_json(), "ascii")
        fresh.replace(self._note)
        self._noted_bytes = self.size_bytes
        return True

    def _settle(self) -> None:
        """On disk before it has its name, so that a file with its name is whole even after a power cut."""
        assert self._file is not None
        os.fsync(self._file.fileno())
        self._file.close()
        if self._keeps:
            with self._path.open("rb") as file:
                found = _sum_of(file)
            if found != self.sha256:
                raise BadMedia("", "its part file was written to by somebody else")
        self._path.replace(self._target)


def _sum_of(file: BinaryIO) -> str:
    found = sha256()
    while read := file.read(_READ_BYTES):
        found.update(read)
    return found.hexdigest()
