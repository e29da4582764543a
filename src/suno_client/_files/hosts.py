"""Opens what lies at media hosts: each hop's address is checked, and the checked address is the one that is asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from random import Random
from typing import cast

import anyio
import httpx

from suno_client._addresses import AddressGuard, host_of
from suno_client._retrying import Retrying
from suno_client._transport import Bytes, bare, named, translated
from suno_client._wire import retry_after
from suno_client.errors import BadMedia, NotSent, TooMany, Unanswered

CONNECTING = (httpx.ConnectError, httpx.ConnectTimeout)  # also where TLS fails
REDIRECT_LIMIT = 5
WHOLE_OPENING = 3  # times the timeout: all hops until the body begins, for a host that drips its head
ADDRESS_LIMIT = 4  # of a host with many; a family that is broken here must not use them all up
NEXT_ADDRESS_S = 3.0  # how long an address may take to connect, where there is another
SLOW_AFTER_S = 20.0  # how long a host may drip


class MediaAnswer:
    """An opened file: its status and head (names in lower case), and its bytes as they come, once."""

    def __init__(self, response: httpx.Response, host: str) -> None:
        self._response = response
        self.host = host
        self.status = response.status_code
        self.headers: Mapping[str, str] = dict(response.headers)
        self.encoding = self.headers.get("content-encoding", "identity").strip().lower()
        length = self.headers.get("content-length", "")
        self.length = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None
        self.retry_after_s = retry_after(self.headers.get("retry-after"), self.headers.get("date"))

    async def chunks(self) -> Bytes:
        """Raises BadMedia where it is cut short, Unanswered where the network fails."""
        try:
            async with aclosing(cast("Bytes", self._response.aiter_bytes())) as raw:
                async for chunk in raw:
                    yield chunk
        except httpx.RemoteProtocolError as error:
            raise BadMedia(self.host, "it was cut short") from bare(error)
        except httpx.HTTPError as error:
            raise Unanswered(f"{self.host}: {named(error)}", may_be_charged=False) from bare(error)


class _Detour(Exception):
    """The connection about to be made leads to a proxy, or to whatever the client's owner put in between."""


