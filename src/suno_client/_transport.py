"""The one place that sends. It tells what never left from what may have been charged, and keeps the key to itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import aclosing
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from typing import Any, cast

import anyio
import httpx

from ._addresses import is_loopback, origin_of
from ._wire import Answer, Call
from .dialects import Dialect
from .errors import InvalidRequest, Misunderstood, NotSent, SunoError, Unanswered

HttpClient = httpx.AsyncClient
HttpRequest = httpx.Request
Bytes = AsyncGenerator[bytes, None]  # httpx calls its generators iterators

ANSWER_LIMIT = 4 * 1024 * 1024  # bytes; the longest record seen is some 30 kB
SLOWEST_UPLOAD_BYTES_S = 50_000
SECRET_FROM = 8  # characters; keys of gateways have 32
WHOLE_CALL = 3  # times the timeout: a call in all, for a gateway that drips its answer
NOT_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


def user_agent() -> str:
    """Media hosts turn away what looks like a script (reference: suno.md 2A.11)."""
    try:
        return f"Mozilla/5.0 (compatible; suno-client/{version('suno-client')})"
    except PackageNotFoundError:  # pragma: no cover - a folder on the path, never installed
        return "Mozilla/5.0 (compatible; suno-client)"


class Sealed:
    """A secret on its way through constructors: in none of their local variables, should one of them fail."""

    def __init__(self, text: str) -> None:
        self._text = text

    def open(self) -> str:
        return self._text


class Key(httpx.Auth):
    """Puts the key on a request at the last moment, so that it stands in no header dict, repr or traceback before.

    A self-hosted server knows no key but Suno's own cookie, and may have one of its own: there "" is allowed.
    """

    def __init__(self, key: Sealed, dialect: Dialect) -> None:
        self._key = key.open().strip()
        self._cookie = dialect.auth == "cookie"
        if self._cookie and not self._key:
            return
        clean = self._key.isascii() and self._key.isprintable() and (self._cookie or " " not in self._key)
        if not (self._key and clean):
            raise InvalidRequest("api_key", "is empty or holds characters that no key has")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self._cookie:
            request.headers["Authorization"] = f"Bearer {self._key}"
        elif self._key:
            request.headers["Cookie"] = self._key
        yield request

    def blot(self, body: bytes) -> bytes:
        """A gateway that quotes the key in its answer shall not bring it into our errors.

        But one that is as short as a word of JSON is no secret, and an answer without such words is no answer.
        """
        return body.replace(self._key.encode(), b"***") if len(self._key) >= SECRET_FROM else body


class Transport:
    """`http` stays the caller's to close; without it a client of our own is made, and closed by `aclose`."""

    def __init__(
        self,
        key: Sealed,
        dialect: Dialect,
        *,
        base_url: str | None,
        upload_url: str | None,
        http: httpx.AsyncClient | None,
        proxy: Sealed | None,
    ) -> None:
        self.base_url = (dialect.base_url if base_url is None else base_url).rstrip("/")
        self._auth = Key(key, dialect)
        self.home = _origin("base_url", self.base_url)
        # A gateway at an address of its own has its uploads there too, as the sandbox has.
        known = self.home[0] in dialect.hosts
        self.upload_url = (upload_url or (known and dialect.upload_url) or self.base_url).rstrip("/")
        _origin("upload_url", self.upload_url)
        if http is not None and proxy is not None:
            raise InvalidRequest("proxy", "belongs to the http client that you brought along")
        self._owns_http = http is None
        # A proxy of the environment is for the open internet, never for a sandbox on this machine.
        self.http = http or _client(proxy, trust_env=not is_loopback(self.home[0]))
        self.agent = user_agent()

    def __repr__(self) -> str:
        return f"Transport({self.base_url!r})"

    async def aclose(self) -> None:
        if self._owns_http:
            await self.http.aclose()

    def prepare(self, call: Call, *, timeout_s: float, headers: Mapping[str, str]) -> httpx.Request:
        """The request as it will be sent. Raises InvalidRequest where it cannot be written."""
        try:
            return self.http.build_request(
                call.method,
                (self.upload_url if call.upload else self.base_url) + call.path,
                params=dict(call.params) or None,
                headers={"User-Agent": self.agent, "Accept": "application/json", **headers},
                timeout=_silence_s(call, timeout_s),
                **_content(call),
            )
        except (TypeError, ValueError) as error:  # no JSON: a date, infinity, half a character
            raise InvalidRequest("request", "holds a value that cannot be sent") from bare(error)

    async def exchange(self, call: Call, request: httpx.Request, *, timeout_s: float) -> Answer:
        """Sends once. Raises NotSent, Unanswered, Misunderstood."""
        if self.http.is_closed:
            raise NotSent("the client is closed")
        whole_s = WHOLE_CALL * _silence_s(call, timeout_s)
        with anyio.move_on_after(whole_s):
            try:
                response = await self.http.send(request, auth=self._auth, follow_redirects=False, stream=True)
                async with aclosing(response):
                    body = await _whole(response, spends=call.spends)
            except httpx.HTTPError as error:
                raise translated(error, spends=call.spends) from bare(error)
            return Answer(response.status_code, dict(response.headers), self._auth.blot(body))
        raise Unanswered(f"no whole answer in {whole_s:.0f} s", may_be_charged=call.spends)


def _silence_s(call: Call, timeout_s: float) -> float:
    """The longest silence of a call: a gateway may solve riddles before it answers, and a large file takes its time."""
    size_bytes = len(call.file.content) if call.file is not None else len(str((call.body or {}).get("base64Data", "")))
    return max(timeout_s, call.patience_s) + size_bytes / SLOWEST_UPLOAD_BYTES_S


def _origin(name: str, url: str) -> tuple[str, int]:
    try:
        return origin_of(url)
    except ValueError as error:
        raise InvalidRequest(name, "is not an address of http or https") from error


def _client(proxy: Sealed | None, *, trust_env: bool) -> httpx.AsyncClient:
    try:
        return httpx.AsyncClient(proxy=proxy and proxy.open(), trust_env=trust_env)
    except (ValueError, httpx.InvalidURL) as error:
        raise InvalidRequest("proxy", "is not the address of a proxy") from bare(error)


def _content(call: Call) -> dict[str, Any]:
    if call.file is None:
        return {"json": call.body}
    return {"data": call.body, "files": {"file": (call.file.name, BytesIO(call.file.content))}}  # so it goes in parts


async def _whole(response: httpx.Response, *, spends: bool) -> bytes:
    body = bytearray()
    async with aclosing(cast("Bytes", response.aiter_bytes())) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > ANSWER_LIMIT:
                why = f"an answer of more than {ANSWER_LIMIT:,} bytes"
                raise Misunderstood(why, may_be_charged=spends, status=response.status_code)
    return bytes(body)


def translated(error: httpx.HTTPError, *, spends: bool) -> SunoError:
    """Only what failed while connecting surely did not arrive."""
    if isinstance(error, NOT_LEFT):
        return NotSent(named(error))
    return Unanswered(named(error), may_be_charged=spends)


def named(error: httpx.HTTPError) -> str:
    """The kind of a network error in words; its own text may quote addresses and headers."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in type(error).__name__).strip()
    return f"the network failed: {words}"


def bare(error: BaseException) -> BaseException:
    """The error without frames of the HTTP library: their locals hold the key, and some tracebacks print locals."""
    seen: BaseException | None = error
    while seen is not None:
        seen.__traceback__ = None
        seen = seen.__cause__ or seen.__context__
    return error
