"""Where a song may go besides a path, and where it may come from: files of the caller's, chunks, and a clip's hosts."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from tempfile import SpooledTemporaryFile

import anyio
import anyio.from_thread
import httpx
import pytest
from anyio.abc import SocketStream
from support.media import PLAIN, Internet, hosts_over, plain_client, shelf
from support.wire_gateway import Gateway, Seen, Turn, hangs_up, says

from suno_client import BadMedia, InvalidRequest, NotSent, SunoError, Unanswered
from suno_client._files.hosts import MediaHosts
from suno_client.download import Download, download, download_chunks
from suno_client.models import Clip
from suno_client.testing import silent_mp3

pytestmark = pytest.mark.anyio
SONG = silent_mp3(1)[:64] + Random(1).randbytes(480_000)  # no two places are alike
SUM = hashlib.sha256(SONG).hexdigest()
HTML = b"<html>gone</html>" * 99


@pytest.fixture
async def hosts(gateway: Gateway) -> AsyncIterator[MediaHosts]:
    async with plain_client() as http:
        yield hosts_over(http, gateway.url)


class Miser(io.RawIOBase):
    """A raw file that takes little at a time."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.got = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - bytes are all it gets
        self.got += data[: self.most]
        return min(len(data), self.most)


class Silent:
    """A file-like that counts nothing; it asks the event loop, as only a worker thread may."""

    def __init__(self) -> None:
        self.got = bytearray()

    def write(self, data: bytes, /) -> None:
        self.got += data
        anyio.from_thread.run_sync(anyio.current_time)


async def test_a_callers_file_is_filled_and_left_open(gateway: Gateway, hosts: MediaHosts) -> None:
    file = io.BytesIO(b"before ")
    file.seek(7)
    gateway.turns.append(says(SONG))
    told: list[tuple[int, int | None]] = []
    song = await download(hosts, f"{gateway.url}/a.mp3", file, on_progress=lambda *at: told.append(at))
    assert file.getvalue() == b"before " + SONG  # it would raise on a closed one
    assert song == Download(None, len(SONG), "audio/mpeg", SUM)
    assert told[-1] == (len(SONG), len(SONG))


async def test_any_file_will_do(gateway: Gateway, hosts: MediaHosts, tmp_path: Path) -> None:
    gateway.turns.extend([says(SONG)] * 4)
    url = f"{gateway.url}/a.mp3"
    async with await anyio.open_file(tmp_path / "async", "wb") as file:
        assert (await download(hosts, url, file)).sha256 == SUM
        await file.write(b"!")
    assert (tmp_path / "async").read_bytes() == SONG + b"!"
    with SpooledTemporaryFile(1_000) as spooled:
        await download(hosts, url, spooled)
        spooled.seek(0)
        assert spooled.read() == SONG
    miser, silent = Miser(1_000), Silent()
    await download(hosts, url, miser)
    await download(hosts, url, silent)
    assert bytes(miser.got) == bytes(silent.got) == SONG


async def test_a_file_that_takes_no_more_is_the_callers_to_know(gateway: Gateway, hosts: MediaHosts) -> None:
    gateway.turns.append(says(SONG))
    with pytest.raises(OSError, match="takes no more"):
        await download(hosts, f"{gateway.url}/a.mp3", Miser(0))


@pytest.mark.parametrize(
    ("turns", "why", "kept"),
    [
        ([says(HTML)], "a web page", b""),
        ([says(b"")] * 3, "empty", b""),
        ([says(SONG[:99_999], length=len(SONG))] * 2, "cannot be taken up", SONG[:99_999]),
        ([shelf(SONG, cut_after=99_999), shelf(SONG, etag='"v2"')], "cannot be taken up", SONG[:99_999]),
        ([shelf(SONG, cut_after=99_999), shelf(SONG, ranges=False)], "cannot be taken up", SONG[:99_999]),
        ([shelf(SONG, cut_after=9_999)] * 3, "cut short", SONG[: 3 * 9_999]),
        ([shelf(SONG, cut_after=9_999), says(b"", 403)], "HTTP 403", SONG[:9_999]),
    ],
)
async def test_what_cannot_be_taken_back_is_told(
    gateway: Gateway, hosts: MediaHosts, turns: list[Turn], why: str, kept: bytes
) -> None:
    file = io.BytesIO()
    gateway.turns.extend(turns)
    with pytest.raises(BadMedia, match=why):
        await download(hosts, f"{gateway.url}/a.mp3", file)
    assert file.getvalue() == kept
    chunks = bytearray()
    gateway.turns.extend(turns)
    with pytest.raises(BadMedia, match=why):
        await drain(hosts, f"{gateway.url}/a.mp3", chunks)
    assert bytes(chunks) == kept
    assert not gateway.turns


