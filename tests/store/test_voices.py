"""Voices: where the bot sits, and how often it has identified itself, as a restarted process finds it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conductr_store import Guild, Orphan, Store
from conductr_store.testing import A_GUILD

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


async def test_a_guild_has_one_seat_and_the_newest_comes_first(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.guilds.put(Guild(78, "Other"))
        await tx.voices.sit(A_GUILD.id, 1)
    async with shared.begin() as tx:
        await tx.voices.sit(78, 5)
    async with shared.begin() as tx:
        await tx.voices.sit(A_GUILD.id, 2)
        assert [(one.guild_id, one.channel_id) for one in await tx.voices.seats()] == [(A_GUILD.id, 2), (78, 5)]
        assert await tx.voices.rise(A_GUILD.id)
        assert not await tx.voices.rise(A_GUILD.id)
        assert [one.guild_id for one in await tx.voices.seats()] == [78]


async def test_a_seat_needs_its_guild(shared: Store) -> None:
    with pytest.raises(Orphan):
        async with shared.begin() as tx:
            await tx.voices.sit(404, 1)


async def test_identifies_of_a_day_are_counted_by_shard(url: str) -> None:
    now = [NOON]
    async with Store.open(url, now=lambda: now[0]) as store:
        counts = list[int]()
        for hours, shard in ((0, 0), (1, 0), (2, 1), (24, 0), (25.5, 0)):
            now[0] = NOON + timedelta(hours=hours)
            async with store.begin() as tx:
                await tx.voices.identify(shard)
                found = await tx.voices.identified(shard)
            assert found == tuple(sorted(found))
            assert found[-1] == now[0]
            counts.append(len(found))
        assert counts == [1, 2, 1, 2, 2]
