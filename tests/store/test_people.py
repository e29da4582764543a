"""Users: what is known of them, and what they want, on every engine."""

from __future__ import annotations

import pytest
from attrs import evolve

from conductr_store import NotFound, Orphan, Store, User
from conductr_store.records import FREE, UserSettings
from conductr_store.testing import A_USER

pytestmark = pytest.mark.anyio


async def test_a_user_is_known_by_the_newest_name(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.users.put(User(1, "Ada"))
        await tx.users.put(User(1, "Ada L."))
        await tx.users.put(User(1, ""))
    async with shared.begin() as tx:
        assert await tx.users.get(1) == User(1, "Ada L.")


async def test_what_is_not_told_does_not_replace_what_is_known(shared: Store) -> None:
    whole = User(1, "Ada", "a1b2", "de", "ada@example.org", "band")
    async with shared.begin() as tx:
        await tx.users.put(whole)
        await tx.users.put(User(1, "Ada"))
        assert await tx.users.get(1) == whole
        await tx.users.put(User(1, "Ada", "c3d4", "en-GB", "a.l@example.org"))
        assert await tx.users.get(1) == User(1, "Ada", "c3d4", "en-GB", "a.l@example.org", "band")


async def test_a_plan_is_changed_on_purpose_only(shared: Store) -> None:
    async with shared.begin() as tx:
        assert (await tx.users.get(A_USER.id)).plan == FREE
        assert await tx.users.update(A_USER.id, plan="band") == evolve(A_USER, plan="band")
        await tx.users.put(evolve(A_USER, plan="orchestra"))
        assert (await tx.users.get(A_USER.id)).plan == "band"
        assert await tx.users.update(A_USER.id, email=None) == evolve(A_USER, plan="band")
        assert await tx.users.update(A_USER.id) == evolve(A_USER, plan="band")


async def test_names_are_given_for_those_that_are_known_by_one(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.users.put(User(2**62, "Grace"))
        await tx.users.put(User(3, ""))
        assert await tx.users.names([2**62, 2**62, 3, 404]) == {2**62: "Grace"}
        assert await tx.users.names([]) == {}


async def test_who_has_set_nothing_has_the_defaults(shared: Store) -> None:
    async with shared.begin() as tx:
        assert await tx.users.settings(A_USER.id) == UserSettings()
        assert await tx.users.settings(404) == UserSettings()


async def test_a_setting_is_changed_and_the_others_stay(shared: Store) -> None:
    async with shared.begin() as tx:
        assert await tx.users.set(A_USER.id) == UserSettings()
        assert await tx.users.set(A_USER.id, private=True, language="de") == UserSettings(private=True, language="de")
        await tx.users.set(A_USER.id, default_style="lo-fi", tell_when_done=True)
    kept = UserSettings(private=True, language="de", default_style="lo-fi", tell_when_done=True)
    async with shared.begin() as tx:
        assert await tx.users.settings(A_USER.id) == kept
        assert await tx.users.set(A_USER.id, language=None) == evolve(kept, language=None)
        assert await tx.users.settings(A_USER.id) == evolve(kept, language=None)


async def test_what_no_user_sets_is_refused_and_changes_nothing(shared: Store) -> None:
    async with shared.begin() as tx:
        with pytest.raises(ValueError, match="language"):
            await tx.users.set(A_USER.id, language="German; DROP TABLE users")
        with pytest.raises(TypeError, match="plan"):
            await tx.users.set(A_USER.id, plan="band")
        assert await tx.users.settings(A_USER.id) == UserSettings()
    with pytest.raises(Orphan):
        async with shared.begin() as tx:
            await tx.users.set(404, private=True)


async def test_what_is_not_there_is_named(shared: Store) -> None:
    async with shared.begin() as tx:
        with pytest.raises(NotFound, match="user 404") as caught:
            await tx.users.get(404)
        with pytest.raises(NotFound, match="user 404"):
            await tx.users.update(404, plan="band")
    assert (caught.value.what, caught.value.id) == ("user", 404)


def test_an_address_does_not_stand_in_a_repr() -> None:
    assert "example.org" not in repr(User(1, "Ada", email="ada@example.org"))
