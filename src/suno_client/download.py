"""Files and streams from media hosts: checked as they come, whole or not at all (reference: suno.md 2A.11)."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio

from ._files.body import check_encoding, check_status, gather
from ._files.hosts import Bytes, MediaAnswer, MediaHosts
from ._files.intake import Intake, source_of
from ._files.kinds import KINDS, KindName
from ._files.part import Part
from ._files.sinks import Sink, Writable
from .errors import BadMedia, InvalidRequest
from .models import Clip

Source = str | Clip
Target = str | Path | Writable | anyio.AsyncFile[bytes]
OnProgress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Download:
    """A file that was checked. `media_type` is told by its bytes, not by what the host claimed; `path` is None where it
    went into a file of the caller's.
    """

    path: Path | None
    size_bytes: int
    media_type: str
    sha256: str


async def download(
    hosts: MediaHosts,
    source: Source,
    target: Target,
    *,
    kind: KindName = "audio",
    expected_duration_s: float | None = None,
    max_bytes: int | None = None,
    on_progress: OnProgress | None = None,
    resume: bool = False,
    derived: bool = False,
) -> Download:
    """A path appears whole or not at all, and replaces what was there. A caller's file is written to as the bytes come,
    and stays open; whether they were right is known at the end.

    `resume`: where it breaks off, a hidden part beside the path stays for a later call of this or another process.
    Raises BadMedia, NotSent, Unanswered; OSError where it cannot be written.
    """
    urls, duration_s = _sources(source, expected_duration_s, derived=derived)
    intake = _intake(kind, max_bytes, duration_s)
    target = Path(target) if isinstance(target, str) else target
    if isinstance(target, Path):
        return await _to_path(hosts, urls, target, intake, on_progress, resume=resume)
    if resume:
        raise InvalidRequest("resume", "is for a path: a file of the caller's cannot be taken up")
    sink = Sink(target)
    async with aclosing(gather(hosts, urls, intake, None)) as chunks:
        await _pour(chunks, sink, intake, on_progress)
    return Download(None, sink.size_bytes, intake.media_type, sink.sha256)


@asynccontextmanager
async def download_chunks(
    hosts: MediaHosts,
    source: Source,
    *,
    kind: KindName = "audio",
    expected_duration_s: float | None = None,
    max_bytes: int | None = None,
    derived: bool = False,
) -> AsyncGenerator[AsyncIterator[bytes], None]:
    """The bytes of a finished file as they come, the first when it is known what they are. The iterator raises as
    `download` does, BadMedia also after the last byte: only when it ends by itself they were right.
    """
    urls, duration_s = _sources(source, expected_duration_s, derived=derived)
    intake = _intake(kind, max_bytes, duration_s)
    async with aclosing(gather(hosts, urls, intake, None)) as chunks:
        yield chunks


@asynccontextmanager
async def listen(hosts: MediaHosts, url: str, *, silence_s: float) -> AsyncGenerator[AsyncIterator[bytes], None]:
    """The bytes of a growing song as they are made. Raises BadMedia where they are none or no audio, Unanswered after
    `silence_s` without any.
    """
    async with (
        hosts.open_media(url, silence_s=silence_s) as answer,
        aclosing(_growing(answer)) as chunks,
    ):
        check_status(answer)
        check_encoding(answer)
        yield chunks


async def _growing(answer: MediaAnswer) -> Bytes:
    """The chunks, from the first on which it is known to be audio. A gateway may answer 200 and then nothing."""
    intake = Intake(KINDS["audio"], sys.maxsize)
    intake.begin(answer.host, None)
    async with aclosing(answer.chunks()) as chunks:
        async for chunk in chunks:
            if ready := intake.take(chunk):
                yield ready
    if why := intake.missing():
        raise BadMedia(answer.host, why)
    if rest := intake.end():
        yield rest


async def _to_path(
    hosts: MediaHosts,
    urls: tuple[str, ...],
    target: Path,
    intake: Intake,
    on_progress: OnProgress | None,
    *,
    resume: bool,
) -> Download:
    part = Part(target, keeps=resume)
    settled = False
    try:
        recalled = await part.open()
        mark = None
        if recalled is not None and intake.recall(recalled.head, recalled.size_bytes, recalled.mark.total):
            mark = recalled.mark
            urls = tuple(sorted(urls, key=lambda url: source_of(url) != recalled.mark.source))
        async with aclosing(gather(hosts, urls, intake, part.rewind, mark)) as chunks:
            await _pour(chunks, part, intake, on_progress)
        await part.settle()
        settled = True
    finally:
        part.close(good=not (settled or intake.spoilt))
    return Download(target, part.size_bytes, intake.media_type, part.sha256)


async def _pour(chunks: Bytes, into: Part | Sink, intake: Intake, on_progress: OnProgress | None) -> None:
    async for chunk in chunks:
        await into.write(chunk)
        if on_progress is not None:
            on_progress(into.size_bytes, intake.total)


def _intake(kind: KindName, max_bytes: int | None, duration_s: float | None) -> Intake:
    if kind not in KINDS:
        raise InvalidRequest("kind", f"is one of {', '.join(KINDS)}")
    return Intake(KINDS[kind], KINDS[kind].max_bytes if max_bytes is None else max_bytes, duration_s)


def _sources(
    source: Source, expected_duration_s: float | None, *, derived: bool
) -> tuple[tuple[str, ...], float | None]:
    """Addresses, the best first, and the seconds that the file should last."""
    if isinstance(source, str):
        return (source,), expected_duration_s
    urls = source.audio_urls(derived=derived)
    if not urls:
        raise BadMedia("", "the clip names no file")
    return urls, source.duration_s if expected_duration_s is None else expected_duration_s
