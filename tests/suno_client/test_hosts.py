"""Media is asked for where it was checked to lie: at that address, by its own name, with nothing of ours."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import anyio
import h2.config
import h2.connection
import h2.events
import httpx
import pytest
from anyio.abc import SocketAttribute, SocketStream
from anyio.streams.tls import TLSListener, TLSStream
from hypothesis import given
from hypothesis import strategies as st
from support.media import AGENT, PLAIN, Internet, Vouched, hosts_over, open_tls_gateway, plain_client, vouched
from support.wire_gateway import Gateway, Seen, hangs_up, open_gateway, read_request, says

from suno_client import BadMedia, NotSent, Unanswered
from suno_client._addresses import host_of
from suno_client._files.hosts import ADDRESS_LIMIT, MediaHosts

pytestmark = pytest.mark.anyio
PUBLIC, OTHER, SIXTH = "104.18.0.1", "104.18.0.2", "2606:4700::1"


async def read(hosts: MediaHosts, url: str) -> bytes:
    body = b""
    async with hosts.open_media(url) as answer:
        assert answer.status == 200
        async for chunk in answer.chunks():
            body += chunk
    return body


async def test_a_name_that_changes_its_address_meanwhile_leads_nowhere_else(gateway: Gateway) -> None:
    """DNS rebinding: public when it is checked, this machine when it would be asked for again."""
    asked: list[str] = []
    answers = iter([[PUBLIC], ["127.0.0.1"]])

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    internet = Internet({PUBLIC: gateway.port})
    async with httpx.AsyncClient(transport=internet.route()) as http:
        hosts = hosts_over(http)
        object.__setattr__(hosts._guard, "resolve", resolve)
        gateway.turns.append(says(b"song"))
        assert await read(hosts, "http://rebind.test:8080/x?y=%2F") == b"song"
    assert internet.called == [PUBLIC]
    assert asked == ["rebind.test"]
    assert gateway.seen[0].headers["host"] == "rebind.test:8080"
    assert gateway.seen[0].path == "/x?y=%2F"


@pytest.mark.parametrize("name", ["cdn.test", "xn--bcher-kva.test"])
@pytest.mark.parametrize("address", [PUBLIC, SIXTH])
async def test_tls_vouches_for_the_name_at_the_checked_address(name: str, address: str) -> None:
    papers = vouched(name)
    async with open_tls_gateway(papers) as gateway:
        internet = Internet({address: gateway.port})
        async with httpx.AsyncClient(transport=internet.route(papers.trust)) as http:
            hosts = hosts_over(http, names={name: [address], f"{name}.": [address]})
            for spelling in (name, name.upper(), name.replace("xn--bcher-kva", "bücher"), f"{name}."):
                gateway.turns.append(says(b"song"))
                assert await read(hosts, f"https://{spelling}/x") == b"song"
    assert internet.called == [address] * 4
    assert papers.asked_for == [name] * 4
    assert {seen.headers["host"].rstrip(".") for seen in gateway.seen} == {name}


async def test_a_certificate_of_another_name_is_refused(anyio_backend: str) -> None:
    papers = vouched("other.test", PUBLIC)
    async with (
        open_tls_gateway(papers) as gateway,
        httpx.AsyncClient(transport=Internet({PUBLIC: gateway.port}).route(papers.trust)) as http,
    ):
        with pytest.raises(NotSent):
            await read(hosts_over(http, names={"cdn.test": [PUBLIC]}), "https://cdn.test/x")
    assert gateway.seen == []


async def test_a_connection_that_tls_checked_for_one_name_serves_no_other() -> None:
    """Both lie at one address, as on any content network; its server keeps connections open."""

    async def keeps_open(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsong")
        with anyio.move_on_after(0.5):
            await read_request(stream)
            raise AssertionError("it was used again")

    papers = vouched("one.test", "two.test")
    async with open_tls_gateway(papers) as gateway:
        gateway.turns.extend([keeps_open] * 2)
        async with httpx.AsyncClient(transport=Internet({PUBLIC: gateway.port}).route(papers.trust)) as http:
            hosts = hosts_over(http, names={"one.test": [PUBLIC], "two.test": [PUBLIC]})
            assert await read(hosts, "https://one.test/x") == b"song"
            assert await read(hosts, "https://two.test/x") == b"song"
    assert papers.asked_for == ["one.test", "two.test"]


@asynccontextmanager
async def open_http2_server(papers: Vouched) -> AsyncIterator[int]:
    """Answers "song" to all that is asked, and keeps its connections open."""

    async def serve(stream: TLSStream) -> None:
        wire = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        wire.initiate_connection()
        await stream.send(wire.data_to_send())
        try:
            while True:
                for event in wire.receive_data(await stream.receive()):
                    if isinstance(event, h2.events.RequestReceived):
                        wire.send_headers(event.stream_id, [(":status", "200")])
                        wire.send_data(event.stream_id, b"song", end_stream=True)
                await stream.send(wire.data_to_send())
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            await stream.aclose()

    papers.server.set_alpn_protocols(["h2"])
    plain = await anyio.create_tcp_listener(local_host="127.0.0.1")
    listener = TLSListener(plain, papers.server, standard_compatible=False)
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, serve)
        yield plain.extra(SocketAttribute.local_port)
        group.cancel_scope.cancel()


async def test_a_shared_connection_of_http_2_serves_only_the_name_that_tls_checked(anyio_backend: str) -> None:
    papers = vouched("one.test", "two.test")
    async with (
        open_http2_server(papers) as port,
        httpx.AsyncClient(transport=Internet({PUBLIC: port}).route(papers.trust, http2=True)) as http,
    ):
        hosts = hosts_over(http, names={"one.test": [PUBLIC], "two.test": [PUBLIC]})
        assert await read(hosts, "https://one.test/x") == b"song"
        assert await read(hosts, "https://one.test/y") == b"song"
        with pytest.raises(Unanswered, match="another host's"):
            await read(hosts, "https://two.test/x")
    assert papers.asked_for == ["one.test"]


async def test_where_an_address_does_not_answer_the_next_is_asked(gateway: Gateway) -> None:
    internet = Internet({OTHER: gateway.port})
    gateway.turns.append(says(b"song"))
    async with httpx.AsyncClient(transport=internet.route()) as http:
        assert await read(hosts_over(http, names={"cdn.test": [PUBLIC, OTHER]}), "http://cdn.test/x") == b"song"
    assert internet.called == [PUBLIC, OTHER]


async def test_where_a_request_was_sent_no_other_address_gets_it(gateway: Gateway) -> None:
    internet = Internet({PUBLIC: gateway.port, OTHER: gateway.port})
    gateway.turns.append(hangs_up)
    async with httpx.AsyncClient(transport=internet.route()) as http:
        with pytest.raises(Unanswered):
            await read(hosts_over(http, names={"cdn.test": [PUBLIC, OTHER]}, tries=1), "http://cdn.test/x")
    assert internet.called == [PUBLIC]


async def test_of_many_addresses_both_families_are_asked_and_not_all(anyio_backend: str) -> None:
    internet = Internet({})
    found = [f"2606:4700::{n}" for n in range(1, 9)] + [PUBLIC, OTHER, PUBLIC]
    async with httpx.AsyncClient(transport=internet.route()) as http:
        with pytest.raises(NotSent):
            await read(hosts_over(http, names={"cdn.test": found}, tries=1), "http://cdn.test/x")
    assert internet.called == ["2606:4700::1", PUBLIC, "2606:4700::2", OTHER]
    assert len(internet.called) == ADDRESS_LIMIT


async def test_a_proxy_is_asked_by_name(gateway: Gateway) -> None:
    """Only it knows its way; a number would get it the wrong site."""
    gateway.turns.append(says(b"song"))
    async with httpx.AsyncClient(proxy=gateway.url, verify=PLAIN) as http:
        assert await read(hosts_over(http, names={"cdn.test": [PUBLIC]}), "http://cdn.test/x") == b"song"
    assert gateway.seen[0].path == "http://cdn.test/x"
    assert gateway.connections == 1


async def test_a_tunnel_is_asked_for_by_name_and_tls_vouches_for_it(gateway: Gateway) -> None:
    papers = vouched("cdn.test")

    async def tunnel(stream: SocketStream, seen: Seen) -> None:
        assert (seen.method, seen.path) == ("CONNECT", "cdn.test:443")
        await stream.send(b"HTTP/1.1 200 OK\r\n\r\n")
        inside = await TLSStream.wrap(stream, server_side=True, ssl_context=papers.server, standard_compatible=False)
        await read_request(cast("SocketStream", inside))
        await inside.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsong")

    gateway.turns.append(tunnel)
    async with httpx.AsyncClient(proxy=gateway.url, verify=papers.trust) as http:
        assert await read(hosts_over(http, names={"cdn.test": [PUBLIC]}), "https://cdn.test/x") == b"song"
    assert papers.asked_for == ["cdn.test"]


async def test_a_proxy_for_some_names_is_found_by_the_name(gateway: Gateway) -> None:
    gateway.turns.append(says(b"song"))
    direct = Internet({})
    proxied = httpx.AsyncHTTPTransport(proxy=gateway.url, verify=PLAIN)
    async with httpx.AsyncClient(transport=direct.route(), mounts={"all://cdn.test": proxied}) as http:
        hosts = hosts_over(http, names={"cdn.test": [PUBLIC], "b.test": [OTHER]}, tries=1)
        assert await read(hosts, "http://cdn.test/x") == b"song"
        with pytest.raises(NotSent):
            await read(hosts, "http://b.test/x")
    assert direct.called == [OTHER]


async def test_a_name_that_no_proxy_is_for_is_asked_at_its_checked_address(gateway: Gateway) -> None:
    gateway.turns.append(says(b"song"))
    internet = Internet({PUBLIC: gateway.port})
    proxied = httpx.AsyncHTTPTransport(proxy="http://127.0.0.1:9", verify=PLAIN)
    async with httpx.AsyncClient(verify=PLAIN, mounts={"all://": proxied, "all://cdn.test": internet.route()}) as http:
        assert await read(hosts_over(http, names={"cdn.test": [PUBLIC]}), "http://cdn.test/x") == b"song"
    assert internet.called == [PUBLIC]


async def test_a_proxy_is_no_way_inside(gateway: Gateway) -> None:
    async with httpx.AsyncClient(proxy=gateway.url, verify=PLAIN) as http:
        with pytest.raises(BadMedia, match="private network"):
            await read(hosts_over(http, names={"in.test": ["10.0.0.1"]}), "http://in.test/x")
    assert gateway.connections == 0


async def test_a_socket_that_the_owner_put_in_between_is_asked_by_name(tmp_path: Path, anyio_backend: str) -> None:
    path = tmp_path / "door"
    gateway = Gateway(0)
    gateway.turns.append(says(b"song"))
    async with await anyio.create_unix_listener(path) as listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, gateway.serve)
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(path), verify=PLAIN)) as http:
            assert await read(hosts_over(http, names={"cdn.test": [PUBLIC]}), "http://cdn.test/x") == b"song"
        group.cancel_scope.cancel()
    assert gateway.seen[0].headers["host"] == "cdn.test"


async def test_nothing_that_a_borrowed_client_carries_goes_to_media(gateway: Gateway) -> None:
    async def hook(request: httpx.Request) -> None:
        request.headers["X-Api-Key"] = "canary"

    async with (
        open_gateway() as other,
        httpx.AsyncClient(
            headers={"Authorization": "Basic canary", "X-Api-Key": "canary", "Cookie": "a=canary"},
            cookies={"sid": "canary"},
            params={"key": "canary"},
            auth=("u", "canary"),
            event_hooks={"request": [hook]},
            base_url="http://canary.test",
        ) as http,
    ):
        gateway.turns.append(says(b"", 302, {"Location": f"{other.url}/y", "Set-Cookie": "seen=canary; Path=/"}))
        gateway.turns.append(says(b"", 302, {"Location": "/z", "Set-Cookie": "seen=canary; Path=/"}))
        gateway.turns.append(says(b"song", headers={"Set-Cookie": "seen=canary; Path=/"}))
        other.turns.append(says(b"song"))
        hosts = hosts_over(http, gateway.url, allow_private=True)
        await read(hosts, f"{gateway.url}/x")
        await read(hosts, f"{gateway.url}/w")
        assert dict(http.cookies) == {"sid": "canary"}  # nor does it keep what a media host would have it carry
    for seen in gateway.seen + other.seen:
        assert set(seen.headers) == {"host", "user-agent", "accept", "accept-encoding"}
        assert seen.headers["user-agent"] == AGENT
        assert "canary" not in seen.path


async def test_no_address_of_media_is_logged(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    gateway.turns.append(says(b"song"))
    async with plain_client() as http:
        await read(hosts_over(http, gateway.url), f"{gateway.url}/x?Signature=canary")
    assert "canary" not in caplog.text


async def test_out_of_tls_no_redirect_is_followed() -> None:
    papers = vouched("cdn.test")
    async with open_tls_gateway(papers) as gateway:
        gateway.turns.append(says(b"", 302, {"Location": "http://cdn.test/x"}))
        internet = Internet({PUBLIC: gateway.port})
        async with httpx.AsyncClient(transport=internet.route(papers.trust)) as http:
            with pytest.raises(BadMedia, match="from https to http"):
                await read(hosts_over(http, names={"cdn.test": [PUBLIC]}), "https://cdn.test/x")
    assert internet.called == [PUBLIC]


async def test_each_hop_is_relative_to_the_name_and_not_to_the_number() -> None:
    papers = vouched("one.test", "two.test")
    async with open_tls_gateway(papers) as gateway:
        for location in ("/y?a=1", "//two.test/z", "https://two.test/w"):
            gateway.turns.append(says(b"", 302, {"Location": location}))
        gateway.turns.append(says(b"song"))
        async with httpx.AsyncClient(transport=Internet({PUBLIC: gateway.port}).route(papers.trust)) as http:
            hosts = hosts_over(http, names={"one.test": [PUBLIC], "two.test": [PUBLIC]})
            assert await read(hosts, "https://one.test/x") == b"song"
    asked = [seen.headers["host"] + seen.path for seen in gateway.seen]
    assert asked == ["one.test/x", "one.test/y?a=1", "two.test/z", "two.test/w"]


@pytest.mark.parametrize("location", ["http://[::1/x", "http://a:b/", "http://\x7f/", "http://" + "a" * 70_000])
async def test_a_redirect_to_what_is_no_address_is_refused(gateway: Gateway, location: str) -> None:
    gateway.turns.append(says(b"", 302, {"Location": location}))
    async with plain_client() as http:
        with pytest.raises((BadMedia, Unanswered, NotSent)):
            await read(hosts_over(http, gateway.url, tries=1), f"{gateway.url}/x")
    assert gateway.connections == 1


async def test_a_host_that_drips_its_head_is_left(gateway: Gateway) -> None:
    async def drips(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await stream.send(b"X-Y: z\r\n")
            await anyio.sleep(0.02)

    gateway.turns.append(drips)
    async with plain_client() as http:
        with anyio.fail_after(20), pytest.raises(Unanswered, match="no answer in"):
            await read(hosts_over(http, gateway.url, timeout_s=1, tries=1), f"{gateway.url}/x")


async def test_a_closed_client_is_its_owners_mistake(gateway: Gateway) -> None:
    http = plain_client()
    await http.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await read(hosts_over(http, gateway.url), f"{gateway.url}/x")
    assert gateway.connections == 0


async def test_a_closed_port_was_never_asked(anyio_backend: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        async with plain_client() as http:
            with pytest.raises(NotSent):
                await read(hosts_over(http, allow_private=True), f"http://127.0.0.1:{port}/x")


_TEXT = st.text(alphabet=st.sampled_from("abz019.-_~%@:/\\?#[]&; \t\u00e9\uff11\u00df\u3002"), max_size=20)


@given(st.builds("{}://{}".format, st.sampled_from(["http", "https", "HTTP"]), _TEXT))
def test_the_host_that_is_checked_is_the_one_that_httpx_asks(url: str) -> None:
    """No spelling lets the two read an address differently."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return
    if not parsed.host:
        return  # is never asked: see the next test
    checked = host_of(str(parsed))
    assert checked in {"", parsed.raw_host.decode("ascii").lower()}


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["http:////0", "http:///x", "https:x"])
async def test_an_address_without_a_host_is_never_asked(url: str) -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(BadMedia, match="not usable"):
            await read(hosts_over(http, names={}), url)
