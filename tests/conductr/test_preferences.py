"""Preferences: who may change them, what is noted of it, and that everybody hears of it."""

from __future__ import annotations

import anyio
import pytest
from attrs import evolve

from conductr import Caller
from conductr.bus import LocalBus
from conductr.errors import BadSetting
from conductr.messages import Event, SettingsChanged
from conductr.preferences import FRESH_FOR_S, Preferences
from conductr.rights import NotAllowed, Right
from conductr_store import GuildSettings, Store, UserSettings

pytestmark = pytest.mark.anyio

GUILD = 4711
member = Caller(12, "Ada", GUILD, "Guild")
manager = evolve(member, manages=True)


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def preferences(store: Store, ticks: Ticks) -> Preferences:
    return Preferences(store, LocalBus(), ticks)


async def audited(store: Store) -> list[tuple[str, int | None, object]]:
    async with store.begin() as tx:
        page = await tx.audit.page(guild_id=GUILD)
    return [(entry.action, entry.actor_id, entry.detail) for entry in page.items]


async def test_a_server_that_has_set_nothing_has_the_defaults(preferences: Preferences) -> None:
    assert await preferences.of(GUILD) == GuildSettings()
    assert await preferences.of_user(12) == UserSettings()


async def test_who_manages_the_server_changes_it_and_it_is_noted_and_told(
    preferences: Preferences, store: Store
) -> None:
    assert (await preferences.of(GUILD)).volume == 100
    async with preferences.bus.subscribe() as events:
        saved = await preferences.change(manager, volume=80, stay=True, announce=True)
        with anyio.fail_after(10):
            told: Event = await anext(aiter(events))
    assert (saved.whose, saved.changed) == ("guild", (("volume", 80), ("stay", True)))
    assert told == SettingsChanged(GUILD)
    assert await preferences.of(GUILD) == GuildSettings(volume=80, stay=True)
    assert await audited(store) == [("guild.settings", 12, {"volume": [100, 80], "stay": [False, True]})]


async def test_nobody_else_changes_it(preferences: Preferences, store: Store) -> None:
    with pytest.raises(NotAllowed) as refused:
        await preferences.change(evolve(member, role_ids=frozenset({1})), volume=80)
    assert refused.value.missing_right is Right.MANAGE_SERVER
    assert await preferences.of(GUILD) == GuildSettings()
    assert not await audited(store)


async def test_where_the_right_is_decided_elsewhere_it_is_kept_all_the_same(preferences: Preferences) -> None:
    await preferences.keep(member, volume=30)
    assert (await preferences.of(GUILD)).volume == 30


@pytest.mark.parametrize(
    "changes",
    [
        {"volume": 201},
        {"volume": 50.5},
        {"volume": True},
        {"stay": 1},
        {"skip_by": "nobody"},
        {"vote_ratio": 0},
        {"vote_ratio": float("nan")},
        {"dj_role_id": "everyone"},
        {"language": "Klingon"},
        {"no_such": 1},
        {"idle_minutes": None},
    ],
    ids=str,
)
async def test_what_cannot_be_set_changes_nothing(
    preferences: Preferences, store: Store, changes: dict[str, object]
) -> None:
    with pytest.raises(BadSetting) as refused:
        await preferences.change(manager, announce=False, **changes)
    assert refused.value.name == next(iter(changes))
    assert await preferences.of(GUILD) == GuildSettings()
    assert not await audited(store)


async def test_what_is_set_to_what_it_is_is_no_news(preferences: Preferences, store: Store) -> None:
    assert (await preferences.change(manager, volume=100, skip_by="vote")).changed == ()
    assert not await audited(store)


async def test_a_change_of_another_process_is_heard_at_once(preferences: Preferences, store: Store) -> None:
    elsewhere = Preferences(store, preferences.bus)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(preferences.run)
        await anyio.wait_all_tasks_blocked()
        assert (await preferences.of(GUILD)).volume == 100
        await elsewhere.change(manager, volume=10)
        await anyio.wait_all_tasks_blocked()
        assert (await preferences.of(GUILD)).volume == 10
        tasks.cancel_scope.cancel()


async def test_where_no_word_of_it_came_it_is_read_again_after_a_while(
    preferences: Preferences, store: Store, ticks: Ticks
) -> None:
    await preferences.keep(manager, volume=20)
    assert (await preferences.of(GUILD)).volume == 20
    async with store.begin() as tx:
        await tx.guilds.set(GUILD, volume=21)
        await tx.users.set(12, private=True)
    assert (await preferences.of(GUILD)).volume == 20
    ticks.now = FRESH_FOR_S
    assert (await preferences.of(GUILD)).volume == 21


async def test_what_was_read_before_a_change_is_not_remembered_after_it(preferences: Preferences) -> None:
    kept = preferences._guilds
    turn = kept.turn
    kept.forget(GUILD)
    kept.keep(GUILD, GuildSettings(volume=1), turn)
    assert (await preferences.of(GUILD)).volume == 100


async def test_a_member_sets_what_is_theirs(preferences: Preferences) -> None:
    saved = await preferences.change_user(member, language="de", private=True, tell_when_done=False)
    assert (saved.whose, saved.changed) == ("user", (("language", "de"), ("private", True)))
    assert await preferences.of_user(12) == UserSettings(language="de", private=True)
    for wrong in ({"language": "x" * 9}, {"default_style": "x" * 201}, {"volume": 3}):
        with pytest.raises(BadSetting):
            await preferences.change_user(member, **wrong)


async def test_both_are_shown_with_whether_they_may_be_changed(preferences: Preferences) -> None:
    assert not (await preferences.shown(member)).may_change
    assert (await preferences.shown(manager)).may_change


async def test_a_role_or_channel_that_is_gone_is_not_set_any_more(preferences: Preferences, store: Store) -> None:
    await preferences.change(manager, dj_role_id=5, bound_channel_id=6, request_channel_id=7)
    assert (await preferences.gone(GUILD, role_id=99)).changed == ()
    assert (await preferences.gone(99, role_id=5)).changed == ()
    assert (await preferences.gone(GUILD, role_id=5)).changed == (("dj_role_id", None),)
    await preferences.gone(GUILD, channel_id=7)
    now = await preferences.of(GUILD)
    assert (now.dj_role_id, now.bound_channel_id, now.request_channel_id) == (None, 6, None)
    assert [actor for _, actor, _ in await audited(store)] == [None, None, 12]
