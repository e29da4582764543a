"""A life of a process that only remembers: it takes random steps on the store and says each that was acknowledged."""

from __future__ import annotations

from random import Random

from support import store_steps
from support.lives import bear, say
from support.store_steps import Life

from conductr_store import Media, Shelf
from conductr_store.records import now
from conductr_store.testing import memory_store, put_people


async def live(
    url: str, folder: str, seed: int, steps: int, settle: bool = False, only: str | None = None, later: bool = False
) -> None:
    """`steps` random steps, or of `only` one kind; or all that dead ones left undone. `later`: a minute from now."""
    if settle:
        await store_steps.settle(url, folder, say)
    else:
        clock = store_steps.in_a_minute if later else now
        async with store_steps.born(url, folder, seed, say, clock) as life:
            for _ in range(steps):
                await life.step(only)
    say("lived")


async def warm() -> None:
    """All that a life does but for files, whose library keeps threads."""
    async with memory_store() as store:
        life = Life(Shelf(store, Media("memory://")), Random(0), say)
        async with store.begin() as tx:
            await put_people(tx)
        for do in (life.edit_queue, life.do_job, life.use_quota, life.submit, life.tell):
            await do()


if __name__ == "__main__":
    bear(live, warm)
