"""Allowance: takes a song off the ledger before the bot's own key pays for it, and says what is left."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from conductr_store import NotFound, QuotaUsedUp, UnitOfWork

from .errors import QuotaReached
from .quota import Charge, Left, Limits, ServerLimits, charges

PER_SONG = 1  # one wish; both of its takes


@frozen
class Allowance:
    limits: Limits

    async def reserve(self, tx: UnitOfWork, *, user_id: int, guild_id: int, ref: str, at: datetime) -> bool:
        """Set one song aside under `ref` on every account that has a limit; False where none has, and nothing stands.

        `tx.ledger` consumes or releases it by `ref`. The same `ref` on the same day again changes nothing. Raises
        QuotaReached, and then nothing is set aside; the transaction is best undone.
        """
        wanted = await self._charges(tx, user_id, guild_id, at)
        if not wanted:
            return False
        for charge in wanted:
            await tx.ledger.ensure(charge.account, charge.limit)
        try:
            await tx.ledger.reserve_all(tuple((charge.account, PER_SONG) for charge in wanted), ref)
        except QuotaUsedUp as error:
            short = next(charge for charge in wanted if charge.account == error.account)
            raise QuotaReached(short.whose, short.limit, short.returns_at) from error
        return True

    async def left(self, tx: UnitOfWork, *, user_id: int, guild_id: int, at: datetime) -> tuple[Left, ...]:
        """What is left of each limit; songs in the making are counted as had."""
        found: list[Left] = []
        for charge in await self._charges(tx, user_id, guild_id, at):
            try:
                balance = await tx.ledger.balance(charge.account)
            except NotFound:
                used = 0  # nothing was asked for yet
            else:
                used = balance.granted - balance.available
            found.append(Left(charge.whose, max(0, charge.limit - used), charge.limit, charge.returns_at))
        return tuple(found)

    async def _charges(self, tx: UnitOfWork, user_id: int, guild_id: int, at: datetime) -> tuple[Charge, ...]:
        server = await tx.guilds.settings(guild_id)
        found = charges(
            self.limits,
            user_id=user_id,
            guild_id=guild_id,
            plan=await _plan_of(tx, user_id),
            server=ServerLimits(server.member_daily_quota, server.guild_daily_quota),
            at=at,
        )
        return tuple(sorted(found, key=lambda charge: charge.account))  # locked in one order by all: no deadlock


async def _plan_of(tx: UnitOfWork, user_id: int) -> str:
    try:
        return (await tx.users.get(user_id)).plan
    except NotFound:
        return ""
