"""Sessions: browsers that are logged in. Only a token's hash is kept, and tokens change while they are used."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, RowMapping, delete, or_, select, update

from conductr_store.link import Link
from conductr_store.records import Session, Used
from conductr_store.sealing import Secret
from conductr_store.tables import sessions

IDLE_FOR = timedelta(days=7)  # unused that long, it has ended
LASTS_FOR = timedelta(days=30)  # however much it is used
CHANGES_AFTER = timedelta(hours=24)  # then it gets another token
SEEN_EVERY = timedelta(minutes=1)  # no row is written more often for being seen
OVERLAP = timedelta(minutes=1)  # requests that were under way still carry the former token
TOKEN_BYTES = 32
LONGEST_TOKEN = 256  # letters; nothing longer was ever ours
LONGEST_AGENT = 200

COLUMNS = sessions.c
RECORD = tuple(COLUMNS[name] for name in ("id", "user_id", "agent", "created_at", "seen_at", "ended_at", "ended_for"))


@frozen(eq=False)
class Sessions:
    _link: Link

    async def start(self, user_id: int, *, agent: str | None = None) -> Used:
        """A new session, with its token. Raises Orphan without the user."""
        token, at = Secret(token_urlsafe(TOKEN_BYTES)), self._link.now()
        row: dict[str, Any] = {
            "id": token_hex(16),
            "user_id": user_id,
            "agent": agent and agent[:LONGEST_AGENT],
            "created_at": at,
            "seen_at": at,
        }
        hashed = {"token_hash": _hashed(token.reveal()), "changed_at": at}
        await self._link.run(self._link.insert(sessions).values({**row, **hashed}))
        return Used(Session(**row), token)

    async def use(self, token: str, *, change: bool = True) -> Used | None:
        """The session that the token opens, and the token's successor where it is due. None: log in again.

        `change=False` where no cookie can be set, as on a WebSocket. A former token that comes back after its
        successor was used is a stolen one, or the successor is: the session ends.
        """
        if not token or len(token) > LONGEST_TOKEN:
            return None
        sent, at = _hashed(token), self._link.now()
        known = or_(COLUMNS.token_hash == sent, COLUMNS.former_hash == sent)
        row = await self._link.row(select(sessions).where(known, *_alive(at)).with_for_update())
        if row is None:
            return None
        if row["token_hash"] == sent:
            return await self._current(row, at, change=change)
        return await self._former(row, at, change=change)

    async def of_user(self, user_id: int) -> tuple[Session, ...]:
        """Those that still live, the last used first."""
        mine = select(*RECORD).where(COLUMNS.user_id == user_id, *_alive(self._link.now()))
        rows = await self._link.rows(mine.order_by(COLUMNS.seen_at.desc(), COLUMNS.id))
        return tuple([Session(**row) for row in rows])

    async def end(self, user_id: int, id: str) -> bool:  # noqa: A002 - it is the row's id
        """End one of the user's; whether it lived. Nothing happens to another's."""
        return bool(await self._end("logged out", COLUMNS.user_id == user_id, COLUMNS.id == id))

    async def end_all(self, user_id: int, *, but: str | None = None) -> int:
        """End all of the user's, except the one whose id is `but`; how many."""
        return await self._end("logged out everywhere", COLUMNS.user_id == user_id, COLUMNS.id != (but or ""))

    async def prune(self) -> int:
        """Delete those that can never be used again; how many."""
        at = self._link.now()
        dead = or_(
            COLUMNS.ended_at < at - LASTS_FOR, COLUMNS.created_at < at - LASTS_FOR, COLUMNS.seen_at < at - IDLE_FOR
        )
        return await self._link.run(delete(sessions).where(dead))

    async def _current(self, row: RowMapping, at: datetime, *, change: bool) -> Used:
        if change and at - row["changed_at"] >= CHANGES_AFTER:
            return await self._changed(row, at, former=row["token_hash"])
        news: dict[str, Any] = {}
        if row["former_hash"] is not None and row["confirmed_at"] is None:
            news["confirmed_at"] = at
        if at - row["seen_at"] >= SEEN_EVERY:
            news["seen_at"] = at
        return Used(await self._written(row, news))

    async def _former(self, row: RowMapping, at: datetime, *, change: bool) -> Used | None:
        confirmed = row["confirmed_at"]
        if confirmed is not None and at - confirmed > OVERLAP:
            await self._end("a former token was used again", COLUMNS.id == row["id"])
            return None
        if change and confirmed is None and at - row["changed_at"] > OVERLAP:  # the successor never arrived
            return await self._changed(row, at, former=row["former_hash"])
        return Used(await self._written(row, {}))

    async def _changed(self, row: RowMapping, at: datetime, *, former: str) -> Used:
        token = Secret(token_urlsafe(TOKEN_BYTES))
        news: dict[str, Any] = {
            "token_hash": _hashed(token.reveal()),
            "former_hash": former,
            "changed_at": at,
            "confirmed_at": None,
        }
        return Used(await self._written(row, {**news, "seen_at": at}), token)

    async def _written(self, row: RowMapping, news: dict[str, Any]) -> Session:
        if news:
            await self._link.run(update(sessions).where(COLUMNS.id == row["id"]).values(news))
        now = {**row, **news}
        return Session(**{column.name: now[column.name] for column in RECORD})

    async def _end(self, reason: str, *which: ColumnElement[bool]) -> int:
        at = self._link.now()
        return await self._link.run(update(sessions).where(*which, *_alive(at)).values(ended_at=at, ended_for=reason))


def _alive(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return COLUMNS.ended_at.is_(None), COLUMNS.created_at > at - LASTS_FOR, COLUMNS.seen_at > at - IDLE_FOR


def _hashed(token: str) -> str:
    """Plain SHA-256 will do: nobody guesses 256 random bits."""
    return sha256(token.encode(errors="replace")).hexdigest()
