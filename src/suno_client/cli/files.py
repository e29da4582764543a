"""Files of the command: places that are looked at before anything is paid for; words that are read and written."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import anyio

from suno_client.download import KindName, Source

from .codes import Usage
from .desk import Desk
from .shapes import Saved, saved_as

KINDS: dict[str, KindName] = {
    ".wav": "wav",
    ".mp4": "video",
    ".jpg": "image",
    ".jpeg": "image",
    ".png": "image",
    ".webp": "image",
}


def second(path: Path) -> Path:
    """Beside `path`, for the second take: song.mp3, song-2.mp3."""
    return path.with_name(f"{path.stem}-2{path.suffix}")


def kind_of(path: Path) -> KindName:
    return KINDS.get(path.suffix.lower(), "audio")


def stem_name(part: str) -> str:
    """A file name of a gateway's word for a part."""
    return re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") or "part"


def check_free(places: Iterable[Path], *, force: bool) -> None:
    """Raises Usage where a file could not be put there, or would be put over another one."""
    seen = set[Path]()
    for path in places:
        if path.absolute() in seen:
            raise Usage(f"{path} is named twice.", "Each file needs a name of its own.")
        seen.add(path.absolute())
        if path.is_dir() or str(path) == "-":
            raise Usage(f"{path} is no name for a file.", "Give a name such as song.mp3.")
        if path.exists() and not force:
            raise Usage(f"{path} is there already.", "Give another name, or --force to replace it.")
        check_folder(path.absolute().parent)


def check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise Usage(f"There is no folder {folder}.", "Make it first.")
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise Usage(f"Nothing can be written into {folder}: {error.strerror}.", "Choose another folder.") from error


def check_new_folder(folder: Path, *, force: bool) -> None:
    """For several files whose names are not known yet: a folder that is empty, or not there yet."""
    if folder.exists():
        if not folder.is_dir():
            raise Usage(f"{folder} is a file.", "Give the name of a folder.")
        if any(folder.iterdir()) and not force:
            raise Usage(f"{folder} holds files already.", "Give another folder, or --force to write into it.")
        check_folder(folder)
    else:
        check_folder(folder.absolute().parent)


def words_from(given: str | None) -> str | None:
    """The words themselves, those of a file ("@words.txt"), or those of standard input ("-"). Raises OSError, Usage."""
    if given is None or (given != "-" and not given.startswith("@")):
        return given
    try:
        return sys.stdin.read() if given == "-" else Path(given[1:]).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Usage("The lyrics are no text in UTF-8.", "Save them as UTF-8, and ask again.") from error


async def save(
    desk: Desk,
    part: str,
    source: Source,
    path: Path,
    *,
    kind: KindName = "audio",
    force: bool = False,
    resume: bool = False,
) -> Saved:
    """Downloads with a bar. What has come to lie there meanwhile stays, unless `force`."""
    check_free([path], force=force)
    with desk.screen.fetching(path.name) as on_progress:
        file = await desk.suno.download(source, path, kind=kind, on_progress=on_progress, resume=resume)
    desk.course.saved.append(path)
    return saved_as(part, path, file, None if isinstance(source, str) else source)


async def write(desk: Desk, path: Path, text: str, *, force: bool) -> None:
    check_free([path], force=force)
    await anyio.Path(path).write_text(text, encoding="utf-8")
    desk.course.saved.append(path)
