"""No window of time sees more calls than allowed, whoever calls, from wherever, and whoever gives up meanwhile."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random

import anyio
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from suno_client.limiter import Limiter, shared_limiter

ORIGIN = "https://api.example"
TICK_S = 0.125  # times in the properties are whole ticks, so that sums of them are exact


def assert_no_window_is_overfull(arrivals: Sequence[float], calls: int, window_s: float) -> None:
    ordered = sorted(arrivals)
    for first, beyond in zip(ordered, ordered[calls:], strict=False):
        assert beyond - first >= window_s


@dataclass
class Caller:
    """One call: asked at `at`, arriving at the server `travel` later and answered `latency` after that."""

    at: int
    travel: int
    latency: int
    patience: int | None  # ticks until it is cancelled
    asked: float = -1
    granted: float = -1
    arrived: float = -1
    ended: float = -1

    async def call(self, limiter: Limiter, order: list[Caller]) -> None:
        await trio.sleep(self.at * TICK_S)
        self.asked = trio.current_time()
        order.append(self)
        with trio.move_on_after(float("inf") if self.patience is None else self.patience * TICK_S):
            async with limiter.turn():
                self.granted = self.arrived = trio.current_time()
                try:
                    await trio.sleep(self.travel * TICK_S)
                    self.arrived = trio.current_time()
                    await trio.sleep(self.latency * TICK_S)
                finally:
                    self.ended = trio.current_time()


ticks = st.integers(0, 12)
callers = st.lists(st.builds(Caller, st.integers(0, 40), ticks, ticks, st.none() | st.integers(0, 30)), max_size=24)


@settings(max_examples=200, deadline=None)
@given(callers, st.integers(1, 5), st.integers(0, 20))
def test_whatever_the_latencies_no_window_is_overfull_and_nobody_is_passed_over(
    callers: list[Caller], calls: int, window: int
) -> None:
    order = list[Caller]()
    window_s = window * TICK_S

    async def everyone() -> None:
        limiter = Limiter(calls, window_s, now=trio.current_time)
        async with trio.open_nursery() as nursery:
            for caller in callers:
                nursery.start_soon(caller.call, limiter, order)
        await trio.sleep(window_s)
        assert limiter.idle

    trio.run(everyone, clock=MockClock(autojump_threshold=0))
    served = [caller for caller in order if caller.granted >= 0]
    assert_no_window_is_overfull([caller.arrived for caller in served], calls, window_s)
    assert [caller.granted for caller in served] == sorted(caller.granted for caller in served)
    for caller in order:
        if caller.patience is None:
            assert caller.granted >= caller.asked
        if caller.granted > caller.asked:  # whoever waits does so because every place is taken or resting
            taken = [other for other in served if other.granted < caller.granted <= other.ended + window_s]
            assert len(taken) == calls


class Seconds:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.anyio
async def test_a_place_comes_back_a_window_after_the_answer() -> None:
    clock = Seconds()
    limiter = Limiter(1, 10, now=clock)
    async with limiter.turn():
        clock.now = 7
    clock.now = 16.9
    with anyio.move_on_after(0.01) as patience:
        await limiter.turn().__aenter__()
    assert patience.cancelled_caught
    clock.now = 17
    with anyio.fail_after(5):
        async with limiter.turn():
            assert not limiter.idle


@dataclass
class Line:
    """Callers of `limiter` who note when they are served, and stay until they are let go."""

    limiter: Limiter
    served: list[str] = field(default_factory=list)
    leave: dict[str, anyio.Event] = field(default_factory=dict)
    scopes: dict[str, anyio.CancelScope] = field(default_factory=dict)

    async def caller(self, name: str) -> None:
        self.leave[name] = anyio.Event()
        with anyio.CancelScope() as self.scopes[name]:
            async with self.limiter.turn():
                self.served.append(name)
                await self.leave[name].wait()


async def settle() -> None:
    """Wakes go through the event loop's thread-safe door; two rounds later all have gone in."""
    for _ in range(2):
        await anyio.wait_all_tasks_blocked()
        await anyio.sleep(0.001)


@pytest.mark.anyio
async def test_a_caller_who_leaves_the_line_costs_nobody_a_place() -> None:
    line = Line(Limiter(1, 0))
    async with anyio.create_task_group() as group:
        for name in "abcde":
            group.start_soon(line.caller, name)
            await settle()
        assert line.served == ["a"]
        line.scopes["b"].cancel()  # the head
        line.scopes["d"].cancel()  # someone further back
        line.leave["a"].set()
        await settle()
        assert line.served == ["a", "c"]
        line.leave["c"].set()
        line.leave["e"].set()
    assert line.served == ["a", "c", "e"]
    assert line.limiter.idle


