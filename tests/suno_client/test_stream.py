"""A growing song is heard while it grows, and a stream that is none is known at its first bytes."""

from __future__ import annotations

import anyio
import pytest
from anyio.abc import SocketStream
from support.wire_gateway import Gateway, Seen, Turn, says

from suno_client import BadMedia, NotSent, Polling, SunoClient, Unanswered
from suno_client.testing import silent_mp3

pytestmark = pytest.mark.anyio
SONG = silent_mp3(30)


async def falls_silent(stream: SocketStream, seen: Seen) -> None:
    await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + SONG[:999])
    await anyio.sleep_forever()


async def says_nothing(stream: SocketStream, seen: Seen) -> None:
    await stream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await anyio.sleep_forever()


async def test_a_growing_song_is_heard_while_it_grows(gateway: Gateway, over_http: SunoClient) -> None:
    heard = anyio.Event()

    async def drip(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        await stream.send(b"5\r\n%b\r\n" % SONG[:5])  # too little to know a song by
        await stream.send(b"64\r\n%b\r\n" % SONG[5:105])
        await heard.wait()  # the rest is made only after the first was heard
        await stream.send(b"64\r\n%b\r\n0\r\n\r\n" % SONG[105:205])

    gateway.turns.append(drip)
    song = b""
    async with over_http.stream(f"{gateway.url}/song") as chunks:
        async for chunk in chunks:
            song += chunk
            heard.set()
    assert song == SONG[:205]


async def listen(suno: SunoClient, url: str, heard: bytearray, *, silence_s: float = 30) -> None:
    async with suno.stream(url, silence_s=silence_s) as chunks:
        async for chunk in chunks:
            heard += chunk


@pytest.mark.parametrize("body", [b"", b"<html>not yet</html>" * 20, b"\xff", b'{"code":404}'])
async def test_a_stream_that_is_no_song_is_refused_at_its_first_bytes(
    gateway: Gateway, over_http: SunoClient, body: bytes
) -> None:
    gateway.turns.append(says(body))
    heard = bytearray()
    with pytest.raises(BadMedia):
        await listen(over_http, f"{gateway.url}/song", heard)
    assert not heard


@pytest.mark.parametrize("turn", [says_nothing, falls_silent])
async def test_a_stream_that_falls_silent_is_left(gateway: Gateway, over_http: SunoClient, turn: Turn) -> None:
    gateway.turns.append(turn)
    with anyio.fail_after(5), pytest.raises(Unanswered):
        await listen(over_http, f"{gateway.url}/song", bytearray(), silence_s=0.1)


async def test_a_stream_that_breaks_off_says_so(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.append(says(SONG[:50_000], length=len(SONG)))
    heard = bytearray()
    with pytest.raises(BadMedia, match="cut short"):
        await listen(over_http, f"{gateway.url}/song", heard)
    assert bytes(heard) == SONG[:50_000]


async def test_a_stream_may_be_left_half_way(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.extend([says(SONG), says({"code": 200, "data": 3})])
    async with over_http.stream(f"{gateway.url}/song") as chunks:
        async for _ in chunks:
            break
    assert await over_http.credits() == 3


async def test_a_stream_on_a_closed_port_was_never_asked_for() -> None:
    quick = Polling(retry_s=0)
    async with SunoClient("key", base_url="http://127.0.0.1:9", timeout_s=1, polling=quick) as suno:
        with pytest.raises(NotSent):
            await listen(suno, "http://127.0.0.1:9/song", bytearray())
