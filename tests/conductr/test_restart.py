"""What a crash left behind is brought to its end by the next process; what may have been paid for is not sent again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support.suno import Suno
from support.watching import ended

from conductr import Caller, Settings, Wish, open_conductr
from conductr_store import Generation, GenerationState, Guild, Store, User

pytestmark = pytest.mark.anyio


@pytest.fixture
def database(url: str) -> str:
    return url


async def left_behind(settings: Settings, state: GenerationState, task_id: str | None = None) -> str:
    """A row as a process that died some time ago left it."""
    long_ago = datetime.now(UTC) - timedelta(minutes=1)
    row = Generation(
        id="left",
        guild_id=42,
        user_id=7,
        request_key="left",
        prompt="a rainy lo-fi beat",
        model="V5_5",
        state=state,
        task_id=task_id,
        lease_owner="dead",
        lease_until=long_ago,
        created_at=long_ago,
    )
    async with Store.open(settings.database) as store, store.begin() as tx:
        await tx.users.put(User(7, "Ada"))
        await tx.guilds.put(Guild(42, "Test guild"))
        await tx.generations.add(row)
    return row.id


async def test_a_wish_that_never_left_is_sent(settings: Settings, suno: Suno) -> None:
    row = await left_behind(settings, GenerationState.REQUESTED)
    async with open_conductr(settings) as conductr:
        assert (await ended(conductr, row)).state == "finished"
    assert await suno.accepted(1)


async def test_a_wish_that_may_have_left_is_told_and_not_sent(settings: Settings, suno: Suno) -> None:
    row = await left_behind(settings, GenerationState.SUBMITTING)
    async with open_conductr(settings) as conductr:
        made = await ended(conductr, row)
    assert made.state == "unknown"
    assert "not known whether" in (made.reason or "")
    assert await suno.accepted(0)


async def test_a_task_goes_on_where_it_was(settings: Settings, suno: Suno, caller: Caller) -> None:
    async with open_conductr(settings) as first:
        made = await first.generations.start(caller, Wish("a folk song"), "one")
    async with open_conductr(settings) as second:
        made = await ended(second, made.id)
        assert made.state == "finished"
        queue = await second.playback.queue(caller.guild_id)
    assert len(queue.upcoming) == 1, "queued once, whatever the first process had done"
    assert await suno.accepted(1)


async def test_a_task_that_suno_does_not_know_is_given_up_in_words(settings: Settings) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=25)
    row = await left_behind(settings, GenerationState.SUBMITTED, task_id="0" * 32)
    async with Store.open(settings.database) as store, store.begin() as tx:
        await tx.generations.update(row, created_at=long_ago)
    async with open_conductr(settings) as conductr:
        made = await ended(conductr, row)
    assert made.state == "failed"
    assert made.reason
