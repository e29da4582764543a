"""Memberships: what Discord said last holds, and only for as long as it may be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conductr_store import Guild, Orphan, Store, User
from conductr_store.records import Membership
from conductr_store.testing import A_GUILD, A_USER

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SEEN = Membership(
    guild_id=A_GUILD.id, user_id=A_USER.id, nickname="Countess", role_ids=(2**62, 5), manages=True, seen_at=NOON
)


async def test_a_membership_comes_back_as_it_was_seen(shared: Store) -> None:
    async with shared.begin() as tx:
        assert await tx.memberships.get(A_GUILD.id, A_USER.id) is None
        assert await tx.memberships.see(SEEN)
    async with shared.begin() as tx:
        assert await tx.memberships.get(A_GUILD.id, A_USER.id) == SEEN
        assert SEEN.role_ids == (5, 2**62)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(4)), leaving=st.sampled_from([None, 0, 1, 2, 3]))
async def test_the_newest_report_holds_in_whatever_order_they_come(
    shared: Store, order: list[int], leaving: int | None
) -> None:
    reports = [evolve(SEEN, nickname=str(number), seen_at=NOON + number * SECOND) for number in range(4)]
    async with shared.begin() as tx:
        await tx.users.put(User(1, "Ada"))
        await tx.memberships.see(evolve(SEEN, user_id=1, seen_at=NOON - SECOND))
        for number in order:
            if number == leaving:
                await tx.memberships.gone(A_GUILD.id, 1, reports[number].seen_at)
            else:
                await tx.memberships.see(evolve(reports[number], user_id=1))
        known = await tx.memberships.get(A_GUILD.id, 1)
        await tx.users.forget(1)
    assert known is not None
    assert known.seen_at == NOON + 3 * SECOND
    assert (known.gone_at is not None) == (leaving == 3)
    assert known.manages == (leaving != 3)
    assert leaving == 3 or known.nickname == "3"


async def test_who_left_has_no_rights_and_is_in_no_list_until_seen_again(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.memberships.see(SEEN)
        assert await tx.memberships.gone(A_GUILD.id, A_USER.id, NOON + SECOND)
        assert not await tx.memberships.gone(A_GUILD.id, A_USER.id, NOON)
        left = await tx.memberships.get(A_GUILD.id, A_USER.id)
        assert left == evolve(SEEN, role_ids=(), manages=False, seen_at=NOON + SECOND, gone_at=NOON + SECOND)
        assert await tx.memberships.of_user(A_USER.id) == ()
        assert await tx.memberships.of_guild(A_GUILD.id) == ()
        assert not await tx.memberships.see(SEEN)
        back = evolve(SEEN, seen_at=NOON + 2 * SECOND)
        assert await tx.memberships.see(back)
        assert await tx.memberships.of_user(A_USER.id) == (back,)


def test_what_was_seen_too_long_ago_is_not_believed() -> None:
    minute = timedelta(minutes=1)
    assert SEEN.holds(NOON + minute, minute)
    assert not SEEN.holds(NOON + minute + SECOND, minute)
    assert not evolve(SEEN, gone_at=NOON).holds(NOON, minute)


async def test_lists_are_in_order_and_a_guilds_members_come_in_pages(shared: Store) -> None:
    async with shared.begin() as tx:
        for guild_id in (3, 2):
            await tx.guilds.put(Guild(guild_id, ""))
            await tx.memberships.see(evolve(SEEN, guild_id=guild_id))
        for user_id in (9, 8, 1):
            await tx.users.put(User(user_id, ""))
            await tx.memberships.see(evolve(SEEN, guild_id=3, user_id=user_id))
        assert [each.guild_id for each in await tx.memberships.of_user(A_USER.id)] == [2, 3]
        first = await tx.memberships.of_guild(3, limit=2)
        rest = await tx.memberships.of_guild(3, after=first[-1].user_id, limit=2)
        assert [each.user_id for each in first + rest] == [1, A_USER.id, 8, 9]
        assert await tx.memberships.of_guild(3, limit=-1) == ()


async def test_nobody_is_a_member_of_what_is_not_known(shared: Store) -> None:
    for change in ({"guild_id": 404}, {"user_id": 404}):
        with pytest.raises(Orphan):
            async with shared.begin() as tx:
                await tx.memberships.see(evolve(SEEN, **change))


async def test_who_left_long_ago_is_forgotten(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.memberships.see(SEEN)
        assert await tx.memberships.prune(NOON + SECOND) == 0
        await tx.memberships.gone(A_GUILD.id, A_USER.id, NOON)
        assert await tx.memberships.prune(NOON) == 0
        assert await tx.memberships.prune(NOON + SECOND) == 1
        assert await tx.memberships.get(A_GUILD.id, A_USER.id) is None
