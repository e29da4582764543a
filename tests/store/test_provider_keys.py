"""Own keys of users and guilds: sealed in the database, bound to their row, and brought under a new key gaplessly."""

from __future__ import annotations

from contextlib import suppress

import pytest
from attrs import evolve
from sqlalchemy import select, update

from conductr_store import NotFound, Orphan, SealBroken, Store, User
from conductr_store.records import ProviderKey
from conductr_store.rotation import Rotated, rotate
from conductr_store.schema import migrate
from conductr_store.sealing import KeyRing, Secret, new_sealing_key
from conductr_store.tables import provider_keys
from conductr_store.testing import A_GUILD, A_USER

from .clock import NOON, Clock

pytestmark = pytest.mark.anyio

OLD, NEW = new_sealing_key("old"), new_sealing_key("new")
BEFORE, BOTH, AFTER = (KeyRing.parse(text) for text in (OLD, f"{NEW},{OLD}", NEW))
CANARY = Secret("sk-canary-0123456789abcdef")


async def kept(shared: Store, count: int, ring: KeyRing = BEFORE) -> list[ProviderKey]:
    async with shared.begin() as tx:
        for user_id in range(100, 100 + count):
            await tx.users.put(User(user_id, ""))
        keys = [
            await tx.provider_keys.put(100 + number, "sunoapi", Secret(f"sk-{number}"), ring) for number in range(count)
        ]
    return sorted(keys, key=lambda key: key.id)


async def said(shared: Store, keys: list[ProviderKey], ring: KeyRing) -> list[str]:
    async with shared.begin() as tx:
        return [(await tx.provider_keys.get(key.id)).reveal(ring).reveal() for key in keys]


async def test_a_key_comes_back_sealed_and_opens_with_the_ring(shared: Store) -> None:
    async with shared.begin() as tx:
        assert await tx.provider_keys.find(A_USER.id, "sunoapi") is None
        key = await tx.provider_keys.put(A_USER.id, "sunoapi", CANARY, BEFORE)
        assert (key.ending, key.usable, key.sealed.key_name) == ("cdef", True, "old")
    async with shared.begin() as tx:
        assert await tx.provider_keys.get(key.id) == key
        assert await tx.provider_keys.find(A_USER.id, "sunoapi") == key
        assert key.reveal(BEFORE) == CANARY
        with pytest.raises(NotFound, match="provider key '404'"):
            await tx.provider_keys.get("404")
    with pytest.raises(Orphan):
        async with shared.begin() as tx:
            await tx.provider_keys.put(404, "sunoapi", CANARY, BEFORE)


async def test_a_user_has_one_key_for_each_provider_and_a_new_one_is_a_new_row(shared: Store) -> None:
    async with shared.begin() as tx:
        first = await tx.provider_keys.put(A_USER.id, "sunoapi", Secret("first"), BEFORE)
        other = await tx.provider_keys.put(A_USER.id, "kie", Secret("other"), BEFORE)
        await tx.provider_keys.refused(first.id, "it has expired")
        second = await tx.provider_keys.put(A_USER.id, "sunoapi", Secret("second"), BEFORE)
        assert second.usable
        assert await tx.provider_keys.of_user(A_USER.id) == (other, second)
        assert await tx.provider_keys.find(A_USER.id, "sunoapi") == second
        assert await tx.provider_keys.remove(A_USER.id, "sunoapi")
        assert not await tx.provider_keys.remove(A_USER.id, "sunoapi")
        assert await tx.provider_keys.of_user(A_USER.id) == (other,)


async def test_a_refused_key_is_not_usable_until_it_works_again(timed: Store, clock: Clock) -> None:
    async with timed.begin() as tx:
        key = await tx.provider_keys.put(A_USER.id, "sunoapi", CANARY, BEFORE)
        await tx.provider_keys.refused(key.id, "it has expired")
        refused = await tx.provider_keys.get(key.id)
        assert refused == evolve(key, refused_at=NOON, refused_for="it has expired")
        assert not refused.usable
        clock.pass_by(minutes=1)
        await tx.provider_keys.used(key.id)
        assert await tx.provider_keys.get(key.id) == evolve(key, used_at=clock.at)
        await tx.provider_keys.used("404")
        await tx.provider_keys.refused("404", "gone")


