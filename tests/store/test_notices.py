"""Notices: one message each, sent by one, edited when there is news, and never lost between the two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conductr_store import LeaseLost, NotFound, Notice, NoticeState, Store

pytestmark = pytest.mark.anyio

LEASE = timedelta(seconds=30)
OVER = timedelta(seconds=-1)  # a lease that has ended before it began
CHANNEL = {"channel": 2**62}
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def put(store: Store, words: str = "composing", dedupe: str = "gen:1") -> Notice:
    async with store.begin() as tx:
        return await tx.notices.put(dedupe, CHANNEL, "progress", {"words": words})


async def claim(store: Store, owner: str = "s1", lease: timedelta = LEASE, limit: int = 10) -> tuple[Notice, ...]:
    async with store.begin() as tx:
        return await tx.notices.claim(owner, lease, limit)


async def sent(store: Store, notice: Notice, message_id: int | None = 99) -> Notice:
    async with store.begin() as tx:
        return await tx.notices.sent(notice.id, message_id, epoch=notice.lease_epoch)


async def test_a_notice_waits_once_however_often_it_is_put(shared: Store) -> None:
    first = await put(shared)
    assert (first.state, first.message_id, first.revision, first.target) == (NoticeState.WAITING, None, 1, CHANNEL)
    assert await put(shared) == first
    for body in ({"lines": (1, 2)}, {"lines": [1, 2]}):  # the same to JSON
        async with shared.begin() as tx:
            assert (await tx.notices.put("listed", CHANNEL, "list", body)).revision == 1
    async with shared.begin() as tx:
        assert await tx.notices.by_dedupe("gen:1") == first
        assert await tx.notices.by_dedupe("gen:2") is None
        with pytest.raises(NotFound):
            await tx.notices.get("404")


async def test_a_notice_is_given_to_one_sender_and_then_to_none(shared: Store) -> None:
    await put(shared)
    (notice,) = await claim(shared)
    assert (notice.lease_owner, notice.lease_epoch, notice.attempt) == ("s1", 1, 1)
    assert await claim(shared, "s2") == ()
    told = await sent(shared, notice)
    assert (told.state, told.message_id, told.lease_owner) == (NoticeState.SENT, 99, None)
    assert await claim(shared, "s2") == ()
    assert await put(shared) == told


async def test_news_of_a_sent_notice_is_an_edit_of_its_message(shared: Store) -> None:
    await put(shared)
    await sent(shared, (await claim(shared))[0])
    news = await put(shared, "playable")
    assert (news.state, news.message_id, news.revision) == (NoticeState.WAITING, 99, 2)
    (notice,) = await claim(shared)
    assert (notice.message_id, notice.body) == (99, {"words": "playable"})
    edited = await sent(shared, notice, None)
    assert (edited.state, edited.message_id) == (NoticeState.SENT, 99)


async def test_news_that_comes_while_the_older_is_being_sent_is_sent_next(shared: Store) -> None:
    await put(shared)
    (older,) = await claim(shared)
    await put(shared, "playable")
    assert await claim(shared, "s2") == ()  # else two messages
    after = await sent(shared, older)
    assert (after.state, after.message_id) == (NoticeState.WAITING, 99)
    (newer,) = await claim(shared, "s2")
    assert (newer.message_id, newer.body) == (99, {"words": "playable"})
    assert (await sent(shared, newer)).state is NoticeState.SENT


async def test_a_notice_whose_sender_hangs_goes_to_another_and_the_first_is_told(shared: Store) -> None:
    await put(shared)
    (hung,) = await claim(shared, "s1", OVER)
    (notice,) = await claim(shared, "s2")
    with pytest.raises(LeaseLost) as caught:
        await sent(shared, hung, 98)
    assert caught.value.owner == "s2"
    assert (await sent(shared, notice, 99)).message_id == 99


async def test_a_notice_that_could_not_be_sent_waits_for_its_time(shared: Store) -> None:
    await put(shared)
    (notice,) = await claim(shared)
    async with shared.begin() as tx:
        later = await tx.notices.again(notice.id, "too many", timedelta(hours=1), epoch=notice.lease_epoch)
    assert (later.state, later.last_error, later.lease_owner) == (NoticeState.WAITING, "too many", None)
    assert await claim(shared) == ()
    fresh = await put(shared, "playable")
    assert (fresh.attempt, fresh.last_error) == (0, None)
    assert [one.id for one in await claim(shared)] == [notice.id]


async def test_a_notice_whose_place_is_gone_is_given_up_until_there_is_news(shared: Store) -> None:
    await put(shared)
    (notice,) = await claim(shared)
    async with shared.begin() as tx:
        gone = await tx.notices.mark(notice.id, NoticeState.GIVEN_UP, "no such channel", epoch=notice.lease_epoch)
    assert (gone.state, gone.last_error) == (NoticeState.GIVEN_UP, "no such channel")
    assert await claim(shared) == ()
    await put(shared, "playable")
    assert len(await claim(shared)) == 1


async def test_a_notice_may_be_marked_to_be_sent_anew(shared: Store) -> None:
    await put(shared)
    notice = await sent(shared, (await claim(shared))[0], None)
    assert (notice.state, notice.message_id) == (NoticeState.SENT, None)
    async with shared.begin() as tx:
        await tx.notices.mark(notice.id, NoticeState.WAITING)
    assert [one.id for one in await claim(shared)] == [notice.id]


async def test_the_longest_waiting_are_sent_first(shared_url: str, shared: Store) -> None:
    for number in (3, 1, 0, 2):
        async with Store.open(shared_url, now=lambda at=NOON + timedelta(seconds=number): at) as store:
            await put(store, dedupe=f"gen:{number}")
    assert [notice.dedupe for notice in await claim(shared, limit=3)] == ["gen:0", "gen:1", "gen:2"]
    assert [notice.dedupe for notice in await claim(shared)] == ["gen:3"]


async def test_only_what_was_told_long_ago_is_forgotten(shared: Store) -> None:
    for dedupe in ("told", "waiting"):
        await put(shared, dedupe=dedupe)
    for notice in await claim(shared, lease=OVER):
        if notice.dedupe == "told":
            await sent(shared, notice)
    async with shared.begin() as tx:
        assert await tx.notices.prune(timedelta(hours=1)) == 0
        assert await tx.notices.prune(timedelta(0)) == 1
        assert await tx.notices.by_dedupe("told") is None
        assert await tx.notices.by_dedupe("waiting") is not None