class MediaHosts:
    """`http` lends its connections: its proxies, certificates and limits, but none of its headers, cookies, passwords
    or hooks. It stays its owner's to close.

    `slow_after_s` is how long a host may drip before it is left.

    Where a proxy takes the request it gets the host's name, as only it knows its way; a name that leads inside from
    here is refused all the same.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        guard: AddressGuard,
        retrying: Retrying,
        *,
        agent: str,
        timeout_s: float,
        slow_after_s: float = SLOW_AFTER_S,
    ) -> None:
        self._http = http
        self._guard = guard
        self._agent = agent
        self._timeout_s = timeout_s
        self._retrying = retrying
        self._rng = Random()
        self.slow_after_s = slow_after_s

    def pause(self, tried: int, asked_s: float | None = None) -> float | None:
        """Seconds until the next try after `tried`, None for no more. A host may ask for a longer wait."""
        passing = TooMany("", retry_after_s=asked_s or 0.0)
        return self._retrying.delay(passing, tried, self._rng, spends=False)

    @asynccontextmanager
    async def open_media(
        self, url: str, *, silence_s: float | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[MediaAnswer, None]:
        """Raises BadMedia for an address that may not be asked, NotSent, Unanswered; a bad status is an answer too.

        `silence_s` is the longest time between two chunks, None the timeout of all.
        """
        tried = 0
        while True:
            tried += 1
            try:
                response, host = await self._open(url, silence_s or self._timeout_s, headers or {})
                break
            except (NotSent, Unanswered):
                if (delay_s := self.pause(tried)) is None:
                    raise
            await anyio.sleep(delay_s)
        async with aclosing(response):
            yield MediaAnswer(response, host)

    async def _open(self, url: str, silence_s: float, headers: Mapping[str, str]) -> tuple[httpx.Response, str]:
        """Follows redirects by hand; none may lead inside, nor out of TLS."""
        patience_s = WHOLE_OPENING * max(self._timeout_s, silence_s)
        with anyio.move_on_after(patience_s):
            try:
                at = httpx.URL(url)
                for _ in range(REDIRECT_LIMIT + 1):
                    response = await self._ask(at, silence_s, headers)
                    if not response.has_redirect_location:
                        return response, at.host
                    await response.aclose()
                    at = _hop(at, response.headers["location"])
            except httpx.InvalidURL as error:
                raise BadMedia("", "its address is not usable") from error
            except httpx.HTTPError as error:
                raise translated(error, spends=False) from bare(error)
            raise BadMedia(host_of(url), f"it redirects more than {REDIRECT_LIMIT} times")
        raise Unanswered(f"{host_of(url)}: no answer in {patience_s:.0f} s", may_be_charged=False)

    async def _ask(self, url: httpx.URL, silence_s: float, headers: Mapping[str, str]) -> httpx.Response:
        if not url.host:  # what the guard reads out of such an address is not what httpx would ask
            raise BadMedia("", "its address is not usable")
        addresses = _both_families(await self._guard.check(str(url)))
        request = self._request(url, silence_s, headers)
        last = len(addresses) - 1
        for place, address in enumerate(addresses):
            try:
                connect_s = self._timeout_s if place == last else min(NEXT_ADDRESS_S, self._timeout_s)
                pinned = _pinned(request, address, connect_s)
                return await _vouched_for(await self._send(pinned, url), pinned.extensions["sni_hostname"])
            except _Detour:
                break
            except CONNECTING:
                if place == last:
                    raise
        return await self._send(request, url)

    def _request(self, url: httpx.URL, silence_s: float, headers: Mapping[str, str]) -> httpx.Request:
        """Made without the client, so that nothing that it carries goes to a host of media."""
        own = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        timeout = httpx.Timeout(self._timeout_s, read=silence_s)
        return httpx.Request("GET", url, headers=own | dict(headers), extensions={"timeout": timeout.as_dict()})

    async def _send(self, request: httpx.Request, url: httpx.URL) -> httpx.Response:
        """By the route that the client has for `url`: it picks proxies by name, and the request may bear a number.

        Not by its `send`, which would keep a host's cookies and log signed addresses.
        """
        if self._http.is_closed:
            raise RuntimeError("the HTTP client is closed")
        route = self._http._transport_for_url(url)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - httpx has no public way to ask, and test_hosts holds it
        return await route.handle_async_request(request)


async def _vouched_for(response: httpx.Response, name: str) -> httpx.Response:
    """One connection of HTTP/2 serves all that ask an address, but TLS has checked a single name."""
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    if tls is not None and tls.server_hostname != name:
        await response.aclose()
        raise Unanswered(f"{name}: the connection is another host's", may_be_charged=False)
    return response


def _hop(at: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads. Out of TLS is out of the question: anybody on the way could put in what he likes."""
    to = at.join(location)
    if at.scheme == "https" and to.scheme == "http":
        raise BadMedia(at.host, "it redirects from https to http")
    return to


def _both_families(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The first of IPv6 and of IPv4 in turn: where one of the two is broken the other is not far."""
    kinds = ([a for a in addresses if ":" in a], [a for a in addresses if ":" not in a])
    ranked = sorted((place, addresses.index(address), address) for kind in kinds for place, address in enumerate(kind))
    return tuple(address for _, _, address in ranked[:ADDRESS_LIMIT])


def _pinned(request: httpx.Request, address: str, connect_s: float) -> httpx.Request:
    """The same request, to this address and no other; TLS and the host are still told, and TLS still asks, the name.

    Its connection serves only once: the next name with this address has to be vouched for by TLS itself.
    """

    async def trace(event: str, info: Mapping[str, object]) -> None:
        connects = event.endswith((".connect_tcp.started", ".connect_unix_socket.started"))
        if connects and info.get("host") != address:
            raise _Detour

    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers={**request.headers, "connection": "close"},
        extensions={
            "timeout": {**request.extensions["timeout"], "connect": connect_s},
            "sni_hostname": request.url.raw_host.decode("ascii").rstrip("."),
            "trace": trace,
        },
    )
