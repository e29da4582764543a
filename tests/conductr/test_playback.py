"""What members ask of a guild's player: heard as packets, told in outcomes, kept over a restart."""

from __future__ import annotations

from contextlib import suppress

import anyio
import pytest
from support.suno import Suno
from support.watching import ended, heard

from conductr import (
    AlreadyPaused,
    Caller,
    Conductr,
    GenerationView,
    NothingPlaying,
    NothingToPlay,
    NotInVoice,
    SessionChanged,
    UnknownSong,
    Wish,
)
from conductr.outcomes import Paused, Queued, Resumed, Skipped, StillPlaying, Stopped
from conductr_player import FRAME_S
from conductr_player.testing import ListSink

pytestmark = pytest.mark.anyio


@pytest.fixture
def database(url: str) -> str:
    return url


@pytest.fixture
async def sink(conductr: Conductr, caller: Caller) -> ListSink:
    """The guild's room is open, and this is where it is heard."""
    sink = ListSink()
    await conductr.host.open_room(caller.guild_id, sink, 5, "Lounge", guild_name="Test guild")
    return sink


async def a_song(conductr: Conductr, caller: Caller) -> GenerationView:
    """Two kept songs; the queue is empty again."""
    made = await ended(conductr, (await conductr.generations.start(caller, Wish("a jazz trio"), "song")).id)
    with suppress(NothingPlaying):  # it was heard to its end meanwhile
        await conductr.playback.stop(caller)
    return made


async def test_packets_that_made_room_on_the_disk_are_made_anew(
    conductr: Conductr, caller: Caller, sink: ListSink
) -> None:
    made = await a_song(conductr, caller)
    store, media = conductr.playback.store, conductr.host.sounds.shelf.media
    async with store.begin() as tx:
        song = await tx.songs.get(made.songs[1].id)  # the take that was not heard yet
    assert song.opus_key is not None
    await media.delete(song.opus_key)
    await conductr.playback.play(caller, song.id)
    await in_state(conductr, caller, "playing")
    async with store.begin() as tx:
        song = await tx.songs.get(song.id)
    assert song.opus_key is not None
    assert await media.exists(song.opus_key)


async def in_state(conductr: Conductr, caller: Caller, state: str) -> None:
    async with conductr.bus.subscribe() as events:
        with anyio.fail_after(20):
            while (await conductr.playback.queue(caller.guild_id)).state != state:
                while not isinstance(await anext(events), SessionChanged):
                    pass


async def test_a_library_song_is_heard_from_disk(conductr: Conductr, caller: Caller, sink: ListSink) -> None:
    made = await a_song(conductr, caller)
    outcome = await conductr.playback.play(caller, made.songs[0].id)
    assert outcome == Queued(made.songs[0].title, 0, "Ada")
    await in_state(conductr, caller, "playing")
    queue = await conductr.playback.queue(caller.guild_id)
    assert queue.current is not None
    assert queue.current.song_id == made.songs[0].id
    assert queue.current.requested_by_name == "Ada"
    async with conductr.playback.store.begin() as tx:
        song = await tx.songs.get(made.songs[0].id)
        assert (song.play_count, song.last_played_at is not None) == (2, True), "while it grew, and now"


async def test_pause_holds_and_play_goes_on(conductr: Conductr, caller: Caller, sink: ListSink) -> None:
    made = await a_song(conductr, caller)
    await conductr.playback.play(caller, made.songs[0].id)
    await in_state(conductr, caller, "playing")
    paused = await conductr.playback.pause(caller)
    assert isinstance(paused, Paused)
    assert paused.queue.state == "paused"
    with pytest.raises(AlreadyPaused):
        await conductr.playback.pause(caller)
    outcome = await conductr.playback.play(caller)
    assert isinstance(outcome, Resumed)
    assert isinstance(await conductr.playback.play(caller), StillPlaying)


async def test_skip_goes_to_the_next_and_past_the_last_to_silence(
    conductr: Conductr, caller: Caller, sink: ListSink
) -> None:
    made = await a_song(conductr, caller)
    for song in made.songs:
        await conductr.playback.play(caller, song.id)
    await in_state(conductr, caller, "playing")
    skipped = await conductr.playback.skip(caller)
    assert isinstance(skipped, Skipped)
    assert skipped.next_up is not None
    assert skipped.next_up.song_id == made.songs[1].id
    await in_state(conductr, caller, "playing")
    last = await conductr.playback.skip(caller)
    assert isinstance(last, Skipped)
    assert last.next_up is None
    with pytest.raises(NothingPlaying):
        await conductr.playback.skip(caller)


async def test_stop_clears_and_counts(conductr: Conductr, caller: Caller, sink: ListSink) -> None:
    made = await a_song(conductr, caller)
    for song in made.songs:
        await conductr.playback.play(caller, song.id)
    stopped = await conductr.playback.stop(caller)
    assert isinstance(stopped, Stopped)
    assert stopped.cleared == 2
    await in_state(conductr, caller, "idle")
    with pytest.raises(NothingToPlay):
        await conductr.playback.play(caller)


async def test_leaving_keeps_the_queue_and_coming_back_plays_on(
    conductr: Conductr, caller: Caller, sink: ListSink
) -> None:
    made = await a_song(conductr, caller)
    await conductr.playback.play(caller, made.songs[0].id)
    await in_state(conductr, caller, "playing")
    await heard(sink, len(sink.sent) + 25)
    await conductr.host.close_room(caller.guild_id)
    queue = await conductr.playback.queue(caller.guild_id)
    assert queue.state == "paused"
    assert queue.position_s > 0.3
    again = ListSink()
    await conductr.host.open_room(caller.guild_id, again, 5, "Lounge")
    await in_state(conductr, caller, "playing")
    assert (await conductr.playback.queue(caller.guild_id)).position_s >= queue.position_s


async def test_a_song_of_another_guild_looks_like_none(conductr: Conductr, caller: Caller, sink: ListSink) -> None:
    made = await a_song(conductr, caller)
    stranger = Caller(8, "Eve", 43, "Other", voice_channel_id=9)
    for song_id in (made.songs[0].id, "nonsense"):
        with pytest.raises(UnknownSong):
            await conductr.playback.play(stranger, song_id)
        with pytest.raises(UnknownSong):
            await conductr.library.audio(stranger, song_id)


@pytest.mark.parametrize("fault", ["empty", "html", "404"])
async def test_a_broken_stream_is_outlived_by_the_finished_file(
    conductr: Conductr, caller: Caller, sink: ListSink, suno: Suno, fault: str
) -> None:
    await suno.fault("stream", fault, times=10)
    made = await conductr.generations.start(caller, Wish("a jazz trio"), "song")
    await heard(sink, round(1 / FRAME_S))
    assert (await ended(conductr, made.id)).state == "finished"


async def test_from_outside_the_channel_nothing_can_be_steered(conductr: Conductr, sink: ListSink) -> None:
    outside = Caller(8, "Eve", 42, "Test guild")
    for ask in (conductr.playback.play, conductr.playback.pause, conductr.playback.skip, conductr.playback.stop):
        with pytest.raises(NotInVoice):
            await ask(outside)
