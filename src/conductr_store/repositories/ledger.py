"""The ledger: who may still make how much. Each step is known by its ref, so that repeating it changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from attrs import frozen
from sqlalchemy import ColumnElement, RowMapping, and_, delete, select, update

from conductr_store.clock import moment
from conductr_store.errors import Conflict, NotFound, QuotaUsedUp, Settled, StoreBusy
from conductr_store.link import Link
from conductr_store.records import Balance, LedgerEntry, LedgerKind
from conductr_store.tables import accounts, entries

ACCOUNT, ENTRY = accounts.c, entries.c
PRUNED_AT_ONCE = 1_000  # a statement takes some 32,000 values
Shares = tuple[tuple[str, int], ...]  # an account and an amount each, by account
# What must have been done under a ref, and nothing else, before a step.
BEFORE: Mapping[LedgerKind, frozenset[LedgerKind]] = {
    LedgerKind.CONSUME: frozenset({LedgerKind.RESERVE}),
    LedgerKind.RELEASE: frozenset({LedgerKind.RESERVE}),
    LedgerKind.REFUND: frozenset({LedgerKind.RESERVE, LedgerKind.CONSUME}),
}
PAST = {
    LedgerKind.GRANT: "granted",
    LedgerKind.RESERVE: "reserved",
    LedgerKind.CONSUME: "consumed",
    LedgerKind.RELEASE: "released",
    LedgerKind.REFUND: "refunded",
}


@frozen(eq=False)
class Ledger:
    """Amounts are whole and above 0. Several accounts are locked in their order, so that nobody waits in a circle."""

    _link: Link

    async def ensure(self, account: str, granted: int) -> Balance:
        """The account, with that much granted besides what `grant` added. Lowering takes back only what is left."""
        if granted < 0:
            raise ValueError("a grant is not below 0")
        row = await self._link.row(select(accounts).where(ACCOUNT.account == account))
        if row is None:
            await self._open(account, granted)
        elif row["base"] == granted:  # nearly always: no lock for it
            return _balance(row)
        locked = (await self._lock([account]))[account]
        more = granted - locked["base"]
        news = {"base": granted, "granted": ACCOUNT.granted + more, "available": ACCOUNT.available + more}
        return await self._change(ACCOUNT.account == account, **news)

    async def grant(self, account: str, amount: int, ref: str) -> Balance:
        """More for the account, which is opened where it is missing. Raises Conflict where `ref` granted otherwise."""
        shares = _shares([(account, amount)])
        await self._open(account, 0)
        locked = (await self._lock([account]))[account]
        if await self._known(ref, LedgerKind.GRANT, shares):
            return _balance(locked)
        await self._write(ref, LedgerKind.GRANT, shares)
        news = {"granted": ACCOUNT.granted + amount, "available": ACCOUNT.available + amount}
        return await self._change(ACCOUNT.account == account, **news)

    async def reserve(self, account: str, amount: int, ref: str) -> None:
        """As `reserve_all` does, of one account."""
        await self.reserve_all([(account, amount)], ref)

    async def reserve_all(self, wanted: Iterable[tuple[str, int]], ref: str) -> None:
        """Set aside what may be used, of every account or of none.

        Raises QuotaUsedUp for the first account that has too little, NotFound for one that was never opened,
        Conflict where `ref` reserved otherwise, and Settled where it was released or refunded.
        """
        shares = _shares(wanted)
        locked = await self._lock([account for account, _ in shares])
        if await self._known(ref, LedgerKind.RESERVE, shares):
            return
        for account, amount in shares:
            if locked[account]["available"] < amount:
                raise QuotaUsedUp(account, max(0, locked[account]["available"]), amount)
        await self._write(ref, LedgerKind.RESERVE, shares)
        for account, amount in shares:
            enough = and_(ACCOUNT.account == account, ACCOUNT.available >= amount)
            await self._change(enough, available=ACCOUNT.available - amount, reserved=ACCOUNT.reserved + amount)

    async def consume(self, ref: str) -> None:
        """What `ref` reserved is used. Raises NotFound, and Settled where it was released."""
        for account, amount in await self._step(ref, LedgerKind.CONSUME):
            news = {"reserved": ACCOUNT.reserved - amount, "consumed": ACCOUNT.consumed + amount}
            await self._change(ACCOUNT.account == account, **news)

    async def release(self, ref: str) -> None:
        """What `ref` reserved is free again. Raises NotFound, and Settled where it was consumed."""
        for account, amount in await self._step(ref, LedgerKind.RELEASE):
            news = {"reserved": ACCOUNT.reserved - amount, "available": ACCOUNT.available + amount}
            await self._change(ACCOUNT.account == account, **news)

    async def refund(self, ref: str) -> None:
        """What `ref` consumed is given back. Raises NotFound, and Settled where it was not consumed."""
        for account, amount in await self._step(ref, LedgerKind.REFUND):
            news = {"consumed": ACCOUNT.consumed - amount, "available": ACCOUNT.available + amount}
            await self._change(ACCOUNT.account == account, **news)

    async def balance(self, account: str) -> Balance:
        """Raises NotFound where the account was never opened."""
        row = await self._link.row(select(accounts).where(ACCOUNT.account == account))
        if row is None:
            raise NotFound("account", account)
        return _balance(row)

    async def entries(self, ref: str) -> tuple[LedgerEntry, ...]:
        """All that was written under `ref`."""
        found = select(entries).where(ENTRY.ref == ref).order_by(ENTRY.kind, ENTRY.line)
        return tuple([LedgerEntry(**row) for row in await self._link.rows(found)])

    async def prune(self, older_than: timedelta) -> int:
        """Forget accounts that nobody used for that long and that have nothing reserved; how many, 1,000 at most."""
        old = and_(ACCOUNT.touched_at <= moment(self._link, -older_than), ACCOUNT.reserved == 0)
        found = select(ACCOUNT.account).where(old).order_by(ACCOUNT.account).limit(PRUNED_AT_ONCE)
        rows = await self._link.rows(found.with_for_update())
        gone = [row["account"] for row in rows]
        await self._link.run(delete(entries).where(ENTRY.account.in_(gone)))
        return await self._link.run(delete(accounts).where(ACCOUNT.account.in_(gone)))

    async def _step(self, ref: str, kind: LedgerKind) -> Shares:
        """What `ref` reserved, with its step written and its accounts locked; nothing where that was done before."""
        gate = and_(ENTRY.ref == ref, ENTRY.kind == LedgerKind.RESERVE, ENTRY.line == 0)
        if await self._link.row(select(ENTRY.line).where(gate).with_for_update()) is None:
            raise NotFound("reservation", ref)
        done = frozenset(entry.kind for entry in await self.entries(ref)) - {LedgerKind.GRANT}
        if kind in done:
            return ()
        if done != BEFORE[kind]:
            raise Settled("reservation", ref, ", ".join(sorted(PAST[step] for step in done)))
        shares = await self._shares_of(ref, LedgerKind.RESERVE)
        await self._lock([account for account, _ in shares])
        await self._write(ref, kind, shares)
        return shares

    async def _known(self, ref: str, kind: LedgerKind, shares: Shares) -> bool:
        """Whether that step was done before. Raises Conflict where it was another, or is undone by now."""
        known = await self._shares_of(ref, kind)
        if not known:
            return False
        if known != shares:
            raise Conflict(kind.value, ref)
        undone = {entry.kind for entry in await self.entries(ref)} & {LedgerKind.RELEASE, LedgerKind.REFUND}
        if kind is LedgerKind.RESERVE and undone:
            raise Settled("reservation", ref, PAST[undone.pop()])
        return True

    async def _shares_of(self, ref: str, kind: LedgerKind) -> Shares:
        return tuple((entry.account, entry.amount) for entry in await self.entries(ref) if entry.kind is kind)

    async def _write(self, ref: str, kind: LedgerKind, shares: Shares) -> None:
        """Line 0 goes first: where another transaction wrote that step meanwhile, nothing of ours is left behind."""
        for line, (account, amount) in enumerate(shares):
            row = {"ref": ref, "kind": kind, "line": line, "account": account, "amount": amount}
            new = self._link.insert(entries).values(**row, written_at=moment(self._link))
            if await self._link.row(new.on_conflict_do_nothing().returning(ENTRY.line)) is None:
                raise Conflict(kind.value, ref)

    async def _open(self, account: str, base: int) -> None:
        amounts = {"base": base, "granted": base, "available": base, "reserved": 0, "consumed": 0}
        new = self._link.insert(accounts).values(account=account, **amounts, touched_at=moment(self._link))
        await self._link.run(new.on_conflict_do_nothing())

    async def _lock(self, names: list[str]) -> dict[str, RowMapping]:
        wanted = select(accounts).where(ACCOUNT.account.in_(names)).order_by(ACCOUNT.account).with_for_update()
        found = {row["account"]: row for row in await self._link.rows(wanted)}
        for name in names:
            if name not in found:
                raise NotFound("account", name)
        return found

    async def _change(self, which: ColumnElement[bool], **news: object) -> Balance:
        changed = update(accounts).where(which).values(**news, touched_at=moment(self._link))
        row = await self._link.row(changed.returning(*ACCOUNT))
        if row is None:
            raise StoreBusy  # it was locked and looked at: never seen
        return _balance(row)


def _shares(wanted: Iterable[tuple[str, int]]) -> Shares:
    shares = tuple(sorted(wanted))
    if not shares or any(amount <= 0 for _, amount in shares) or len({name for name, _ in shares}) < len(shares):
        raise ValueError("a step needs an account, each account once, and amounts above 0")
    return shares


def _balance(row: RowMapping) -> Balance:
    return Balance(**{name: row[name] for name in ("granted", "available", "reserved", "consumed")})
