"""The audit log: what happened in a transaction that was undone did not happen, and pages never shift."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text

from conductr_store import Conflict, Store
from conductr_store.records import AuditEntry, AuditPage, Outcome
from conductr_store.sealing import Secret
from conductr_store.testing import A_GUILD, A_USER

from .clock import NOON, Clock

pytestmark = pytest.mark.anyio


async def wrote(shared: Store, count: int, clock: Clock) -> list[AuditEntry]:
    """Some entries, a second apart, newest first."""
    async with shared.begin() as tx:
        entries = []
        for number in range(count):
            entries.append(await tx.audit.write("song.deleted", actor_id=number % 2, guild_id=number % 3 + 1))
            clock.pass_by(seconds=1)
    return entries[::-1]


async def test_an_entry_says_who_did_what_where_and_how_it_went(shared: Store) -> None:
    async with shared.begin() as tx:
        entry = await tx.audit.write(
            "settings.changed",
            actor_id=A_USER.id,
            guild_id=A_GUILD.id,
            target="guild:11",
            source="web",
            outcome=Outcome.DENIED,
            detail={"volume": [100, 40], "why": "Ünïcode \0"},
        )
        bare = await tx.audit.write("started")
    async with shared.begin() as tx:
        assert {each.id: each for each in (await tx.audit.page()).items} == {entry.id: entry, bare.id: bare}
    assert (bare.actor_id, bare.guild_id, bare.outcome, bare.detail) == (None, None, Outcome.DONE, {})


async def test_what_was_undone_is_not_in_the_log(shared: Store) -> None:
    with suppress(RuntimeError):
        async with shared.begin() as tx:
            await tx.audit.write("settings.changed")
            raise RuntimeError
    async with shared.begin() as tx:
        assert await tx.audit.page() == AuditPage((), None)


async def test_strangers_and_unknown_guilds_are_written_down_too(shared: Store) -> None:
    async with shared.begin() as tx:
        entry = await tx.audit.write("login", actor_id=2**62, guild_id=2**61, outcome=Outcome.DENIED)
        assert (await tx.audit.page(actor_id=2**62)).items == (entry,)


async def test_a_secret_cannot_be_written_into_it(shared: Store) -> None:
    with pytest.raises(TypeError):
        async with shared.begin() as tx:
            await tx.audit.write("key.set", detail={"key": Secret("sk-canary")})


async def test_pages_follow_each_other_newest_first_and_miss_none(timed: Store, clock: Clock) -> None:
    entries = await wrote(timed, 11, clock)
    read: list[AuditEntry] = []
    after: str | None = None
    while True:
        async with timed.begin() as tx:
            page = await tx.audit.page(after=after, limit=3)
            await tx.audit.write("meanwhile")  # is newer, so no page shifts
        read += page.items
        if page.next is None:
            break
        after = page.next
        clock.pass_by(seconds=1)
    assert read == entries
    assert [each.at for each in entries] == [NOON + timedelta(seconds=10 - number) for number in range(11)]


async def test_a_page_that_ends_with_the_last_entry_has_no_next(timed: Store, clock: Clock) -> None:
    entries = await wrote(timed, 4, clock)
    async with timed.begin() as tx:
        first = await tx.audit.page(limit=2)
        assert await tx.audit.page(after=first.next, limit=2) == AuditPage(tuple(entries[2:]), None)
        assert await tx.audit.page(after="'; DROP TABLE audit --") == AuditPage((), None)


async def test_the_log_is_narrowed_by_guild_actor_action_and_outcome(timed: Store, clock: Clock) -> None:
    entries = await wrote(timed, 6, clock)
    async with timed.begin() as tx:
        denied = await tx.audit.write("song.deleted", actor_id=1, guild_id=1, outcome=Outcome.DENIED)
        clock.pass_by(seconds=1)
        other = await tx.audit.write("login", actor_id=1)
        every = [other, denied, *entries]
        assert (await tx.audit.page(guild_id=1)).items == tuple(each for each in every if each.guild_id == 1)
        assert (await tx.audit.page(actor_id=1)).items == tuple(each for each in every if each.actor_id == 1)
        assert (await tx.audit.page(actions=("login", "logout"))).items == (other,)
        assert (await tx.audit.page(guild_id=1, actor_id=1, outcome=Outcome.DENIED)).items == (denied,)


async def test_what_is_older_than_the_operator_keeps_goes_in_batches(timed: Store, clock: Clock) -> None:
    entries = await wrote(timed, 10, clock)
    async with timed.begin() as tx:
        assert await tx.audit.prune(NOON + timedelta(seconds=6), limit=4) == 4
        assert (await tx.audit.page(limit=100)).items == tuple(entries[:6])
        assert await tx.audit.prune(NOON + timedelta(seconds=6), limit=4) == 2
        assert await tx.audit.prune(NOON + timedelta(seconds=6)) == 0
        assert (await tx.audit.page(limit=100)).items == tuple(entries[:4])


async def test_the_database_itself_refuses_an_outcome_that_is_none(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.audit.write("login")
    with pytest.raises(Conflict):
        async with shared.begin() as tx:
            await tx.audit._link.run(text("UPDATE audit SET outcome = 'perhaps'"))
