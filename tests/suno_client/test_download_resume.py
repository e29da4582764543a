"""A file that broke off is taken up where it ended, in this call or a later one, and is whole at the end."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest
from anyio.abc import SocketStream
from support.media import ETAG, hosts_over, plain_client, shelf
from support.wire_gateway import Gateway, Seen, Turn, hangs_up, says

from suno_client import BadMedia, SunoError, Unanswered
from suno_client._files.hosts import MediaHosts
from suno_client.download import download
from suno_client.testing import silent_mp3

pytestmark = pytest.mark.anyio
SONG = silent_mp3(1)[:64] + Random(1).randbytes(1_400_000)  # no two places are alike
NEW = silent_mp3(1)[:64] + Random(2).randbytes(1_400_000)
DATE = "Wed, 21 Oct 2026 07:28:00 GMT"
SUM = hashlib.sha256(SONG).hexdigest()


@pytest.fixture
async def hosts(gateway: Gateway) -> AsyncIterator[MediaHosts]:
    async with plain_client() as http:
        yield hosts_over(http, gateway.url)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "song.mp3"


def names(target: Path) -> set[str]:
    return {path.name for path in target.parent.iterdir()}


def answers(head: str, body: bytes) -> Turn:
    async def turn(stream: SocketStream, seen: Seen) -> None:
        await stream.send(head.replace("\n", "\r\n").encode() + b"\r\nConnection: close\r\n\r\n" + body)

    return turn


async def fetch(hosts: MediaHosts, gateway: Gateway, target: Path, **options: Any) -> None:
    """The song, whole, by an address whose signature is another each time."""
    url = f"{gateway.url}/songs/a.mp3?Signature={len(gateway.seen)}"
    song = await download(hosts, url, target, **options)
    assert target.read_bytes() == SONG
    assert (song.size_bytes, song.sha256, song.media_type) == (len(SONG), SUM, "audio/mpeg")
    assert names(target) == {"song.mp3"}


async def broken_off(hosts: MediaHosts, gateway: Gateway, target: Path, **options: Any) -> SunoError:
    with pytest.raises(SunoError) as caught:
        await download(hosts, f"{gateway.url}/songs/a.mp3?Signature=x", target, **options)
    assert not target.exists()
    return caught.value


@pytest.mark.parametrize(("etag", "changed"), [(ETAG, None), (ETAG, DATE), (None, DATE), ('W/"weak"', DATE)])
async def test_a_connection_that_breaks_is_taken_up_where_it_ended(
    gateway: Gateway, hosts: MediaHosts, target: Path, etag: str | None, changed: str | None
) -> None:
    gateway.turns.extend(
        [
            shelf(SONG, etag=etag, changed=changed, cut_after=100_000),
            hangs_up,
            shelf(SONG, etag=etag, changed=changed, cut_after=50_001),
            shelf(SONG, etag=etag, changed=changed),
        ]
    )
    told: list[int] = []
    await fetch(hosts, gateway, target, on_progress=lambda size, whole: told.append(size))
    assert [seen.headers.get("range") for seen in gateway.seen] == [
        None,
        "bytes=100000-",
        "bytes=100000-",
        "bytes=150001-",
    ]
    assert {seen.headers.get("if-range") for seen in gateway.seen[1:]} == {ETAG if etag == ETAG else DATE}
    assert told == sorted(told)


async def test_a_few_bytes_are_enough_to_go_on_from(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.extend([shelf(SONG, cut_after=5), shelf(SONG, cut_after=5), shelf(SONG)])
    await fetch(hosts, gateway, target)
    assert [seen.headers.get("range") for seen in gateway.seen] == [None, "bytes=5-", "bytes=10-"]


async def test_who_brings_much_each_time_may_break_often(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.extend([shelf(SONG, cut_after=1), shelf(SONG, cut_after=1_000_000), shelf(SONG, cut_after=1)])
    gateway.turns.append(shelf(SONG))
    await fetch(hosts, gateway, target)


async def test_who_brings_little_each_time_is_left(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.extend([shelf(SONG, cut_after=100)] * 3)
    assert "cut short" in str(await broken_off(hosts, gateway, target))
    assert names(target) == set()


async def test_a_silent_connection_is_taken_up_too(gateway: Gateway, target: Path) -> None:
    async def falls_silent(stream: SocketStream, seen: Seen) -> None:
        await shelf(SONG, cut_after=70_000)(stream, seen)
        await anyio.sleep_forever()

    gateway.turns.extend([falls_silent, shelf(SONG)])
    async with plain_client() as http:
        await fetch(hosts_over(http, gateway.url, timeout_s=0.5), gateway, target)
    assert gateway.seen[1].headers["range"] == "bytes=70000-"


@pytest.mark.parametrize(
    "second",
    [
        shelf(SONG, ranges=False),  # knows no ranges
        shelf(SONG, etag='"v2"'),  # is another version by now
    ],
)
async def test_a_whole_answer_begins_anew(gateway: Gateway, hosts: MediaHosts, target: Path, second: Turn) -> None:
    gateway.turns.extend([shelf(NEW, cut_after=100_000), second])
    await fetch(hosts, gateway, target)
    assert "range" in gateway.seen[1].headers


CHANGED = [
    (f"HTTP/1.1 206 X\nContent-Range: bytes 99999-{len(SONG) - 1}/{len(SONG)}", "another part"),
    (f"HTTP/1.1 206 X\nContent-Range: bytes 100001-{len(SONG) - 1}/{len(SONG)}", "another part"),
    (f"HTTP/1.1 206 X\nContent-Range: bytes 0-{len(SONG) - 1}/{len(SONG)}", "another part"),
    (f"HTTP/1.1 206 X\nContent-Range: bytes */{len(SONG)}", "another part"),
    ("HTTP/1.1 206 X\nContent-Type: multipart/byteranges; boundary=x", "another part"),
    ("HTTP/1.1 206 X\nContent-Range: bytes 100000-\u0661/*", "another part"),
    (f"HTTP/1.1 206 X\nContent-Range: bytes 100000-{len(SONG)}/{len(SONG) + 1}", "changed"),
    (f'HTTP/1.1 206 X\nETag: "v2"\nContent-Range: bytes 100000-{len(SONG) - 1}/{len(SONG)}', "changed"),
    (f"HTTP/1.1 416 X\nContent-Range: bytes */{len(SONG)}", "no rest"),
    ("HTTP/1.1 416 X\nContent-Range: bytes */99", "no rest"),
    ("HTTP/1.1 416 X\nContent-Length: 0", "no rest"),
]


@pytest.mark.parametrize(("head", "why"), CHANGED)
async def test_a_part_that_does_not_fit_is_not_put_behind_the_rest(
    gateway: Gateway, hosts: MediaHosts, target: Path, head: str, why: str
) -> None:
    gateway.turns.extend([shelf(SONG, cut_after=100_000), answers(head, SONG[100_000:]), shelf(SONG)])
    await fetch(hosts, gateway, target)
    assert "range" not in gateway.seen[2].headers
    target.unlink()
    async with plain_client() as http:
        gateway.turns.extend([shelf(SONG, cut_after=100_000), answers(head, SONG[100_000:])])
        assert why in str(await broken_off(hosts_over(http, gateway.url, tries=2), gateway, target))


async def test_an_answer_may_leave_out_the_version_and_the_total(
    gateway: Gateway, hosts: MediaHosts, target: Path
) -> None:
    head = f"HTTP/1.1 206 X\nContent-Range: bytes 100000-{len(SONG) - 1}/*"
    gateway.turns.extend([shelf(SONG, cut_after=100_000), answers(head, SONG[100_000:])])
    await fetch(hosts, gateway, target)


async def test_the_rest_may_come_in_two_answers(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    head = f"HTTP/1.1 206 X\nContent-Length: 100000\nContent-Range: bytes 100000-199999/{len(SONG)}"
    gateway.turns.extend([shelf(SONG, cut_after=100_000), answers(head, SONG[100_000:200_000]), shelf(SONG)])
    await fetch(hosts, gateway, target)
    assert gateway.seen[2].headers["range"] == "bytes=200000-"


async def test_a_rest_without_end_is_cut_at_the_total(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    head = f"HTTP/1.1 206 X\nContent-Range: bytes 100000-{len(SONG) - 1}/{len(SONG)}"
    gateway.turns.extend([shelf(SONG, cut_after=100_000), answers(head, SONG[100_000:] + b"more")])
    assert "longer than" in str(await broken_off(hosts, gateway, target))


async def test_a_packed_rest_is_refused(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    head = f"HTTP/1.1 206 X\nContent-Encoding: gzip\nContent-Range: bytes 100000-{len(SONG) - 1}/{len(SONG)}"
    gateway.turns.extend([shelf(SONG, cut_after=100_000), answers(head, SONG[100_000:])])
    assert "packed" in str(await broken_off(hosts, gateway, target))


async def test_a_song_of_unknown_length_that_broke_at_its_end_is_whole(
    gateway: Gateway, hosts: MediaHosts, target: Path
) -> None:
    chunked = f"HTTP/1.1 200 X\nETag: {ETAG}\nTransfer-Encoding: chunked"
    gateway.turns.append(answers(chunked, b"%x\r\n%b\r\n" % (len(SONG), SONG)))
    gateway.turns.append(shelf(SONG))
    await fetch(hosts, gateway, target)
    assert gateway.seen[1].headers["range"] == f"bytes={len(SONG)}-"


async def test_a_later_call_goes_on_where_it_ended(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    gateway.turns.extend([shelf(SONG, cut_after=100_000), hangs_up, hangs_up, hangs_up])
    assert isinstance(await broken_off(hosts, gateway, target, resume=True), Unanswered)
    assert names(target) == {".song.mp3.part", ".song.mp3.part.json"}
    assert (target.parent / ".song.mp3.part").read_bytes() == SONG[:100_000]
    note = (target.parent / ".song.mp3.part.json").read_text()
    assert "Signature" not in note
    assert "127.0.0.1" not in note
    told: list[tuple[int, int | None]] = []
    gateway.turns.append(shelf(SONG))
    await fetch(hosts, gateway, target, resume=True, on_progress=lambda *at: told.append(at))
    assert gateway.seen[-1].headers["range"] == "bytes=100000-"
    assert told[0][0] > 100_000
    assert told[-1] == (len(SONG), len(SONG))


async def test_a_cancelled_call_is_taken_up_by_a_later_one(gateway: Gateway, hosts: MediaHosts, target: Path) -> None:
    async def half(stream: SocketStream, seen: Seen) -> None:
        await shelf(SONG, cut_after=200_000)(stream, seen)
        await anyio.sleep_forever()

    gateway.turns.extend([half, shelf(SONG)])
    async with anyio.create_task_group() as group:

        def stop(size: int, whole: int | None) -> None:
            if size == 200_000:
                group.cancel_scope.cancel()

        await download(hosts, f"{gateway.url}/songs/a.mp3", target, resume=True, on_progress=stop)
    assert names(target) == {".song.mp3.part", ".song.mp3.part.json"}
    await fetch(hosts, gateway, target, resume=True)
    assert gateway.seen[-1].headers["range"] == "bytes=200000-"


KILLED = """
import anyio, os, sys
from pathlib import Path
from support.media import hosts_over, plain_client
from suno_client.download import download