async def test_no_row_holds_the_secret_in_clear(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.provider_keys.put(A_USER.id, "sunoapi", CANARY, BEFORE)
    async with shared._engine.begin() as connection:
        dump = repr((await connection.execute(select(provider_keys))).all())
    assert CANARY.reveal() not in dump
    assert "canary" not in dump


async def test_secrets_that_were_swapped_between_two_users_do_not_open(shared: Store) -> None:
    one, two = await kept(shared, 2)
    async with shared._engine.begin() as connection:
        for into, stolen in ((one, two), (two, one)):
            theirs = update(provider_keys).where(provider_keys.c.id == into.id).values(blob=stolen.sealed.blob)
            await connection.execute(theirs)
    async with shared.begin() as tx:
        for key in (one, two):
            with pytest.raises(SealBroken, match=key.id):
                (await tx.provider_keys.get(key.id)).reveal(BEFORE)


async def test_a_rotation_brings_all_under_the_newest_key(shared: Store) -> None:
    keys = await kept(shared, 7)
    before = await said(shared, keys, BEFORE)
    assert await rotate(shared, BOTH, batch=3) == Rotated(7, ())
    assert await said(shared, keys, AFTER) == before
    assert await rotate(shared, BOTH, batch=3) == Rotated(0, ())
    async with shared.begin() as tx:
        assert await tx.provider_keys.under() == {"new": 7}


async def test_a_guild_has_a_key_of_its_own_for_each_provider_beside_those_of_its_people(shared: Store) -> None:
    async with shared.begin() as tx:
        first = await tx.provider_keys.put_guild(A_GUILD.id, "kie", Secret("first"), BEFORE, brought_by=A_USER.id)
        second = await tx.provider_keys.put_guild(A_GUILD.id, "kie", CANARY, BEFORE, brought_by=A_USER.id)
        mine = await tx.provider_keys.put(A_USER.id, "kie", Secret("mine"), BEFORE)
        assert await tx.provider_keys.of_guild(A_GUILD.id) == (second,)
        assert await tx.provider_keys.of_guild(404) == ()
        assert await tx.provider_keys.get(second.id) == second
        assert (second.ending, second.usable, second.reveal(BEFORE)) == ("cdef", True, CANARY)
        assert await tx.provider_keys.successor(first) == second
        with pytest.raises(SealBroken):
            evolve(second, guild_id=A_GUILD.id + 1).reveal(BEFORE)
        with pytest.raises(SealBroken):  # sealed for another table
            evolve(mine, id=second.id, user_id=second.guild_id, sealed=second.sealed).reveal(BEFORE)
        await tx.provider_keys.refused(second.id, "no")
        assert not (await tx.provider_keys.of_guild(A_GUILD.id))[0].usable
        await tx.provider_keys.used(second.id)
        assert (await tx.provider_keys.of_guild(A_GUILD.id))[0].usable
        assert await tx.provider_keys.remove_guild(A_GUILD.id, "kie")
        assert not await tx.provider_keys.remove_guild(A_GUILD.id, "kie")
        assert await tx.provider_keys.find(A_USER.id, "kie") == mine
    for guild_id, user_id in ((404, A_USER.id), (A_GUILD.id, 404)):
        with pytest.raises(Orphan):
            async with shared.begin() as tx:
                await tx.provider_keys.put_guild(guild_id, "kie", CANARY, BEFORE, brought_by=user_id)


async def test_a_rotation_takes_guilds_keys_along_whatever_the_batch(shared: Store) -> None:
    keys = await kept(shared, 3)
    async with shared.begin() as tx:
        for number in range(4):
            await tx.provider_keys.put_guild(
                A_GUILD.id, f"p{number}", Secret(f"sk-g{number}"), BEFORE, brought_by=A_USER.id
            )
        assert await tx.provider_keys.under() == {"old": 7}
    assert await rotate(shared, BOTH, batch=2) == Rotated(7, ())
    async with shared.begin() as tx:
        assert await tx.provider_keys.under() == {"new": 7}
        found = [key.reveal(AFTER).reveal() for key in await tx.provider_keys.of_guild(A_GUILD.id)]
    assert found == [f"sk-g{number}" for number in range(4)]
    assert sorted(await said(shared, keys, AFTER)) == ["sk-0", "sk-1", "sk-2"]


async def test_a_rotation_that_breaks_off_at_any_row_leaves_all_readable_and_goes_on(shared: Store) -> None:
    keys = await kept(shared, 4)
    before = await said(shared, keys, BOTH)
    for done in range(4):
        with suppress(RuntimeError):
            async with shared.begin() as tx:
                assert (await tx.provider_keys.reseal(BOTH, limit=4)).count == 4 - done
                raise RuntimeError
        assert await said(shared, keys, BOTH) == before
        async with shared.begin() as tx:
            assert await tx.provider_keys.under() == {"old": 4 - done} | ({"new": done} if done else {})
            await tx.provider_keys.reseal(BOTH, limit=1)
    assert await said(shared, keys, AFTER) == before


async def test_a_key_that_does_not_open_is_named_left_alone_and_stops_nothing(shared: Store) -> None:
    keys = await kept(shared, 3)
    async with shared._engine.begin() as connection:
        spoilt = update(provider_keys).where(provider_keys.c.id == keys[1].id).values(blob=b"spoilt")
        await connection.execute(spoilt)
    assert await rotate(shared, BOTH, batch=1) == Rotated(2, (keys[1].id,))
    async with shared.begin() as tx:
        assert (await tx.provider_keys.get(keys[1].id)).sealed.blob == b"spoilt"
        assert await tx.provider_keys.under() == {"new": 2, "old": 1}
    assert len(await said(shared, [keys[0], keys[2]], AFTER)) == 2


async def test_what_was_replaced_or_removed_opens_for_two_days_more_and_is_no_key_to_send_with(
    timed: Store, clock: Clock
) -> None:
    keys: list[str] = []
    async with timed.begin() as tx:
        for secret in ("first", "second"):
            keys.append((await tx.provider_keys.put(A_USER.id, "kie", Secret(secret), BEFORE)).id)
            own = await tx.provider_keys.put_guild(A_GUILD.id, "kie", Secret(secret), BEFORE, brought_by=A_USER.id)
            keys.append(own.id)
        assert await tx.provider_keys.remove(A_USER.id, "kie")
        assert await tx.provider_keys.remove_guild(A_GUILD.id, "kie")
        assert (await tx.provider_keys.of_user(A_USER.id), await tx.provider_keys.of_guild(A_GUILD.id)) == ((), ())
    assert await rotate(timed, BOTH, batch=3) == Rotated(4, ())
    clock.pass_by(days=2, seconds=-1)
    async with timed.begin() as tx:
        assert await tx.provider_keys.prune() == 0
        found = [await tx.provider_keys.get(one) for one in keys]
        assert [key.reveal(AFTER).reveal() for key in found] == ["first", "first", "second", "second"]
        assert not any(key.usable for key in found)
        assert await tx.provider_keys.successor(found[0]) is None
        last = await tx.provider_keys.put(A_USER.id, "kie", Secret("third"), AFTER)
        assert await tx.provider_keys.successor(found[0]) == last
        assert await tx.provider_keys.successor(found[1]) is None
        clock.pass_by(seconds=1)
        assert await tx.provider_keys.prune() == 4
        assert await tx.provider_keys.under() == {"new": 1}
        with pytest.raises(NotFound):
            await tx.provider_keys.get(keys[0])


async def test_who_is_forgotten_leaves_no_retired_key(shared: Store) -> None:
    async with shared.begin() as tx:
        for secret in ("first", "second"):
            await tx.provider_keys.put(A_USER.id, "kie", Secret(secret), BEFORE)
            await tx.provider_keys.put_guild(A_GUILD.id, "kie", Secret(secret), BEFORE, brought_by=A_USER.id)
        await tx.users.forget(A_USER.id)
        assert await tx.provider_keys.under() == {}


async def test_a_step_down_loses_only_what_was_retired(store: Store) -> None:
    async with store.begin() as tx:
        await tx.provider_keys.put(A_USER.id, "kie", Secret("first"), BEFORE)
        kept = await tx.provider_keys.put(A_USER.id, "kie", Secret("second"), BEFORE)
    await migrate(store._engine, store.place, to="0007")
    await migrate(store._engine, store.place, to="head")
    async with store.begin() as tx:
        assert await tx.provider_keys.under() == {"old": 1}
        assert await tx.provider_keys.get(kept.id) == kept
