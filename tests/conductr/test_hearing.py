"""A kept song that could not be queued is told so and queued while it is fresh; both takes, where both are wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from attrs import define, evolve, field
from support.saga import ADA, WISH, Life, Notes, World

from conductr import BadWish, GenerationView
from conductr.bus import Now
from conductr.errors import PlayerUnreachable
from conductr.making.hearing import FRESH
from conductr.messages import GenerationChanged, ToPlayer
from conductr_player import (
    AlreadyQueued,
    Enqueue,
    Entry,
    EntryId,
    MemberCapReached,
    Session,
    Track,
    TrackId,
    UserId,
    step,
)
from conductr_store import Guild
from conductr_store.testing import A_GUILD, a_generation, a_song, put_people

pytestmark = pytest.mark.anyio

ONE_ENGINE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # of a rule that asks the store nothing new


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    async with world.life() as life:
        yield life


@define(eq=False)
class Away(Notes):
    """The player of a server whose bot sits in no channel."""

    error: Exception = field(factory=lambda: PlayerUnreachable(ADA.guild_id))
    tries: int = 0
    session: Session = field(factory=Session)

    async def carry_out(self, message: ToPlayer) -> Session:
        if not isinstance(message.command, Enqueue):
            return Session()
        self.tries += 1
        raise self.error

    def look(self, guild_id: int) -> Now | None:
        found = super().look(guild_id)
        return None if found is None else evolve(found, session=self.session)


@pytest.fixture
def away(life: Life) -> Away:
    away = Away()
    life.generations.book.bus._owner = away
    return away


async def finished(life: Life) -> GenerationView:
    made = await life.ask()
    async with life.watching():
        return await life.reached(made.id, "finished", "failed")


def queued(life: Life) -> list[tuple[str, str]]:
    """Entries with their songs, as they were queued."""
    commands = [command for command in life.player.told if isinstance(command, Enqueue)]
    return [(str(entry.id), str(entry.track.id)) for command in commands for entry in command.entries]


async def test_it_is_kept_told_as_unheard_and_queued_once_somebody_is_there(life: Life, away: Away) -> None:
    made = await finished(life)
    assert (made.state, made.unheard, queued(life)) == ("finished", True, [])
    await life.generations.told(made.id, "finished")
    await life.watcher.follower.hearing.catch_up()
    assert (await life.generations.get(made.id)).unheard
    life.generations.book.bus._owner = life.player
    async with life.generations.book.bus.subscribe() as events:
        await life.watcher.follower.hearing.catch_up()
        assert await anext(events) == GenerationChanged(ADA.guild_id, made.id, "finished")
    made = await life.generations.get(made.id)
    assert (made.unheard, made.told) == (False, None), "its member is told anew"
    assert queued(life) == [(made.id, made.songs[0].id)]
    await life.watcher.follower.hearing.catch_up()
    assert len(queued(life)) == 1


@ONE_ENGINE
async def test_after_a_while_nobody_waits_for_it_and_it_stays_in_the_library(life: Life, away: Away) -> None:
    made = await finished(life)
    tried = away.tries
    life.clock.passes(FRESH)
    await life.watcher.follower.hearing.catch_up()
    assert away.tries == tried
    assert (await life.generations.get(made.id)).unheard


@ONE_ENGINE
async def test_one_that_waits_in_the_queue_already_is_heard(life: Life, away: Away) -> None:
    away.error = AlreadyQueued(Track(TrackId("song"), "Rain", None))
    assert not (await finished(life)).unheard


@ONE_ENGINE
async def test_what_somebody_has_queued_by_hand_meanwhile_is_not_queued_twice(life: Life, away: Away) -> None:
    made = await finished(life)
    entry = Entry(EntryId("by hand"), Track(TrackId(made.songs[0].id), "Rain", None), UserId(8))
    away.session, _ = step(Session(), Enqueue((entry,)), 0.0)
    tried = away.tries
    await life.watcher.follower.hearing.catch_up()
    assert away.tries == tried
    assert not (await life.generations.get(made.id)).unheard


async def test_the_second_take_is_queued_where_the_first_is_lost(life: Life) -> None:
    async with life.store.begin() as tx:
        await put_people(tx)
        row = await tx.generations.add(a_generation(state="finished", unheard_until=life.clock() + FRESH))
        await tx.songs.add(a_song(row, 0, state="failed"))
        kept = await tx.songs.add(a_song(row, 1, state="ready"))
    await life.watcher.follower.hearing.catch_up()
    assert queued(life) == [(row.id, kept.id)]
    assert not (await life.generations.get(row.id)).unheard


@define(eq=False)
class AwayFromOne(Away):
    """It plays for every server but one."""

    async def carry_out(self, message: ToPlayer) -> Session:
        if message.guild_id == A_GUILD.id:
            return await super().carry_out(message)
        return await Notes.carry_out(self, message)


@ONE_ENGINE
@pytest.mark.parametrize(("error", "tries"), [(PlayerUnreachable(A_GUILD.id), 1), (MemberCapReached(1), 60)])
async def test_songs_of_a_server_that_is_played_for_elsewhere_hold_up_no_other(
    life: Life, error: Exception, tries: int
) -> None:
    life.generations.book.bus._owner = player = AwayFromOne(error=error)
    async with life.store.begin() as tx:
        await put_people(tx)
        await tx.guilds.put(Guild(12, "Elsewhere"))
        for number in range(61):
            guild_id = A_GUILD.id if number < 60 else 12
            until = life.clock() + FRESH + timedelta(seconds=number)
            row = await tx.generations.add(a_generation(guild_id=guild_id, state="finished", unheard_until=until))
            await tx.songs.add(a_song(row, 0, state="ready"))
    await life.watcher.follower.hearing.catch_up()
    assert [message.guild_id for message in player.messages] == [12]
    assert player.tries == tries


@ONE_ENGINE
async def test_a_cancelled_one_is_kept_and_never_queued(life: Life) -> None:
    made = await life.ask()
    await life.generations.cancel(ADA, made.id)
    async with life.watching():
        made = await life.reached(made.id, "finished", "failed")
    await life.watcher.follower.hearing.catch_up()
    assert (made.unheard, queued(life)) == (False, [])


@ONE_ENGINE
@pytest.mark.parametrize("takes", [1, 2])
async def test_so_many_takes_are_queued_as_were_wished_for(life: Life, takes: int) -> None:
    made = await life.ask(wish=evolve(WISH, takes=takes))
    async with life.watching():
        made = await life.reached(made.id, "finished", "failed")
    entries = [(made.id, made.songs[0].id), (f"{made.id}.2", made.songs[1].id)]
    assert sorted(queued(life)) == sorted(entries[:takes])


@ONE_ENGINE
async def test_more_takes_than_there_are_are_refused(life: Life) -> None:
    with pytest.raises(BadWish) as refused:
        await life.ask(wish=evolve(WISH, takes=3))
    assert refused.value.field == "takes"
