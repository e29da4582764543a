"""Files come whole and checked, or not at all: over real sockets, with every lie that media hosts were seen to tell."""

from __future__ import annotations

import hashlib
from pathlib import Path

import anyio
import pytest
from anyio.abc import SocketStream
from support.wire_gateway import Gateway, Seen, hangs_up, says

from suno_client import BadMedia, SunoClient, SunoError, Unanswered
from suno_client.download import SLOW_BYTES_S, _Pace
from suno_client.testing import BASE_URL, PIXEL, FakeSuno, Reply, silent_mp3

pytestmark = pytest.mark.anyio
SONG = silent_mp3(30)
OLD = b"an older file"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    target = tmp_path / "song.mp3"
    target.write_bytes(OLD)
    return target


async def refused(suno: SunoClient, gateway: Gateway, target: Path, **options: float) -> SunoError:
    """The error of a download, after which the folder is as it was."""
    with pytest.raises(SunoError) as caught:
        await suno.download(f"{gateway.url}/song.mp3?signature=secret", target, **options)  # pyright: ignore[reportArgumentType]
    assert [path.name for path in target.parent.iterdir()] == ["song.mp3"]
    assert target.read_bytes() == OLD
    assert "secret" not in str(caught.value)
    return caught.value


async def test_a_song_is_fetched_and_described(gateway: Gateway, over_http: SunoClient, target: Path) -> None:
    gateway.turns.append(says(SONG, headers={"Content-Type": "application/octet-stream"}))
    told: list[tuple[int, int | None]] = []
    reader = target.open("rb")  # who reads the older file reads it to its end: the name moves, no byte changes
    song = await over_http.download(
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


async def test_a_media_host_sees_a_product_and_no_key(gateway: Gateway, over_http: SunoClient, target: Path) -> None:
    gateway.turns.append(says(SONG))
    await over_http.download(f"{gateway.url}/song.mp3", target)
    [seen] = gateway.seen
    assert "authorization" not in seen.headers
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["user-agent"].startswith("Mozilla/5.0 (compatible; suno-client")


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"<!DOCTYPE html><html>gone</html>" * 9, 200, "it is a web page"),
        (b'{"code":404,"msg":"gone","data":null}', 200, "it is JSON"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt " * 9, 200, "it is of an unknown kind"),
        (b"", 200, "it is empty"),
        (b"\xff", 200, "it is of an unknown kind"),
        ("<html>gone</html>".encode("utf-16"), 200, "it is of an unknown kind"),
        (b"#EXTM3U\nfile:///etc/passwd\n", 200, "it is of an unknown kind"),
        (b"\xff\xf1\x50\x80" + bytes(99), 200, "it is of an unknown kind"),  # AAC
        (b"<html>", 403, "it answered HTTP 403"),
        (b"<html>", 404, "it answered HTTP 404"),
        (b"<html>", 503, "it answered HTTP 503"),
        (SONG, 206, "it answered HTTP 206"),
    ],
)
async def test_what_is_no_song_is_refused(
    gateway: Gateway, over_http: SunoClient, target: Path, body: bytes, status: int, why: str
) -> None:
    gateway.turns.append(says(body, status, {"Content-Type": "audio/mpeg"}))
    error = await refused(over_http, gateway, target)
    assert isinstance(error, BadMedia)
    assert (error.host, error.status) == ("127.0.0.1", status if status != 200 else None)
    assert why in error.why


async def test_a_cut_song_is_refused(gateway: Gateway, over_http: SunoClient, target: Path) -> None:
    gateway.turns.append(says(SONG[:100_000], length=len(SONG)))
    assert isinstance(await refused(over_http, gateway, target), BadMedia)


async def test_a_transport_that_does_not_count_is_counted_after(
    fake: FakeSuno, suno: SunoClient, tmp_path: Path
) -> None:
    fake.faults["media"].append(Reply(SONG, headers={"Content-Length": str(len(SONG) + 1)}))
    with pytest.raises(BadMedia, match="cut short"):
        await suno.download(f"{BASE_URL}/media/a.mp3", tmp_path / "song.mp3")


async def test_a_song_cut_without_a_declared_length_is_too_small_for_its_duration(
    gateway: Gateway, over_http: SunoClient, target: Path
) -> None:
    async def without_length(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + SONG)

    gateway.turns.extend([without_length] * 2)
    assert "too few for 200 s" in str(await refused(over_http, gateway, target, expected_duration_s=200))
    await over_http.download(f"{gateway.url}/song.mp3", target, expected_duration_s=30)


async def test_a_chunked_song_that_never_ends_properly_is_refused(
    gateway: Gateway, over_http: SunoClient, target: Path
) -> None:
    async def chunked(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(SONG), SONG))

    gateway.turns.append(chunked)
    assert "cut short" in str(await refused(over_http, gateway, target))


