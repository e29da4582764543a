"""From an accepted task to kept songs: callbacks and looks go the same way, and the network's faults lose nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from support.saga import Life, World

from conductr import Caller, Wish
from conductr.making.following import AGAIN_IN, GIVE_UP_AFTER
from conductr.making.takes import note_takes
from conductr.messages import GenerationChanged
from conductr_player import Enqueue
from conductr_store import SongState
from suno_client import Clip, Polling
from suno_client.testing import Loss, Reply

pytestmark = pytest.mark.anyio

EVE = Caller(8, "Eve", 43, "Elsewhere", voice_channel_id=6)
SLOWLY = Polling(first_s=3_600, max_s=3_600, floor_s=0, keep_s=0)


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    async with world.life() as life:
        yield life


async def test_both_takes_are_kept_and_the_first_is_queued_once(world: World, life: Life) -> None:
    made = await life.ask()
    async with life.watching():
        made = await life.reached(made.id, "finished", "failed")
    assert [song.state for song in made.songs] == ["ready", "ready"]
    queued = [command for command in life.player.told if isinstance(command, Enqueue)]
    assert [str(one.entries[0].track.id) for one in queued] == [made.songs[0].id]
    async with life.store.begin() as tx:
        for song in await tx.songs.of_generation(made.id):
            assert (song.provider, song.task_id) == ("sunoapi", f"{1:032x}")
            assert song.audio_key
            assert song.loudness_lufs is not None


async def test_the_stages_are_events_in_their_order(world: World, life: Life) -> None:
    heard: list[str] = []
    async with life.generations.book.bus.subscribe() as events, life.watching():
        made = await life.ask()
        while not heard or heard[-1] != "finished":
            event = await anext(events)
            heard += [state] if (state := getattr(event, "state", None)) and heard[-1:] != [state] else []
    assert made.id
    assert heard == ["submitting", "submitted", "composing", "playable", "finished"]


async def test_a_callback_is_looked_after_at_once_though_the_next_look_is_an_hour_away(world: World) -> None:
    world.polling = SLOWLY
    async with world.life() as life, life.watching():
        made = await life.ask()
        (attempt,) = await life.attempts(made.id)
        with anyio.fail_after(20):
            while (made := await life.generations.get(made.id)).state != "finished":
                await life.generations.nudge(attempt.id, None)
                await anyio.sleep(0.01)
    assert [song.state for song in made.songs] == ["ready", "ready"]


async def test_a_forged_body_changes_nothing_of_a_task_that_is_known(world: World, life: Life) -> None:
    made = await life.ask()
    (attempt,) = await life.attempts(made.id)
    await life.generations.nudge(attempt.id, "f" * 32)
    await life.generations.reconciler.look()
    assert (await life.attempts(made.id))[0].task_id == f"{1:032x}"


async def test_the_networks_trouble_is_outlived_for_a_day(world: World, life: Life) -> None:
    world.suno.faults["media"].extend([Loss("refused")] * 200)
    made = await life.ask()
    async with life.watching():
        await life.reached(made.id, "playable")
        await _let_go(life, made.id)
        world.clock.passes(GIVE_UP_AFTER - timedelta(hours=1))
        world.suno.faults["media"].clear()
        life.generations.wake()
        made = await life.reached(made.id, "finished", "failed")
    assert made.state == "finished"
    assert len(world.suno.submissions) == 1


async def test_after_a_day_a_song_that_cannot_be_had_is_given_up_in_words(world: World, life: Life) -> None:
    world.suno.faults["media"].extend([Loss("refused")] * 2_000)
    made = await life.ask()
    async with life.watching():
        await life.reached(made.id, "playable")
        await _let_go(life, made.id)
        world.clock.passes(GIVE_UP_AFTER)
        life.generations.wake()
        made = await life.reached(made.id, "finished", "failed")
    assert (made.state, made.reason) == ("failed", "The song was lost on the way from Suno.")
    assert [song.state for song in made.songs] == ["failed", "failed"]


async def test_a_page_in_place_of_one_take_loses_only_that_take(world: World, life: Life) -> None:
    world.suno.faults["media"].extend([Reply(b"<html>")] * 3)
    made = await life.ask()
    async with life.watching():
        made = await life.reached(made.id, "finished", "failed")
    assert made.state in ("finished", "failed")
    assert len(made.songs) == 2
    assert all(song.state in ("ready", "failed") for song in made.songs)


async def test_takes_keep_their_numbers_whatever_order_clips_come_in(life: Life) -> None:
    made = await life.ask()
    row = (await life.generations.book.read(made.id)).row
    clips = [Clip(id=name) for name in "abc"]
    for seen in (clips[1:2], clips[:2], [clips[2], clips[0]], clips):
        async with life.store.begin() as tx:
            await note_takes(tx, row, "sunoapi", seen, life.clock())
    async with life.store.begin() as tx:
        songs = await tx.songs.of_generation(made.id)
    assert sorted((song.take, song.clip_id) for song in songs) == [(0, "b"), (1, "a"), (2, "c")]


async def test_a_take_that_was_deleted_is_not_made_again(life: Life) -> None:
    made = await life.ask()
    row = (await life.generations.book.read(made.id)).row
    async with life.store.begin() as tx:
        ((song, _),) = await note_takes(tx, row, "sunoapi", [Clip(id="a")], life.clock())
        await tx.songs.update(song.id, state=SongState.FAILED)
        await tx.songs.delete(song.id)
    async with life.store.begin() as tx:
        songs = await tx.songs.of_generation(made.id)
        takes = await note_takes(tx, row, "sunoapi", [Clip(id="a")], life.clock())
    if songs:  # it stays as a tombstone while others speak of it
        assert takes == []


async def test_a_flood_of_one_server_does_not_hold_up_another(world: World, life: Life) -> None:
    """One song at a time may be made: turns go round."""
    life.watcher.at_once = 1
    world.suno.faults["submit"].extend([Loss("refused")] * 3)  # and the gateway is closed: all wait in line
    with pytest.raises(Exception, match="network failed"):
        await life.ask("closes the gateway")
    flood = [await life.ask(f"flood {number}", wish=Wish(f"song {number}")) for number in range(3)]
    quiet = await life.ask("quiet", EVE, Wish("a quiet song"))
    assert ([view.place for view in flood], quiet.place) == ([1, 2, 3], 2)  # each when it was asked for
    finished: list[str] = []
    async with life.generations.book.bus.subscribe() as events, life.watching():
        with anyio.fail_after(30):
            while len(finished) < 4:
                world.clock.passes(timedelta(seconds=61))
                life.generations.wake()
                event = await anext(events)
                if isinstance(event, GenerationChanged) and event.state == "submitted":
                    finished.append(event.generation_id)
    assert finished.index(quiet.id) <= 1
    assert len(world.suno.submissions) == 4


async def _let_go(life: Life, generation_id: str) -> None:
    """Until the row waits for its next try."""
    with anyio.fail_after(20):
        while (await life.generations.book.read(generation_id)).row.lease_owner is not None:
            await anyio.sleep(0.01)
    assert timedelta(seconds=20) == AGAIN_IN
