"""Guilds keep what they have set, and nothing that cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import anyio
import pytest
from attrs import evolve, fields
from sqlalchemy import insert, select

from conductr_store import Guild, NotFound, Store
from conductr_store.records import GuildSettings, SkipRule
from conductr_store.tables import guilds
from conductr_store.testing import A_GUILD

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ALL_SET = GuildSettings(
    volume=40,
    dj_role_id=2**62,
    skip_by=SkipRule.DJ,
    vote_ratio=1 / 3,
    bound_channel_id=2**61,
    request_channel_id=2**60,
    announce=False,
    quiet_replies=True,
    idle_minutes=1440,
    stay=True,
    auto_return=True,
    radio=True,
    fair_order=True,
    guard_duplicates=True,
    explicit_lyrics=False,
    queue_cap=3,
    member_running_cap=2,
    guild_running_cap=5,
    member_daily_quota=0,
    guild_daily_quota=20,
    language="es-419",
)
CHANGES: dict[str, Any] = {field.name: getattr(ALL_SET, field.name) for field in fields(GuildSettings)}
WRONG: list[dict[str, Any]] = [
    {"volume": 201},
    {"volume": -1},
    {"skip_by": "nobody"},
    {"vote_ratio": 0.0},
    {"vote_ratio": 1.01},
    {"vote_ratio": float("nan")},
    {"idle_minutes": 0},
    {"idle_minutes": 1441},
    {"queue_cap": 0},
    {"member_running_cap": 0},
    {"guild_running_cap": 2**31},
    {"member_daily_quota": -1},
    {"language": "de\n"},
]


async def test_a_guild_keeps_what_it_has_set_when_it_is_seen_again(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.guilds.put(Guild(5, "Before", "a1b2"))
        assert await tx.guilds.update(5, volume=40) == Guild(5, "Before", "a1b2", GuildSettings(volume=40))
        await tx.guilds.put(Guild(5, "After"))
        assert await tx.guilds.get(5) == Guild(5, "After", "a1b2", GuildSettings(volume=40))
        await tx.guilds.put(Guild(5, "", "c3d4"))
        assert await tx.guilds.get(5) == Guild(5, "After", "c3d4", GuildSettings(volume=40))


async def test_everything_that_can_be_set_comes_back(shared: Store) -> None:
    assert all(getattr(GuildSettings(), name) != value for name, value in CHANGES.items())
    async with shared.begin() as tx:
        assert await tx.guilds.settings(A_GUILD.id) == GuildSettings()
        assert await tx.guilds.set(A_GUILD.id, **CHANGES) == ALL_SET
    async with shared.begin() as tx:
        assert await tx.guilds.settings(A_GUILD.id) == ALL_SET
        assert await tx.guilds.set(A_GUILD.id, dj_role_id=None) == evolve(ALL_SET, dj_role_id=None)
        assert await tx.guilds.settings(A_GUILD.id) == evolve(ALL_SET, dj_role_id=None)


async def test_a_guild_that_is_not_known_has_the_defaults_and_cannot_set_any(shared: Store) -> None:
    async with shared.begin() as tx:
        assert await tx.guilds.settings(404) == GuildSettings()
        for change in (tx.guilds.set(404, volume=1), tx.guilds.left(404)):
            with pytest.raises(NotFound, match="guild 404"):
                await change
        with pytest.raises(NotFound, match="guild 404"):
            await tx.guilds.get(404)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_cannot_be_is_no_setting(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}|SkipRule"):
        GuildSettings(**wrong)


async def test_a_change_of_which_one_part_cannot_be_changes_nothing(shared: Store) -> None:
    async with shared.begin() as tx:
        with pytest.raises(ValueError, match="volume"):
            await tx.guilds.set(A_GUILD.id, announce=False, volume=201)
        assert await tx.guilds.settings(A_GUILD.id) == GuildSettings()


async def test_no_column_beside_the_settings_can_be_changed_through_them(shared: Store) -> None:
    async with shared.begin() as tx:
        for column in ("id", "name", "left_at"):
            with pytest.raises(TypeError, match=column):
                await tx.guilds.set(A_GUILD.id, **{column: 1})


async def test_those_who_set_different_things_at_once_do_not_undo_each_other(shared: Store) -> None:
    async def change(name: str) -> None:
        async with shared.begin() as tx:
            await tx.guilds.set(A_GUILD.id, **{name: CHANGES[name]})

    async with anyio.create_task_group() as group:
        for name in CHANGES:
            group.start_soon(change, name)
    async with shared.begin() as tx:
        assert await tx.guilds.settings(A_GUILD.id) == ALL_SET


async def test_a_guild_that_put_the_bot_out_is_remembered_and_may_take_it_back(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.guilds.set(A_GUILD.id, volume=40)
        await tx.guilds.left(A_GUILD.id, NOON)
        assert (await tx.guilds.get(A_GUILD.id)).left_at == NOON
        await tx.guilds.put(A_GUILD)
        assert await tx.guilds.get(A_GUILD.id) == evolve(A_GUILD, settings=GuildSettings(volume=40))


async def test_rows_of_before_the_settings_have_the_defaults(shared: Store) -> None:
    """What the columns fill in is what the record says."""
    async with shared._engine.begin() as connection:
        await connection.execute(insert(guilds).values(id=9, name="Old", volume=100))
        assert (await connection.execute(select(guilds).where(guilds.c.id == 9))).one().skip_by == "vote"
    async with shared.begin() as tx:
        assert await tx.guilds.get(9) == Guild(9, "Old")
