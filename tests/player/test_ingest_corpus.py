"""A corpus of mutated files: each is played whole or refused with a reason."""

from __future__ import annotations

import re
import struct
import time
from functools import partial
from pathlib import Path
from random import Random

import pytest

from conductr_player import DamagedAudio
from conductr_player.ingesting.ingest import ingest

from .audio import make, write_music
from .mutations import (
    APE,
    SYNC,
    Mutation,
    counted,
    cut,
    ended,
    flipped,
    headless,
    id3,
    instead,
    outcome,
    overwritten,
    shuffled,
    tagged,
    third,
)

pytestmark = pytest.mark.anyio

SECONDS = 6.0
TOLERANCE_S = 1.5  # what may be missing of a file as short as these


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"  # the other loop's turn is in test_ingest.py


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    song = write_music(folder / "song.wav", SECONDS)
    make(song, folder / "counted.mp3", "-b:a", "128k", "-id3v2_version", "3", "-metadata", "title=Rain")
    make(song, folder / "cbr.mp3", "-b:a", "128k", "-write_xing", "0")
    make(song, folder / "vbr.mp3", "-q:a", "4", "-write_xing", "0")
    return folder


HUGE_PICTURE = b"APIC" + struct.pack(">I", 0x7FFFFFFF) + bytes(2) + b"\0image/png\0\x03\0"
WHOLE: dict[str, Mutation] = {
    "as it is": bytes,
    "one tag more": partial(tagged, id3(400, bytes(400))),
    "three tags": partial(tagged, id3(64, bytes(64)) * 3),
    "a tag of nothing": partial(tagged, id3(0)),
    "a picture": partial(tagged, id3(300_000, Random(5).randbytes(300_000))),
    "a picture that claims two gigabytes": partial(tagged, id3(len(HUGE_PICTURE), HUGE_PICTURE)),
    "tags at its end": partial(ended, b"TAG" + bytes(125) + b"APETAGEX" + bytes(24)),
    "a few bytes that are no sound": partial(ended, b"\0" * 700),
    "too small a count": partial(counted, 10),
    "no count": partial(counted, 0),
}
REFUSED: dict[str, tuple[Mutation, str]] = {
    "cut in the middle": (partial(cut, 0.5), "declares"),
    "too large a count": (partial(counted, 100_000), "declares"),
    "the largest count": (partial(counted, 0xFFFFFFFF), "declares"),
    "a tag of 256 MB": (partial(tagged, id3(0x0FFFFFFF)), "longer than the file"),
    "a tag whose length is no length": (partial(tagged, b"ID3\x04\0\0\xff\xff\xff\xff"), "longer than the file"),
    "a tag longer than the file": (partial(tagged, id3(3_000_000)), "longer than the file"),
    "a tag that claims half of the song": (partial(tagged, id3(50_000)), "some of the sound"),
    "a second tag that does": (partial(tagged, id3(9, bytes(9)) + id3(50_000)), "some of the sound"),
    "only a tag": (partial(instead, id3(200, bytes(200))), "cannot read it|no sound"),
    "half a tag": (partial(instead, id3(200, bytes(50))), "longer than the file"),
    "nothing": (partial(instead, b""), "an empty file"),
    "one byte": (partial(instead, b"\xff"), "not audio"),
    "three bytes": (partial(instead, b"ID3"), "cannot read it|no sound"),
    "a page": (partial(instead, b"<html><body>404</body></html>" * 99), "an HTML page"),
    "a page behind a tag": (
        partial(instead, id3(20, bytes(20)) + b"<html>gone</html>" * 99),
        "cannot read it|no sound",
    ),
    "a sync word and zeros": (partial(instead, SYNC + bytes(9_000)), "cannot read it|no sound|cannot be decoded"),
    "an archive": (partial(instead, b"PK\x03\x04" + bytes(900)), "not audio"),
}
EITHER: dict[str, Mutation] = {
    **{f"cut at {part}": partial(cut, part) for part in (0.01, 0.1, 0.3, 0.7, 0.9, 0.999)},
    **{f"without its first {part}": partial(headless, part) for part in (0.001, 0.2, 0.8)},
    **{f"flipped bits {seed}": partial(flipped, seed) for seed in range(10)},
    **{f"overwritten {seed}": partial(overwritten, seed) for seed in range(12)},
    **{f"shuffled {seed}": partial(shuffled, seed) for seed in range(4)},
    "noise with sync words": partial(
        instead, b"".join(SYNC + Random(n).randbytes(413) for n in range(round(SECONDS * 38.3)))
    ),
    "twice": lambda mp3: mp3 + mp3,
}


