"""Who pays for a wish, and what is not paid for at all: a member's own key, the quota, a song that was made before."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import pytest
from attrs import evolve
from support.saga import ADA, WISH, Life, World

from conductr import Caller, GenerationView, Wish
from conductr.errors import QuotaReached
from conductr.making.verdicts import TOO_MANY_TRIES
from conductr_store import CommitUnsure, Store, UnitOfWork, User
from conductr_store.sealing import Secret
from suno_client import BadKey, SunoError
from suno_client.testing import FakeSuno, Loss, envelope

pytestmark = pytest.mark.anyio

T = TypeVar("T")
ADAS_KEY = "planted-key-of-ada"
EVE = Caller(8, "Eve", ADA.guild_id, "Test guild", voice_channel_id=5)
ELSEWHERE = Caller(8, "Eve", 43, "Elsewhere", voice_channel_id=5)


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    world.settings |= {"quota_member_day": 5, "repeat_window_s": 86_400.0}
    world.members[ADAS_KEY] = FakeSuno(key=ADAS_KEY)
    async with world.life() as life:
        yield life


async def bring_key(world: World, life: Life) -> None:
    async with life.store.begin() as tx:
        await tx.users.put(User(ADA.user_id, ADA.name))
        await tx.provider_keys.put(ADA.user_id, "sunoapi", Secret(ADAS_KEY), world.ring)


async def held(life: Life, generation_id: str) -> str | None:
    return (await life.generations.book.read(generation_id)).row.quota_ref


async def test_a_members_own_key_pays_and_no_quota_is_touched(world: World, life: Life) -> None:
    await bring_key(world, life)
    for number in range(6):
        made = await life.ask(f"{number}", wish=Wish(f"song {number}"))
        assert await held(life, made.id) is None
        (attempt,) = await life.attempts(made.id)
        assert attempt.key_id is not None
    assert (len(world.members[ADAS_KEY].submissions), len(world.suno.submissions)) == (6, 0)


async def test_a_members_key_that_is_refused_ends_the_wish_and_the_bots_purse_stays_shut(
    world: World, life: Life
) -> None:
    await bring_key(world, life)
    world.sunos["kie"] = FakeSuno(dialect="kie")
    world.members[ADAS_KEY].faults["submit"].append(envelope(401, "You do not have access permissions"))
    async with world.life() as both:
        with pytest.raises(BadKey):
            await both.ask()
        assert not world.suno.submissions
        assert not world.sunos["kie"].submissions
        made = await both.ask("two")  # the key is known to be bad: now the bot's pays, and is counted
        assert await held(both, made.id) is not None
    assert len(world.suno.submissions) == 1


async def test_where_a_members_gateway_is_down_the_bots_key_pays_and_is_counted(world: World, life: Life) -> None:
    world.sunos["kie"] = FakeSuno(dialect="kie")
    async with world.life() as life:
        await bring_key(world, life)
        world.members[ADAS_KEY].faults["submit"].extend([Loss("refused")] * 3)
        made = await life.ask()
        first, second = await life.attempts(made.id)
        assert (first.key_id is None, second.key_id is None) == (False, True)
        assert second.provider == "kie"
        assert await held(life, made.id) is not None


async def test_the_same_wish_by_anyone_of_the_server_gives_the_song_that_is_there(world: World, life: Life) -> None:
    first = await life.ask()
    async with life.watching():
        await life.reached(first.id, "finished", "failed")
    same = await life.ask("two", EVE)
    assert (same.id, same.repeated, same.state) == (first.id, True, "finished")
    assert len(world.suno.submissions) == 1
    assert not (await life.ask("three", ELSEWHERE)).repeated
    assert not (await life.ask("four", EVE, anew=True)).repeated
    assert len(world.suno.submissions) == 3


async def test_a_song_is_offered_only_within_its_window_and_only_when_it_is_whole(world: World, life: Life) -> None:
    first = await life.ask()
    assert not (await life.ask("while it is made")).repeated
    async with life.watching():
        await life.reached(first.id, "finished", "failed")
    world.clock.passes(timedelta(days=2))
    assert not (await life.ask("too late", wish=WISH)).repeated


class Unanswering(Store):
    """A store whose commits are not answered, whether they were `kept` or not."""

    kept = True

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]], *, attempts: int = 1) -> T:
        if self.kept:
            await super().run(work, attempts=attempts)
        raise CommitUnsure(self.place)


@pytest.fixture
async def unanswering(world: World, life: Life) -> AsyncIterator[Unanswering]:
    """Through which this life asks; all the rest goes by its own store."""
    async with Unanswering.open(world.url, now=world.clock) as store:
        generations = life.generations
        generations.asker = evolve(generations.asker, book=evolve(generations.book, store=store))
        yield store


async def test_a_wish_whose_commit_was_not_answered_is_told_as_asked_and_sent_once(
    world: World, life: Life, unanswering: Unanswering
) -> None:
    assert unanswering.kept
    made = await life.ask()
    assert made.state == "requested"
    assert (await life.ask()).id == made.id
    async with life.watching():
        await life.reached(made.id, "finished", "failed")
    assert len(world.suno.submissions) == 1


async def test_a_wish_whose_commit_came_to_nothing_is_not_told_as_asked(life: Life, unanswering: Unanswering) -> None:
    unanswering.kept = False
    with pytest.raises(CommitUnsure):
        await life.ask()
    assert not await life.generations.recent(ADA.guild_id)


async def test_asked_again_it_has_all_its_tries_once_more(world: World, life: Life) -> None:
    hasty = envelope(429, "slow down")
    world.suno.faults["submit"].extend([hasty] * (TOO_MANY_TRIES + 1))
    made = await life.ask()
    for _ in range(TOO_MANY_TRIES - 1):
        assert made.state == "requested"
        made = await tried_anew(life, made.id)
    assert made.state == "refused"
    await life.generations.again(made.id)
    assert (await tried_anew(life, made.id)).state == "requested"
    assert (await tried_anew(life, made.id)).state == "submitted"


async def tried_anew(life: Life, generation_id: str) -> GenerationView:
    """What comes of it when it is due."""
    life.clock.passes(timedelta(minutes=10))
    async with life.store.begin() as tx:
        (row,) = await tx.generations.claim(life.generations.book.owner, timedelta(minutes=1), 1)
    with suppress(SunoError):
        await life.generations.submitter.submit(row)
    return await life.generations.get(generation_id)


async def test_asked_again_with_a_key_of_ones_own_no_quota_is_in_the_way(world: World, life: Life) -> None:
    world.suno.faults["submit"].append(envelope(413, "rejected: forbidden words"))
    with pytest.raises(SunoError):
        await life.ask("refused")
    (refused,) = await life.generations.recent(ADA.guild_id)
    for number in range(5):
        await life.ask(f"{number}", wish=Wish(f"song {number}"))
    with pytest.raises(QuotaReached):
        await life.generations.again(refused.id)
    await bring_key(world, life)
    assert (await life.generations.again(refused.id)).state == "requested"
    assert await held(life, refused.id) is None