async def drain(hosts: MediaHosts, source: str | Clip, into: bytearray, *, seconds: float | None = None) -> None:
    async with download_chunks(hosts, source, expected_duration_s=seconds) as chunks:
        async for chunk in chunks:
            into += chunk


async def test_a_callers_file_goes_on_where_the_connection_broke(gateway: Gateway, hosts: MediaHosts) -> None:
    gateway.turns.extend([shelf(SONG, cut_after=7), shelf(SONG, cut_after=100_000), shelf(SONG)])
    file = io.BytesIO()
    assert (await download(hosts, f"{gateway.url}/a.mp3", file)).sha256 == SUM
    assert file.getvalue() == SONG


async def test_what_was_not_passed_on_yet_may_begin_anew(gateway: Gateway, hosts: MediaHosts) -> None:
    gateway.turns.extend([shelf(SONG, etag=None, cut_after=7), shelf(SONG, etag=None)])
    file = io.BytesIO()
    await download(hosts, f"{gateway.url}/a.mp3", file)
    assert file.getvalue() == SONG


async def test_the_size_is_judged_at_the_end(gateway: Gateway, hosts: MediaHosts) -> None:
    gateway.turns.extend([says(SONG), says(SONG)])
    with pytest.raises(BadMedia, match="too few for 999 s"):
        await download(hosts, f"{gateway.url}/a.mp3", io.BytesIO(), expected_duration_s=999)
    heard = bytearray()
    with pytest.raises(BadMedia, match="too few for 999 s"):
        await drain(hosts, f"{gateway.url}/a.mp3", heard, seconds=999)
    assert bytes(heard) == SONG


async def test_chunks_come_while_the_song_does(gateway: Gateway, hosts: MediaHosts) -> None:
    heard = anyio.Event()

    async def waits(stream: SocketStream, seen: Seen) -> None:
        await stream.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(SONG)}\r\n\r\n".encode() + SONG[:999])
        await heard.wait()
        await stream.send(SONG[999:])

    gateway.turns.append(waits)
    song = bytearray()
    async with download_chunks(hosts, f"{gateway.url}/a.mp3", max_bytes=len(SONG)) as chunks:
        async for chunk in chunks:
            song += chunk
            heard.set()
    assert bytes(song) == SONG


async def test_a_listener_who_takes_his_time_is_not_taken_for_a_slow_host(gateway: Gateway) -> None:
    heard = anyio.Event()

    async def waits(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + SONG[:500])
        await heard.wait()
        await stream.send(SONG[500:1000])

    gateway.turns.append(waits)
    song = bytearray()
    async with plain_client() as http:
        hosts = hosts_over(http, gateway.url, slow_after_s=0.2, tries=1)
        async with download_chunks(hosts, f"{gateway.url}/a.mp3") as chunks:
            async for chunk in chunks:
                song += chunk
                heard.set()
                await anyio.sleep(0.3)  # the slowness itself is the subject
    assert bytes(song) == SONG[:1000]


async def test_a_listener_may_leave(gateway: Gateway, hosts: MediaHosts) -> None:
    gateway.turns.append(says(SONG))
    async with download_chunks(hosts, f"{gateway.url}/a.mp3") as chunks:
        async for _ in chunks:
            break
    gateway.turns.append(says(SONG))
    song = bytearray()
    await drain(hosts, f"{gateway.url}/a.mp3", song)
    assert bytes(song) == SONG


async def test_only_a_path_is_kept_for_a_later_call(hosts: MediaHosts) -> None:
    with pytest.raises(InvalidRequest, match="resume"):
        await download(hosts, "http://cdn.test/a.mp3", io.BytesIO(), resume=True)


def clip(gateway: Gateway, **more: object) -> Clip:
    return Clip.model_validate(
        {"id": "c", "audio_url": f"{gateway.url}/a?Key=1", "source_audio_url": f"{gateway.url}/b?Key=2", **more}
    )


