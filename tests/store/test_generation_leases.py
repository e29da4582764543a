"""Generations are worked on by one process at a time: by lease, in the database's own time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from attrs import define

from conductr_store import Attempt, AttemptState, Generation, GenerationState, Store
from conductr_store.testing import a_generation, put_people

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@define
class Clock:
    at: datetime

    def __call__(self) -> datetime:
        return self.at


Clocked = tuple[Store, Clock]


async def added(store: Store, *rows: Generation) -> tuple[Generation, ...]:
    async with store.begin() as tx:
        return tuple([await tx.generations.add(row) for row in rows])


@pytest.fixture
async def at_noon(any_url: str) -> AsyncIterator[Clocked]:
    """A store whose database says that it is NOON, until it is told otherwise."""
    clock = Clock(NOON)
    async with Store.open(any_url, now=clock) as opened:
        async with opened.begin() as tx:
            await put_people(tx)
        yield opened, clock


async def test_a_claim_takes_unfinished_rows_that_are_due_oldest_first(at_noon: Clocked) -> None:
    store, clock = at_noon
    await added(
        store,
        a_generation(id="free", created_at=NOON),
        a_generation(id="expired", created_at=NOON - MINUTE, lease_owner="p1", lease_until=NOON),
        a_generation(id="held", lease_owner="p1", lease_until=NOON + MINUTE),
        a_generation(id="later", lease_until=NOON + MINUTE),
        *(a_generation(state=state) for state in GenerationState if state.final),
    )
    async with store.begin() as tx:
        claimed = await tx.generations.claim("p2", MINUTE, 10)
        assert [row.id for row in claimed] == ["expired", "free"]
        assert {(row.lease_owner, row.lease_until) for row in claimed} == {("p2", NOON + MINUTE)}
        assert await tx.generations.claim("p3", MINUTE, 10) == ()
    clock.at += MINUTE
    async with store.begin() as tx:
        assert await tx.generations.claim("p3", MINUTE, 10, but=[GenerationState.REQUESTED]) == ()
        both = await tx.generations.claim("p3", MINUTE, 2)
        assert len(both) == 2
        assert await tx.generations.claim("p3", MINUTE, 0) == ()


async def test_a_row_is_taken_out_of_the_line_by_one(at_noon: Clocked) -> None:
    store, clock = at_noon
    await added(
        store,
        a_generation(id="free"),
        a_generation(id="later", lease_until=NOON + MINUTE),
        a_generation(id="sent", state="submitted"),
    )
    async with store.begin() as tx:
        assert [row.id for row in await tx.generations.waiting(10)] == ["free", "later"]
        assert await tx.generations.due(["free", "later"]) == {"free"}
        taken = await tx.generations.take("free", "p1", MINUTE)
        assert taken is not None
        assert (taken.lease_owner, taken.lease_until) == ("p1", NOON + MINUTE)
        for other in ("free", "later", "sent", "404"):
            assert await tx.generations.take(other, "p2", MINUTE) is None
    clock.at += MINUTE
    async with store.begin() as tx:
        assert await tx.generations.take("later", "p2", MINUTE) is not None


async def test_a_row_is_due_again_when_its_time_has_come(at_noon: Clocked) -> None:
    store, clock = at_noon
    (row,) = await added(store, a_generation(lease_owner="p1", lease_until=NOON))
    async with store.begin() as tx:
        put_off = await tx.generations.update(row.id, expected_owner="p1", lease_owner=None, due_in=MINUTE)
        assert put_off.lease_until == NOON + MINUTE
        assert await tx.generations.get(row.id) == put_off
        assert await tx.generations.claim("p2", MINUTE, 10) == ()
    clock.at += MINUTE
    async with store.begin() as tx:
        assert len(await tx.generations.claim("p2", MINUTE, 10)) == 1


async def test_what_was_sent_long_ago_holds_up_nobody(at_noon: Clocked) -> None:
    store, clock = at_noon
    rows = await added(store, *(a_generation(id=name, state="submitted") for name in ("old", "new")))
    async with store.begin() as tx:
        await tx.attempts.begin(rows[0].id, provider="sunoapi", nonce_hash="a")
    clock.at += MINUTE
    async with store.begin() as tx:
        await tx.attempts.begin(rows[1].id, provider="sunoapi", nonce_hash="b")
        assert [row.id for row in await tx.generations.at_work(MINUTE / 2)] == ["new"]


async def test_the_price_of_one_is_hidden_by_any_that_was_under_way_beside_it(at_noon: Clocked) -> None:
    store, clock = at_noon
    await added(store, *(a_generation(id=name) for name in "abcdef"))

    async def begin(name: str, key_id: str | None = None) -> Attempt:
        async with store.begin() as tx:
            return await tx.attempts.begin(name, provider="sunoapi", nonce_hash=name, key_id=key_id)

    async def settle(attempt: Attempt) -> None:
        async with store.begin() as tx:
            await tx.attempts.settle(attempt.id, AttemptState.REJECTED)

    async def hidden(attempt: Attempt) -> bool:
        async with store.begin() as tx:
            return await tx.attempts.others_beside(attempt)

    await settle(await begin("a"))
    clock.at += MINUTE
    alone = await begin("b")
    await begin("c", "another's key")
    assert not await hidden(alone), "one was settled before, the other is another's"
    clock.at += MINUTE
    await settle(alone)
    clock.at += MINUTE
    first = await begin("d")
    clock.at += MINUTE
    second = await begin("e")
    assert await hidden(first)
    assert await hidden(second), "the first was not answered yet when it began"
    await settle(first)
    assert await hidden(second)
    clock.at += 120 * MINUTE
    assert not await hidden(await begin("f")), "what was lost two hours ago is charged by now"


async def test_the_same_wish_of_the_same_guild_is_found_once_it_is_finished(store: Store) -> None:
    await added(
        store,
        a_generation(id="old", wish_key="w", state="finished", created_at=NOON - 2 * MINUTE),
        a_generation(id="new", wish_key="w", state="finished", created_at=NOON),
        a_generation(id="failed", wish_key="w", state="failed", created_at=NOON),
        a_generation(id="other", wish_key="v", state="finished", created_at=NOON),
    )
    async with store.begin() as tx:
        alike = await tx.generations.made_alike(11, "w", NOON - MINUTE)
        assert [row.id for row in alike] == ["new"]
        both = await tx.generations.made_alike(11, "w", NOON - 2 * MINUTE)
        assert [row.id for row in both] == ["new", "old"]
        assert await tx.generations.made_alike(12, "w", NOON - MINUTE) == ()


async def test_eight_claimers_with_stores_of_their_own_get_each_row_once(url: str) -> None:
    got: list[str] = []

    async def claimer(owner: str) -> None:
        async with Store.open(url, busy_timeout_s=30) as store:
            while True:
                async with store.begin() as tx:
                    rows = await tx.generations.claim(owner, MINUTE, 3)
                if not rows:
                    return
                assert {row.lease_owner for row in rows} == {owner}
                got.extend(row.id for row in rows)

    async with Store.open(url) as store:
        async with store.begin() as tx:
            await put_people(tx)
        rows = await added(store, *(a_generation() for _ in range(50)))
    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(claimer, f"p{number}")
    assert sorted(got) == sorted(row.id for row in rows)


async def test_a_lease_is_renewed_and_released_by_its_owner_only(at_noon: Clocked) -> None:
    store, _ = at_noon
    mine, other = await added(
        store,
        a_generation(lease_owner="me", lease_until=NOON),
        a_generation(lease_owner="other", lease_until=NOON),
    )
    async with store.begin() as tx:
        assert await tx.generations.renew("me", [mine.id, other.id, "404"], MINUTE) == {mine.id}
        assert (await tx.generations.get(mine.id)).lease_until == NOON + MINUTE
        assert (await tx.generations.get(other.id)).lease_until == NOON
        await tx.generations.release(other.id, "me")
        await tx.generations.release(mine.id, "me")
        assert (await tx.generations.get(mine.id)).lease_owner is None
        assert (await tx.generations.get(other.id)).lease_owner == "other"
        assert await tx.generations.renew("me", [], MINUTE) == frozenset()
