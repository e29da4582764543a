"""Generations: kept as given, never twice for one request, and worked on by one process at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import anyio
import pytest
from attrs import evolve

from conductr_store import Conflict, Generation, GenerationState, Guild, LeaseLost, NotFound, Orphan, Store
from conductr_store.testing import A_GUILD, a_generation, put_people

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def added(store: Store, *rows: Generation) -> tuple[Generation, ...]:
    async with store.begin() as tx:
        return tuple([await tx.generations.add(row) for row in rows])


async def test_a_generation_comes_back_as_it_went_in(store: Store) -> None:
    zone = timezone(timedelta(hours=9))
    (row,) = await added(
        store,
        a_generation(
            prompt="**bold** @everyone \N{SNOWMAN} '; DROP TABLE songs; --" + "x" * 10_000,
            lyrics="line one\nline two",
            instrumental=True,
            reply_to={"channel": 2**62, "token": "abc", "nested": {"list": [1, None, True, 0.5, "\N{SNOWMAN}\0"]}},
            lease_owner="p1",
            lease_until=NOON.astimezone(zone),
            created_at=NOON.astimezone(zone),
            updated_at=NOON,
        ),
    )
    async with store.begin() as tx:
        back = await tx.generations.get(row.id)
    assert back == row
    assert back.created_at == NOON
    assert (back.created_at.tzinfo, back.lease_until and back.lease_until.tzinfo) == (UTC, UTC)
    assert isinstance(back.state, GenerationState)


async def test_text_that_no_database_can_keep_becomes_readable(store: Store) -> None:
    await added(store, a_generation(id="odd", prompt="a\0b\ud800c"))
    async with store.begin() as tx:
        assert (await tx.generations.get("odd")).prompt == "a\ufffdb\ufffdc"


async def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        a_generation(created_at=datetime(2026, 5, 1))  # noqa: DTZ001 - that is what is tested


async def test_json_that_is_none_is_refused_and_nothing_stays(store: Store) -> None:
    with pytest.raises(ValueError, match="JSON"):
        await added(store, a_generation(id="nan", reply_to={"n": float("nan")}))
    async with store.begin() as tx:
        with pytest.raises(NotFound):
            await tx.generations.get("nan")


async def test_the_same_request_is_a_conflict_and_the_first_is_found_by_it(store: Store) -> None:
    (first,) = await added(store, a_generation(request_key="interaction-1"))
    with pytest.raises(Conflict, match="interaction-1"):
        await added(store, a_generation(request_key="interaction-1"))
    async with store.begin() as tx:
        assert await tx.generations.by_request_key("interaction-1") == first
        assert await tx.generations.by_request_key("interaction-2") is None


async def test_after_a_conflict_the_same_transaction_goes_on(store: Store) -> None:
    async with store.begin() as tx:
        first = await tx.generations.add(a_generation())
        with pytest.raises(Conflict):
            await tx.generations.add(a_generation(request_key=first.request_key))
        second = await tx.generations.add(a_generation())
    async with store.begin() as tx:
        assert {row.id for row in await tx.generations.of_guild(A_GUILD.id, 10)} == {first.id, second.id}


async def test_of_sixteen_at_once_with_one_request_key_one_is_added(store: Store) -> None:
    outcomes: list[str] = []

    async def ask() -> None:
        try:
            await added(store, a_generation(request_key="once"))
            outcomes.append("added")
        except Conflict:
            outcomes.append("conflict")

    async with anyio.create_task_group() as group:
        for _ in range(16):
            group.start_soon(ask)
    assert sorted(outcomes) == ["added", *["conflict"] * 15]


async def test_a_generation_needs_its_guild(store: Store) -> None:
    with pytest.raises(Orphan):
        await added(store, a_generation(guild_id=404))


async def test_an_error_in_a_transaction_undoes_all_of_it(store: Store) -> None:
    async def fail() -> None:
        async with store.begin() as tx:
            await tx.generations.add(a_generation(id="undone"))
            await tx.generations.get("404")

    with pytest.raises(NotFound, match="404"):
        await fail()
    async with store.begin() as tx:
        with pytest.raises(NotFound, match="undone"):
            await tx.generations.get("undone")


async def test_a_change_dates_the_row_and_touches_nothing_else(any_url: str) -> None:
    async with Store.open(any_url, now=lambda: NOON + MINUTE) as store:
        async with store.begin() as tx:
            await put_people(tx)
        (row,) = await added(store, a_generation(created_at=NOON, updated_at=NOON))
        async with store.begin() as tx:
            changed = await tx.generations.update(row.id, state="submitted", task_id="t-1")
        expected = evolve(row, state=GenerationState.SUBMITTED, task_id="t-1", updated_at=NOON + MINUTE)
        assert changed == expected
        async with store.begin() as tx:
            assert await tx.generations.get(row.id) == expected
            with pytest.raises(TypeError, match="taskid"):
                await tx.generations.update(row.id, taskid="t-2")
            with pytest.raises(NotFound):
                await tx.generations.update("404", task_id="t-2")


async def test_only_the_lease_holder_changes_a_leased_row(store: Store) -> None:
    (row,) = await added(store, a_generation(lease_owner="p1", lease_until=NOON))
    async with store.begin() as tx:
        with pytest.raises(LeaseLost) as caught:
            await tx.generations.update(row.id, expected_owner="p2", state="failed")
        assert caught.value.owner == "p1"
        changed = await tx.generations.update(row.id, expected_owner="p1", lease_owner=None, lease_until=None)
        assert changed.lease_owner is None
        with pytest.raises(LeaseLost):
            await tx.generations.update(row.id, expected_owner="p1", state="failed")


async def test_a_state_is_untold_until_it_is_marked(store: Store) -> None:
    late, early = await added(
        store,
        a_generation(state="finished", told="playable", updated_at=NOON),
        a_generation(state="failed", updated_at=NOON - MINUTE),
    )
    await added(store, a_generation(state="finished", told="finished"))
    async with store.begin() as tx:
        assert [row.id for row in await tx.generations.untold(10)] == [early.id, late.id]
        await tx.generations.mark_told(early.id, GenerationState.FAILED)
        assert [row.id for row in await tx.generations.untold(10)] == [late.id]
        assert (await tx.generations.get(early.id)).updated_at == early.updated_at
        with pytest.raises(NotFound):
            await tx.generations.mark_told("404", GenerationState.FAILED)


async def test_a_guilds_generations_come_newest_first_in_pages(store: Store) -> None:
    async with store.begin() as tx:
        await tx.guilds.put(Guild(12, "Elsewhere"))
    rows = await added(store, *(a_generation(created_at=NOON + n * MINUTE) for n in range(5)))
    await added(store, a_generation(guild_id=12))
    async with store.begin() as tx:
        assert await tx.generations.of_guild(A_GUILD.id, 2) == rows[:2:-1]
        assert await tx.generations.of_guild(A_GUILD.id, 2, 4) == rows[:1]
        assert await tx.generations.of_guild(A_GUILD.id, -1, -1) == ()
