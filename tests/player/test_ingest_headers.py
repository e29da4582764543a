"""What a file names is not opened, and a WAV's header is believed as far as the file bears it out."""

from __future__ import annotations

import re
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conductr_player import find_ffmpeg
from conductr_player.ingesting import recipes
from conductr_player.ingesting.kinds import MP3, Kind

from .audio import write_music
from .mutations import SYNC, Mutation, id3, outcome

pytestmark = pytest.mark.anyio

SECONDS = 6.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"  # the other loop's turn is in test_ingest.py


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_music(tmp_path_factory.mktemp("headers") / "song.wav", SECONDS)


def wav(riff: int | None = None, data: int | None = None, rate: int = 48_000, more: bytes = b"") -> Mutation:
    """The same song with a header that says something else; None: what is true."""

    def mutate(song: bytes) -> bytes:
        sound = song[-round(SECONDS * 48_000) * 4 :]
        head = struct.pack("<HHIIHH", 1, 2, rate, rate * 4, 4, 16)
        size = len(sound) if data is None else data
        body = (
            b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", size & 0xFFFFFFFF) + sound + more
        )
        return b"RIFF" + struct.pack("<I", (len(body) if riff is None else riff) & 0xFFFFFFFF) + body

    return mutate


@pytest.mark.parametrize(
    ("mutation", "found"),
    [
        (wav(), SECONDS),
        (wav(riff=0), SECONDS),
        (wav(data=0, riff=0), SECONDS),
        (wav(data=-1, riff=-1), SECONDS),
        (wav(more=b"LIST" + struct.pack("<I", 1_000_000) + bytes(1_000_000)), SECONDS),
        (wav(data=48_000), "do not fit the file"),
        (wav(data=400_000_000), "do not fit the file"),
        (wav(data=0x7FFFFFFF), "do not fit the file"),
        (wav(more=b"<html>502 Bad Gateway</html>"), "do not fit the file"),
        (wav(rate=0), "cannot read it|no sound"),
        (wav(rate=8), "longer than 900 s|cannot read it"),
    ],
)
async def test_a_wavs_header_is_believed_as_far_as_the_file_bears_it_out(
    song: Path, tmp_path: Path, mutation: Mutation, found: str | float
) -> None:
    said = await outcome(tmp_path / "it.wav", tmp_path / "out.opus", mutation(song.read_bytes()))
    if isinstance(found, str):
        assert re.search(found, str(said))
    else:
        assert said == pytest.approx(found, abs=0.1)


@pytest.fixture
def trap() -> Iterator[tuple[str, socket.socket]]:
    """A port that nobody has any business with; whoever was there is waiting to be accepted."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        yield f"127.0.0.1:{listening.getsockname()[1]}", listening


def sprung(listening: socket.socket) -> bool:
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True


LISTS = {
    "HLS": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://{at}/a.mp3\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile 'http://{at}/a.mp3'\nfile 'tcp://{at}'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 96\n",
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("before", [b"", id3(0), id3(40, bytes(40)), SYNC + bytes(413)])
async def test_a_list_of_other_places_opens_none_of_them(
    tmp_path: Path, trap: tuple[str, socket.socket], name: str, before: bytes
) -> None:
    address, listening = trap
    found = await outcome(
        tmp_path / "a.mp3", tmp_path / "out.opus", before + LISTS[name].format(at=address).encode() * 9
    )
    assert isinstance(found, str)
    assert not sprung(listening)


@pytest.mark.parametrize(("whitelist", "opened"), [(None, False), ("pipe,http,tcp", True)])
def test_even_a_demuxer_of_lists_could_open_nothing(
    trap: tuple[str, socket.socket], whitelist: str | None, opened: bool
) -> None:
    """The second wall behind the first: our arguments with a demuxer that we never name. The trap itself works."""
    address, listening = trap
    argv = recipes.measure(find_ffmpeg(), Kind("HLS", "hls", MP3.decoders), 5)
    if whitelist is not None:
        argv[argv.index("-protocol_whitelist") + 1] = whitelist
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin
        process.stdin.write(LISTS["HLS"].format(at=address).encode())
        process.stdin.close()
        until = time.monotonic() + 5
        seen = False
        while not seen and process.poll() is None and time.monotonic() < until:
            seen = sprung(listening)
            time.sleep(0.01)  # another program's start: there is no event to wait for
        process.kill()
    assert (seen or sprung(listening)) is opened