UNCOUNTED: dict[str, tuple[Mutation, str]] = {
    "as it is": (bytes, ""),
    "a picture": (partial(tagged, id3(300_000, Random(5).randbytes(300_000))), ""),
    "tags at its end": (partial(ended, APE + Random(6).randbytes(200_000) + b"TAG" + bytes(125)), ""),
    "a few bytes that are no sound": (partial(ended, b"\0" * 700), ""),
    "its middle zeros": (partial(third, b"\0"), "no sound|cannot be decoded"),
    "its middle ones": (partial(third, b"\xff"), "no sound|cannot be decoded"),
    "its middle a text": (partial(third, b"We are sorry. "), "no sound|cannot be decoded"),
    "its middle sync words": (partial(third, SYNC), "no sound|cannot be decoded"),
    "half, and a page": (lambda mp3: cut(0.5, mp3) + b"<!DOCTYPE html><p>502</p>", "an HTML page in it"),
}


@pytest.mark.parametrize("name", WHOLE)
async def test_what_does_no_harm_to_the_sound_is_played_whole(folder: Path, tmp_path: Path, name: str) -> None:
    content = WHOLE[name]((folder / "counted.mp3").read_bytes())
    assert await outcome(tmp_path / "it.mp3", tmp_path / "out.opus", content) == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_not_a_whole_song_is_refused_with_a_reason(folder: Path, tmp_path: Path, name: str) -> None:
    mutation, words = REFUSED[name]
    said = await outcome(tmp_path / "it.mp3", tmp_path / "out.opus", mutation((folder / "counted.mp3").read_bytes()))
    assert re.search(words, str(said))


@pytest.mark.parametrize("name", EITHER)
async def test_whatever_happened_to_it_it_is_refused_or_whole(folder: Path, tmp_path: Path, name: str) -> None:
    whole = (folder / "counted.mp3").read_bytes()
    content = EITHER[name](whole)
    began = time.monotonic()
    found = await outcome(tmp_path / "it.mp3", tmp_path / "out.opus", content)
    assert time.monotonic() - began < 20, "it takes a tenth of a second where the machine is quiet"
    if isinstance(found, float):
        assert found > SECONDS - TOLERANCE_S


@pytest.mark.parametrize("name", UNCOUNTED)
@pytest.mark.parametrize("song", ["cbr.mp3", "vbr.mp3"])
async def test_where_nobody_counted_the_frames_must_follow_one_another(
    folder: Path, tmp_path: Path, song: str, name: str
) -> None:
    mutation, words = UNCOUNTED[name]
    found = await outcome(tmp_path / "it.mp3", tmp_path / "out.opus", mutation((folder / song).read_bytes()))
    if words:
        assert re.search(words, str(found))
    else:
        assert found == pytest.approx(SECONDS, abs=0.2)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("song", ["cbr.mp3", "vbr.mp3"])
async def test_overwritten_where_nobody_counted_it_is_refused_or_whole(
    folder: Path, tmp_path: Path, song: str, seed: int
) -> None:
    content = overwritten(seed, (folder / song).read_bytes())
    found = await outcome(tmp_path / "it.mp3", tmp_path / "out.opus", content)
    if isinstance(found, float):
        assert found > SECONDS - TOLERANCE_S - 0.2


async def test_three_hours_are_refused_long_before_they_are_decoded(tmp_path: Path) -> None:
    frame = b"\xff\xe3\x18\xc4" + bytes(68)  # 72 ms of silence: MPEG 2.5, layer III, 8 kbit/s, 8 kHz, mono
    began = time.monotonic()
    found = await outcome(tmp_path / "it.mp3", tmp_path / "out.opus", frame * 150_000)
    assert found == "longer than 900 s"
    assert time.monotonic() - began < 15, "about a second where the machine is quiet"


async def test_a_second_refusal_is_as_good_as_the_first(folder: Path, tmp_path: Path) -> None:
    """Nothing is remembered of a file: the same bytes give the same reason."""
    bad = cut(0.5, (folder / "counted.mp3").read_bytes())
    first = await outcome(tmp_path / "it.mp3", tmp_path / "out.opus", bad)
    with pytest.raises(DamagedAudio, match=re.escape(str(first))):
        await ingest(tmp_path / "it.mp3", tmp_path / "out.opus")