async def main():
    url, target = sys.argv[1:]
    async with plain_client() as http:
        def die(size, whole):
            if size >= 1_200_000:
                os._exit(9)
        hosts, song = hosts_over(http, url), url + "/songs/a.mp3?Signature=y"
        await download(hosts, song, Path(target), resume=True, on_progress=die)

anyio.run(main)
"""


async def test_a_process_that_was_killed_is_followed_by_another(
    gateway: Gateway, hosts: MediaHosts, target: Path
) -> None:
    gateway.turns.extend([shelf(SONG), shelf(SONG)])
    argv = [sys.executable, "-c", KILLED, gateway.url, str(target)]
    environment = {"PYTHONPATH": ":".join(sys.path)}
    killed = await anyio.run_process(argv, check=False, env=environment, stderr=subprocess.PIPE)
    assert (killed.returncode, killed.stderr) == (9, b"")
    await fetch(hosts, gateway, target, resume=True)
    start = int(gateway.seen[-1].headers["range"].removeprefix("bytes=").removesuffix("-"))
    assert 1_000_000 <= start < 1_200_000 + 100_000


@pytest.fixture
async def begun(gateway: Gateway, hosts: MediaHosts, target: Path) -> Path:
    """A part of 100,000 bytes, and the note beside it."""
    gateway.turns.extend([shelf(SONG, cut_after=100_000), hangs_up, hangs_up, hangs_up])
    await broken_off(hosts, gateway, target, resume=True)
    gateway.seen.clear()
    return target.parent / ".song.mp3.part"


async def test_a_later_call_asks_for_the_whole_where_the_file_is_another(
    gateway: Gateway, hosts: MediaHosts, target: Path, begun: Path
) -> None:
    gateway.turns.append(shelf(SONG, etag='"v2"'))
    await fetch(hosts, gateway, target, resume=True)


async def test_another_song_does_not_go_on_in_this_ones_part(
    gateway: Gateway, hosts: MediaHosts, target: Path, begun: Path
) -> None:
    gateway.turns.append(shelf(SONG))
    await download(hosts, f"{gateway.url}/songs/b.mp3", target, resume=True)
    assert "range" not in gateway.seen[0].headers
    assert target.read_bytes() == SONG
    assert names(target) == {"song.mp3"}


async def test_a_call_that_does_not_ask_for_it_goes_on_from_nothing(
    gateway: Gateway, hosts: MediaHosts, target: Path, begun: Path
) -> None:
    gateway.turns.append(shelf(SONG))
    await download(hosts, f"{gateway.url}/songs/a.mp3", target)
    assert "range" not in gateway.seen[0].headers
    assert target.read_bytes() == SONG


@pytest.mark.parametrize(
    "harm",
    [
        {"sha256": "0" * 64},
        {"size_bytes": 100_001},
        {"size_bytes": 15},
        {"size_bytes": -1},
        {"validator": "a\r\nX-Evil: b"},
        {"validator": ""},
        {"source": "../../etc/passwd"},
        {"total": "many"},
        {"more": 1},
    ],
)
async def test_a_note_that_cannot_be_is_no_note(
    gateway: Gateway, hosts: MediaHosts, target: Path, begun: Path, harm: dict[str, object]
) -> None:
    note = begun.with_name(".song.mp3.part.json")
    note.write_text(json.dumps(json.loads(note.read_text()) | harm))
    gateway.turns.append(shelf(SONG))
    await fetch(hosts, gateway, target, resume=True)
    assert "range" not in gateway.seen[0].headers


@pytest.mark.parametrize("note", [b"", b"{", b"\xff\xfe", b"[]"])
async def test_half_a_note_is_no_note(
    gateway: Gateway, hosts: MediaHosts, target: Path, begun: Path, note: bytes
) -> None:
    begun.with_name(".song.mp3.part.json").write_bytes(note)
    gateway.turns.append(shelf(SONG))
    await fetch(hosts, gateway, target, resume=True)
    assert "range" not in gateway.seen[0].headers


@pytest.mark.parametrize("left", [SONG[:99_999], SONG[:99_998] + b"\0\0", b"", SONG[:100_000] + bytes(2_000_000)])
async def test_only_the_bytes_that_were_noted_count(
    gateway: Gateway, hosts: MediaHosts, target: Path, begun: Path, left: bytes
) -> None:
    """After a power cut the end of a file may be missing, or zeros; more than was noted is cut off."""
    begun.write_bytes(left)
    gateway.turns.append(shelf(SONG))
    await fetch(hosts, gateway, target, resume=True)
    assert ("range" in gateway.seen[0].headers) == (len(left) > 100_000)


async def test_a_part_that_is_all_there_needs_only_its_name(
    gateway: Gateway, hosts: MediaHosts, target: Path, begun: Path
) -> None:
    note = begun.with_name(".song.mp3.part.json")
    whole = {"size_bytes": len(SONG), "sha256": SUM}
    note.write_text(json.dumps(json.loads(note.read_text()) | whole))
    begun.write_bytes(SONG)
    gateway.turns.append(shelf(SONG))
    await fetch(hosts, gateway, target, resume=True)
    assert gateway.seen[0].headers["range"] == f"bytes={len(SONG)}-"


async def test_a_part_of_another_kind_is_begun_anew(
    gateway: Gateway, hosts: MediaHosts, target: Path, begun: Path
) -> None:
    wav = (b"RIFF" + (392).to_bytes(4, "little") + b"WAVEfmt ").ljust(400, b"\0")
    gateway.turns.append(says(wav))
    assert (await download(hosts, f"{gateway.url}/songs/a.mp3", target, kind="wav", resume=True)).size_bytes == 400
    assert target.read_bytes() == wav


@pytest.mark.parametrize(
    ("turn", "options"),
    [
        (says(b"<html>gone</html>" * 99), {}),
        (shelf(SONG), {"expected_duration_s": 9_999}),
        (says(SONG, length=10**9), {}),
        (shelf(SONG, etag=None, cut_after=100_000), {}),  # without a version nobody could go on
        (hangs_up, {}),
        (says(b"", 404), {}),
        (shelf(SONG, cut_after=15), {}),  # too little to be known by
    ],
)
async def test_what_is_of_no_use_to_a_later_call_does_not_stay(
    gateway: Gateway, target: Path, turn: Turn, options: dict[str, float]
) -> None:
    gateway.turns.append(turn)
    async with plain_client() as http:
        await broken_off(hosts_over(http, gateway.url, tries=1), gateway, target, resume=True, **options)
    assert names(target) == set()


@pytest.mark.parametrize("turn", [says(b"", 403), says(b"", 404), hangs_up, says(b"", 503), shelf(SONG, cut_after=0)])
async def test_what_is_here_outlives_a_host_that_refuses(
    gateway: Gateway, target: Path, begun: Path, turn: Turn
) -> None:
    """A signature that has run out is followed by a new one."""
    gateway.turns.append(turn)
    async with plain_client() as http:
        hosts = hosts_over(http, gateway.url, tries=1)
        await broken_off(hosts, gateway, target, resume=True)
        gateway.turns.append(shelf(SONG))
        await fetch(hosts, gateway, target, resume=True)
    assert gateway.seen[-1].headers["range"] == "bytes=100000-"


async def test_a_part_that_somebody_else_writes_to_is_not_taken_for_the_song(
    gateway: Gateway, hosts: MediaHosts, target: Path
) -> None:
    def meddle(size: int, whole: int | None) -> None:
        with target.with_name(".song.mp3.part").open("r+b") as file:
            file.write(b"ID3")

    gateway.turns.append(shelf(SONG))
    with pytest.raises(BadMedia, match="by somebody else"):
        await download(hosts, f"{gateway.url}/songs/a.mp3", target, resume=True, on_progress=meddle)
    assert not target.exists()
    gateway.turns.append(shelf(SONG))
    await fetch(hosts, gateway, target, resume=True)


async def test_a_folder_that_cannot_be_written_to_is_the_callers_to_know(
    gateway: Gateway, hosts: MediaHosts, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        await download(hosts, f"{gateway.url}/a.mp3", tmp_path / "absent" / "song.mp3", resume=True)
    (tmp_path / ".song.mp3.part").mkdir()
    with pytest.raises(OSError, match=r"song\.mp3\.part"):
        await download(hosts, f"{gateway.url}/a.mp3", tmp_path / "song.mp3", resume=True)
    assert gateway.connections == 0
