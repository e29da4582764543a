"""Listening: what a guild let come to its end or passed over, what lists are narrowed to, what the radio picked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from attrs import frozen
from sqlalchemy import RowMapping, Select, case, delete, exists, select

from conductr_store.link import Link
from conductr_store.records import GenerationState, Heard, Narrowing, RadioPick, Song
from conductr_store.tables import generations, listenings, narrowings, radio_picks, songs, variations

from .songs import KEPT
from .songs import RECORD as SONG

COLUMNS = listenings.c


@frozen(eq=False)
class Listening:
    _link: Link

    async def note(self, guild_id: int, song_id: str, *, skipped: bool) -> None:
        """Once more to its end, or passed over. Raises Orphan."""
        row = self._link.insert(listenings).values(
            guild_id=guild_id,
            song_id=song_id,
            heard=int(not skipped),
            skipped=int(skipped),
            last_at=self._link.now(),
        )
        newer = row.excluded.last_at > COLUMNS.last_at
        news: dict[str, Any] = {
            "heard": COLUMNS.heard + row.excluded.heard,
            "skipped": COLUMNS.skipped + row.excluded.skipped,
            "last_at": case((newer, row.excluded.last_at), else_=COLUMNS.last_at),
        }
        await self._link.run(row.on_conflict_do_update(index_elements=["guild_id", "song_id"], set_=news))

    async def latest(self, guild_id: int, limit: int = 50) -> tuple[Heard, ...]:
        """What the guild met last, the latest first; without deleted songs. Ask `song.open_to` who may see it."""
        newest = _of(guild_id).order_by(COLUMNS.last_at.desc(), COLUMNS.song_id)
        return tuple([_heard(row) for row in await self._link.rows(newest.limit(max(0, limit)))])

    async def most_heard(self, guild_id: int, limit: int = 25) -> tuple[Heard, ...]:
        """What came to its end most often there; without deleted songs. Ask `song.open_to` who may see it."""
        most = _of(guild_id).where(COLUMNS.heard > 0).order_by(COLUMNS.heard.desc(), COLUMNS.song_id)
        return tuple([_heard(row) for row in await self._link.rows(most.limit(max(0, limit)))])

    async def narrow(self, guild_id: int, user_id: int, to: Narrowing | None) -> Narrowing | None:
        """Show a member only this, or all again; what it was before. Raises Orphan."""
        before = await self.narrowed(guild_id, user_id)
        if to is None:
            await self._link.run(delete(narrowings).where(*_whose(guild_id, user_id)))
            return before
        news = {"kind": to.kind.value, "value": to.value}
        row = self._link.insert(narrowings).values(guild_id=guild_id, user_id=user_id, **news)
        await self._link.run(row.on_conflict_do_update(index_elements=["guild_id", "user_id"], set_=news))
        return before

    async def narrowed(self, guild_id: int, user_id: int) -> Narrowing | None:
        row = await self._link.row(select(narrowings).where(*_whose(guild_id, user_id)))
        return None if row is None else Narrowing(row["kind"], row["value"])

    async def picked(self, request_key: str, guild_id: int, reason: str, subject: str) -> None:
        """The radio is about to make that request; written once. Raises Orphan."""
        row = self._link.insert(radio_picks).values(
            request_key=request_key, guild_id=guild_id, reason=reason, subject=subject, picked_at=self._link.now()
        )
        await self._link.run(row.on_conflict_do_nothing())

    async def pick_of(self, song_id: str) -> RadioPick | None:
        """Why the radio asked for that song; None where a person did."""
        made = generations.join(songs, songs.c.generation_id == generations.c.id)
        found = radio_picks.join(made, radio_picks.c.request_key == generations.c.request_key)
        row = await self._link.row(select(radio_picks).select_from(found).where(songs.c.id == song_id))
        return None if row is None else RadioPick(**row)

    async def vary(self, request_key: str, parent_id: str) -> None:
        """That request is about to ask for a variation of a song; written once. Raises Orphan."""
        row = self._link.insert(variations).values(request_key=request_key, parent_id=parent_id)
        await self._link.run(row.on_conflict_do_nothing())

    async def parent_of(self, request_key: str) -> str | None:
        """The song that the request asks for a variation of."""
        row = await self._link.row(select(variations.c.parent_id).where(variations.c.request_key == request_key))
        return None if row is None else row["parent_id"]

    async def recent_picks(self, guild_id: int, limit: int = 10) -> tuple[RadioPick, ...]:
        """The latest first."""
        newest = select(radio_picks).where(radio_picks.c.guild_id == guild_id).order_by(radio_picks.c.picked_at.desc())
        return tuple([RadioPick(**row) for row in await self._link.rows(newest.limit(max(0, limit)))])

    async def undecided(self, guild_id: int, since: datetime) -> bool:
        """Whether the radio has asked for a song since then of which nobody knows whether it was accepted."""
        made = radio_picks.join(generations, generations.c.request_key == radio_picks.c.request_key)
        lost = (
            select(radio_picks.c.request_key)
            .select_from(made)
            .where(
                radio_picks.c.guild_id == guild_id,
                radio_picks.c.picked_at >= since,
                generations.c.state == GenerationState.UNKNOWN,
            )
        )
        return await self._link.row(lost.limit(1)) is not None

    async def forget(self, request_key: str) -> None:
        """What `picked` and `vary` wrote before a request that was refused; where a wish came of it, it stays."""
        asked = exists().where(generations.c.request_key == request_key)
        for table in (radio_picks, variations):
            await self._link.run(delete(table).where(table.c.request_key == request_key, ~asked))

    async def prune(self, older_than: timedelta) -> int:
        """Forget what no guild has met, and what the radio picked, for that long; how many rows."""
        old = self._link.now() - older_than
        heard = await self._link.run(delete(listenings).where(COLUMNS.last_at <= old))
        return heard + await self._link.run(delete(radio_picks).where(radio_picks.c.picked_at <= old))


def _of(guild_id: int) -> Select[*tuple[Any, ...]]:
    wanted = select(*SONG, COLUMNS.heard, COLUMNS.skipped, COLUMNS.last_at)
    return wanted.join(listenings, songs.c.id == COLUMNS.song_id).where(COLUMNS.guild_id == guild_id, KEPT)


def _whose(guild_id: int, user_id: int) -> tuple[Any, ...]:
    return narrowings.c.guild_id == guild_id, narrowings.c.user_id == user_id


def _heard(row: RowMapping) -> Heard:
    plain = dict(row)
    numbers = {name: plain.pop(name) for name in ("heard", "skipped", "last_at")}
    return Heard(Song(**plain), **numbers)
