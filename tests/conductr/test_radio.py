"""The radio: one song at a time where a queue runs dry, within a hard budget, and it says why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from attrs import define, evolve
from support.saga import ADA, WISH, Life, World

from conductr import TooManyWaiting
from conductr.access import RoomFacts
from conductr.bus import Now
from conductr.errors import SubmissionUnsaved
from conductr.messages import SessionChanged
from conductr.outcomes import RadioSet
from conductr.preferences import Preferences
from conductr.radio import Radio
from conductr.rights import NotAllowed
from conductr_player import Entry, EntryId, PauseCause, PlaybackState, Queue, Session, Track, TrackId, UserId
from conductr_store import Generation
from suno_client import SunoError
from suno_client.testing import Loss, envelope

pytestmark = pytest.mark.anyio
MANAGER = evolve(ADA, manages=True)
LAST = Entry(EntryId("e"), Track(TrackId("t"), "Last", 200.0), UserId(ADA.user_id))
DRY = Session(Queue(current=LAST), PlaybackState.PLAYING)


@define
class Room:
    """What a host sees of the room."""

    session: Session = DRY
    listeners: int = 1

    def look(self, guild_id: int) -> Now | None:
        del guild_id
        return Now(self.session, 3.0, 1, RoomFacts(5, "Lounge", self.listeners))


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    async with world.life() as opened:
        yield opened


def a_radio(life: Life, room: Room) -> Radio:
    bus = life.generations.book.bus
    preferences = Preferences(life.store, bus)
    return Radio(life.store, bus, room, life.generations, preferences, songs_a_day=2, at=life.clock)  # pyright: ignore[reportArgumentType] - all that it asks of a host


async def unfinished(life: Life) -> tuple[Generation, ...]:
    async with life.store.begin() as tx:
        return await tx.generations.unfinished_of(ADA.guild_id, 10)


async def test_only_who_manages_the_server_switches_it(life: Life) -> None:
    radio = a_radio(life, Room())
    with pytest.raises(NotAllowed):
        await radio.turn(ADA, on=True)
    assert await radio.turn(MANAGER) == RadioSet(True, 2, "Ada")
    assert await radio.turn(MANAGER, on=True) == RadioSet(True, 2, "Ada", changed=False)
    assert await radio.turn(MANAGER) == RadioSet(False, 2, "Ada")


async def test_it_asks_once_at_a_time_and_so_often_a_day(life: Life) -> None:
    radio = a_radio(life, Room())
    assert await radio.ask(ADA.guild_id) is None, "nobody has switched it on"
    await radio.turn(MANAGER, on=True, theme="sea shanties")
    async with life.watching():
        for left in (1, 0):
            key = await radio.ask(ADA.guild_id)
            assert key is not None
            assert await radio.ask(ADA.guild_id) is None, "one is in the making"
            (row,) = await unfinished(life)
            assert (row.request_key, row.prompt) == (key, "sea shanties")
            assert (await radio.turn(MANAGER, on=True, theme="sea shanties")).left == left
            made = await life.reached(row.id, "finished")
            async with life.store.begin() as tx:
                pick = await tx.listening.pick_of(made.songs[0].id)
            assert pick is not None
            assert (pick.reason, pick.subject) == ("fresh", "sea shanties")
        assert await radio.ask(ADA.guild_id) is None, "the day's songs are used up"


async def test_what_was_refused_costs_nothing_of_the_days_songs(life: Life) -> None:
    radio = a_radio(life, Room())
    await radio.turn(MANAGER, on=True)
    for number in range(10):  # as many in the making as the server may have
        await life.generations.start(ADA, evolve(WISH, prompt=f"{number}"), f"{number}")
    with pytest.raises(TooManyWaiting):
        await radio.ask(ADA.guild_id)
    assert (await radio.turn(MANAGER, on=True)).left == 2
    async with life.store.begin() as tx:
        assert await tx.listening.recent_picks(ADA.guild_id) == ()


async def test_what_a_gateway_refused_costs_nothing_of_the_days_songs(world: World, life: Life) -> None:
    radio = a_radio(life, Room())
    await radio.turn(MANAGER, on=True)
    world.suno.faults["submit"].append(envelope(413, "it is not allowed"))
    with pytest.raises(SunoError):
        await radio.ask(ADA.guild_id)
    assert (await radio.turn(MANAGER, on=True)).left == 2
    assert await radio.ask(ADA.guild_id) is not None


async def test_an_answer_that_was_lost_is_counted_and_holds_up_the_next(world: World, life: Life) -> None:
    radio = a_radio(life, Room())
    await radio.turn(MANAGER, on=True)
    sent = world.suno.submissions
    world.suno.faults["submit"].append(Loss("reset", accepted=True))
    with pytest.raises(SunoError):
        await radio.ask(ADA.guild_id)
    for _ in range(12):
        life.clock.passes(timedelta(seconds=61))
        assert await radio.ask(ADA.guild_id) is None, "nobody knows yet whether that one was accepted"
    assert ((await radio.turn(MANAGER, on=True)).left, len(sent)) == (1, 1)
    (lost,) = await life.generations.recent(ADA.guild_id)
    await life.generations.resolve(lost.id, accepted=False)
    world.suno.faults["submit"].append(Loss("reset", accepted=True))
    with pytest.raises(SunoError):
        await radio.ask(ADA.guild_id)
    lost = (await life.generations.recent(ADA.guild_id))[0]
    await life.generations.resolve(lost.id, accepted=False)
    assert await radio.ask(ADA.guild_id) is None, "the day's songs are used up"
    life.clock.passes(timedelta(days=1))
    assert await radio.ask(ADA.guild_id) is not None
    assert len(sent) == 3


async def test_what_was_paid_and_could_not_be_written_down_is_counted(world: World, life: Life) -> None:
    radio = a_radio(life, Room())
    await radio.turn(MANAGER, on=True)
    await life.ask()
    world.suno.faults["submit"].append(envelope(200, "success", {"taskId": f"{1:032x}"}))  # another song's
    life.generations.submitter.note_delays_s = ()
    with pytest.raises(SubmissionUnsaved):
        await radio.ask(ADA.guild_id)
    assert (await radio.turn(MANAGER, on=True)).left == 1
    assert await radio.ask(ADA.guild_id) is None


@pytest.mark.parametrize(
    ("room", "asks"),
    [
        (Room(), True),
        (Room(listeners=0), False),
        (Room(Session(Queue(current=LAST), PlaybackState.PAUSED, paused_by=frozenset({PauseCause.USER}))), False),
        (Room(Session(Queue(current=LAST, upcoming=(evolve(LAST, id=EntryId("f")),)), PlaybackState.PLAYING)), False),
        (Room(Session()), False),
        (Room(Session(Queue(history=(LAST,)))), True),
    ],
)
async def test_it_asks_where_somebody_listens_to_a_queue_that_runs_dry(life: Life, room: Room, asks: bool) -> None:
    radio, bus = a_radio(life, room), life.generations.book.bus
    await radio.turn(MANAGER, on=True)
    async with anyio.create_task_group() as background:
        background.start_soon(radio.run)
        await anyio.wait_all_tasks_blocked()
        async with bus.subscribe() as events:
            bus.publish(SessionChanged(ADA.guild_id, 1))
            if asks:
                with anyio.fail_after(20):
                    while not await unfinished(life):
                        await anext(events)
            else:
                await anyio.wait_all_tasks_blocked()
        assert bool(await unfinished(life)) is asks
        background.cancel_scope.cancel()
