"""Voices: the bot's seats, and how often it has identified itself; both outlive the process."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from attrs import frozen
from sqlalchemy import delete, select

from conductr_store.clock import moment
from conductr_store.link import Link
from conductr_store.records import VoiceSeat
from conductr_store.tables import identifies, voice_seats

KEPT = timedelta(days=1)  # Discord counts the sessions of a day


@frozen(eq=False)
class Voices:
    _link: Link

    async def sit(self, guild_id: int, channel_id: int) -> None:
        """The bot sits there from now on, and nowhere else in this guild. Raises Orphan without its guild."""
        new = self._link.insert(voice_seats).values(
            guild_id=guild_id, channel_id=channel_id, taken_at=moment(self._link)
        )
        there = {"channel_id": new.excluded.channel_id, "taken_at": new.excluded.taken_at}
        await self._link.run(new.on_conflict_do_update(index_elements=[voice_seats.c.guild_id], set_=there))

    async def rise(self, guild_id: int) -> bool:
        """The bot has left, and does not come back unasked; whether it sat."""
        return bool(await self._link.run(delete(voice_seats).where(voice_seats.c.guild_id == guild_id)))

    async def seats(self) -> tuple[VoiceSeat, ...]:
        """Those that were taken last come first: there somebody listens most likely."""
        found = select(voice_seats).order_by(voice_seats.c.taken_at.desc(), voice_seats.c.guild_id)
        return tuple([VoiceSeat(**row) for row in await self._link.rows(found)])

    async def identify(self, shard_id: int) -> None:
        """Count one more session of the gateway; those of before the last day are forgotten."""
        await self._link.run(delete(identifies).where(identifies.c.sent_at <= moment(self._link, -KEPT)))
        row = self._link.insert(identifies).values(id=uuid4().hex, shard_id=shard_id, sent_at=moment(self._link))
        await self._link.run(row)

    async def identified(self, shard_id: int) -> tuple[datetime, ...]:
        """When the sessions of this shard's last day began, oldest first."""
        recent = (identifies.c.shard_id == shard_id, identifies.c.sent_at > moment(self._link, -KEPT))
        mine = select(identifies.c.sent_at).where(*recent).order_by(identifies.c.sent_at)
        return tuple([found["sent_at"] for found in await self._link.rows(mine)])
