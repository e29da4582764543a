"""The one place that sends. It tells what never left from what may have been charged, and keeps the key to itself."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from logging import getLogger
from random import Random
from typing import TypeVar, cast

import anyio
import httpx

from ._addresses import AddressGuard, host_of, is_loopback, origin_of
from ._polling import Polling
from ._wire import Answer, Call
from .errors import BadMedia, InvalidRequest, Misunderstood, NotSent, SunoError, TooMany, Unanswered

T = TypeVar("T")
HttpClient = httpx.AsyncClient
Bytes = AsyncGenerator[bytes, None]  # httpx calls its generators iterators
log = getLogger("suno_client")

ANSWER_LIMIT = 4 * 1024 * 1024  # bytes; the longest record seen is some 30 kB
REDIRECT_LIMIT = 5
WHOLE_CALL = 3  # times the timeout: a call in all, for a gateway that drips its answer
NOT_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
RETRIED = (NotSent, Unanswered, Misunderstood, TooMany)


def user_agent() -> str:
    """Media hosts turn away what looks like a script (reference: suno.md 2A.11)."""
    try:
        return f"Mozilla/5.0 (compatible; suno-client/{version('suno-client')})"
    except PackageNotFoundError:
        return "Mozilla/5.0 (compatible; suno-client)"


class Bearer(httpx.Auth):
    """Puts the key on a request at the last moment, so that it stands in no header dict, repr or traceback before."""

    def __init__(self, key: str) -> None:
        self._key = key.strip()
        if not self._key or not self._key.isascii() or not self._key.isprintable() or " " in self._key:
            raise InvalidRequest("api_key", "is empty or holds characters that no key has")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._key}"
        yield request

    def blot(self, body: bytes) -> bytes:
        """A gateway that quotes the key in its answer shall not bring it into our errors."""
        return body.replace(self._key.encode(), b"***")


class MediaAnswer:
    """An opened download: its status, what it says of its length, and its bytes as they come, once."""

    def __init__(self, response: httpx.Response, host: str) -> None:
        self._response = response
        self.host = host
        self.status = response.status_code
        self.encoding = response.headers.get("content-encoding", "identity").strip().lower()
        length = response.headers.get("content-length", "")
        self.length = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None

    async def chunks(self) -> Bytes:
        """Raises BadMedia where it is cut short, Unanswered where the network fails."""
        try:
            async with aclosing(cast("Bytes", self._response.aiter_bytes())) as raw:
                async for chunk in raw:
                    yield chunk
        except httpx.RemoteProtocolError as error:
            raise BadMedia(self.host, "it was cut short") from _bare(error)
        except httpx.HTTPError as error:
            raise Unanswered(f"{self.host}: {_named(error)}", may_be_charged=False) from _bare(error)


class Transport:
    """`http` stays the caller's to close; without it a client of our own is made, and closed by `aclose`."""

    def __init__(
        self,
        key: str,
        base_url: str,
        http: httpx.AsyncClient | None,
        polling: Polling,
        *,
        timeout_s: float,
        allow_private_hosts: bool = False,
    ) -> None:
        self._auth = Bearer(key)
        try:
            home = origin_of(base_url)
        except ValueError as error:
            raise InvalidRequest("base_url", "is not an address of http or https") from error
        self.base_url = base_url.rstrip("/")
        self._guard = AddressGuard(home, allow_private=allow_private_hosts)
        self._owns_http = http is None
        # A proxy of the environment is for the open internet, never for a sandbox on this machine.
        self._http = http or httpx.AsyncClient(trust_env=not is_loopback(home[0]))
        self._polling = polling
        self._timeout_s = timeout_s
        self._agent = user_agent()
        self._rng = Random()

    def __repr__(self) -> str:
        return f"Transport({self.base_url!r})"

    async def aclose(self) -> None:
        if self._owns_http:
            await self._http.aclose()

    async def ask(self, call: Call, read: Callable[[Answer], T]) -> T:
        """Send and read. What spends is sent once; a read is tried again after trouble that may pass."""
        tried = 0
        while True:
            tried += 1
            try:
                return read(await self._send_once(call))
            except RETRIED as error:
                asked_s = error.retry_after_s if isinstance(error, TooMany) else None
                delay_s = None if call.method != "GET" else self._polling.retry(tried, asked_s, self._rng)
                if delay_s is None:
                    raise
                log.debug("%s %s: %s; again in %.2f s", call.method, call.path, type(error).__name__, delay_s)
            await anyio.sleep(delay_s)

    async def _send_once(self, call: Call) -> Answer:
        request = self._http.build_request(
            call.method,
            self.base_url + call.path,
            params=dict(call.params) or None,
            json=call.body,
            headers={"User-Agent": self._agent, "Accept": "application/json"},
            timeout=self._timeout_s,
        )
        began = time.perf_counter()
        with anyio.move_on_after(WHOLE_CALL * self._timeout_s):
            try:
                response = await self._http.send(request, auth=self._auth, follow_redirects=False, stream=True)
                async with aclosing(response):
                    body = await self._whole(response, spends=call.spends)
            except httpx.HTTPError as error:
                raise _translated(error, spends=call.spends) from _bare(error)
            took_ms = (time.perf_counter() - began) * 1000
            log.debug("%s %s: HTTP %s, %.0f ms", call.method, call.path, response.status_code, took_ms)
            return Answer(response.status_code, dict(response.headers), self._auth.blot(body))
        raise Unanswered(f"no whole answer in {WHOLE_CALL * self._timeout_s:.0f} s", may_be_charged=call.spends)

    async def _whole(self, response: httpx.Response, *, spends: bool) -> bytes:
        body = bytearray()
        async with aclosing(cast("Bytes", response.aiter_bytes())) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > ANSWER_LIMIT:
                    why = f"an answer of more than {ANSWER_LIMIT:,} bytes"
                    raise Misunderstood(why, may_be_charged=spends, status=response.status_code)
        return bytes(body)

    @asynccontextmanager
    async def open_media(self, url: str, *, silence_s: float | None = None) -> AsyncGenerator[MediaAnswer, None]:
        """Follows redirects by hand: each hop's address is checked before it is asked, and none sees the key.

        `silence_s` is the longest time between two chunks, None the client's own timeout.
        """
        tried = 0
        while True:
            tried += 1
            try:
                response, host = await self._open(url, silence_s)
                break
            except (NotSent, Unanswered):
                if (delay_s := self._polling.retry(tried, None, self._rng)) is None:
                    raise
            await anyio.sleep(delay_s)
        async with aclosing(response):
            yield MediaAnswer(response, host)

    async def _open(self, url: str, silence_s: float | None) -> tuple[httpx.Response, str]:
        first = host_of(url)
        for _ in range(REDIRECT_LIMIT + 1):
            await self._guard.check(url)
            try:
                response = await self._http.send(
                    self._media_request(url, silence_s), auth=None, follow_redirects=False, stream=True
                )
            except httpx.InvalidURL as error:
                raise BadMedia("", "its address is not usable") from error
            except httpx.HTTPError as error:
                raise _translated(error, spends=False) from _bare(error)
            if response.next_request is None:
                return response, host_of(url)
            url = str(response.next_request.url)
            await response.aclose()
        raise BadMedia(first, f"it redirects more than {REDIRECT_LIMIT} times")

    def _media_request(self, url: str, silence_s: float | None) -> httpx.Request:
        """A media host gets no credentials, not even those that a borrowed client carries."""
        headers = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        timeout = httpx.Timeout(self._timeout_s, read=silence_s or self._timeout_s)
        request = self._http.build_request("GET", url, headers=headers, timeout=timeout)
        for name in ("authorization", "cookie", "proxy-authorization"):
            request.headers.pop(name, None)
        return request


def _translated(error: httpx.HTTPError, *, spends: bool) -> SunoError:
    """Only what failed while connecting surely did not arrive."""
    if isinstance(error, NOT_LEFT):
        return NotSent(_named(error))
    return Unanswered(_named(error), may_be_charged=spends)


def _named(error: httpx.HTTPError) -> str:
    """The kind of a network error in words; its own text may quote addresses and headers."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in type(error).__name__).strip()
    return f"the network failed: {words}"


def _bare(error: BaseException) -> BaseException:
    """The error without frames of the HTTP library: their locals hold the key, and some tracebacks print locals."""
    seen: BaseException | None = error
    while seen is not None:
        seen.__traceback__ = None
        seen = seen.__cause__ or seen.__context__
    return error
