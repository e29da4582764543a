"""At most so many calls in any window of time, first come, first served. For asyncio and trio, and for threads."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Protocol, cast
from weakref import WeakValueDictionary

import anyio
from anyio.lowlevel import current_token

CALLS = 20  # a gateway's own limit: so many a key in WINDOW_S (reference: suno.md 2A.10)
WINDOW_S = 10.0


class _AsyncioLoop(Protocol):
    def call_soon_threadsafe(self, callback: Callable[[], object], /) -> object: ...


class _TrioToken(Protocol):
    def run_sync_soon(self, callback: Callable[[], object], /) -> object: ...


class _Waiter:
    """A place in the line, and how any thread wakes the one who stands there."""

    def __init__(self) -> None:
        loop = current_token().native_token
        if hasattr(loop, "call_soon_threadsafe"):
            self._soon = cast("_AsyncioLoop", loop).call_soon_threadsafe
        else:
            self._soon = cast("_TrioToken", loop).run_sync_soon
        self.woken = anyio.Event()

    def wake(self) -> bool:
        """False where its event loop is gone, and the waiter with it."""
        try:
            self._soon(self.woken.set)
        except RuntimeError:  # asyncio's for a closed loop; trio's RunFinishedError is one too
            return False
        return True


class Limiter:
    """A place is taken before a request and comes back `window_s` after the answer, not after the request.

    So a server that counts arrivals never sees more than `calls` in any `window_s`, however long each is on its way.
    Clients, tasks and threads with event loops of their own may share one; all stand in one line. `now` counts seconds.
    """

    def __init__(
        self, calls: int = CALLS, window_s: float = WINDOW_S, now: Callable[[], float] = time.monotonic
    ) -> None:
        if not (calls >= 1 and 0 <= window_s < math.inf):
            raise ValueError("calls is at least 1, and window_s is a time that ends")
        self.calls = calls
        self.window_s = window_s
        self._now = now
        self._lock = threading.Lock()  # held for microseconds, never across an await
        self._away = 0  # places whose request is under way
        self._back = deque[float]()  # when each of the other places comes back, soonest first
        self._line = deque[_Waiter]()

    def __repr__(self) -> str:
        return f"Limiter(calls={self.calls}, window_s={self.window_s})"

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Waits for a place and holds it. A caller cancelled in line costs nothing; one cancelled inside has called."""
        if not self._take_at_once():
            await self._stand_in_line()
        try:
            yield
        finally:
            self._give_back()

    @property
    def idle(self) -> bool:
        """No call is under way, waits, or is recent: a new limiter would let through no more than this one."""
        with self._lock:
            return self._free(self._now()) == self.calls and not self._line

    def _take_at_once(self) -> bool:
        with self._lock:
            if self._line or not self._free(self._now()):
                return False
            self._away += 1
            return True

    async def _stand_in_line(self) -> None:
        waiter = _Waiter()
        with self._lock:
            self._line.append(waiter)
            self._wake_first()  # it may have died with its event loop, and would block the line
        try:
            while (pause_s := self._take_in_turn(waiter)) is not None:
                with anyio.move_on_after(pause_s):
                    await waiter.woken.wait()
        except BaseException:
            with self._lock, suppress(ValueError):  # it is not there any more where its event loop was closed under it
                self._line.remove(waiter)
            with self._lock:
                self._wake_first()
            raise

    def _take_in_turn(self, waiter: _Waiter) -> float | None:
        """None where the place is taken, else the seconds after which it pays to look again."""
        with self._lock:
            now = self._now()
            waiter.woken = anyio.Event()  # what happens from here on wakes it
            if waiter is not self._line[0]:
                return math.inf  # only the head of the line looks at the clock
            if not self._free(now):
                return self._back[0] - now if self._back else math.inf
            self._line.popleft()
            self._away += 1
            self._wake_first()
            return None

    def _give_back(self) -> None:
        with self._lock:
            self._away -= 1
            self._back.append(self._now() + self.window_s)
            self._wake_first()

    def _free(self, now: float) -> int:
        while self._back and self._back[0] <= now:
            self._back.popleft()
        return self.calls - self._away - len(self._back)

    def _wake_first(self) -> None:
        while self._line and not self._line[0].wake():
            self._line.popleft()


class _AccountLimiter(Limiter):
    """Outlives its last client while a call of it is recent: who makes a client for each call is limited too."""

    def _give_back(self) -> None:
        super()._give_back()
        with _registry:
            _recent.add(self)


_registry = threading.Lock()
_accounts = WeakValueDictionary[bytes, Limiter]()  # by SHA-256 of origin and key: no key is kept
_recent = set[Limiter]()  # those with calls that still count


def shared_limiter(origin: str, key: str) -> Limiter:
    """The one limiter of this account in this process.

    This is the one thing that clients share without being told to, since the gateway counts by account, not by client:
    two clients of one key that each kept to its limit would together break it, and be locked out together. Give a
    client `limiter=Limiter(...)` of its own to opt out. It is forgotten once no client holds it and its calls are old.
    """
    account = hashlib.sha256(f"{origin}\0{key}".encode()).digest()
    with _registry:
        for old in [one for one in _recent if one.idle]:
            _recent.discard(old)
        limiter = _accounts.get(account)
        if limiter is None:
            limiter = _accounts[account] = _AccountLimiter()
        return limiter
