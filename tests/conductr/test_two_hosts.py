"""Two processes on one store: whoever holds a guild's lease plays for it and edits its queue; nobody's word is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from support.studio import CHANNEL, WITHIN_S, Studio, a_studio

from conductr.errors import PlayerUnreachable
from conductr.making.book import Book
from conductr.making.hearing import FRESH, Hearing
from conductr.messages import ToPlayer
from conductr.seats import Seats
from conductr_player import Command, Enqueue, PauseCause, Session
from conductr_player.testing import ListSink, entries
from conductr_store import GenerationState, LeaseLost, QueueSnapshot
from conductr_store.testing import A_GUILD, a_generation, a_song

pytestmark = pytest.mark.anyio

SHARD = "shard 0"
EDITS = 6


@pytest.fixture
async def first(url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with a_studio(url, tmp_path / "first") as opened:
        yield opened


@pytest.fixture
async def second(url: str, tmp_path: Path, first: Studio) -> AsyncIterator[Studio]:
    del first  # it is there before
    async with a_studio(url, tmp_path / "second") as opened:
        yield opened


async def plays(studio: Studio) -> Seats:
    """It has the guild from now on, whoever had it."""
    seats = Seats(studio.store)
    epoch = await seats.take(A_GUILD.id, A_GUILD.name, CHANNEL, SHARD)
    assert epoch is not None
    await opens(studio, epoch)
    return seats


async def opens(studio: Studio, epoch: int) -> None:
    await studio.host.open_room(A_GUILD.id, ListSink(), CHANNEL, "Lounge", epoch=epoch)


async def send(studio: Studio, command: Command, command_id: str) -> Session:
    return await studio.bus.send(ToPlayer(A_GUILD.id, command, command_id=command_id))


async def saved(studio: Studio) -> QueueSnapshot:
    async with studio.store.begin() as tx:
        snapshot = await tx.queues.load(A_GUILD.id)
    assert snapshot is not None
    return snapshot


async def waiting(studio: Studio) -> set[str]:
    """Entries of the queue, and the one that plays."""
    view = await studio.view()
    return {str(entry.entry_id) for entry in (view.current, *view.upcoming) if entry is not None}


async def commands(studio: Studio) -> list[str]:
    async with studio.store.begin() as tx:
        return [event.command_id for event in await tx.queues.events(A_GUILD.id)]


async def falls_silent(studio: Studio) -> None:
    async with studio.bus.subscribe() as events:
        with anyio.fail_after(WITHIN_S):
            while studio.host.room(A_GUILD.id) is not None:
                await anext(events)


async def test_a_queue_that_another_process_plays_is_not_edited_here(first: Studio, second: Studio) -> None:
    seats = await plays(first)
    await send(first, Enqueue(entries("one")), "one")
    with pytest.raises(PlayerUnreachable):
        await send(second, Enqueue(entries("two", start=1)), "two")
    known = await send(second, Enqueue(entries("one")), "one")
    assert len(known.queue.upcoming) + (known.queue.current is not None) == 1, "what was done is known everywhere"
    await send(first, Enqueue(entries("three", start=2)), "three")
    assert await commands(first) == ["one", "three"]
    await first.host.close_room(A_GUILD.id)
    await seats.let_go(A_GUILD.id)
    await send(second, Enqueue(entries("two", start=1)), "two")  # the guild is free
    await plays(first)
    assert await waiting(first) == {"e0", "e1", "e2"}
    assert await commands(first) == ["one", "three", "two"]


@pytest.mark.parametrize("named", [True, False])
async def test_edits_of_two_processes_at_the_same_time_are_all_kept(
    first: Studio, second: Studio, *, named: bool
) -> None:
    async def put(studio: Studio, number: int) -> None:
        command = Enqueue(entries(f"t{number}", start=number))
        name = f"command {number}" if named else None
        await studio.bus.send(ToPlayer(A_GUILD.id, command, command_id=name))

    async with anyio.create_task_group() as members:
        for number in range(EDITS):
            members.start_soon(put, (first, second)[number % 2], number)
    assert await waiting(first) == {f"e{number}" for number in range(EDITS)}
    assert len(await commands(first)) == EDITS * named


async def test_who_was_taken_over_can_do_nothing_more(first: Studio, second: Studio) -> None:
    await plays(first)
    await send(first, Enqueue(entries("one")), "one")
    room = first.host.room(A_GUILD.id)
    assert room is not None
    await plays(second)
    await send(second, Enqueue(entries("two", start=1)), "two")
    await second.host.close_room(A_GUILD.id)  # nothing is saved there while we look
    before = await saved(second)
    room.seq = before.seq + 100  # it has saved more often than the one that took over
    with pytest.raises((LeaseLost, PlayerUnreachable)):  # the latter where a late save has told it already
        await send(first, Enqueue(entries("three", start=2)), "three")
    await falls_silent(first)
    assert await saved(second) == before
    assert await commands(second) == ["one", "two"]
    with pytest.raises(PlayerUnreachable):
        await send(first, Enqueue(entries("three", start=2)), "three")
    await send(second, Enqueue(entries("four", start=3)), "four")  # the lease is still its own, without a room too
    assert await waiting(second) == {"e0", "e1", "e3"}


async def test_who_was_taken_over_falls_silent_at_its_next_save(first: Studio, second: Studio) -> None:
    await plays(first)
    await send(first, Enqueue(entries("one")), "one")
    room = first.host.room(A_GUILD.id)
    assert room is not None
    await plays(second)
    await second.host.close_room(A_GUILD.id)
    before = await saved(second)
    room.seq = before.seq + 100
    first.host.hold(A_GUILD.id, PauseCause.MUTED)
    await falls_silent(first)
    assert await saved(second) == before


async def test_who_let_the_lease_run_out_does_not_save_over_what_was_edited_meanwhile(
    first: Studio, second: Studio
) -> None:
    async with first.store.begin() as tx:
        ended = await tx.leases.acquire(A_GUILD.id, SHARD, timedelta(minutes=-5))
    assert ended is not None
    await opens(first, ended.epoch)
    await send(first, Enqueue(entries("one")), "one")
    await send(second, Enqueue(entries("two", start=1)), "two")
    with pytest.raises((LeaseLost, PlayerUnreachable)):
        await send(first, Enqueue(entries("three", start=2)), "three")
    await falls_silent(first)
    assert await waiting(second) == {"e0", "e1"}


async def test_a_song_nobody_heard_waits_for_the_process_that_plays(first: Studio, second: Studio) -> None:
    await plays(first)
    ours, theirs = (
        Hearing(Book(studio.store, studio.bus, name, timedelta(seconds=30)), studio.bus)
        for studio, name in ((first, "first"), (second, "second"))
    )
    async with first.store.begin() as tx:
        row = await tx.generations.add(a_generation(state="composing"))
        song = await tx.songs.add(a_song(row, 0, state="ready"))
    assert await theirs.let_hear(row, song) == row, "it is said of no song that it can be heard before it is queued"
    async with first.store.begin() as tx:
        news = {"state": GenerationState.FINISHED, "unheard_until": first.store.now() + FRESH}
        await tx.generations.change(row.id, news)
    await theirs.catch_up()
    async with first.store.begin() as tx:
        assert len(await tx.generations.unheard(1)) == 1
    await ours.catch_up()
    async with first.store.begin() as tx:
        assert await tx.generations.unheard(1) == ()
    assert await waiting(first) == {row.id}
