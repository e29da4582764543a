"""Around the paid call: leases that run out, callers that leave, answers that come late, room that others take."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count

import anyio
import pytest
from support.saga import ADA, Life, World

from conductr.errors import SubmissionUnsaved
from conductr.turns import read_line
from conductr_store import AttemptState, GenerationState
from suno_client import SunoError
from suno_client.testing import Loss, envelope

pytestmark = pytest.mark.anyio

TASK = f"{1:032x}"


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    async with world.life() as life:
        yield life


async def test_a_process_that_stood_still_longer_than_its_lease_sends_nothing(world: World) -> None:
    """Somebody may have taken the attempt for lost meanwhile, and a person asked for another."""
    async with world.life() as life:
        life.generations.submitter.seconds = count(0, 100).__next__  # each look at the clock comes late
        made = await life.ask()
        (attempt,) = await life.attempts(made.id)
        assert (made.state, attempt.state) == ("requested", AttemptState.REJECTED)
        assert not world.suno.submissions
        life.generations.submitter.seconds = time.monotonic
        async with life.watching():
            await life.reached(made.id, "finished")
    assert len(world.suno.submissions) == 1


async def test_a_lease_that_another_has_by_now_is_not_sent_under(life: Life) -> None:
    submitter = life.generations.submitter
    submitter.submitting = {"mine": 1.0, "another's": 1.0, "begun anew": 3.0}
    submitter.renewed({"mine", "another's", "begun anew"}, {"mine"}, 2.0)
    assert submitter.submitting == {"mine": 2.0, "another's": float("-inf"), "begun anew": 3.0}


async def test_who_leaves_before_anything_was_sent_leaves_a_wish_that_waits(world: World, life: Life) -> None:
    world.suno.faults["submit"].extend([Loss("refused")] * 3)
    async with anyio.create_task_group() as member:
        member.start_soon(life.ask)
        with anyio.fail_after(20):
            while not world.suno.asked or len(world.suno.faults["submit"]) == 3:
                await anyio.sleep(0)
        member.cancel_scope.cancel()  # while it pauses before the next try
    (made,) = await life.generations.recent(ADA.guild_id)
    (attempt,) = await life.attempts(made.id)
    assert (made.state, attempt.state) == ("requested", AttemptState.REJECTED)


@pytest.mark.parametrize(("code", "state"), [(430, "requested"), (413, "refused")])
async def test_a_sure_no_is_heeded_though_the_lease_has_changed_hands(
    world: World, life: Life, code: int, state: str
) -> None:
    """Before the new holder has taken it for lost: it was never accepted, and nothing is unknown."""
    world.suno.faults["submit"].append(envelope(code, "no"))

    async def changes_hands() -> None:
        (view,) = await life.generations.recent(ADA.guild_id)
        async with life.store.begin() as tx:
            await tx.generations.change(view.id, {"lease_owner": "another"}, due_in=timedelta(seconds=30))

    world.before = changes_hands
    try:
        await life.ask()
    except SunoError:
        assert state == "refused"
    (made,) = await life.generations.recent(ADA.guild_id)
    (attempt,) = await life.attempts(made.id)
    assert (made.state, attempt.state) == (state, AttemptState.REJECTED)


async def test_a_ticket_is_tried_once_more_after_the_last_wait(life: Life) -> None:
    life.generations.submitter.note_delays_s = ()
    assert (await life.ask()).state == "submitted"


async def test_what_the_rows_contradict_is_not_waited_for(
    world: World, life: Life, caplog: pytest.LogCaptureFixture
) -> None:
    """A gateway that names the task of another song: no outage, and no wait mends it."""
    await life.ask()
    world.suno.faults["submit"].append(envelope(200, "success", {"taskId": TASK}))
    life.generations.submitter.note_delays_s = (0.0,)
    with pytest.raises(SubmissionUnsaved):
        await life.ask("two", anew=True)
    assert "could not be written yet" not in caplog.text


async def test_a_wish_that_somebody_is_about_to_send_takes_up_room(world: World, life: Life) -> None:
    world.suno.faults["submit"].extend([Loss("refused")] * 3)  # the gateway is closed: what follows waits in line
    with pytest.raises(SunoError):
        await life.ask("closes the gateway")
    waits = [(await life.ask(f"wish {number}", anew=True)).id for number in range(2)]
    world.clock.passes(timedelta(seconds=20))
    lease = timedelta(seconds=30)
    async with life.store.begin() as tx:
        assert (await read_line(tx, 2)).free == 2
        assert await tx.generations.take(waits[0], "another", lease) is not None
        assert (await read_line(tx, 2)).free == 1
        assert (await read_line(tx, 2, asking=waits[0])).free == 2
    world.clock.passes(lease)
    async with life.store.begin() as tx:
        assert (await read_line(tx, 2)).free == 2, "it is nobody's again"


async def test_two_who_count_the_room_at_once_take_no_more_than_there_is(world: World) -> None:
    async with world.life() as one, world.life() as two:
        world.suno.faults["submit"].extend([Loss("refused")] * 6)
        for life in (one, two):
            life.watcher.at_once = 1
            with pytest.raises(SunoError):
                await life.ask(f"closes the gateway of {id(life)}", anew=True)
        for number in range(4):
            await one.ask(f"wish {number}", anew=True)
        world.clock.passes(timedelta(seconds=20))
        taken: list[str] = []

        async def take(life: Life) -> None:
            async with life.store.begin() as tx:
                await tx.generations.line_up()
                line = await read_line(tx, 1)
                for wish in line.order[: line.free]:
                    row = await tx.generations.take(wish.id, life.generations.book.owner, timedelta(seconds=30))
                    taken.extend([] if row is None else [row.id])

        async with anyio.create_task_group() as both:
            both.start_soon(take, one)
            both.start_soon(take, two)
    assert len(taken) == 1


async def test_who_follows_a_song_that_is_anothers_by_now_stops(world: World) -> None:
    world.settings["lease_s"] = 1.0
    world.suno.steps = ("PENDING",)
    async with world.life() as life, life.watching():
        made = await life.ask()
        with anyio.fail_after(20):
            while made.id not in life.watcher._scopes:
                await anyio.sleep(0.01)
            async with life.store.begin() as tx:
                news = {"lease_owner": "another"}
                await tx.generations.change(made.id, news, due_in=timedelta(days=1))
            while made.id in life.watcher._scopes:
                await anyio.sleep(0.01)
        row = (await life.generations.book.read(made.id)).row
    assert (row.state, row.lease_owner) == (GenerationState.SUBMITTED, "another")


@pytest.mark.service
@pytest.mark.parametrize("url", ["postgres"], indirect=True)  # SQLite's writers exclude each other
async def test_a_wish_that_another_writes_to_is_passed_over(world: World, life: Life) -> None:
    """Two who wait for each other's rows would wait for good."""
    world.suno.faults["submit"].extend([Loss("refused")] * 3)
    with pytest.raises(SunoError):
        await life.ask("closes the gateway")
    waits = await life.ask("waits", anew=True)
    world.clock.passes(timedelta(seconds=20))
    with anyio.fail_after(20):
        async with life.store.begin() as other:
            await other.generations.change(waits.id, {"title": "another"})
            async with life.store.begin() as tx:
                assert await tx.generations.take(waits.id, "me", timedelta(seconds=30)) is None
        async with life.store.begin() as tx:
            assert await tx.generations.take(waits.id, "me", timedelta(seconds=30)) is not None
