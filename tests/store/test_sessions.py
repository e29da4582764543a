"""Sessions end when they should, and a token that was stolen does not serve for long."""

from __future__ import annotations

from datetime import timedelta

import anyio
import pytest
from attrs import evolve
from sqlalchemy import select

from conductr_store import Orphan, Store, User
from conductr_store.records import Used
from conductr_store.tables import sessions
from conductr_store.testing import A_USER

from .clock import NOON, Clock

pytestmark = pytest.mark.anyio

ALMOST = timedelta(microseconds=1)


async def start(store: Store, agent: str | None = None) -> tuple[Used, str]:
    async with store.begin() as tx:
        used = await tx.sessions.start(A_USER.id, agent=agent)
    assert used.new_token is not None
    return used, used.new_token.reveal()


async def use(store: Store, token: str, *, change: bool = True) -> Used | None:
    async with store.begin() as tx:
        return await tx.sessions.use(token, change=change)


async def still(store: Store, token: str, *, change: bool = True) -> Used:
    """The session, which lives."""
    used = await use(store, token, change=change)
    assert used is not None
    return used


async def changed(store: Store, token: str) -> str:
    """The token's successor, which is due."""
    used = await still(store, token)
    assert used.new_token is not None
    return used.new_token.reveal()


async def test_a_session_is_opened_by_its_token_alone(timed: Store) -> None:
    started, token = await start(timed, "Firefox on Linux")
    assert await use(timed, token) == Used(started.session)
    assert started.session.agent == "Firefox on Linux"
    for other in ("", token[:-1], token + "x", token.swapcase(), started.session.id, "x" * 100_000, "\0", "\ud800"):
        assert await use(timed, other) is None
    with pytest.raises(Orphan):
        async with timed.begin() as tx:
            await tx.sessions.start(404)


async def test_tokens_are_long_all_different_and_nowhere_in_the_database(timed: Store) -> None:
    tokens = [(await start(timed, "x" * 1000))[1] for _ in range(20)]
    assert len(set(tokens)) == 20
    assert {len(token) for token in tokens} == {43}  # 256 bits
    async with timed._engine.begin() as connection:
        rows = (await connection.execute(select(sessions))).all()
    assert not [token for token in tokens if token in repr(rows)]
    assert {len(row.agent) for row in rows} == {200}


async def test_a_session_that_is_not_used_ends_after_a_week(timed: Store, clock: Clock) -> None:
    _, token = await start(timed)
    clock.at = NOON + timedelta(days=7) - ALMOST
    assert await use(timed, token, change=False) is not None
    clock.pass_by(days=7)
    assert await use(timed, token) is None


async def test_a_session_that_is_used_ends_after_a_month(timed: Store, clock: Clock) -> None:
    _, token = await start(timed)
    for _ in range(29):
        clock.pass_by(days=1)
        token = await changed(timed, token)
    clock.at = NOON + timedelta(days=30) - ALMOST
    assert await use(timed, token, change=False) is not None
    clock.at = NOON + timedelta(days=30)
    assert await use(timed, token, change=False) is None


async def test_being_seen_is_written_once_a_minute(timed: Store, clock: Clock) -> None:
    started, token = await start(timed)
    clock.pass_by(seconds=59)
    assert await use(timed, token) == Used(started.session)
    clock.pass_by(seconds=1)
    assert await use(timed, token) == Used(evolve(started.session, seen_at=clock.at))


async def test_a_token_is_changed_once_a_day_where_a_cookie_can_be_set(timed: Store, clock: Clock) -> None:
    started, token = await start(timed)
    clock.pass_by(hours=24)
    assert (await still(timed, token, change=False)).new_token is None
    second = await changed(timed, token)
    assert second != token
    used = await still(timed, second)
    assert (used.new_token, used.session.id) == (None, started.session.id)


async def test_requests_under_way_may_carry_the_former_token(timed: Store, clock: Clock) -> None:
    _, token = await start(timed)
    clock.pass_by(hours=24)
    second = await changed(timed, token)
    for _ in range(3):
        assert (await still(timed, token)).new_token is None
    assert await use(timed, second) is not None
    clock.pass_by(minutes=1)
    assert (await still(timed, token)).new_token is None
    assert await use(timed, second) is not None


