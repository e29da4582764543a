"""The media host: the song as it grows, the song when it is whole, its tag and its cover."""

from __future__ import annotations

import io
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from PIL import Image
from sandbox.asking import Gateway

from suno_client.sandbox import SandboxServer
from suno_client.sandbox.music.ffmpeg import find_ffmpeg

pytestmark = pytest.mark.anyio
BROKEN = (httpx.RemoteProtocolError, httpx.ReadError)


@dataclass(frozen=True)
class Heard:
    """One song, listened to while it was made."""

    gateway: Gateway
    clips: list[dict[str, Any]]
    streamed: bytes
    status_at_first_byte: str
    seconds_to_first_byte: float


@pytest.fixture(scope="module")
async def heard(anyio_backend: str) -> AsyncIterator[Heard]:
    async with SandboxServer(speed=10, music_seconds=6) as server:
        headers = {"Authorization": f"Bearer {server.key}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30, trust_env=False) as http:
            gateway = Gateway(http, server)
            task = await gateway.task(
                customMode=True, style="house", title="Ünder the Lights", instrumental=False, prompt="la la la"
            )
            text = await gateway.until(task, "TEXT_SUCCESS")
            parts, status, began = list[bytes](), "", anyio.current_time()
            first_at = began
            async with http.stream("GET", text["response"]["sunoData"][0]["streamAudioUrl"]) as answer:
                assert answer.headers["content-type"] == "audio/mpeg"
                assert "content-length" not in answer.headers
                async for part in answer.aiter_raw():
                    if not parts:
                        first_at, status = anyio.current_time(), (await gateway.data(task))["status"]
                    parts.append(part)
            done = await gateway.until(task, "SUCCESS")
            yield Heard(gateway, done["response"]["sunoData"], b"".join(parts), status, first_at - began)


async def test_sound_comes_before_the_song_is_whole(heard: Heard) -> None:
    assert heard.status_at_first_byte in {"TEXT_SUCCESS", "FIRST_SUCCESS"}
    assert heard.seconds_to_first_byte < 10  # 2 s on a quiet machine; benchmarks measure it


async def test_the_file_holds_exactly_what_was_streamed(heard: Heard) -> None:
    answer = await heard.gateway.http.get(heard.clips[0]["audioUrl"])
    assert answer.content == heard.streamed
    assert int(answer.headers["content-length"]) == len(heard.streamed)
    again = await heard.gateway.http.get(heard.clips[0]["streamAudioUrl"])
    assert again.content == heard.streamed


async def test_the_takes_are_two_songs(heard: Heard) -> None:
    one, two = [(await heard.gateway.http.get(clip["audioUrl"])).content for clip in heard.clips]
    assert one != two
    assert abs(len(one) - len(two)) < len(one)


@pytest.mark.parametrize(
    ("asked", "start", "end"), [("bytes=0-9", 0, 10), ("bytes=100-199", 100, 200), ("bytes=-50", -50, None)]
)
async def test_a_part_of_the_file_can_be_had(heard: Heard, asked: str, start: int, end: int | None) -> None:
    answer = await heard.gateway.http.get(heard.clips[0]["audioUrl"], headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, heard.streamed[start:end])


async def test_who_does_not_say_who_he_is_is_turned_away(heard: Heard) -> None:
    answer = await heard.gateway.http.get(heard.clips[0]["audioUrl"], headers={"User-Agent": ""})
    assert (answer.status_code, answer.text) == (403, "error code: 1010")


async def test_the_tag_tells_title_genre_words_and_cover(heard: Heard) -> None:
    frames = _frames(heard.streamed)
    assert _text(frames["TIT2"]) == "Ünder the Lights"
    assert _text(frames["TCON"]) == "house"
    assert _text(frames["TRCK"]) == "1/2"
    assert "la la la".encode("utf-16-le") in frames["USLT"]
    picture = frames["APIC"].split(b"\x00image/jpeg\x00\x03\x00", 1)[1]
    assert Image.open(io.BytesIO(picture)).size == (500, 500)


async def test_the_cover_is_a_large_jpeg_of_its_own(heard: Heard) -> None:
    covers = [(await heard.gateway.http.get(clip["imageUrl"])) for clip in heard.clips]
    assert {cover.headers["content-type"] for cover in covers} == {"image/jpeg"}
    pictures = [Image.open(io.BytesIO(cover.content)) for cover in covers]
    assert {(picture.format, picture.size, picture.mode) for picture in pictures} == {("JPEG", (1_024, 1_024), "RGB")}
    assert covers[0].content != covers[1].content


async def test_the_sound_decodes_to_the_length_that_was_told(heard: Heard, tmp_path: Path) -> None:
    song = tmp_path / "song.mp3"
    song.write_bytes(heard.streamed)
    argv = [find_ffmpeg(), "-v", "error", "-i", str(song), "-f", "s16le", "-ac", "2", "-ar", "48000", "pipe:1"]
    decoded = await anyio.run_process(argv, stderr=subprocess.PIPE)
    assert decoded.stderr == b""
    assert len(decoded.stdout) / 192_000 == pytest.approx(heard.clips[0]["duration"], abs=0.15)
    assert heard.clips[0]["duration"] == pytest.approx(6, abs=1)


async def test_words_that_were_given_come_back_as_they_were(heard: Heard) -> None:
    assert {clip["prompt"] for clip in heard.clips} == {"la la la"}
    assert {clip["tags"] for clip in heard.clips} == {"house"}


async def test_media_may_be_anything_but_sound(heard: Heard) -> None:
    url, gateway = heard.clips[0]["audioUrl"], heard.gateway
    for name in ("html", "empty", "403", "404", "502"):
        await gateway.fault("media", name)
    html, empty, *refused = [await gateway.http.get(url) for _ in range(5)]
    assert (html.status_code, html.headers["content-type"][:9]) == (200, "text/html")
    assert (empty.status_code, empty.content, empty.headers["content-type"]) == (200, b"", "audio/mpeg")
    assert [answer.status_code for answer in refused] == [403, 404, 502]
    assert (await gateway.http.get(url)).content == heard.streamed


@pytest.mark.parametrize(("on", "field"), [("media", "audioUrl"), ("image", "imageUrl")])
@pytest.mark.parametrize("fault", ["truncated", "reset"])
async def test_media_may_stop_half_way(heard: Heard, on: str, field: str, fault: str) -> None:
    await heard.gateway.fault(on, fault)
    with pytest.raises(BROKEN):
        await heard.gateway.http.get(heard.clips[0][field])


async def test_a_stream_may_be_empty_or_end_early_in_good_order(heard: Heard) -> None:
    url, gateway = heard.clips[0]["streamAudioUrl"], heard.gateway
    await gateway.fault("media", "stream_empty")
    empty = await gateway.http.get(url)
    assert (empty.status_code, empty.content) == (200, b"")
    await gateway.fault("stream", "truncated")
    assert (await gateway.http.get(url)).content == heard.streamed[: len(heard.streamed) // 2]
    await gateway.fault("stream", "hang")
    with pytest.raises(httpx.ReadTimeout):
        await gateway.http.get(url, timeout=0.3)


async def test_media_may_drip_slowly(heard: Heard) -> None:
    await heard.gateway.fault("media", "slow", seconds=0.002)
    parts = list[bytes]()
    async with heard.gateway.http.stream("GET", heard.clips[0]["audioUrl"]) as answer:
        assert "content-length" not in answer.headers
        parts = [part async for part in answer.aiter_raw()]
    assert b"".join(parts) == heard.streamed
    assert len(parts) > 5


async def test_a_cover_may_drip_slowly(heard: Heard) -> None:
    url = heard.clips[0]["imageUrl"]
    whole = await heard.gateway.http.get(url)
    await heard.gateway.fault("image", "slow", seconds=0.001)
    assert (await heard.gateway.http.get(url)).content == whole.content


async def test_both_takes_may_point_at_the_same_bytes_for_a_moment(heard: Heard) -> None:
    url = heard.clips[1]["audioUrl"]
    await heard.gateway.fault("media", "same_bytes", path=url.removeprefix(heard.gateway.server.url))
    same, own = [(await heard.gateway.http.get(url)).content for _ in range(2)]
    assert same == heard.streamed
    assert own != same


async def test_a_song_may_expire(heard: Heard) -> None:
    gateway = heard.gateway
    clip = (await gateway.clips(prompt="house"))[0]
    await gateway.fault("media", "expired")
    assert [(await gateway.http.get(clip["audioUrl"])).status_code for _ in range(2)] == [404, 404]
    assert (await gateway.http.get(clip["imageUrl"])).status_code == 404


async def test_what_was_served_is_counted(heard: Heard) -> None:
    before = await heard.gateway.ledger()
    await heard.gateway.http.get(heard.clips[0]["audioUrl"])
    after = await heard.gateway.ledger()
    assert after["mediaRequests"] == before["mediaRequests"] + 1
    assert after["mediaBytes"] == before["mediaBytes"] + len(heard.streamed)


async def test_a_song_that_is_not_whole_is_no_file_yet(heard: Heard) -> None:
    await heard.gateway.fault("task", "stuck")
    await heard.gateway.task()
    clip = (await heard.gateway.ledger())["submissions"][-1]["clipIds"][0]
    assert (await heard.gateway.http.get(f"/media/{clip}.mp3")).status_code == 404


async def test_an_unknown_clip_is_not_found(heard: Heard) -> None:
    for path in ("/media/nobody.mp3", "/media/stream/nobody", "/media/nobody.jpeg"):
        assert (await heard.gateway.http.get(path)).status_code == 404


def _frames(song: bytes) -> dict[str, bytes]:
    """The frames of an ID3v2.3 tag, which must be followed by an MPEG frame."""
    assert song[:5] == b"ID3\x03\x00"
    size = sum((byte & 0x7F) << shift for byte, shift in zip(song[6:10], (21, 14, 7, 0), strict=True))
    assert song[10 + size] == 0xFF
    assert song[11 + size] & 0xE0 == 0xE0
    frames, place = dict[str, bytes](), 10
    while place < 10 + size:
        length = int.from_bytes(song[place + 4 : place + 8])
        frames[song[place : place + 4].decode()] = song[place + 10 : place + 10 + length]
        place += 10 + length
    return frames


def _text(frame: bytes) -> str:
    return frame[1:].decode("utf-16")
