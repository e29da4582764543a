"""Files and streams from media hosts: checked as they come, whole or not at all (reference: suno.md 2A.11)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import anyio

from ._media import HEAD_BYTES, audio_type, implausible, looks_like
from ._transport import MediaAnswer, Transport
from .errors import BadMedia, Unanswered

Typed = Callable[[bytes], str | None]
OnProgress = Callable[[int, int | None], None]

SLOW_AFTER_S = 20.0  # how long a host may drip below SLOW_BYTES_S
SLOW_BYTES_S = 8_000


@dataclass(frozen=True, slots=True)
class Download:
    """A file that was checked. `media_type` is told by its bytes, not by what the host claimed."""

    path: Path
    size_bytes: int
    media_type: str
    sha256: str


async def fetch(
    transport: Transport,
    url: str,
    target: Path,
    typed: Typed,
    *,
    max_bytes: int,
    expected_duration_s: float | None = None,
    on_progress: OnProgress | None = None,
) -> Download:
    """`target` appears whole or not at all, and replaces what was there. Raises BadMedia, NotSent, Unanswered;
    OSError where it cannot be written.
    """
    part = target.with_name(f".{token_hex(8)}.part")
    try:
        async with transport.open_media(url) as answer:
            _check_head(answer, max_bytes)
            size, kind, digest = await _write(answer, part, typed, max_bytes, on_progress)
            if expected_duration_s and (why := implausible(size, expected_duration_s)):
                raise BadMedia(answer.host, why)
        await anyio.to_thread.run_sync(_settle, part, target)
    finally:
        part.unlink(missing_ok=True)
    return Download(target, size, kind, digest)


@asynccontextmanager
async def listen(transport: Transport, url: str, *, silence_s: float) -> AsyncGenerator[AsyncIterator[bytes], None]:
    """The bytes of a growing song as they are made. Raises BadMedia where they are none or no audio, Unanswered after
    `silence_s` without any.
    """
    async with (
        transport.open_media(url, silence_s=silence_s) as answer,
        aclosing(_audio(answer)) as chunks,
    ):
        _check_status(answer)
        yield chunks


async def _audio(answer: MediaAnswer) -> AsyncGenerator[bytes, None]:
    """The chunks, from the first on which it is known to be audio. A gateway may answer 200 and then nothing."""
    head = b""
    known = False
    async with aclosing(answer.chunks()) as chunks:
        async for chunk in chunks:
            if known:
                yield chunk
                continue
            head += chunk
            if len(head) >= HEAD_BYTES:
                known = _kind(answer.host, head, audio_type) != ""
                yield head
    if not known:
        _kind(answer.host, head, audio_type)
        yield head


async def _write(
    answer: MediaAnswer, part: Path, typed: Typed, max_bytes: int, on_progress: OnProgress | None
) -> tuple[int, str, str]:
    """Size, media type and SHA-256 of what was written to `part`."""
    size, kind, head, digest = 0, "", b"", hashlib.sha256()
    pace = _Pace(anyio.current_time())
    async with await anyio.open_file(part, "xb") as file, aclosing(answer.chunks()) as chunks:
        async for chunk in chunks:
            size += len(chunk)
            if size > max_bytes:
                raise BadMedia(answer.host, f"it is larger than {max_bytes:,} bytes")
            pace.check(size, anyio.current_time(), answer.host)
            if not kind:
                head += chunk[:HEAD_BYTES]
                kind = _kind(answer.host, head, typed) if len(head) >= HEAD_BYTES else ""
            digest.update(chunk)
            await file.write(chunk)
            if on_progress is not None:
                on_progress(size, answer.length)
    kind = kind or _kind(answer.host, head, typed)
    if answer.length is not None and size != answer.length:
        raise BadMedia(answer.host, f"it was cut short: {size:,} of {answer.length:,} bytes")
    return size, kind, digest.hexdigest()


class _Pace:
    """Finds a host that drips for ever, which no timeout between chunks does."""

    def __init__(self, now: float) -> None:
        self._since = now
        self._size = 0

    def check(self, size: int, now: float, host: str) -> None:
        elapsed = now - self._since
        if elapsed < SLOW_AFTER_S:
            return
        if size - self._size < SLOW_BYTES_S * elapsed:
            raise Unanswered(f"{host}: slower than {SLOW_BYTES_S:,} bytes a second", may_be_charged=False)
        self._since, self._size = now, size


def _kind(host: str, head: bytes, typed: Typed) -> str:
    if not head:
        raise BadMedia(host, "it is empty")
    kind = typed(head)
    if kind is None:
        raise BadMedia(host, f"it is {looks_like(head)}, not what was asked for")
    return kind


def _check_status(answer: MediaAnswer) -> None:
    if answer.status != 200:
        raise BadMedia(answer.host, f"it answered HTTP {answer.status}", status=answer.status)
    if answer.encoding not in ("identity", ""):
        raise BadMedia(answer.host, "it came packed although that was refused")


def _check_head(answer: MediaAnswer, max_bytes: int) -> None:
    _check_status(answer)
    if answer.length is not None and answer.length > max_bytes:
        raise BadMedia(answer.host, f"its {answer.length:,} bytes are more than {max_bytes:,}")


def _settle(part: Path, target: Path) -> None:
    """On disk before it has its name, so that a file with its name is whole even after a power cut."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)
