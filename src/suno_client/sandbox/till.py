"""Money and pace of one account: what it has left, and how often it may ask."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

WINDOW_CALLS, WINDOW_S = 20, 10.0  # suno.md 2A.10: all submissions of an account together


class Till:
    """The credits of one sandbox and its rolling window. Prices have one decimal: 12, 0.4."""

    def __init__(self, balance: float, now: Callable[[], float]) -> None:
        self._now = now
        self._start = self._left = float(balance)
        self._calls: deque[float] = deque()
        self._refunds: list[tuple[float, Callable[[], bool]]] = []

    def admit(self, price: float) -> Literal["credits", "pace"] | None:
        """What forbids one more submission now; counts as a call when money allows it."""
        if self.balance < price:
            return "credits"
        now = self._now()
        while self._calls and self._calls[0] <= now - WINDOW_S:
            self._calls.popleft()
        if len(self._calls) >= WINDOW_CALLS:
            return "pace"
        self._calls.append(now)
        return None

    def charge(self, price: float) -> None:
        self._left -= price

    def refund_when(self, due: Callable[[], bool], price: float) -> None:
        """Gives `price` back once `due` says so (code 531)."""
        self._refunds.append((price, due))

    @property
    def balance(self) -> float:
        waiting = list[tuple[float, Callable[[], bool]]]()
        for price, due in self._refunds:
            if due():
                self._left += price
            else:
                waiting.append((price, due))
        self._refunds = waiting
        return round(self._left, 1)

    @balance.setter
    def balance(self, credits_left: float) -> None:
        self._refunds.clear()
        self._left = float(credits_left)

    def clear(self) -> None:
        """Gives the first credits back and forgets the calls."""
        self._calls.clear()
        self.balance = self._start
