"""Attempts: one that may cost money at a time, written before it is made, and what is known of it only grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conductr_store import Attempt, AttemptState, Conflict, NotFound, Orphan, Settled, Store
from conductr_store.records import LIVE_STATES
from conductr_store.testing import a_generation

pytestmark = pytest.mark.anyio

STATES = tuple(AttemptState)
SURELY_NOT = (AttemptState.REJECTED, AttemptState.NOT_ACCEPTED)
MINUTE = timedelta(minutes=1)
FORWARD = {  # the law (reliability 5.3), not the code's own table
    "submitting": ("accepted", "rejected", "unknown", "not_accepted", "needs_decision"),
    "unknown": ("accepted", "not_accepted", "needs_decision"),
    "needs_decision": ("accepted", "not_accepted"),
}


async def wished(store: Store) -> str:
    """The id of a generation."""
    async with store.begin() as tx:
        return (await tx.generations.add(a_generation())).id


async def begun(store: Store, nonce_hash: str = "n1", generation_id: str | None = None) -> Attempt:
    generation_id = generation_id or await wished(store)
    async with store.begin() as tx:
        return await tx.attempts.begin(generation_id, provider="sunoapi", nonce_hash=nonce_hash)


async def settled(store: Store, attempt: Attempt, *states: AttemptState) -> Attempt:
    for state in states:
        async with store.begin() as tx:
            attempt = await tx.attempts.settle(attempt.id, state)
    return attempt


async def test_an_attempt_comes_back_as_it_was_begun_and_is_found_by_what_names_it(shared: Store) -> None:
    generation_id = await wished(shared)
    async with shared.begin() as tx:
        row = await tx.attempts.begin(generation_id, provider="kie", nonce_hash="h", key_id="k7", credit_before=40)
        accepted = await tx.attempts.settle(row.id, AttemptState.ACCEPTED, task_id="task-1")
    assert (row.number, row.state, row.key_id, row.credit_before) == (1, AttemptState.SUBMITTING, "k7", 40)
    assert abs(row.submitted_at - datetime.now(UTC)) < MINUTE
    assert accepted.settled_at is not None
    assert accepted == evolve(row, state=AttemptState.ACCEPTED, task_id="task-1", settled_at=accepted.settled_at)
    async with shared.begin() as tx:
        assert await tx.attempts.get(row.id) == accepted
        assert await tx.attempts.by_nonce_hash("h") == accepted
        assert await tx.attempts.by_task("kie", "task-1") == accepted
        assert await tx.attempts.live(generation_id) == accepted
        assert await tx.attempts.by_nonce_hash("other") is None
        assert await tx.attempts.by_task("sunoapi", "task-1") is None


async def test_what_is_not_there_is_said(shared: Store) -> None:
    async with shared.begin() as tx:
        with pytest.raises(NotFound):
            await tx.attempts.get("404")
        with pytest.raises(NotFound):
            await tx.attempts.settle("404", AttemptState.REJECTED)
        assert await tx.attempts.live("404") is None
        assert await tx.attempts.of_generation("404") == ()
    with pytest.raises(Orphan):
        await begun(shared, generation_id="404")


@pytest.mark.parametrize("state", LIVE_STATES)
async def test_while_one_may_have_been_accepted_no_other_begins(shared: Store, state: AttemptState) -> None:
    first = await settled(shared, await begun(shared), *([state] if state is not AttemptState.SUBMITTING else []))
    with pytest.raises(Conflict):
        await begun(shared, "n2", first.generation_id)
    async with shared.begin() as tx:
        assert await tx.attempts.of_generation(first.generation_id) == (first,)
        assert await tx.attempts.live(first.generation_id) == first


@pytest.mark.parametrize("state", SURELY_NOT)
async def test_after_one_that_was_surely_not_accepted_the_next_counts_on(shared: Store, state: AttemptState) -> None:
    first = await settled(shared, await begun(shared), state)
    second = await begun(shared, "n2", first.generation_id)
    assert (first.number, second.number) == (1, 2)
    async with shared.begin() as tx:
        assert await tx.attempts.of_generation(first.generation_id) == (first, second)
        assert await tx.attempts.live(first.generation_id) == second


async def test_two_attempts_never_share_a_nonce(shared: Store) -> None:
    await begun(shared, "n1")
    with pytest.raises(Conflict):
        await begun(shared, "n1")


async def test_knowledge_only_moves_forward(shared: Store) -> None:
    async with shared.begin() as tx:
        for number, (path, last) in enumerate((path, last) for path in PATHS for last in STATES):
            wish = await tx.generations.add(a_generation())
            known = await tx.attempts.begin(wish.id, provider="sunoapi", nonce_hash=f"n{number}")
            for state in path:
                known = await tx.attempts.settle(known.id, state)
            if last is known.state or last.value in FORWARD.get(known.state.value, ()):
                after = await tx.attempts.settle(known.id, last)
                assert after.state is last
                assert (after.settled_at is None) == (last not in (AttemptState.ACCEPTED, *SURELY_NOT))
                assert after == known or last is not known.state
                continue
            with pytest.raises(Settled) as caught:
                await tx.attempts.settle(known.id, last)
            assert caught.value.state == known.state


PATHS: tuple[tuple[AttemptState, ...], ...] = (
    (),
    (AttemptState.ACCEPTED,),
    (AttemptState.REJECTED,),
    (AttemptState.UNKNOWN,),
    (AttemptState.UNKNOWN, AttemptState.NEEDS_DECISION),
    (AttemptState.UNKNOWN, AttemptState.NOT_ACCEPTED),
)


@given(st.lists(st.sampled_from(STATES), max_size=8))
def test_what_is_sure_stays_so_whatever_is_said_later(said: list[AttemptState]) -> None:
    state = AttemptState.SUBMITTING
    for new in said:
        before = state
        state = new if state.may_become(new) else state
        assert before not in (AttemptState.ACCEPTED, *SURELY_NOT) or state is before
        assert state is not AttemptState.SUBMITTING or before is AttemptState.SUBMITTING


async def test_a_task_that_is_learned_late_is_filled_in_once(shared: Store) -> None:
    attempt = await settled(shared, await begun(shared), AttemptState.ACCEPTED)
    async with shared.begin() as tx:
        found = await tx.attempts.settle(attempt.id, AttemptState.ACCEPTED, task_id="task-1")
        assert found == evolve(attempt, task_id="task-1")
        assert await tx.attempts.settle(attempt.id, AttemptState.ACCEPTED) == found
        with pytest.raises(Settled):
            await tx.attempts.settle(attempt.id, AttemptState.ACCEPTED, task_id="task-2")


async def test_one_task_never_belongs_to_two_attempts(shared: Store) -> None:
    first, second = await begun(shared, "n1"), await begun(shared, "n2")
    async with shared.begin() as tx:
        await tx.attempts.settle(first.id, AttemptState.ACCEPTED, task_id="task-1")
        with pytest.raises(Conflict, match="task-1"):
            await tx.attempts.settle(second.id, AttemptState.ACCEPTED, task_id="task-1")
        assert (await tx.attempts.get(second.id)).state is AttemptState.SUBMITTING


async def test_the_reason_of_an_earlier_step_stays_where_a_later_one_gives_none(shared: Store) -> None:
    attempt = await begun(shared)
    async with shared.begin() as tx:
        await tx.attempts.settle(attempt.id, AttemptState.UNKNOWN, reason="the answer was lost")
        after = await tx.attempts.settle(attempt.id, AttemptState.NEEDS_DECISION)
    assert after.reason == "the answer was lost"


async def test_the_unknown_come_oldest_first_once_they_are_old_enough(shared_url: str, shared: Store) -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    rows: list[Attempt] = []
    for minutes in (5, 0, 10):
        async with Store.open(shared_url, now=lambda at=noon + minutes * MINUTE: at) as store:
            rows.append(await settled(store, await begun(store, f"n{minutes}"), AttemptState.UNKNOWN))
            await begun(store, f"sure{minutes}")
    five, zero, ten = rows
    async with Store.open(shared_url, now=lambda: noon + 15 * MINUTE) as store, store.begin() as tx:
        assert await tx.attempts.unknown(10, timedelta(0)) == (zero, five, ten)
        assert await tx.attempts.unknown(10, 10 * MINUTE) == (zero, five)
        assert await tx.attempts.unknown(1, 10 * MINUTE) == (zero,)
        assert await tx.attempts.unknown(10, 16 * MINUTE) == ()
