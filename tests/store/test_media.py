"""Media: whole under their key or not there, in a folder and elsewhere; nothing but keys reaches the disk."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import anyio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conductr_store import Media, MediaDamaged, MediaMissing, MediaUnavailable, NotAMediaKey
from conductr_store.keys import checked, key_for

pytestmark = pytest.mark.anyio

CRAMPED = Path(__file__).parent / "children" / "cramped.py"
SONG = b"ID3" + bytes(range(256)) * 30_000  # 7.7 MB: several parts of obstore's
NOWHERE = key_for("0" * 64, ".mp3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture(params=["folder", "file://", "memory"])
def media(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Media:
    urls = {"folder": str(folder), "file://": f"file://{folder}%20with%20spaces", "memory": "memory://"}
    return Media(urls[request.param], cache=tmp_path / "cache")


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


async def test_what_was_put_is_found_by_its_hash(media: Media, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(SONG)
    key = await media.put_file(source, ".mp3")
    name = sha256(SONG).hexdigest()
    assert key == f"{name[:2]}/{name[2:4]}/{name}.mp3"
    assert await media.exists(key)
    assert await media.read(key) == SONG
    assert (await media.local_path(key)).read_bytes() == SONG
    assert source.read_bytes() == SONG
    assert await media.put_bytes(SONG, ".mp3") == key
    assert await media.put_bytes(b"", ".jpg") != key


async def test_what_was_not_put_is_missing(media: Media, tmp_path: Path) -> None:
    assert not await media.exists(NOWHERE)
    for ask in (media.read, media.local_path):
        with pytest.raises(MediaMissing, match="0000"):
            await ask(NOWHERE)
    with pytest.raises(MediaMissing, match="gone"):
        await media.put_file(tmp_path / "gone.mp3", ".mp3")


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "/etc/passwd", "", NOWHERE + "\n", NOWHERE.upper(), "ab" + NOWHERE[2:]]
)
async def test_nothing_but_a_key_is_looked_for(media: Media, key: str) -> None:
    for ask in (media.exists, media.read, media.local_path):
        with pytest.raises(NotAMediaKey):
            await ask(key)


@pytest.mark.parametrize("suffix", ["mp3", "", ".", "/../x", ".mp3/..", ".MP3", ".mp3\n", ".toolongsuffix"])
async def test_a_suffix_that_could_lead_elsewhere_is_refused(media: Media, suffix: str) -> None:
    with pytest.raises(ValueError, match="suffix"):
        await media.put_bytes(b"x", suffix)


@given(st.text() | st.from_regex(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z0-9./\\]{1,9}", fullmatch=True))
@example(NOWHERE[:-4] + ".mp3/../../x")
@example("00/00/" + "0" * 63 + "\u0660.mp3")
def test_what_passes_as_a_key_stays_in_the_folder(key: str) -> None:
    try:
        known = checked(key)
    except NotAMediaKey:
        return
    assert Path(os.path.normpath(f"/media/{known}")) == Path("/media") / known[:2] / known[3:5] / known[6:]
    assert known.isascii()


@given(
    st.binary(max_size=64).map(lambda data: sha256(data).hexdigest()), st.from_regex(r"\.[a-z0-9]{1,8}", fullmatch=True)
)
def test_every_key_that_is_made_is_a_key(hashed: str, suffix: str) -> None:
    assert checked(key_for(hashed, suffix)).endswith(hashed + suffix)


async def test_a_folders_file_is_the_file_itself_and_is_written_once(folder: Path) -> None:
    media = Media(str(folder))
    key = await media.put_bytes(SONG, ".mp3")
    assert await media.local_path(key) == folder / key
    before = (folder / key).stat()
    await media.put_bytes(SONG, ".mp3")
    assert (folder / key).stat().st_mtime_ns == before.st_mtime_ns
    assert files_in(folder) == {key}


async def test_sixteen_that_put_the_same_leave_one_whole_file(folder: Path) -> None:
    media = Media(str(folder))
    async with anyio.create_task_group() as group:
        for _ in range(16):
            group.start_soon(media.put_bytes, SONG, ".mp3")
    assert [(folder / name).read_bytes() == SONG for name in files_in(folder)] == [True]


async def test_a_rotted_file_is_not_handed_out_and_heals_when_put_again(folder: Path) -> None:
    media = Media(str(folder))
    key = await media.put_bytes(SONG, ".mp3")
    await media.local_path(key)
    with (folder / key).open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\0\0\0")
    for ask in (media.read, media.local_path):
        with pytest.raises(MediaDamaged):
            await ask(key)
    assert await media.put_bytes(SONG, ".mp3") == key
    assert await media.read(key) == SONG
    (folder / key).write_bytes(SONG[:-1])
    with pytest.raises(MediaDamaged):
        await media.local_path(key)


async def test_what_is_elsewhere_is_copied_into_the_cache_once(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    media = Media("memory://", cache=cache)
    key = await media.put_bytes(SONG, ".opus")
    paths: set[Path] = set()

    async def ask() -> None:
        paths.add(await media.local_path(key))

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(ask)
    assert paths == {cache / key}
    inode = (cache / key).stat().st_ino
    await ask()
    assert (cache / key).stat().st_ino == inode
    (cache / key).write_bytes(b"rotted")
    await ask()
    assert (cache / key).read_bytes() == SONG
    assert files_in(cache) == {key}


async def test_without_a_cache_a_path_cannot_be_had(tmp_path: Path) -> None:
    media = Media("memory://")
    key = await media.put_bytes(b"x", ".jpg")
    with pytest.raises(MediaUnavailable, match="Name a cache folder"):
        await media.local_path(key)


async def test_the_sweep_takes_old_leftovers_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    media = Media(str(folder), cache=tmp_path / "cache")
    key = await media.put_bytes(b"kept", ".mp3")
    old, new = folder / ".part" / "old", folder / ".part" / "new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    os.utime(folder / key, (0, 0))
    assert await media.sweep(3600) == 1
    assert files_in(folder) == {key, ".part/new"}
    assert await media.sweep(-1) == 1
    assert await Media("memory://").sweep(0) == 0


async def test_a_cancelled_put_leaves_nothing_half(folder: Path) -> None:
    media = Media(str(folder))
    for steps in range(12):
        async with anyio.create_task_group() as group:
            group.start_soon(media.put_bytes, SONG + bytes([steps]), ".mp3")
            for _ in range(steps):  # cancelled at another await each time
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
    await anyio.sleep(0.2)  # obstore's own threads may still write: there is nothing to wait for in them
    for name in files_in(folder):
        assert name.startswith(".part/") or sha256((folder / name).read_bytes()).hexdigest() in name


async def test_the_loop_goes_on_while_a_song_is_kept(folder: Path) -> None:
    """The longest the loop stood still is far below the time of the put."""
    media = Media(str(folder))
    longest_s = 0.0
    done = anyio.Event()

    async def watch() -> None:
        nonlocal longest_s
        last = time.perf_counter()
        while not done.is_set():
            await anyio.sleep(0.001)
            longest_s = max(longest_s, time.perf_counter() - last)
            last = time.perf_counter()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        await media.put_bytes(SONG * 8, ".mp3")
        done.set()
    assert longest_s < 0.25


@pytest.mark.parametrize("place", ["/proc/conductr", "{file}/folder"])
async def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    folder = place.format(file=tmp_path / "file")
    with pytest.raises(MediaUnavailable, match="Make the folder writable") as caught:
        Media(folder)
    assert folder in str(caught.value)


async def test_a_folder_that_goes_away_later_is_said_so(folder: Path) -> None:
    media = Media(str(folder))
    key = await media.put_bytes(b"x", ".mp3")
    (folder / key).unlink()
    folder.rename(f"{folder}-away")
    folder.write_text("no folder")
    with pytest.raises(MediaUnavailable):
        await media.put_bytes(b"y", ".mp3")
    with pytest.raises(MediaMissing):
        await media.local_path(key)


def test_a_full_disk_refuses_the_file_and_keeps_what_is_there(folder: Path) -> None:
    ran = subprocess.run([sys.executable, str(CRAMPED), str(folder)], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(f"refused: The media folder {folder}: File too large")
    assert len(files_in(folder)) == 1


@pytest.mark.parametrize("url", ["ftp://ada:sekret@host/folder", "https://ada:sekret@host/folder"])
def test_an_unknown_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(MediaUnavailable, match="s3://bucket/prefix") as caught:
        Media(url)
    assert "sekret" not in f"{caught.value} {caught.value!r}"
