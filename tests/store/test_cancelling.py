"""A cancelled task, by asyncio's own Task.cancel() too, leaves a store that works, no lock and no half change."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from conductr_store import NotFound, Store
from conductr_store.testing import A_USER, a_generation
from conductr_store.unbroken import unbroken

pytestmark = pytest.mark.anyio

MOMENTS = 60  # turns of the loop before the cancel: more than a transaction takes


async def write(store: Store, name: str) -> None:
    async with store.begin() as tx:
        row = await tx.generations.add(a_generation(id=name))
        await tx.generations.update(row.id, prompt="changed")


async def is_whole_or_not_there(store: Store, name: str) -> None:
    async with store.begin() as tx:
        assert await tx.users.get(A_USER.id) == A_USER
        with suppress(NotFound):
            assert (await tx.generations.get(name)).prompt == "changed"


@pytest.mark.parametrize("cancels", [1, 3])
async def test_a_native_cancel_at_any_moment_leaves_the_connection_to_the_next(store: Store, cancels: int) -> None:
    for moment in range(MOMENTS):
        name = f"half-{moment}"
        writing = asyncio.get_running_loop().create_task(write(store, name))
        for _ in range(moment // 2):
            await asyncio.sleep(0)
        for _ in range(cancels):
            writing.cancel()
            await asyncio.sleep(0.0001 * (moment % 5))  # in the midst of what the driver's thread does
        with suppress(asyncio.CancelledError):
            await writing
        await is_whole_or_not_there(store, name)


async def test_what_is_unbroken_is_done_before_its_cancelled_caller_goes() -> None:
    go, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await go.wait()
        done.set()

    caller = asyncio.get_running_loop().create_task(unbroken(work()))
    for _ in range(3):
        await asyncio.sleep(0)
        caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done.is_set()


async def test_what_is_unbroken_gives_what_it_gives_and_raises_what_it_raises() -> None:
    async def give() -> int:
        return 7

    async def fail() -> None:
        raise KeyError("here")

    assert await unbroken(give()) == 7
    with pytest.raises(KeyError, match="here"):
        await unbroken(fail())


async def test_a_timeout_of_asyncio_still_says_that_it_was_one(store: Store) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), store.begin():
            await asyncio.Event().wait()
    await is_whole_or_not_there(store, "never")