@pytest.mark.anyio
async def test_the_next_takes_over_the_waiting_when_the_head_leaves() -> None:
    line = Line(Limiter(1, 0.2))
    async with anyio.create_task_group() as group:
        async with line.limiter.turn():
            for name in "ab":
                group.start_soon(line.caller, name)
                await settle()
        await settle()
        line.scopes["a"].cancel()  # it was the one that slept until the place comes back
        line.leave["b"].set()
    assert line.served == ["b"]


@pytest.mark.anyio
async def test_a_call_that_was_cancelled_under_way_still_counts() -> None:
    clock = Seconds()
    limiter = Limiter(1, 10, now=clock)
    with anyio.CancelScope() as scope:
        async with limiter.turn():
            scope.cancel()
            await anyio.sleep_forever()
    assert not limiter.idle
    clock.now = 10
    assert limiter.idle


def test_two_threads_with_an_event_loop_each_share_one_line() -> None:
    limiter = Limiter(3, 0.02)
    arrivals = list[float]()

    async def calls(rng: Random) -> None:
        async def one() -> None:
            async with limiter.turn():
                await anyio.sleep(rng.random() * 0.004)
                arrivals.append(time.monotonic())
                await anyio.sleep(rng.random() * 0.004)

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(one)

    in_threads(*((backend, lambda: calls(Random(1))) for backend in ("asyncio", "trio", "asyncio")))
    assert len(arrivals) == 60
    assert_no_window_is_overfull(arrivals, 3, 0.02)


@pytest.mark.parametrize("waits", ["asyncio", "trio"])
@pytest.mark.parametrize("holds", ["asyncio", "trio"])
def test_a_place_freed_in_one_thread_wakes_who_waits_in_another(holds: str, waits: str) -> None:
    limiter = Limiter(1, 0)
    taken = threading.Event()
    served = list[str]()

    async def holder() -> None:
        async with limiter.turn():
            taken.set()
            while not limiter._line:
                await anyio.sleep(0.001)
            served.append("holder")

    async def waiter() -> None:
        await anyio.to_thread.run_sync(taken.wait)
        async with limiter.turn():  # no time to sleep for: only the holder can wake it
            served.append("waiter")

    in_threads((holds, holder), (waits, waiter))
    assert served == ["holder", "waiter"]


def in_threads(*mains: tuple[str, Callable[[], Awaitable[None]]]) -> None:
    """Each in a thread with an event loop of its own; fails where one does not end."""
    threads = [threading.Thread(target=anyio.run, args=(main,), kwargs={"backend": name}) for name, main in mains]
    for thread in threads:
        thread.daemon = True
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_a_waiter_whose_event_loop_was_closed_does_not_block_the_line() -> None:
    limiter = Limiter(1, 0.05)
    abandoned = asyncio.new_event_loop()

    async def take() -> None:
        async with limiter.turn():
            pass

    abandoned.run_until_complete(take())
    dead = abandoned.create_task(take())  # the one that sleeps until the place comes back
    while not limiter._line:
        abandoned.run_until_complete(asyncio.sleep(0))
    abandoned.close()
    asyncio.run(asyncio.wait_for(take(), 5))
    abandoned.set_exception_handler(lambda loop, context: None)  # it complains of the task, rightly
    del dead
    gc.collect()
    assert not limiter._line


def test_a_limiter_that_cannot_be_is_refused() -> None:
    for calls, window_s in ((0, 1), (1, -1), (1, float("inf")), (1, float("nan"))):
        with pytest.raises(ValueError, match="at least 1"):
            Limiter(calls, window_s)


def test_all_clients_of_an_account_get_one_limiter_which_shows_no_key() -> None:
    limiter = shared_limiter(ORIGIN, "sk-canary")
    assert shared_limiter(ORIGIN, "sk-canary") is limiter
    assert shared_limiter(ORIGIN, "sk-other") is not limiter
    assert shared_limiter("https://other.example", "sk-canary") is not limiter
    assert repr(limiter) == "Limiter(calls=20, window_s=10.0)"


@pytest.mark.anyio
async def test_an_account_is_forgotten_once_no_client_holds_it_and_its_calls_are_old() -> None:
    async def call(window_s: float) -> weakref.ref[Limiter]:
        limiter = shared_limiter(ORIGIN, "sk-per-call")  # as one does who makes a client for each call
        limiter.window_s = window_s
        async with limiter.turn():
            return weakref.ref(limiter)

    first = await call(3600)
    gc.collect()
    assert shared_limiter(ORIGIN, "sk-per-call") is first()
    first()._back.clear()  # type: ignore[union-attr] # an hour later
    shared_limiter(ORIGIN, "sk-another")
    gc.collect()
    assert first() is None
