"""Users and guilds, on every engine."""

from __future__ import annotations

import pytest

from conductr_store import Guild, NotFound, Store, User

pytestmark = pytest.mark.anyio


async def test_a_user_is_known_by_the_newest_name(store: Store) -> None:
    async with store.begin() as tx:
        await tx.users.put(User(1, "Ada"))
        await tx.users.put(User(1, "Ada L."))
        await tx.users.put(User(1, ""))
    async with store.begin() as tx:
        assert await tx.users.get(1) == User(1, "Ada L.")


async def test_names_are_given_for_those_that_are_known(store: Store) -> None:
    async with store.begin() as tx:
        await tx.users.put(User(2**62, "Grace"))
        assert await tx.users.names([2**62, 2**62, 404]) == {2**62: "Grace"}
        assert await tx.users.names([]) == {}


async def test_a_guild_keeps_what_it_has_set_when_it_is_seen_again(store: Store) -> None:
    async with store.begin() as tx:
        await tx.guilds.put(Guild(5, "Before"))
        assert await tx.guilds.update(5, volume=40) == Guild(5, "Before", 40)
        await tx.guilds.put(Guild(5, "After"))
        assert await tx.guilds.get(5) == Guild(5, "After", 40)


async def test_what_is_not_there_is_named(store: Store) -> None:
    async with store.begin() as tx:
        with pytest.raises(NotFound, match="guild 404"):
            await tx.guilds.get(404)
        with pytest.raises(NotFound, match="user 404") as caught:
            await tx.users.get(404)
    assert (caught.value.what, caught.value.id) == ("user", 404)
