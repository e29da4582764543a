"""A server's own key: who manages it brings it, it pays before the bot's and after the member's, and nobody sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from attrs import evolve
from support.saga import ADA, Life, World

from conductr import Caller
from conductr.errors import KeysNotKept, QuotaReached, UnknownProvider, UnusableKey
from conductr.rights import NotAllowed
from conductr.server_keys import ServerKeys
from conductr_store import User
from conductr_store.records import Outcome
from conductr_store.sealing import Secret
from suno_client import BadKey
from suno_client.testing import FakeSuno, envelope

pytestmark = pytest.mark.anyio

ONE_ENGINE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # of a rule that asks the store nothing new

SERVERS, MEMBERS = "planted-key-of-the-server", "planted-key-of-a-member"
OWNER = evolve(ADA, user_id=9, name="Owner", manages=True)
CLOSED = envelope(455, "closed for maintenance")
ELSEWHERE = Caller(7, "Ada", 43, "Elsewhere", voice_channel_id=5)


@pytest.fixture
async def life(world: World) -> AsyncIterator[Life]:
    world.settings |= {"quota_member_day": 1}
    for key in (SERVERS, MEMBERS):
        world.members[key] = FakeSuno(key=key)
    async with world.life() as life:
        yield life


@pytest.fixture
def keys(world: World, life: Life) -> ServerKeys:
    return ServerKeys(life.store, world.ring)


def sent(world: World) -> tuple[int, int, int]:
    """By the member's key, the server's, the bot's."""
    return tuple(len(one.submissions) for one in (world.members[MEMBERS], world.members[SERVERS], world.suno))  # pyright: ignore[reportReturnType] - of three


async def test_it_pays_for_all_of_its_members_and_for_nobody_elsewhere(
    world: World, life: Life, keys: ServerKeys
) -> None:
    kept = await keys.put(OWNER, "kie", f"  {SERVERS}\n")
    assert (kept.provider, kept.ending, kept.brought_by) == ("kie", SERVERS[-4:], OWNER.user_id)
    songs = [await life.ask(f"{number}", anew=True) for number in range(3)]
    for made in songs:
        assert made.quota_left is None
        (attempt,) = await life.attempts(made.id)
        assert attempt.key_id is not None
    assert sent(world) == (0, 3, 0)
    await life.ask("elsewhere", ELSEWHERE)
    assert sent(world) == (0, 3, 1)
    with pytest.raises(QuotaReached):
        await life.ask("elsewhere again", ELSEWHERE)
    await life.ask("here, where the bot's quota is in nobody's way", anew=True)
    async with life.watching():
        await life.reached(songs[0].id, "finished", "failed")
    (shown,) = await keys.shown(OWNER)
    assert (shown.refused, shown.used_at is not None) == (False, True)


@ONE_ENGINE
async def test_a_members_own_comes_first_and_where_both_are_down_the_bots_pays_and_is_counted(
    world: World, life: Life, keys: ServerKeys
) -> None:
    await keys.put(OWNER, "kie", SERVERS)
    async with life.store.begin() as tx:
        await tx.users.put(User(ADA.user_id, ADA.name))
        await tx.provider_keys.put(ADA.user_id, "gcui", Secret(MEMBERS), world.ring)
    await life.ask("one", anew=True)
    assert sent(world) == (1, 0, 0)
    world.members[MEMBERS].faults["submit"].append(CLOSED)
    await life.ask("two", anew=True)
    assert sent(world) == (1, 1, 0)
    world.members[SERVERS].faults["submit"].append(CLOSED)
    made = await life.ask("three", anew=True)
    assert sent(world) == (1, 1, 1)
    assert made.quota_left is not None
    assert made.quota_left.left == 0


@ONE_ENGINE
async def test_one_that_is_refused_is_told_and_not_tried_again(world: World, life: Life, keys: ServerKeys) -> None:
    await keys.put(OWNER, "kie", SERVERS)
    world.members[SERVERS].faults["submit"].append(envelope(401, "You do not have access permissions"))
    with pytest.raises(BadKey):
        await life.ask("one")
    assert sent(world) == (0, 0, 0)
    (shown,) = await keys.shown(OWNER)
    assert shown.refused
    await life.ask("two")
    assert sent(world) == (0, 0, 1)


