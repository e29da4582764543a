"""A wish is sent once: its attempt stands before a byte leaves, and what came of it is written down come what may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from support.locking import lock_of
from support.saga import ADA, PUBLIC, Life, World

from conductr.errors import SubmissionUnsaved
from conductr.making.nonces import nonce_hash
from conductr_store import AttemptState, LeaseLost
from conductr_store.faults import FaultInjected, injected

pytestmark = pytest.mark.anyio


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    async with world.life() as life:
        yield life


async def test_the_attempt_stands_before_a_byte_leaves(world: World, life: Life) -> None:
    with injected("gen.before_post:1:raise"), pytest.raises(FaultInjected):
        await life.ask()
    (row,) = await life.generations.recent(ADA.guild_id)
    (attempt,) = await life.attempts(row.id)
    assert (row.state, attempt.state) == ("submitting", AttemptState.SUBMITTING)
    assert attempt.credit_before == 500
    assert not world.suno.submissions


async def test_the_callbacks_address_holds_a_nonce_of_which_only_the_hash_is_kept(world: World, life: Life) -> None:
    made = await life.ask()
    (attempt,) = await life.attempts(made.id)
    told = str(world.suno.submissions[0]["callBackUrl"])
    assert told.startswith(f"{PUBLIC}/callbacks/suno/")
    nonce = told.rpartition("/")[2]
    assert attempt.nonce_hash == nonce_hash(nonce)
    assert nonce not in repr(attempt)


async def test_without_a_public_address_nobody_is_asked_to_call(world: World) -> None:
    world.settings["public_url"] = None
    async with world.life() as life:
        await life.ask()
    assert "/callbacks/" not in str(world.suno.submissions[0]["callBackUrl"])


async def test_a_row_is_sent_only_from_requested(world: World, life: Life) -> None:
    """Two who hold the same row, as a process does that claims it while it is being asked."""
    answered, under_way = anyio.Event(), anyio.Event()

    async def hang() -> None:
        under_way.set()
        await answered.wait()

    world.after = hang
    async with anyio.create_task_group() as member:
        member.start_soon(life.ask)
        await under_way.wait()
        (view,) = await life.generations.recent(ADA.guild_id)
        entry = await life.generations.book.read(view.id)
        with pytest.raises(LeaseLost):
            await life.generations.submitter.submit(entry.row)
        answered.set()
    (made,) = await life.generations.recent(ADA.guild_id)
    assert (made.state, len(world.suno.submissions)) == ("submitted", 1)


async def test_thirty_two_who_send_the_same_request_send_it_once(world: World, life: Life) -> None:
    async with anyio.create_task_group() as members:
        for _ in range(32):
            members.start_soon(life.ask)
    assert len(world.suno.submissions) == 1
    assert len(await life.generations.recent(ADA.guild_id)) == 1


@pytest.mark.parametrize("who_asked_leaves", [False, True])
async def test_a_paid_ticket_is_written_down_though_the_database_is_locked_for_a_while(
    world: World, caplog: pytest.LogCaptureFixture, *, who_asked_leaves: bool
) -> None:
    world.busy_timeout_s = 0.01
    async with lock_of(world.url) as lock, world.life() as life, anyio.create_task_group() as member:
        world.after = lock.take
        life.generations.submitter.note_delays_s = (0.01,) * 1_000
        member.start_soon(life.ask)
        with anyio.fail_after(20):
            while "could not be written yet" not in caplog.text:
                await anyio.sleep(0.005)
        if who_asked_leaves:
            member.cancel_scope.cancel()
        await lock.let_go()
    world.after = None
    async with world.life() as life:
        (made,) = await life.generations.recent(ADA.guild_id)
    assert (made.state, len(world.suno.submissions)) == ("submitted", 1)


async def test_a_ticket_that_cannot_be_kept_is_in_the_log_and_never_sent_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.busy_timeout_s = 0.01
    caplog.set_level("INFO")
    async with lock_of(world.url) as lock, world.life() as life:
        world.after = lock.take
        life.generations.submitter.note_delays_s = (0.0,)
        with pytest.raises(SubmissionUnsaved):
            await life.ask()
    world.clock.passes(timedelta(minutes=2))
    world.busy_timeout_s, world.after = 5.0, None
    async with world.life() as life, life.watching():
        made = await life.reached((await life.generations.recent(ADA.guild_id))[0].id, "unknown")
    assert f"{1:032x}" in caplog.text
    assert "not known whether" in (made.reason or "")
    assert len(world.suno.submissions) == 1


async def test_a_paid_ticket_is_written_down_though_whoever_asked_has_left(world: World, life: Life) -> None:
    async with anyio.create_task_group() as member:
        world.heard = member.cancel_scope.cancel
        member.start_soon(life.ask)
    (made,) = await life.generations.recent(ADA.guild_id)
    (attempt,) = await life.attempts(made.id)
    assert (made.state, attempt.state) == ("submitted", AttemptState.ACCEPTED)
    assert len(world.suno.submissions) == 1


async def test_the_lease_is_kept_while_a_submission_hangs(world: World) -> None:
    world.settings["lease_s"] = 1.0
    answered = anyio.Event()
    world.after = answered.wait
    async with world.life() as life, life.watching(), anyio.create_task_group() as member:
        member.start_soon(life.ask)
        with anyio.fail_after(20):
            while not (await life.generations.recent(ADA.guild_id)):
                await anyio.sleep(0.01)
            (row,) = await life.generations.recent(ADA.guild_id)
            first = (await life.generations.book.read(row.id)).row.lease_until
            assert first is not None
            world.clock.passes(timedelta(seconds=0.6))  # more than half of it is over
            while (await life.generations.book.read(row.id)).row.lease_until == first:
                await anyio.sleep(0.01)
        world.after = None
        answered.set()
    assert len(world.suno.submissions) == 1


async def test_a_late_answer_settles_what_another_process_took_for_lost(world: World) -> None:
    heard, reached = anyio.Event(), anyio.Event()

    async def hang() -> None:
        reached.set()
        await heard.wait()

    world.after = hang
    row_id = ""
    async with world.life() as slow, world.life() as quick, anyio.create_task_group() as member:
        member.start_soon(slow.ask)
        await reached.wait()
        world.clock.passes(timedelta(minutes=2))
        (row,) = await quick.generations.recent(ADA.guild_id)
        row_id = row.id
        async with quick.watching():
            await quick.reached(row_id, "unknown")
        heard.set()
    async with world.life() as life:
        made = await life.generations.get(row_id)
        (attempt,) = await life.attempts(row_id)
    assert (made.state, attempt.state, attempt.task_id) == ("submitted", AttemptState.ACCEPTED, f"{1:032x}")