async def test_a_file_far_too_large_for_its_duration_is_refused(
    gateway: Gateway, over_http: SunoClient, target: Path
) -> None:
    gateway.turns.append(says(silent_mp3(150)))
    assert "too many" in str(await refused(over_http, gateway, target, expected_duration_s=1))


async def test_a_length_over_the_cap_is_refused_unread(gateway: Gateway, over_http: SunoClient, target: Path) -> None:
    gateway.turns.append(says(SONG, length=10_000_000_000))
    assert "more than 60,000,000" in str(await refused(over_http, gateway, target))


async def test_an_endless_body_is_cut_at_the_cap(gateway: Gateway, over_http: SunoClient, target: Path) -> None:
    sent = 0

    async def endless(stream: SocketStream, seen: Seen) -> None:
        nonlocal sent
        await stream.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await stream.send(SONG)
            sent += len(SONG)

    gateway.turns.append(endless)
    assert "larger than 1,000,000" in str(await refused(over_http, gateway, target, max_bytes=1_000_000))
    assert sent < 20_000_000  # what lay in the sockets' buffers


async def test_a_packed_body_is_refused_unread(gateway: Gateway, over_http: SunoClient, target: Path) -> None:
    gateway.turns.append(says(SONG, headers={"Content-Encoding": "gzip"}))
    assert "packed" in str(await refused(over_http, gateway, target))


async def test_a_host_that_is_away_is_tried_again(gateway: Gateway, over_http: SunoClient, target: Path) -> None:
    gateway.turns.extend([hangs_up, hangs_up, says(SONG)])
    assert (await over_http.download(f"{gateway.url}/song.mp3", target)).size_bytes == len(SONG)
    gateway.turns.extend([hangs_up] * 3)
    target.write_bytes(OLD)
    assert isinstance(await refused(over_http, gateway, target), Unanswered)


async def falls_silent(stream: SocketStream, seen: Seen) -> None:
    await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + SONG[:999])
    await anyio.sleep_forever()


async def test_a_host_that_falls_silent_is_left(gateway: Gateway, target: Path) -> None:
    gateway.turns.append(falls_silent)
    async with SunoClient("key", base_url=gateway.url, timeout_s=0.1) as suno:
        assert isinstance(await refused(suno, gateway, target), Unanswered)


def test_a_host_that_drips_for_ever_is_left() -> None:
    pace = _Pace(100.0)
    pace.check(19 * 100, 119.0, "host")  # a slow start is no crime
    pace.check(30 * SLOW_BYTES_S, 130.0, "host")
    with pytest.raises(Unanswered, match="slower than 8,000 bytes a second"):
        pace.check(30 * SLOW_BYTES_S + 20 * SLOW_BYTES_S - 1, 150.0, "host")


async def test_a_cancelled_download_leaves_nothing(gateway: Gateway, over_http: SunoClient, target: Path) -> None:
    begun = anyio.Event()

    async def half(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + SONG)
        await anyio.sleep_forever()

    gateway.turns.append(half)
    async with anyio.create_task_group() as group:

        async def fetch() -> None:
            await over_http.download(f"{gateway.url}/song.mp3", target, on_progress=lambda *_: begun.set())

        group.start_soon(fetch)
        await begun.wait()
        assert len(list(target.parent.iterdir())) == 2  # the old song, and the part beside it
        assert target.read_bytes() == OLD
        group.cancel_scope.cancel()
    assert [path.name for path in target.parent.iterdir()] == ["song.mp3"]
    assert target.read_bytes() == OLD


async def test_a_folder_that_is_not_there_is_the_callers_to_know(
    gateway: Gateway, over_http: SunoClient, tmp_path: Path
) -> None:
    gateway.turns.append(says(SONG))
    with pytest.raises(FileNotFoundError):
        await over_http.download(f"{gateway.url}/song.mp3", tmp_path / "absent" / "song.mp3")


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (PIXEL, "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(99), "image/jpeg"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(99), "image/webp"),
    ],
)
async def test_a_cover_is_known_by_its_bytes(
    gateway: Gateway, over_http: SunoClient, tmp_path: Path, image: bytes, kind: str
) -> None:
    gateway.turns.append(says(image, headers={"Content-Type": "text/html"}))
    assert (await over_http.download_image(f"{gateway.url}/c", tmp_path / "c")).media_type == kind


@pytest.mark.parametrize("body", [SONG, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + bytes(50)])
async def test_what_is_no_cover_is_refused(
    gateway: Gateway, over_http: SunoClient, tmp_path: Path, body: bytes
) -> None:
    gateway.turns.append(says(body))
    with pytest.raises(BadMedia):
        await over_http.download_image(f"{gateway.url}/c", tmp_path / "c")
