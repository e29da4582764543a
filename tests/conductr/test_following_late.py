"""What takes long, or changes hands, on the way from an accepted task to kept songs: nothing paid for is dropped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from attrs import evolve
from support.saga import ADA, Life, World

from conductr_player import Enqueue
from conductr_store import GenerationState, LeaseLost
from suno_client import Polling, SunoError
from suno_client.testing import Loss, Reply

pytestmark = pytest.mark.anyio

SLOWLY = Polling(first_s=3_600, max_s=3_600, floor_s=0, keep_s=0)
TASK = f"{1:032x}"


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    async with world.life() as life:
        yield life


@pytest.mark.parametrize("found", [True, False])
async def test_a_day_is_counted_from_when_the_task_was_known(world: World, life: Life, *, found: bool) -> None:
    """Not from the asking: its answer may be found, or the wish sent anew, days after that."""
    world.suno.faults["submit"].append(Loss("reset", accepted=found))
    with pytest.raises(SunoError):
        await life.ask()
    (made,) = await life.generations.recent(ADA.guild_id)
    world.clock.passes(timedelta(hours=30))
    world.suno.faults["media"].extend([Loss("refused")] * 2_000)
    if found:
        await life.generations.resolve(made.id, accepted=True, task_id=TASK)
    else:
        await life.generations.resolve(made.id, accepted=False)
        await life.generations.again(made.id)
    async with life.watching():
        await life.reached(made.id, "playable", "failed")
        await _let_go(life, made.id)
        world.suno.faults["media"].clear()
        world.clock.passes(timedelta(minutes=5))
        life.generations.wake()
        made = await life.reached(made.id, "finished", "failed")
    assert (made.state, made.reason) == ("finished", None)


async def test_a_song_that_takes_longer_than_any_is_waited_for_and_stays_paid(world: World) -> None:
    world.polling = SLOWLY
    async with world.life() as life, life.watching():
        life.watcher.follower.patience_s = 0.02
        made = await life.ask()
        with anyio.fail_after(20):
            while (made := await life.generations.get(made.id)).state not in ("finished", "failed"):
                await _let_go(life, made.id)
                world.clock.passes(timedelta(seconds=20))
                life.generations.wake()
                await anyio.sleep(0.01)
    assert (made.state, made.reason) == ("finished", None)


async def test_the_song_is_queued_under_a_name_that_a_repeat_is_known_by(world: World) -> None:
    """Else a crash before the queue's next saving leaves a song that says it is queued, and is not."""
    async with world.life() as life:
        made = await life.ask()
        async with life.watching():
            await life.reached(made.id, "finished")
    names = {message.command_id for message in life.player.messages if isinstance(message.command, Enqueue)}
    assert names == {f"gen:{made.id}:heard"}


@pytest.mark.parametrize("how", ["no file", "failed"])
async def test_who_has_lost_the_lease_loses_no_song_of_the_next(world: World, life: Life, how: str) -> None:
    made = await life.ask()
    async with life.store.begin() as tx:
        news = {"state": GenerationState.PLAYABLE, "lease_owner": "another"}
        row = await tx.generations.change(made.id, news, due_in=timedelta(seconds=30))
    if how == "failed":
        world.suno.steps = ("PENDING", "TEXT_SUCCESS", "GENERATE_AUDIO_FAILED")
    else:
        world.suno.faults["media"].extend([Reply(b"<html>")] * 50)
    with pytest.raises((LeaseLost, ExceptionGroup)):
        await life.watcher.follower.follow(evolve(row, lease_owner=life.generations.book.owner))
    async with life.store.begin() as tx:
        songs = await tx.songs.of_generation(made.id)
    assert {song.state.value for song in songs} == {"growing"}


async def _let_go(life: Life, generation_id: str) -> None:
    """Until the row waits for its next try, or has ended."""
    with anyio.fail_after(20):
        while (await life.generations.book.read(generation_id)).row.lease_owner is not None:
            await anyio.sleep(0.01)
