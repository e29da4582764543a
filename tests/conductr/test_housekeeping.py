"""Once an hour: rows that nobody needs go, and the files keep to their share of the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import anyio
import pytest

from conductr.housekeeping import SEASON, WEEK, Housekeeping
from conductr_store import FileKind, Media, QueueSnapshot, Shelf, Song, SongState, Store
from conductr_store.records import now
from conductr_store.testing import A_GUILD, a_generation, a_song, put_people, put_song

pytestmark = pytest.mark.anyio


class Clock:
    """A clock that is set forward by hand."""

    def __init__(self) -> None:
        self.later = timedelta()

    def __call__(self) -> datetime:
        return now() + self.later


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def shelf(url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Shelf]:
    async with Store.open(url, now=clock) as store:
        async with store.begin() as tx:
            await put_people(tx)
        yield Shelf(store, Media(str(tmp_path / "media")))


async def test_the_log_of_a_queue_is_kept_for_a_week(shelf: Shelf, clock: Clock) -> None:
    house = Housekeeping(shelf.store, shelf)
    async with shelf.store.begin() as tx:
        snapshot = QueueSnapshot(A_GUILD.id, 1, 0.0, {})
        await tx.queues.record(A_GUILD.id, command_id="one", kind="Skip", data={}, snapshot=snapshot)
    await house.once()
    async with shelf.store.begin() as tx:
        assert len(await tx.queues.events(A_GUILD.id)) == 1
    clock.later = WEEK + timedelta(minutes=1)
    await house.once()
    async with shelf.store.begin() as tx:
        assert await tx.queues.events(A_GUILD.id) == ()
        assert await tx.queues.load(A_GUILD.id) is not None, "the queue itself stays"


async def test_what_a_room_met_and_what_the_radio_picked_is_kept_for_a_season(shelf: Shelf, clock: Clock) -> None:
    house, days = Housekeeping(shelf.store, shelf), (timedelta(), timedelta(days=1))
    async with shelf.store.begin() as tx:
        songs = [await put_song(tx) for _ in days]
    for clock.later, song in zip(days, songs, strict=True):
        async with shelf.store.begin() as tx:
            await tx.listening.note(A_GUILD.id, song.id, skipped=False)
            await tx.listening.picked(song.id, A_GUILD.id, "liked", song.id)
    for clock.later, kept in ((SEASON - timedelta(minutes=1), 2), (SEASON + timedelta(hours=1), 1)):
        await house.once()
        async with shelf.store.begin() as tx:
            latest = [one.song.id for one in await tx.listening.latest(A_GUILD.id)]
            picks = [pick.subject for pick in await tx.listening.recent_picks(A_GUILD.id)]
            assert latest == picks == [song.id for song in reversed(songs)][:kept]
            assert (await tx.songs.get(songs[0].id)).deleted_at is None, "the songs stay"


@pytest.fixture
async def a_kept_song(shelf: Shelf) -> Song:
    """Its recording and its packets, of 900 bytes each."""
    recording = await shelf.keep_file(b"r" * 900, ".mp3", kind=FileKind.AUDIO)
    packets = await shelf.keep_file(b"p" * 900, ".opus", kind=FileKind.PACKETS, refetchable=True)
    async with shelf.store.begin() as tx:
        made = await tx.generations.add(a_generation())
        return await tx.songs.add(a_song(made, state=SongState.READY, audio_key=recording, opus_key=packets))


async def test_files_that_can_be_made_again_make_room(shelf: Shelf, clock: Clock, a_kept_song: Song) -> None:
    house = Housekeeping(shelf.store, shelf, quota_bytes=1_000)
    await house.once()
    assert await shelf.media.exists(str(a_kept_song.opus_key)), "it may be playing"
    clock.later = timedelta(hours=2)
    await house.once()
    assert not await shelf.media.exists(str(a_kept_song.opus_key))
    assert await shelf.media.exists(str(a_kept_song.audio_key)), "nobody could bring it back"


async def test_trouble_with_files_waits_for_the_next_hour(
    shelf: Shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "media").rename(tmp_path / "gone")
    (tmp_path / "media").write_text("a file where the folder was")
    async with anyio.create_task_group() as background:
        background.start_soon(Housekeeping(shelf.store, shelf).run)
        with anyio.fail_after(20):
            while "tried again in an hour" not in caplog.text:
                await anyio.sleep(0.01)
        background.cancel_scope.cancel()
