"""What Media does on this machine's disk. Everything here blocks: it is called in a worker thread."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from hashlib import file_digest, sha256
from pathlib import Path

from attrs import frozen

from .eviction import Idle
from .faults import faultpoint


@frozen
class FilePrint:
    """How a file looks from outside: while this is the same, so are its bytes."""

    size: int
    modified_ns: int
    inode: int


def print_of(path: Path) -> FilePrint | None:
    """None where there is no file."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return FilePrint(found.st_size, found.st_mtime_ns, found.st_ino)


def hash_bytes(data: bytes) -> str:
    return sha256(data).hexdigest()


def hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def remove(path: Path) -> None:
    """Nothing happens where it is gone, or never was."""
    with suppress(OSError):
        path.unlink()


def settle(staged: Path, target: Path, root: Path) -> None:
    """Move a finished file to its place so that it is there whole, or not at all, also after a power cut."""
    _sync(staged)
    faultpoint("media.part_fsynced")
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target)
    faultpoint("media.renamed")
    folder = target.parent
    while True:  # a name is kept by its folder, and a new folder by the one above
        _sync(folder)
        if folder in (root, folder.parent):
            break
        folder = folder.parent
    faultpoint("media.dir_fsynced")


def idle_files(root: Path) -> tuple[Idle, ...]:
    """The files in folders within folders of `root`, as a cache of media has them, by when each was last read."""
    found: list[Idle] = []
    for path in root.glob("*/*/*"):
        with suppress(FileNotFoundError):  # somebody else made room
            look = path.stat()
            if path.is_file():
                found.append(Idle(path.relative_to(root).as_posix(), look.st_size, look.st_atime))
    return tuple(found)


def mark_read(path: Path) -> None:
    """The system itself may note no more than one reading a day. What tells whether a file has changed stays."""
    with suppress(OSError):
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))


def sweep(folder: Path, older_than_s: float) -> int:
    """Delete files that nobody has written to for so long; how many they were."""
    before = time.time() - older_than_s
    swept = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()
                swept += 1
        except FileNotFoundError:  # its writer was faster
            continue
    return swept


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
