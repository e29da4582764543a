"""The ledger against a model: whatever is asked in whatever order, both say the same."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from support.undone import Undone, walk

from conductr_store import Balance, Conflict, NotFound, QuotaUsedUp, Settled

ACCOUNTS = st.sampled_from(["a", "b", "c"])
REFS = st.sampled_from([f"r{number}" for number in range(6)])
AMOUNTS = st.integers(1, 5)
SHARES = st.dictionaries(ACCOUNTS, AMOUNTS, min_size=1)


class LedgerWalk(Undone):
    def __init__(self) -> None:
        super().__init__()
        self.base: dict[str, int] = {}
        self.gifts: dict[str, tuple[str, int]] = {}
        self.reserved: dict[str, dict[str, int]] = {}
        self.state: dict[str, str] = {}  # of a ref: reserved, consumed, released or refunded

    def expected(self, account: str) -> Balance:
        granted = self.base[account] + sum(amount for to, amount in self.gifts.values() if to == account)
        sums = {"reserved": 0, "consumed": 0}
        for ref, shares in self.reserved.items():
            if self.state[ref] in sums:
                sums[self.state[ref]] += shares.get(account, 0)
        return Balance(granted, granted - sums["reserved"] - sums["consumed"], **sums)

    @rule(account=ACCOUNTS, granted=st.integers(0, 12))
    def ensure(self, account: str, granted: int) -> None:
        self.base[account] = granted
        assert self.do(self.tx.ledger.ensure, account, granted) == self.expected(account)

    @rule(account=ACCOUNTS, amount=AMOUNTS, ref=REFS)
    def grant(self, account: str, amount: int, ref: str) -> None:
        got = self.outcome(self.tx.ledger.grant, account, amount, ref)
        self.base.setdefault(account, 0)
        if self.gifts.setdefault(ref, (account, amount)) != (account, amount):
            assert got is Conflict
        else:
            assert got == self.expected(account)

    @rule(shares=SHARES, ref=REFS)
    def reserve(self, shares: dict[str, int], ref: str) -> None:
        got = self.outcome(self.tx.ledger.reserve_all, shares.items(), ref)
        if not shares.keys() <= self.base.keys():
            assert got is NotFound
        elif ref in self.reserved:
            ended = Settled if self.state[ref] in ("released", "refunded") else None
            assert got is (Conflict if self.reserved[ref] != shares else ended)
        elif any(self.expected(account).available < amount for account, amount in shares.items()):
            assert got is QuotaUsedUp
        else:
            assert got is None
            self.reserved[ref], self.state[ref] = shares, "reserved"

    @rule(ref=REFS)
    def consume(self, ref: str) -> None:
        self.end(ref, self.outcome(self.tx.ledger.consume, ref), "consumed", "reserved", {"consumed", "refunded"})

    @rule(ref=REFS)
    def release(self, ref: str) -> None:
        self.end(ref, self.outcome(self.tx.ledger.release, ref), "released", "reserved", {"released"})

    @rule(ref=REFS)
    def refund(self, ref: str) -> None:
        self.end(ref, self.outcome(self.tx.ledger.refund, ref), "refunded", "consumed", {"refunded"})

    def end(self, ref: str, got: object, state: str, before: str, repeated: set[str]) -> None:
        known = self.state.get(ref)
        if known is None:
            assert got is NotFound
        elif known == before:
            assert got is None
            self.state[ref] = state
        else:
            assert got is (None if known in repeated else Settled)

    @invariant()
    def the_balances_are_those_of_the_model(self) -> None:
        for account in self.base:
            balance = self.do(self.tx.ledger.balance, account)
            assert balance == self.expected(account)
            assert balance.granted == balance.available + balance.reserved + balance.consumed


def test_whatever_is_asked_the_ledger_says_what_the_model_says(shared_url: str) -> None:
    walk(LedgerWalk, shared_url)
