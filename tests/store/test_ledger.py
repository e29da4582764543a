"""The ledger: nothing is used that was not granted, every step counts once, and several accounts go together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from conductr_store import Balance, Conflict, LedgerKind, NotFound, QuotaUsedUp, Settled, Store, UnitOfWork

pytestmark = pytest.mark.anyio

DAY = "guild:42:2026-11-27"
MEMBER = "member:7:2026-11-27"

Step = Callable[[UnitOfWork], Awaitable[object]]


async def do(store: Store, *steps: Step) -> None:
    for step in steps:
        async with store.begin() as tx:
            await step(tx)


async def balance(store: Store, account: str = DAY) -> Balance:
    async with store.begin() as tx:
        return await tx.ledger.balance(account)


@pytest.fixture
async def store(shared: Store) -> Store:
    """Ten are granted to the guild, three to the member."""
    await do(shared, lambda tx: tx.ledger.ensure(DAY, 10), lambda tx: tx.ledger.ensure(MEMBER, 3))
    return shared


async def test_what_is_reserved_is_used_or_free_again(store: Store) -> None:
    await do(store, lambda tx: tx.ledger.reserve(DAY, 4, "a"), lambda tx: tx.ledger.reserve(DAY, 3, "b"))
    assert await balance(store) == Balance(granted=10, available=3, reserved=7, consumed=0)
    await do(store, lambda tx: tx.ledger.consume("a"), lambda tx: tx.ledger.release("b"))
    assert await balance(store) == Balance(granted=10, available=6, reserved=0, consumed=4)
    await do(store, lambda tx: tx.ledger.refund("a"))
    assert await balance(store) == Balance(granted=10, available=10, reserved=0, consumed=0)


async def test_each_step_counts_once_however_often_it_is_repeated(store: Store) -> None:
    steps: tuple[Step, ...] = (
        lambda tx: tx.ledger.grant(DAY, 5, "gift"),
        lambda tx: tx.ledger.reserve(DAY, 4, "a"),
        lambda tx: tx.ledger.consume("a"),
        lambda tx: tx.ledger.refund("a"),
        lambda tx: tx.ledger.reserve(DAY, 2, "b"),
        lambda tx: tx.ledger.release("b"),
    )
    expected = (
        Balance(15, 15, 0, 0),
        Balance(15, 11, 4, 0),
        Balance(15, 11, 0, 4),
        Balance(15, 15, 0, 0),
        Balance(15, 13, 2, 0),
        Balance(15, 15, 0, 0),
    )
    for step, after in zip(steps, expected, strict=True):
        await do(store, step, step, step)
        assert await balance(store) == after


async def test_more_than_is_left_is_refused_and_nothing_is_set_aside(store: Store) -> None:
    await do(store, lambda tx: tx.ledger.reserve(DAY, 8, "a"))
    with pytest.raises(QuotaUsedUp) as caught:
        await do(store, lambda tx: tx.ledger.reserve(DAY, 3, "b"))
    assert (caught.value.account, caught.value.left, caught.value.wanted) == (DAY, 2, 3)
    assert await balance(store) == Balance(10, 2, 8, 0)
    await do(store, lambda tx: tx.ledger.reserve(DAY, 2, "b"))
    assert (await balance(store)).left == 0


async def test_several_accounts_are_reserved_all_or_none_even_where_the_transaction_goes_on(store: Store) -> None:
    async with store.begin() as tx:
        with pytest.raises(QuotaUsedUp) as caught:
            await tx.ledger.reserve_all([(MEMBER, 4), (DAY, 4)], "a")
        assert (caught.value.account, caught.value.left) == (MEMBER, 3)
        with pytest.raises(NotFound, match="nobody"):
            await tx.ledger.reserve_all([(DAY, 4), ("nobody", 1)], "a")
    assert [await balance(store), await balance(store, MEMBER)] == [Balance(10, 10, 0, 0), Balance(3, 3, 0, 0)]
    async with store.begin() as tx:
        assert await tx.ledger.entries("a") == ()
        await tx.ledger.reserve_all([(MEMBER, 1), (DAY, 2)], "a")
        await tx.ledger.reserve_all([(DAY, 2), (MEMBER, 1)], "a")
    assert [await balance(store), await balance(store, MEMBER)] == [Balance(10, 8, 2, 0), Balance(3, 2, 1, 0)]
    await do(store, lambda tx: tx.ledger.consume("a"))
    assert [await balance(store), await balance(store, MEMBER)] == [Balance(10, 8, 0, 2), Balance(3, 2, 0, 1)]
    async with store.begin() as tx:
        lines = [(entry.kind, entry.line, entry.account, entry.amount) for entry in await tx.ledger.entries("a")]
    assert lines == [
        (LedgerKind.CONSUME, 0, DAY, 2),
        (LedgerKind.CONSUME, 1, MEMBER, 1),
        (LedgerKind.RESERVE, 0, DAY, 2),
        (LedgerKind.RESERVE, 1, MEMBER, 1),
    ]


async def test_a_ref_is_for_one_thing(store: Store) -> None:
    await do(store, lambda tx: tx.ledger.reserve(DAY, 2, "a"), lambda tx: tx.ledger.grant(DAY, 1, "gift"))
    others: tuple[Step, ...] = (
        lambda tx: tx.ledger.reserve(DAY, 3, "a"),
        lambda tx: tx.ledger.reserve(MEMBER, 2, "a"),
        lambda tx: tx.ledger.reserve_all([(DAY, 2), (MEMBER, 1)], "a"),
        lambda tx: tx.ledger.grant(DAY, 2, "gift"),
        lambda tx: tx.ledger.grant(MEMBER, 1, "gift"),
    )
    for other in others:
        with pytest.raises(Conflict):
            await do(store, other)
    assert [await balance(store), await balance(store, MEMBER)] == [Balance(11, 9, 2, 0), Balance(3, 3, 0, 0)]


async def test_how_a_reservation_ended_stands(store: Store) -> None:
    ended: tuple[tuple[Step, tuple[Step, ...], str], ...] = (
        (
            lambda tx: tx.ledger.release("a"),
            (
                lambda tx: tx.ledger.consume("a"),
                lambda tx: tx.ledger.refund("a"),
                lambda tx: tx.ledger.reserve(DAY, 1, "a"),
            ),
            "released",
        ),
        (lambda tx: tx.ledger.consume("b"), (lambda tx: tx.ledger.release("b"),), "consumed"),
    )
    await do(store, lambda tx: tx.ledger.reserve(DAY, 1, "a"), lambda tx: tx.ledger.reserve(DAY, 1, "b"))
    with pytest.raises(Settled, match="reserved already"):
        await do(store, lambda tx: tx.ledger.refund("a"))
    for end, wrongs, words in ended:
        await do(store, end)
        for wrong in wrongs:
            with pytest.raises(Settled, match=words):
                await do(store, wrong)
    assert await balance(store) == Balance(10, 9, 0, 1)


async def test_what_was_never_reserved_or_opened_is_not_found(store: Store) -> None:
    await do(store, lambda tx: tx.ledger.grant(DAY, 1, "gift"))
    unknown: tuple[Step, ...] = (
        lambda tx: tx.ledger.consume("404"),
        lambda tx: tx.ledger.release("gift"),
        lambda tx: tx.ledger.refund("404"),
        lambda tx: tx.ledger.balance("404"),
        lambda tx: tx.ledger.reserve("404", 1, "a"),
    )
    for step in unknown:
        with pytest.raises(NotFound):
            await do(store, step)


async def test_a_grant_opens_an_account_and_is_kept_when_the_limit_changes(store: Store) -> None:
    await do(store, lambda tx: tx.ledger.grant("plan:7", 5, "sub:1"), lambda tx: tx.ledger.ensure("plan:7", 10))
    assert await balance(store, "plan:7") == Balance(15, 15, 0, 0)
    await do(store, lambda tx: tx.ledger.ensure("plan:7", 4), lambda tx: tx.ledger.ensure("plan:7", 4))
    assert await balance(store, "plan:7") == Balance(9, 9, 0, 0)


async def test_a_limit_that_falls_below_what_is_used_grants_nothing_until_it_rises(store: Store) -> None:
    await do(store, lambda tx: tx.ledger.reserve(DAY, 8, "a"), lambda tx: tx.ledger.ensure(DAY, 5))
    low = await balance(store)
    assert (low, low.left) == (Balance(5, -3, 8, 0), 0)
    with pytest.raises(QuotaUsedUp) as caught:
        await do(store, lambda tx: tx.ledger.reserve(DAY, 1, "b"))
    assert caught.value.left == 0
    await do(store, lambda tx: tx.ledger.consume("a"), lambda tx: tx.ledger.ensure(DAY, 9))
    await do(store, lambda tx: tx.ledger.reserve(DAY, 1, "b"))
    assert await balance(store) == Balance(9, 0, 1, 8)


async def test_amounts_that_mean_nothing_are_refused(store: Store) -> None:
    wrong: tuple[Step, ...] = (
        lambda tx: tx.ledger.reserve(DAY, 0, "a"),
        lambda tx: tx.ledger.grant(DAY, -1, "a"),
        lambda tx: tx.ledger.reserve_all([], "a"),
        lambda tx: tx.ledger.reserve_all([(DAY, 1), (DAY, 2)], "a"),
        lambda tx: tx.ledger.ensure(DAY, -1),
    )
    for step in wrong:
        with pytest.raises(ValueError, match=r"above 0|below 0"):
            await do(store, step)


async def test_accounts_of_long_ago_are_forgotten_but_none_with_something_reserved(store: Store) -> None:
    await do(store, lambda tx: tx.ledger.reserve(DAY, 1, "a"), lambda tx: tx.ledger.reserve(MEMBER, 1, "b"))
    await do(store, lambda tx: tx.ledger.consume("b"))
    async with store.begin() as tx:
        assert await tx.ledger.prune(timedelta(hours=1)) == 0
        assert await tx.ledger.prune(timedelta(0)) == 1
        assert await tx.ledger.entries("b") == ()
        with pytest.raises(NotFound):
            await tx.ledger.balance(MEMBER)
    await do(store, lambda tx: tx.ledger.consume("a"))
    assert await balance(store) == Balance(10, 9, 0, 1)