@pytest.mark.parametrize(
    "turns",
    [
        [says(b"")] * 3,
        [says(HTML)],
        [says(b"", 404)],
        [hangs_up] * 3,
        [says(SONG[:99_999], length=len(SONG))] * 3,
        [says(SONG[:9_999])],
        [says(b"", 302, {"Location": "http://10.0.0.1/"})],
    ],
)
async def test_of_a_clip_the_next_host_is_asked_where_one_fails(
    gateway: Gateway, hosts: MediaHosts, tmp_path: Path, turns: list[Turn]
) -> None:
    gateway.turns.extend([*turns, says(SONG)])
    song = await download(hosts, clip(gateway, duration=30), tmp_path / "song.mp3")
    assert song.sha256 == SUM
    assert (tmp_path / "song.mp3").read_bytes() == SONG
    assert [seen.path for seen in gateway.seen] == ["/a?Key=1"] * len(turns) + ["/b?Key=2"]


async def test_the_last_error_is_raised_and_those_before_are_noted(gateway: Gateway, tmp_path: Path) -> None:
    gateway.turns.extend([says(b"", 404), hangs_up])
    internet = Internet({})
    async with httpx.AsyncClient(verify=PLAIN, mounts={"https://": internet.route()}) as http:
        hosts = hosts_over(http, gateway.url, names={"cdn1.suno.ai": ["104.18.0.1"]}, tries=1)
        with pytest.raises(NotSent) as caught:
            await download(hosts, clip(gateway), tmp_path / "song.mp3", derived=True)
    assert [note.partition(":")[0] for note in caught.value.__notes__] == ["before that, 127.0.0.1"] * 2
    assert "HTTP 404" in caught.value.__notes__[0]
    assert "Key" not in "".join(caught.value.__notes__) + str(caught.value)
    assert internet.called == ["104.18.0.1"]
    assert list(tmp_path.iterdir()) == []


async def test_a_clips_duration_counts_unless_another_is_named(gateway: Gateway, hosts: MediaHosts) -> None:
    one = clip(gateway, source_audio_url=None, duration=200)
    gateway.turns.extend([says(SONG), says(SONG)])
    with pytest.raises(BadMedia, match="too few for 200 s"):
        await download(hosts, one, io.BytesIO())
    await download(hosts, one, io.BytesIO(), expected_duration_s=30)


async def test_the_next_host_is_asked_only_while_nothing_was_passed_on(gateway: Gateway, hosts: MediaHosts) -> None:
    gateway.turns.extend([says(HTML), says(SONG)])
    file = io.BytesIO()
    await download(hosts, clip(gateway), file)
    assert file.getvalue() == SONG
    gateway.turns.extend([shelf(SONG, cut_after=9_999), hangs_up, hangs_up, hangs_up])
    song = bytearray()
    with pytest.raises(Unanswered):
        await drain(hosts, clip(gateway), song)
    assert bytes(song) == SONG[:9_999]


async def test_a_clip_without_a_file_says_so(hosts: MediaHosts) -> None:
    with pytest.raises(BadMedia, match="names no file"):
        await download(hosts, Clip.model_validate({"id": "c"}), io.BytesIO())


async def test_a_later_call_goes_on_at_the_host_that_the_part_is_of(
    gateway: Gateway, hosts: MediaHosts, tmp_path: Path
) -> None:
    target = tmp_path / "song.mp3"
    gateway.turns.extend([says(b"", 404), shelf(SONG, cut_after=99_999), hangs_up, hangs_up, hangs_up])
    with pytest.raises(SunoError):
        await download(hosts, clip(gateway), target, resume=True)
    gateway.seen.clear()
    gateway.turns.append(shelf(SONG))
    assert (await download(hosts, clip(gateway), target, resume=True)).sha256 == SUM
    assert [(seen.path, seen.headers["range"]) for seen in gateway.seen] == [("/b?Key=2", "bytes=99999-")]


async def test_a_part_of_one_host_is_not_mixed_with_anothers_song(
    gateway: Gateway, hosts: MediaHosts, tmp_path: Path
) -> None:
    target = tmp_path / "song.mp3"
    other = silent_mp3(20)
    gateway.turns.extend([shelf(SONG, cut_after=99_999), says(b"", 403), shelf(other)])
    await download(hosts, clip(gateway), target, resume=True)
    assert target.read_bytes() == other
    assert "range" not in gateway.seen[-1].headers
