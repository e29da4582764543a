"""A growing song is heard while it grows, and a stream that is none is known at its first bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest
from anyio.abc import SocketStream
from support.media import hosts_over, plain_client
from support.wire_gateway import Gateway, Seen, Turn, hangs_up, says

from suno_client import BadMedia, NotSent, Unanswered
from suno_client._files.hosts import MediaHosts
from suno_client.download import listen as opened
from suno_client.testing import silent_mp3

pytestmark = pytest.mark.anyio
SONG = silent_mp3(30)


@pytest.fixture
async def hosts(gateway: Gateway) -> AsyncIterator[MediaHosts]:
    async with plain_client() as http:
        yield hosts_over(http, gateway.url)


async def falls_silent(stream: SocketStream, seen: Seen) -> None:
    await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + SONG[:999])
    await anyio.sleep_forever()


async def says_nothing(stream: SocketStream, seen: Seen) -> None:
    await stream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await anyio.sleep_forever()


async def test_a_growing_song_is_heard_while_it_grows(gateway: Gateway, hosts: MediaHosts) -> None:
    heard = anyio.Event()

    async def drip(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        await stream.send(b"5\r\n%b\r\n" % SONG[:5])  # too little to know a song by
        await stream.send(b"64\r\n%b\r\n" % SONG[5:105])
        await heard.wait()  # the rest is made only after the first was heard
        await stream.send(b"64\r\n%b\r\n0\r\n\r\n" % SONG[105:205])

    gateway.turns.append(drip)
    song = b""
    async with opened(hosts, f"{gateway.url}/song", silence_s=30) as chunks:
        async for chunk in chunks:
            song += chunk
            heard.set()
    assert song == SONG[:205]


async def listen(hosts: MediaHosts, url: str, heard: bytearray, *, silence_s: float = 30) -> None:
    async with opened(hosts, url, silence_s=silence_s) as chunks:
        async for chunk in chunks:
            heard += chunk


@pytest.mark.parametrize("body", [b"", b"<html>not yet</html>" * 20, b"\xff", b'{"code":404}'])
async def test_a_stream_that_is_no_song_is_refused_at_its_first_bytes(
    gateway: Gateway, hosts: MediaHosts, body: bytes
) -> None:
    gateway.turns.append(says(body))
    heard = bytearray()
    with pytest.raises(BadMedia):
        await listen(hosts, f"{gateway.url}/song", heard)
    assert not heard


@pytest.mark.parametrize("turn", [says_nothing, falls_silent])
async def test_a_stream_that_falls_silent_is_left(gateway: Gateway, hosts: MediaHosts, turn: Turn) -> None:
    gateway.turns.append(turn)
    with anyio.fail_after(5), pytest.raises(Unanswered):
        await listen(hosts, f"{gateway.url}/song", bytearray(), silence_s=0.1)


async def test_a_stream_that_breaks_off_says_so(gateway: Gateway, hosts: MediaHosts) -> None:
    gateway.turns.append(says(SONG[:50_000], length=len(SONG)))
    heard = bytearray()
    with pytest.raises(BadMedia, match="cut short"):
        await listen(hosts, f"{gateway.url}/song", heard)
    assert bytes(heard) == SONG[:50_000]


@pytest.mark.parametrize("body", [SONG, SONG[:99]])
async def test_a_stream_may_be_left_half_way(gateway: Gateway, hosts: MediaHosts, body: bytes) -> None:
    gateway.turns.extend([says(body), says(SONG[:205])])
    async with opened(hosts, f"{gateway.url}/song", silence_s=30) as chunks:
        async for _ in chunks:
            break
    heard = bytearray()
    await listen(hosts, f"{gateway.url}/song", heard)
    assert bytes(heard) == SONG[:205]


@pytest.mark.parametrize(
    ("turn", "why"),
    [
        (says(SONG, 404), "HTTP 404"),
        (says(SONG, 206), "HTTP 206"),
        (says(SONG, headers={"Content-Encoding": "br"}), "packed"),
    ],
)
async def test_a_stream_that_is_refused_says_why(gateway: Gateway, hosts: MediaHosts, turn: Turn, why: str) -> None:
    gateway.turns.append(turn)
    with pytest.raises(BadMedia, match=why):
        await listen(hosts, f"{gateway.url}/song", bytearray())


async def test_a_song_of_a_few_bytes_is_heard(gateway: Gateway, hosts: MediaHosts) -> None:
    gateway.turns.append(says(b"ID3\x04"))
    heard = bytearray()
    await listen(hosts, f"{gateway.url}/song", heard)
    assert bytes(heard) == b"ID3\x04"


async def test_a_stream_is_opened_again_where_opening_failed(gateway: Gateway, hosts: MediaHosts) -> None:
    gateway.turns.extend([hangs_up, hangs_up, says(SONG)])
    heard = bytearray()
    await listen(hosts, f"{gateway.url}/song", heard)
    assert bytes(heard) == SONG
    gateway.turns.extend([hangs_up] * 3)
    with pytest.raises(Unanswered):
        await listen(hosts, f"{gateway.url}/song", bytearray())


async def test_a_stream_on_a_closed_port_was_never_asked_for(anyio_backend: str) -> None:
    async with plain_client() as http:
        with pytest.raises(NotSent):
            await listen(hosts_over(http, "http://127.0.0.1:9"), "http://127.0.0.1:9/song", bytearray())