async def test_of_many_requests_at_once_one_gets_the_new_token_and_none_is_turned_away(
    timed: Store, clock: Clock
) -> None:
    _, token = await start(timed)
    clock.pass_by(hours=24)
    answers: list[Used] = []

    async def ask() -> None:
        answers.append(await still(timed, token))

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(ask)
    new = [used.new_token for used in answers if used.new_token is not None]
    assert (len(answers), len(new)) == (8, 1)
    assert await use(timed, new[0].reveal()) is not None


async def test_a_former_token_that_comes_back_later_ends_the_session_for_both(timed: Store, clock: Clock) -> None:
    _, token = await start(timed)
    _, other = await start(timed)
    clock.pass_by(hours=24)
    second = await changed(timed, token)
    await use(timed, second)
    clock.pass_by(minutes=1, microseconds=1)
    assert await use(timed, token) is None
    assert await use(timed, second) is None
    assert await use(timed, other) is not None


async def test_who_never_got_the_new_token_gets_another(timed: Store, clock: Clock) -> None:
    """The answer that carried it was lost: the browser still has the former one, and nobody used the new one."""
    _, token = await start(timed)
    clock.pass_by(hours=24)
    lost = await changed(timed, token)
    clock.pass_by(minutes=1, microseconds=1)
    assert (await still(timed, token, change=False)).new_token is None
    third = await changed(timed, token)
    assert await use(timed, lost) is None
    assert await use(timed, third) is not None


async def test_a_token_is_dead_once_its_session_was_ended(timed: Store) -> None:
    started, token = await start(timed)
    async with timed.begin() as tx:
        assert not await tx.sessions.end(8, started.session.id), "it is another's"
        assert await tx.sessions.end(A_USER.id, started.session.id)
        assert not await tx.sessions.end(A_USER.id, started.session.id)
    assert await use(timed, token) is None


async def test_logging_out_everywhere_may_spare_the_browser_that_asks(timed: Store) -> None:
    (mine, my_token), (_, second), (_, third) = [await start(timed) for _ in range(3)]
    async with timed.begin() as tx:
        await tx.users.put(User(8, "Grace"))
        theirs = await tx.sessions.start(8)
        assert await tx.sessions.end_all(A_USER.id, but=mine.session.id) == 2
        assert await tx.sessions.of_user(A_USER.id) == (mine.session,)
        assert await tx.sessions.end_all(A_USER.id) == 1
        assert await tx.sessions.of_user(A_USER.id) == ()
        assert await tx.sessions.of_user(8) == (theirs.session,)
    assert [await use(timed, token) for token in (my_token, second, third)] == [None] * 3


async def test_a_users_living_sessions_come_with_the_last_used_first(timed: Store, clock: Clock) -> None:
    old, old_token = await start(timed)
    clock.pass_by(days=3)
    new, _ = await start(timed)
    clock.pass_by(days=1)
    used = await still(timed, old_token, change=False)
    async with timed.begin() as tx:
        assert await tx.sessions.of_user(A_USER.id) == (used.session, new.session)
        clock.pass_by(days=6)
        assert await tx.sessions.of_user(A_USER.id) == (used.session,)
    assert used.session == evolve(old.session, seen_at=NOON + timedelta(days=4))


async def test_dead_sessions_are_pruned_and_living_ones_stay(timed: Store, clock: Clock) -> None:
    _, idle = await start(timed)
    clock.pass_by(days=7, microseconds=1)
    ended, _ = await start(timed)
    _, living = await start(timed)
    async with timed.begin() as tx:
        await tx.sessions.end(A_USER.id, ended.session.id)
        assert await tx.sessions.prune() == 1
        assert await tx.sessions.use(idle) is None
        assert await tx.sessions.use(living) is not None
        clock.pass_by(days=30, microseconds=1)
        assert await tx.sessions.prune() == 2