async def test_only_who_manages_the_server_sees_brings_or_removes_it_and_all_is_in_the_log(
    life: Life, keys: ServerKeys
) -> None:
    await keys.put(OWNER, "kie", SERVERS)
    for ask in (keys.shown(ADA), keys.put(ADA, "kie", MEMBERS), keys.remove(ADA, "kie")):
        with pytest.raises(NotAllowed):
            await ask
    assert await keys.remove(OWNER, "kie")
    assert not await keys.remove(OWNER, "kie")
    assert await keys.shown(OWNER) == ()
    async with life.store.begin() as tx:
        told = [(entry.action, entry.actor_id, entry.outcome) for entry in (await tx.audit.page()).items]
        dump = repr((await tx.audit.page()).items)
    assert sorted(told) == sorted(
        [
            ("server_key.set", OWNER.user_id, Outcome.DONE),
            ("server_key.set", ADA.user_id, Outcome.DENIED),
            ("server_key.removed", ADA.user_id, Outcome.DENIED),
            ("server_key.removed", OWNER.user_id, Outcome.DONE),
        ]
    )
    assert "planted" not in dump + repr(keys)


@ONE_ENGINE
async def test_what_cannot_be_a_key_or_be_kept_is_refused_and_never_repeated(life: Life, keys: ServerKeys) -> None:
    for nonsense in ("", "   ", "two\nlines", "\u202ehidden", "x" * 5_000):
        with pytest.raises(UnusableKey) as refused:
            await keys.put(OWNER, "kie", nonsense)
        assert not str(refused.value)
    with pytest.raises(UnknownProvider) as unknown:
        await keys.put(OWNER, "http://evil.example", SERVERS)
    assert "kie" in unknown.value.known
    with pytest.raises(KeysNotKept):
        await ServerKeys(life.store, None).put(OWNER, "kie", SERVERS)
    assert await keys.shown(OWNER) == ()


@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
async def test_what_is_being_made_with_a_key_is_kept_though_it_is_gone(
    world: World, life: Life, keys: ServerKeys, *, replaced: bool
) -> None:
    """The other is of another account: it knows nothing of the song."""
    await keys.put(OWNER, "kie", SERVERS)
    made = await life.ask()
    if replaced:
        await keys.put(OWNER, "kie", MEMBERS)
    else:
        await keys.remove(OWNER, "kie")
    async with life.watching():
        made = await life.reached(made.id, "finished", "failed")
    assert made.state == "finished"
    assert sent(world) == (0, 1, 0)


async def test_where_the_provider_takes_the_old_key_no_more_the_new_one_follows(
    world: World, life: Life, keys: ServerKeys
) -> None:
    world.members["new-key-of-the-same-account"] = world.members[SERVERS]
    await keys.put(OWNER, "kie", SERVERS)
    made = await life.ask()
    await keys.put(OWNER, "kie", "new-key-of-the-same-account")
    world.members[SERVERS].faults["look"].append(envelope(401, "You do not have access permissions"))
    (attempt,) = await life.attempts(made.id)
    async with life.watching():
        with anyio.fail_after(30):
            while await _refused(life, attempt.key_id or "") is False:
                await anyio.sleep(0.01)
            while (await life.generations.book.read(made.id)).row.lease_owner is not None:
                await anyio.sleep(0.01)
        world.clock.passes(timedelta(minutes=1))
        life.generations.wake()
        made = await life.reached(made.id, "finished", "failed")
    assert made.state == "finished"
    assert await _refused(life, attempt.key_id or "")
    (shown,) = await keys.shown(OWNER)
    assert not shown.refused


@ONE_ENGINE
async def test_a_replaced_key_looks_and_its_successor_where_it_is_refused(life: Life, keys: ServerKeys) -> None:
    async def id_of(key_id: str | None) -> str | None:
        looks = await life.gateways.of("kie", key_id)
        return None if looks is None else looks.key_id

    found: list[str] = []
    for secret in (SERVERS, MEMBERS):
        await keys.put(OWNER, "kie", secret)
        sends = await life.gateways.choose(guild_id=OWNER.guild_id)
        assert sends is not None
        found.append(sends.key_id or "")
    first, second = found
    assert await id_of(first) == first != second
    async with life.store.begin() as tx:
        await tx.provider_keys.refused(first, "gone")
    assert await id_of(first) == second
    await keys.remove(OWNER, "kie")
    assert (await id_of(first), await id_of(second)) == (first, second)


async def _refused(life: Life, key_id: str) -> bool:
    async with life.store.begin() as tx:
        return (await tx.provider_keys.get(key_id)).refused_at is not None
