"""The pacer's side of sources: files mapped here too, growing songs read from memory that both processes share."""

from __future__ import annotations

import logging
from pathlib import Path
from weakref import WeakValueDictionary

from attrs import define, field

from conductr_player.errors import SourceError
from conductr_player.packets.book import PacketBook
from conductr_player.packets.sources import IndexedPackets, PacketSource

from .wire import Plain

_log = logging.getLogger(__name__)


@define(eq=False)
class Shared:
    """A source of the parent's, as it is seen from here."""

    first: int
    speed: float
    book: PacketBook
    complete: bool = False
    error: Exception | None = None
    _file: IndexedPackets | None = None

    def packet(self, index: int) -> bytes | None:
        file = self._file
        return self.book.packet(index - self.first) if file is None else file.packet(index)

    def __len__(self) -> int:
        file = self._file
        return self.first + len(self.book) if file is None else len(file)

    def go_on_in(self, file: IndexedPackets) -> None:
        """The same song, finished; another thread reads meanwhile."""
        self._file = file
        self.error, self.complete = None, True


@define(eq=False)
class Broken:
    """A source that cannot be had here."""

    error: Exception
    first: int = 0
    speed: float = 1.0
    complete: bool = False

    def packet(self, index: int) -> None:
        """There is none."""

    def __len__(self) -> int:
        return 0


_Face = tuple[str, int, int]  # path, inode and time: a file that is replaced keeps its path only


@define(eq=False)
class Library:
    """Sources by the numbers that the parent gave them. Told by one thread."""

    _sources: dict[int, PacketSource] = field(init=False, factory=dict[int, PacketSource])
    _files: WeakValueDictionary[_Face, IndexedPackets] = field(
        init=False, factory=WeakValueDictionary[_Face, IndexedPackets]
    )

    def source_of(self, number: int) -> PacketSource:
        return self._sources[number]

    def obey(self, values: Plain, fds: tuple[int, ...]) -> None:
        """What the `Courier` says."""
        number = values["source"]
        known = self._sources.get(number)
        match values["ask"]:
            case "map":
                self._sources[number] = self._opened(values["path"])
            case "read":
                self._sources[number] = Shared(values["first"], values["speed"], PacketBook.attach(fds[0]))
            case "over" if isinstance(known, Shared):
                known.error, known.complete = None, True
            case "broke" if isinstance(known, Shared):
                known.error = SourceError(values["text"]) if values["text"] else None
            case "go_on_in" if isinstance(known, Shared):
                file = self._opened(values["path"])
                if isinstance(file, IndexedPackets):
                    known.go_on_in(file)
            case "forget":
                self._sources.pop(number, None)
            case _:
                _log.error("not known: %s", values["ask"])

    def _opened(self, path: str) -> IndexedPackets | Broken:
        try:
            found = Path(path).stat()
            face = (path, found.st_ino, found.st_mtime_ns)
            file = self._files.get(face)
            if file is None:
                self._files[face] = file = IndexedPackets.open(Path(path))
        except OSError as error:
            return Broken(SourceError(f"{Path(path).name} cannot be opened: {error}"))
        except SourceError as error:
            return Broken(error)
        return file
