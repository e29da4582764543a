"""Files come whole and checked, or not at all: over real sockets, with every lie that media hosts were seen to tell."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from anyio.abc import SocketStream
from support.media import AGENT, hosts_over, plain_client, shelf
from support.wire_gateway import Gateway, Seen, Turn, hangs_up, says

from suno_client import BadMedia, SunoError, Unanswered
from suno_client._files.hosts import MediaHosts
from suno_client._files.kinds import KindName
from suno_client.download import download
from suno_client.testing import PIXEL, silent_mp3

pytestmark = pytest.mark.anyio
SONG = silent_mp3(30)
OLD = b"an older file"


@pytest.fixture
async def hosts(gateway: Gateway) -> AsyncIterator[MediaHosts]:
    async with plain_client() as http:
        yield hosts_over(http, gateway.url)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    target = tmp_path / "song.mp3"
    target.write_bytes(OLD)
    return target


async def refused(hosts: MediaHosts, gateway: Gateway, target: Path, **options: Any) -> SunoError:
    """The error of a download, after which the folder is as it was."""
    with pytest.raises(SunoError) as caught:
        await download(hosts, f"{gateway.url}/song.mp3?signature=secret", target, **options)
    assert [path.name for path in target.parent.iterdir()] == ["song.mp3"]
    assert target.read_bytes() == OLD
    assert "secret" not in str(caught.value)
    return caught.value


async def test_a_song_is_fetched_and_described(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.append(says(SONG, headers={"Content-Type": "application/octet-stream"}))
    told: list[tuple[int, int | None]] = []
    reader = target.open("rb")  # who reads the older file reads it to its end: the name moves, no byte changes
    song = await download(
        hosts,
        f"{gateway.url}/song.mp3",
        target,
        expected_duration_s=30,
        on_progress=lambda size, whole: told.append((size, whole)),
    )
    assert target.read_bytes() == SONG
    with reader:
        assert reader.read() == OLD
    assert (song.path, song.size_bytes, song.media_type) == (target, len(SONG), "audio/mpeg")
    assert song.sha256 == hashlib.sha256(SONG).hexdigest()
    assert told[-1] == (len(SONG), len(SONG))
    assert [size for size, _ in told] == sorted(size for size, _ in told)


async def test_a_media_host_sees_a_product_and_no_key(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.append(says(SONG))
    await download(hosts, f"{gateway.url}/song.mp3", target)
    [seen] = gateway.seen
    assert "authorization" not in seen.headers
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["user-agent"] == AGENT


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"<!DOCTYPE html><html>gone</html>" * 9, 200, "it is a web page"),
        (b'{"code":404,"msg":"gone","data":null}', 200, "it is JSON"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt " * 9, 200, "it is of an unknown kind"),
        (b"\xff", 200, "it is of an unknown kind"),
        ("<html>gone</html>".encode("utf-16"), 200, "it is of an unknown kind"),
        (b"#EXTM3U\nfile:///etc/passwd\n", 200, "it is of an unknown kind"),
        (b"\xff\xf1\x50\x80" + bytes(99), 200, "it is of an unknown kind"),  # AAC
        (b"<html>", 403, "it answered HTTP 403"),
        (b"<html>", 404, "it answered HTTP 404"),
        (b"<html>", 400, "it answered HTTP 400"),
        (b"", 302, "it answered HTTP 302"),
        (SONG, 206, "it answered HTTP 206"),
    ],
)
async def test_what_is_no_song_is_refused(
    gateway: Gateway, hosts: MediaHosts, target: Path, body: bytes, status: int, why: str
) -> None:
    gateway.turns.append(says(body, status, {"Content-Type": "audio/mpeg"}))
    error = await refused(hosts, gateway, target)
    assert isinstance(error, BadMedia)
    assert (error.host, error.status) == ("127.0.0.1", status if status != 200 else None)
    assert why in error.why


async def test_a_host_that_cuts_and_names_no_version_is_asked_for_the_whole_again(
    gateway: Gateway, hosts: MediaHosts, target: Path
) -> None:
    cut = shelf(SONG, etag=None, cut_after=100_000)
    gateway.turns.extend([cut, cut, shelf(SONG, etag=None)])
    told: list[int] = []
    song = await download(hosts, f"{gateway.url}/song.mp3", target, on_progress=lambda size, _: told.append(size))
    assert target.read_bytes() == SONG
    assert song.sha256 == hashlib.sha256(SONG).hexdigest()
    assert told[-1] == len(SONG)
    assert all("range" not in seen.headers for seen in gateway.seen)


async def test_a_song_that_is_cut_each_time_is_refused(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.extend([says(SONG[:100_000], length=len(SONG))] * 3)
    assert "cut short" in str(await refused(hosts, gateway, target))
    assert len(gateway.seen) == 3


async def test_a_transport_that_does_not_count_is_counted_after(anyio_backend: str, tmp_path: Path) -> None:
    async def told(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=SONG, headers={"Content-Length": str(len(SONG) + 1)})

    async with httpx.AsyncClient(transport=httpx.MockTransport(told)) as http:
        with pytest.raises(BadMedia, match=f"cut short: {len(SONG):,} of {len(SONG) + 1:,} bytes"):
            await download(hosts_over(http, allow_private=True), "http://cdn.test/a.mp3", tmp_path / "song.mp3")


async def test_an_empty_answer_is_asked_for_again(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    """musicfile.kie.ai gave 200 and no byte for songs that were whole minutes before (reference: suno.md 2A.11)."""
    gateway.turns.extend([says(b""), says(b""), says(SONG)])
    assert (await download(hosts, f"{gateway.url}/song.mp3", target)).size_bytes == len(SONG)
    target.write_bytes(OLD)
    gateway.turns.extend([says(b"")] * 3)
    assert "it is empty" in str(await refused(hosts, gateway, target))
    assert len(gateway.seen) == 6


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_host_in_passing_trouble_is_asked_again(
    gateway: Gateway, hosts: MediaHosts, target: Path, status: int
) -> None:
    gateway.turns.extend([says(b"<html>", status), says(b"<html>", status, {"Retry-After": "0"}), says(SONG)])
    assert (await download(hosts, f"{gateway.url}/song.mp3", target)).size_bytes == len(SONG)
    target.write_bytes(OLD)
    gateway.turns.extend([says(b"<html>", status)] * 3)
    error = await refused(hosts, gateway, target)
    assert isinstance(error, BadMedia)
    assert error.status == status


async def test_a_host_that_asks_for_a_long_wait_is_left(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.append(says(b"", 503, {"Retry-After": "120"}))
    assert "HTTP 503" in str(await refused(hosts, gateway, target))


async def test_a_song_cut_without_a_declared_length_is_too_small_for_its_duration(
    gateway: Gateway, hosts: MediaHosts, target: Path
) -> None:
    async def without_length(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + SONG)

    gateway.turns.extend([without_length] * 2)
    assert "too few for 200 s" in str(await refused(hosts, gateway, target, expected_duration_s=200))
    await download(hosts, f"{gateway.url}/song.mp3", target, expected_duration_s=30)


async def test_a_chunked_song_that_never_ends_properly_is_refused(
    gateway: Gateway, hosts: MediaHosts, target: Path
) -> None:
    async def chunked(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(SONG), SONG))

    gateway.turns.extend([chunked] * 3)
    assert "cut short" in str(await refused(hosts, gateway, target))


async def test_a_file_far_too_large_for_its_duration_is_refused(
    gateway: Gateway, hosts: MediaHosts, target: Path
) -> None:
    gateway.turns.append(says(silent_mp3(150)))
    assert "too many" in str(await refused(hosts, gateway, target, expected_duration_s=1))


async def test_a_length_over_the_cap_is_refused_unread(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.append(says(SONG, length=10_000_000_000))
    assert "more than 60,000,000" in str(await refused(hosts, gateway, target))


async def test_an_endless_body_is_cut_at_the_cap(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    sent = 0

    async def endless(stream: SocketStream, seen: Seen) -> None:
        nonlocal sent
        await stream.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await stream.send(SONG)
            sent += len(SONG)

    gateway.turns.append(endless)
    assert "larger than 1,000,000" in str(await refused(hosts, gateway, target, max_bytes=1_000_000))
    assert sent < 20_000_000  # what lay in the sockets' buffers


async def test_a_packed_body_is_refused_unread(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.append(says(SONG, headers={"Content-Encoding": "gzip"}))
    assert "packed" in str(await refused(hosts, gateway, target))


async def test_a_host_that_is_away_is_tried_again(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.extend([hangs_up, hangs_up, says(SONG)])
    assert (await download(hosts, f"{gateway.url}/song.mp3", target)).size_bytes == len(SONG)
    gateway.turns.extend([hangs_up] * 3)
    target.write_bytes(OLD)
    assert isinstance(await refused(hosts, gateway, target), Unanswered)


async def falls_silent(stream: SocketStream, seen: Seen) -> None:
    await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + SONG[:999])
    await anyio.sleep_forever()


async def test_a_host_that_falls_silent_is_left(gateway: Gateway, target: Path) -> None:
    gateway.turns.extend([falls_silent] * 2)
    async with plain_client() as http:
        hosts = hosts_over(http, gateway.url, timeout_s=0.1, tries=2)
        assert isinstance(await refused(hosts, gateway, target), Unanswered)


async def drips(stream: SocketStream, seen: Seen) -> None:
    await stream.send(b"HTTP/1.1 200 OK\r\n\r\n" + SONG[:99])
    while True:
        await stream.send(SONG[:9])
        await anyio.sleep(0.01)


async def test_a_host_that_drips_for_ever_is_left(gateway: Gateway, target: Path) -> None:
    gateway.turns.append(drips)
    async with plain_client() as http:
        hosts = hosts_over(http, gateway.url, slow_after_s=0.1, tries=1)
        with anyio.fail_after(5):
            assert "slower than 8,000 bytes a second" in str(await refused(hosts, gateway, target))


async def test_a_cancelled_download_leaves_nothing(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    begun = anyio.Event()

    async def half(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + SONG)
        await anyio.sleep_forever()

    gateway.turns.append(half)
    async with anyio.create_task_group() as group:

        async def fetch() -> None:
            await download(hosts, f"{gateway.url}/song.mp3", target, on_progress=lambda *_: begun.set())

        group.start_soon(fetch)
        await begun.wait()
        assert len(list(target.parent.iterdir())) == 2  # the old song, and the part beside it
        assert target.read_bytes() == OLD
        group.cancel_scope.cancel()
    assert [path.name for path in target.parent.iterdir()] == ["song.mp3"]
    assert target.read_bytes() == OLD


async def test_a_folder_that_is_not_there_is_the_callers_to_know(
    gateway: Gateway, hosts: MediaHosts, tmp_path: Path
) -> None:
    gateway.turns.append(says(SONG))
    with pytest.raises(FileNotFoundError):
        await download(hosts, f"{gateway.url}/song.mp3", tmp_path / "absent" / "song.mp3")


def wav(size: int, told: int | None = None) -> bytes:
    riff = (size if told is None else told) - 8
    return (b"RIFF" + riff.to_bytes(4, "little") + b"WAVEfmt ").ljust(size, b"\0")


MP4 = b"\x00\x00\x00\x20ftypisom" + bytes(99_999)


@pytest.mark.parametrize(
    ("body", "kind", "media_type"),
    [
        (SONG, "audio", "audio/mpeg"),
        (b"ID3\x04", "audio", "audio/mpeg"),
        (wav(400_000), "wav", "audio/wav"),
        (wav(400_000, 8), "wav", "audio/wav"),  # a length of 0 and of all ones: nobody went back to write it down
        (wav(400_000, 0x1_0000_0007), "wav", "audio/wav"),
        (wav(400_000, 300_000), "wav", "audio/wav"),  # what stands behind the sound, such as a title, may be uncounted
        (MP4, "video", "video/mp4"),
        (PIXEL, "image", "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(99), "image", "image/jpeg"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(99), "image", "image/webp"),
    ],
)
async def test_a_file_is_known_by_its_bytes(
    gateway: Gateway, hosts: MediaHosts, target: Path, body: bytes, kind: KindName, media_type: str
) -> None:
    gateway.turns.append(says(body, headers={"Content-Type": "text/html"}))
    assert (await download(hosts, f"{gateway.url}/c", target, kind=kind)).media_type == media_type
    assert target.read_bytes() == body


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (SONG, "image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image"),
        (b"GIF89a" + bytes(50), "image"),
        (SONG, "wav"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(99), "wav"),
        (SONG, "video"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(99), "video"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(99), "audio"),
        (wav(400_000), "audio"),
    ],
)
async def test_what_is_of_another_kind_is_refused(
    gateway: Gateway, hosts: MediaHosts, target: Path, body: bytes, kind: KindName
) -> None:
    gateway.turns.append(says(body))
    assert isinstance(await refused(hosts, gateway, target, kind=kind), BadMedia)


async def test_half_a_wav_is_known_by_what_its_head_tells(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.append(says(wav(200_000, 400_000)))
    assert "of the 400,000 bytes that its head tells" in str(await refused(hosts, gateway, target, kind="wav"))


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (wav(400_000), "wav", "too few"),
        (wav(400_000), "audio", "of an unknown kind"),
        (MP4, "video", "too few"),
    ],
)
async def test_each_kind_has_sizes_of_its_own(
    gateway: Gateway, hosts: MediaHosts, target: Path, body: bytes, kind: KindName, why: str
) -> None:
    gateway.turns.append(says(body))
    assert why in str(await refused(hosts, gateway, target, kind=kind, expected_duration_s=60))


@pytest.mark.parametrize(("kind", "most"), [("audio", "60,000,000"), ("wav", "600,000,000"), ("image", "10,000,000")])
async def test_each_kind_has_a_cap_of_its_own(
    gateway: Gateway, hosts: MediaHosts, target: Path, kind: KindName, most: str
) -> None:
    gateway.turns.append(says(SONG, length=10_000_000_000))
    assert f"more than {most}" in str(await refused(hosts, gateway, target, kind=kind))


async def test_what_came_between_two_tries_is_not_mixed(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    """The second answer is a page: nothing of the first song makes it one."""
    gateway.turns.extend([shelf(SONG, etag=None, cut_after=9), says(b"<html>gone</html>" * 99)])
    assert "a web page" in str(await refused(hosts, gateway, target))


@pytest.mark.parametrize("turn", [falls_silent, drips])
async def test_a_host_that_goes_on_after_a_silence_is_taken_up(gateway: Gateway, target: Path, turn: Turn) -> None:
    gateway.turns.extend([turn, says(SONG)])
    async with plain_client() as http:
        hosts = hosts_over(http, gateway.url, timeout_s=1, slow_after_s=0.5)
        assert (await download(hosts, f"{gateway.url}/song.mp3", target)).size_bytes == len(SONG)
