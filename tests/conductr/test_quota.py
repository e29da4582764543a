"""So many songs of the bot's own key and no more: by member, server, day and plan; and what people are told of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr.allowance import Allowance
from conductr.errors import QuotaReached
from conductr.quota import Left, Limits, ServerLimits, charges, limits_of, tightest
from conductr.refusals import refusal
from conductr.settings import PlanLimits, Settings
from conductr_store import Store
from conductr_store.testing import A_GUILD, A_USER

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
PLUS = PlanLimits(name="plus", day=5, month=40)
NOTHING_SET = ServerLimits()


def accounts(
    limits: Limits, *, plan: str = "free", server: ServerLimits = NOTHING_SET, at: datetime = NOON
) -> dict[str, int]:
    found = charges(limits, user_id=7, guild_id=11, plan=plan, server=server, at=at)
    return {charge.account: charge.limit for charge in found}


def test_without_limits_nothing_is_counted() -> None:
    assert not accounts(Limits())


def test_a_song_is_counted_for_the_member_the_server_and_everybody() -> None:
    assert accounts(Limits(20, 100, 500)) == {
        "member:7:2026-11-27": 20,
        "server:11:2026-11-27": 100,
        "bot:2026-11-27": 500,
    }


def test_a_plan_has_a_day_and_a_month_of_its_own() -> None:
    limits = Limits(1, plans={"plus": PLUS})
    assert accounts(limits, plan="Plus") == {"member:7:2026-11-27": 5, "plan:7:2026-11": 40}
    assert accounts(limits, plan="unheard of") == {"member:7:2026-11-27": 1}


def test_a_server_may_allow_less_than_the_operator_and_never_more() -> None:
    assert accounts(Limits(server_day=100), server=ServerLimits(2, 30)) == {
        "here:11:7:2026-11-27": 2,
        "server:11:2026-11-27": 30,
    }
    assert accounts(Limits(server_day=10), server=ServerLimits(None, 30)) == {"server:11:2026-11-27": 10}


def test_the_day_is_that_of_utc_wherever_the_clock_hangs() -> None:
    late = datetime(2026, 11, 28, 1, tzinfo=timezone(timedelta(hours=2)))
    assert list(accounts(Limits(3), at=late)) == ["member:7:2026-11-27"]


@given(st.timedeltas(timedelta(0), timedelta(days=20_000)))
def test_what_is_used_up_comes_back_later_and_under_another_name(later: timedelta) -> None:
    at = NOON + later
    limits = Limits(1, 1, 1, {"plus": PLUS})
    for charge in charges(limits, user_id=7, guild_id=11, plan="plus", server=ServerLimits(1), at=at):
        assert charge.returns_at > at
        again = charges(limits, user_id=7, guild_id=11, plan="plus", server=ServerLimits(1), at=charge.returns_at)
        assert charge.account not in {other.account for other in again}
        just_before = charge.returns_at - timedelta(microseconds=1)
        before = charges(limits, user_id=7, guild_id=11, plan="plus", server=ServerLimits(1), at=just_before)
        assert charge.account in {other.account for other in before}


def test_settings_name_the_limits_and_the_plans() -> None:
    settings = Settings(_env_file=None, quota_day=9, plans="plus=5/40, Studio = 50 / 900")  # pyright: ignore[reportCallIssue, reportArgumentType] - pydantic reads it
    limits = limits_of(settings)
    assert (limits.member_day, limits.server_day, limits.everybody_day) == (20, 100, 9)
    assert limits.plans == {"plus": PLUS, "studio": PlanLimits(name="studio", day=50, month=900)}


def test_what_is_left_is_told_of_the_tightest_limit() -> None:
    tomorrow = datetime(2026, 11, 28, tzinfo=UTC)
    found = (Left("member", 3, 20, tomorrow), Left("server", 1, 100, tomorrow))
    assert tightest(found) == found[1]
    assert tightest(found[:1]) == found[0]
    assert tightest(()) is None


@pytest.mark.parametrize("whose", ["member", "here", "server", "everybody", "plan"])
def test_whoever_has_had_all_is_told_when_there_is_more(whose: str) -> None:
    text, hint = refusal(QuotaReached(whose, 20, datetime(2026, 12, 1, tzinfo=UTC)))
    assert "20 songs" in text
    assert "1 December, 00:00 UTC" in (hint or "")


async def reserve(store: Store, allowance: Allowance, ref: str, user_id: int = A_USER.id, at: datetime = NOON) -> bool:
    async with store.begin() as tx:
        return await allowance.reserve(tx, user_id=user_id, guild_id=A_GUILD.id, ref=ref, at=at)


async def test_the_song_beyond_the_limit_is_refused_and_the_next_day_there_are_more(store: Store) -> None:
    allowance = Allowance(Limits(2))
    assert await reserve(store, allowance, "one")
    assert await reserve(store, allowance, "two")
    with pytest.raises(QuotaReached) as refused:
        await reserve(store, allowance, "three")
    assert (refused.value.whose, refused.value.limit) == ("member", 2)
    assert refused.value.returns_at == datetime(2026, 11, 28, tzinfo=UTC)
    assert await reserve(store, allowance, "four", at=refused.value.returns_at)


async def test_where_one_limit_is_reached_nothing_is_taken_from_the_others(store: Store) -> None:
    allowance = Allowance(Limits(member_day=5, server_day=1))
    await reserve(store, allowance, "one")
    with pytest.raises(QuotaReached) as refused:
        await reserve(store, allowance, "two")
    assert refused.value.whose == "server"
    async with store.begin() as tx:
        assert (await tx.ledger.balance("member:7:2026-11-27")).reserved == 1


async def test_the_same_wish_again_takes_nothing_more_and_a_song_that_was_not_made_is_given_back(store: Store) -> None:
    allowance = Allowance(Limits(1))
    await reserve(store, allowance, "one")
    await reserve(store, allowance, "one")
    async with store.begin() as tx:
        await tx.ledger.release("one")
    assert await reserve(store, allowance, "two")


async def test_without_a_limit_nothing_stands_in_the_ledger(store: Store) -> None:
    assert not await reserve(store, Allowance(Limits()), "one")
    async with store.begin() as tx:
        assert not await tx.ledger.entries("one")


async def test_what_is_left_is_known_before_and_after_the_first_song(store: Store) -> None:
    allowance = Allowance(Limits(2))
    for left in (2, 1):
        async with store.begin() as tx:
            (found,) = await allowance.left(tx, user_id=A_USER.id, guild_id=A_GUILD.id, at=NOON)
        assert (found.left, found.limit) == (left, 2)
        await reserve(store, allowance, f"song {left}")


async def test_many_at_once_get_exactly_what_there_is(store: Store) -> None:
    allowance, granted = Allowance(Limits(server_day=5)), list[str]()

    async def ask(ref: str) -> None:
        try:
            await reserve(store, allowance, ref)
        except QuotaReached:
            return
        granted.append(ref)

    async with anyio.create_task_group() as members:
        for number in range(20):
            members.start_soon(ask, f"wish {number}")
    assert len(granted) == 5


async def test_members_of_a_plan_and_servers_with_limits_of_their_own_are_known_by_their_rows(store: Store) -> None:
    allowance = Allowance(Limits(0, plans={"plus": PLUS}))
    with pytest.raises(QuotaReached):
        await reserve(store, allowance, "one")
    async with store.begin() as tx:
        await tx.users.update(A_USER.id, plan="plus")
        await tx.guilds.set(A_GUILD.id, member_daily_quota=1)
    assert await reserve(store, allowance, "two")
    with pytest.raises(QuotaReached) as refused:
        await reserve(store, allowance, "three")
    assert refused.value.whose == "here"
