"""Brings a file in: from the first host that has it whole, and on where a connection broke."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from logging import getLogger

import anyio

from suno_client._addresses import host_of
from suno_client.errors import BadMedia, NotSent, SunoError, Unanswered

from .hosts import Bytes, MediaAnswer, MediaHosts
from .intake import Intake, Mark, Pace, source_of, still, stretch_of, validator_of

Rewind = Callable[[Mark], Awaitable[None]]
log = getLogger("suno_client")

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # statuses that may be others a moment later
FAR_BYTES = 1_000_000  # a connection that brought so much did well: the next trouble is the first again


class _Broken(Exception):
    """Trouble that may pass. `asked_s` is how long the host asked to wait."""

    def __init__(self, error: SunoError, asked_s: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.asked_s = asked_s


async def gather(
    hosts: MediaHosts, urls: Sequence[str], intake: Intake, rewind: Rewind | None, mark: Mark | None = None
) -> AsyncGenerator[bytes, None]:
    """The bytes of the file that lies at each of `urls`; the next is asked where one fails.

    `rewind` takes back all that was passed on and tells which file begins anew; without it there is no beginning anew
    once a byte was passed on. `mark` is of the file whose first bytes `intake` knows already.
    Raises BadMedia, NotSent, Unanswered: the last host's, with notes of those before.
    """
    notes: list[str] = []
    left = deque(urls)
    while True:
        url = left.popleft()
        known = mark if mark is not None and mark.source == source_of(url) else None
        try:
            async with aclosing(_Body(hosts, url, intake, rewind, known).chunks()) as chunks:
                async for chunk in chunks:
                    yield chunk
            return
        except (BadMedia, NotSent, Unanswered) as error:
            if not left or (intake.passed_on and rewind is None):
                for note in notes:
                    error.add_note(note)
                raise
            log.debug("media of %s: %s; the next host is asked", host_of(url), type(error).__name__)
            notes.append(f"before that, {host_of(url)}: {error}")


class _Body:
    """What lies at one address."""

    def __init__(self, hosts: MediaHosts, url: str, intake: Intake, rewind: Rewind | None, mark: Mark | None) -> None:
        self._hosts = hosts
        self._url = url
        self._intake = intake
        self._rewind = rewind
        self._mark = mark

    async def chunks(self) -> Bytes:
        """Taken up a few times, where it broke off or from the beginning."""
        tried = 0
        while True:
            began = self._intake.size_bytes
            try:
                async with aclosing(self._once()) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except _Broken as broken:
                tried = 1 if self._intake.size_bytes - began >= FAR_BYTES else tried + 1
                if (delay_s := self._hosts.pause(tried, broken.asked_s)) is None:
                    raise broken.error from broken.error.__cause__
            log.debug("media of %s: on from byte %d in %.2f s", host_of(self._url), self._intake.size_bytes, delay_s)
            await anyio.sleep(delay_s)

    async def _once(self) -> Bytes:
        asked = self._range()
        async with self._hosts.open_media(self._url, headers=asked) as answer:
            if asked and answer.status == 416:
                self._check_whole(answer)
            else:
                if asked and answer.status == 206:
                    self._check_rest(answer)
                else:
                    await self._from_zero(answer)
                async with aclosing(self._raw(answer)) as raw:
                    async for chunk in raw:
                        if ready := self._intake.take(chunk):
                            yield ready
        if why := self._intake.missing():
            raise _Broken(BadMedia(answer.host, why))
        if rest := self._intake.end():
            yield rest

    def _range(self) -> dict[str, str]:
        """What asks for the rest. A file without a validator may be another by now, and is asked for whole."""
        if self._mark is None or self._mark.validator is None or self._intake.size_bytes == 0:
            return {}
        return {"Range": f"bytes={self._intake.size_bytes}-", "If-Range": self._mark.validator}

    def _check_whole(self, answer: MediaAnswer) -> None:
        """Nothing is left to send: either all is here already, or what is here is of something else."""
        stretch = stretch_of(answer.headers)
        if stretch is None or stretch.total != self._intake.size_bytes:
            raise self._afresh(answer.host, "it has no rest where it broke off")

    def _check_rest(self, answer: MediaAnswer) -> None:
        """Only what goes on where we stand, in the same file, may be put behind what is here."""
        assert self._mark is not None
        assert self._mark.validator is not None
        stretch = stretch_of(answer.headers)
        if stretch is None or stretch.start != self._intake.size_bytes:
            raise self._afresh(answer.host, "it answered with another part than was asked for")
        known = {self._intake.total, stretch.total} - {None}
        if len(known) > 1 or not still(self._mark.validator, answer.headers):
            raise self._afresh(answer.host, "it changed while it was fetched")
        check_encoding(answer)
        self._intake.host = answer.host
        self._intake.total = next(iter(known), None)

    def _afresh(self, host: str, why: str) -> _Broken:
        self._mark = None
        return _Broken(BadMedia(host, why))

    async def _from_zero(self, answer: MediaAnswer) -> None:
        if answer.status in PASSING:
            error = BadMedia(answer.host, f"it answered HTTP {answer.status}", status=answer.status)
            raise _Broken(error, answer.retry_after_s)
        check_status(answer)
        check_encoding(answer)
        if self._intake.passed_on and self._rewind is None:
            raise BadMedia(answer.host, "it broke off, and cannot be taken up there")
        self._mark = Mark(source_of(self._url), validator_of(answer.headers), answer.length)
        if self._rewind is not None:
            await self._rewind(self._mark)
        self._intake.begin(answer.host, answer.length)

    async def _raw(self, answer: MediaAnswer) -> Bytes:
        pace = Pace(answer.host, self._hosts.slow_after_s)
        try:
            async with aclosing(answer.chunks()) as chunks:
                asked_at = anyio.current_time()
                async for chunk in chunks:
                    pace.add(len(chunk), anyio.current_time() - asked_at)
                    yield chunk
                    asked_at = anyio.current_time()
        except (BadMedia, Unanswered) as error:
            raise _Broken(error) from error


def check_status(answer: MediaAnswer) -> None:
    if answer.status != 200:
        raise BadMedia(answer.host, f"it answered HTTP {answer.status}", status=answer.status)


def check_encoding(answer: MediaAnswer) -> None:
    """Packed bytes have another length and other places than the file's own."""
    if answer.encoding not in ("identity", ""):
        raise BadMedia(answer.host, "it came packed although that was refused")
