"""The sweep: files that nobody wants go, rows without their file say so, and files without a row get one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from attrs import evolve, frozen

from .records import FileKind, FileState, MediaFile
from .shelf import Shelf
from .sweeping import Found, Verdict, judge

GRACE = timedelta(hours=1)  # what changed since then is somebody's who is still at it
FOLDERS = tuple(f"{number:02x}" for number in range(256))  # the two letters that keys begin with
AT_ONCE = 4  # folders: of a million songs, some 50,000 files


@frozen
class Swept:
    """What a sweep did and found. `missing` and `wrong_size` are keys that somebody should look at."""

    unfinished: int = 0
    deleted: int = 0
    adopted: int = 0
    missing: tuple[str, ...] = ()
    wrong_size: tuple[str, ...] = ()


@frozen
class _Case:
    key: str
    file: Found | None
    row: MediaFile | None
    named_as: FileKind | None  # where it was asked for
    named: bool


async def sweep(shelf: Shelf, *, grace: timedelta = GRACE) -> Swept:
    """Look at every file and every row once. May run beside writers, and beside another sweep.

    Raises MediaUnavailable and StoreError; what was swept by then stays swept.
    """
    swept = Swept(unfinished=await shelf.media.sweep(grace.total_seconds()))
    for start in range(0, len(FOLDERS), AT_ONCE):
        for case in await _cases(shelf, FOLDERS[start : start + AT_ONCE], grace):
            now = shelf.store.now()
            done = await _carry_out(shelf, judge(case.file, case.row, named=case.named, now=now, grace=grace), case)
            swept = _sum(swept, done)
    return swept


async def _cases(shelf: Shelf, folders: Sequence[str], grace: timedelta) -> tuple[_Case, ...]:
    async with shelf.store.begin() as tx:  # rows first: a file comes after its row, and goes after it
        rows = {row.key: row for row in await tx.files.under(folders)}
        unnamed = await tx.files.unnamed(folders, shelf.store.now() - grace)
    files = {file.key: file for folder in folders for file in await shelf.media.listing(folder)}
    strays = {key for key in files if key not in rows or rows[key].state is not FileState.READY}
    found = await _named(shelf, strays) if strays else {}
    return tuple(
        _Case(
            key,
            files.get(key),
            rows.get(key),
            found.get(key),
            named=key in found if key in strays else key not in unnamed,
        )
        for key in sorted(files.keys() | rows.keys())
    )


async def _named(shelf: Shelf, keys: Iterable[str]) -> dict[str, FileKind]:
    async with shelf.store.begin() as tx:
        return await tx.files.named_by_songs(keys)


async def _carry_out(shelf: Shelf, verdict: Verdict, case: _Case) -> Swept:
    match verdict:
        case Verdict.ADOPT if case.file is not None:
            await _adopt(shelf, case, case.file)
            return Swept(adopted=1)
        case Verdict.DELETE:
            return Swept(deleted=int(await _delete(shelf, case)))
        case Verdict.LOST if not await shelf.media.exists(case.key):
            return Swept(missing=(case.key,) if await _settle(shelf, case, FileState.MISSING) else ())
        case Verdict.WRONG_SIZE:
            return Swept(wrong_size=(case.key,))
        case Verdict.FORGET:
            await _settle(shelf, case, FileState.GONE)
        case _:
            pass
    return Swept()


async def _adopt(shelf: Shelf, case: _Case, file: Found) -> None:
    kind = case.named_as or FileKind.OTHER
    known = case.row or MediaFile(key=case.key, kind=kind, refetchable=kind is FileKind.PACKETS)
    async with shelf.store.begin() as tx:
        await tx.files.adopt(evolve(known, size_bytes=file.size_bytes))


async def _delete(shelf: Shelf, case: _Case) -> bool:
    """Only after its row says that it leaves; hands off where somebody has changed the row meanwhile."""
    async with shelf.store.begin() as tx:
        ready = case.row is not None and case.row.state is FileState.READY
        ours = await tx.files.take_out(case.key, case.row, unnamed=ready)
    if ours:
        await shelf.delete(case.key)
    return ours


async def _settle(shelf: Shelf, case: _Case, state: FileState) -> bool:
    if case.row is None:
        return False
    async with shelf.store.begin() as tx:
        return await tx.files.settle(case.key, case.row.state, state)


def _sum(one: Swept, other: Swept) -> Swept:
    return Swept(
        unfinished=one.unfinished + other.unfinished,
        deleted=one.deleted + other.deleted,
        adopted=one.adopted + other.adopted,
        missing=one.missing + other.missing,
        wrong_size=one.wrong_size + other.wrong_size,
    )
