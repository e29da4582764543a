"""The 20 ms grid, on a virtual clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from conductr_player.pacing.beat import Tick
from conductr_player.pacing.calls import Calls
from conductr_player.pacing.guard import HANGS_AT, HOGS_AT, LOOK_EVERY_S, Guard
from conductr_player.pacing.lateness import Lateness
from conductr_player.pacing.schedule import CLOSEST_S, Schedule

TICK_S = 0.02
CATCH_UP = 3  # packets, says the issue


@define(eq=False)
class Time:
    """A schedule, its clock, and what was called when."""

    schedule: Schedule = field(factory=Schedule)
    now: float = 0.0
    served: dict[int, list[float]] = field(factory=dict[int, list[float]])
    errors: list[Exception] = field(factory=list[Exception])

    def add(self, guild: int, *, takes_s: float = 0.0) -> Tick:
        """A guild whose every third call takes so long."""
        times = self.served.setdefault(guild, [])

        def tick() -> None:
            times.append(self.now)
            self.now += takes_s if len(times) % 3 == 0 else 0.0

        self.schedule.add(tick, self.now)
        return tick

    def serve(self, *, late_s: float = 0.0) -> None:
        """The next wake-up, later than it should be."""
        wake = self.schedule.next_wake()
        assert wake is not None
        self.now = max(self.now, wake) + late_s
        self.schedule.run(lambda: self.now, self.errors.append)

    def pass_until(self, end: float) -> int:
        """Serve every wake-up in time; how many there were."""
        wakes = 0
        while (wake := self.schedule.next_wake()) is not None and wake < end:
            self.serve()
            wakes += 1
        self.now = max(self.now, end)
        return wakes

    def gaps(self, guild: int) -> list[float]:
        return [b - a for a, b in pairwise(self.served[guild])]


@pytest.fixture
def time() -> Time:
    return Time()


def counting(calls: Counter[int], which: int) -> Callable[[], None]:
    def tick() -> None:
        calls[which] += 1

    return tick


def test_few_guilds_share_one_wake_up_a_tick(time: Time) -> None:
    for guild in range(100):
        time.add(guild)
    time.pass_until(0.01)
    assert time.pass_until(1.0 - 1e-6) == 49
    assert {len(times) for times in time.served.values()} == {50}


@pytest.mark.parametrize(("guilds", "slots"), [(1, 1), (250, 1), (251, 2), (1_000, 4), (4_000, 10)])
def test_slots_come_with_the_guilds_and_share_them_evenly(guilds: int, slots: int) -> None:
    schedule, calls, sizes = Schedule(), Counter[int](), list[int]()
    for guild in range(guilds):
        schedule.add(counting(calls, guild), guild * 1e-5)
    now = guilds * 1e-5
    while now < 0.14 - 1e-6:
        before = calls.total()
        schedule.run(lambda now=now: now, lambda _: None)
        sizes += [calls.total() - before] if now > 0.12 - 1e-6 else []
        now = max(now, schedule.next_wake() or 0.0)
    assert len(sizes) == slots
    assert max(sizes) <= max(250, 1.5 * guilds / slots)
    assert sum(sizes) == guilds


def test_slots_that_few_are_left_in_fill_up_before_others_open(time: Time) -> None:
    ticks = [time.add(guild) for guild in range(1_000)]
    time.pass_until(0.1)
    few = ticks[::100]
    for tick in set(ticks) - set(few):
        time.schedule.remove(tick)
    assert time.pass_until(0.12 - 1e-6) > 1, "those left stay where they are"
    for tick in few:  # each pauses and goes on
        time.schedule.remove(tick)
        time.schedule.add(tick, time.now)
    time.pass_until(time.now + 0.05)
    assert time.pass_until(time.now + TICK_S - 1e-6) == 1


@given(begun=st.floats(0.0, 0.0999))
def test_a_new_guild_is_heard_at_once_and_then_keeps_its_slot(begun: float) -> None:
    time = Time()
    time.add(1)
    time.pass_until(begun)
    time.add(2)
    time.pass_until(0.2)
    first, second = time.served[2][:2]
    assert first == begun
    assert CLOSEST_S - 1e-9 <= second - first <= CLOSEST_S + TICK_S + 1e-9
    assert time.gaps(2)[1:] == pytest.approx([TICK_S] * (len(time.served[2]) - 2))
    assert time.gaps(1) == pytest.approx([TICK_S] * (len(time.served[1]) - 1)), "and nobody else is disturbed"


def test_adding_twice_is_once_and_removing_what_is_not_there_is_nothing(time: Time) -> None:
    tick = time.add(1)
    time.schedule.add(tick, 0.0)
    time.pass_until(TICK_S - 1e-6)
    assert len(time.served[1]) == 1
    time.schedule.remove(tick)
    time.schedule.remove(tick)
    assert time.schedule.next_wake() is None
    assert len(time.schedule) == 0


def test_who_is_removed_before_its_first_turn_has_none(time: Time) -> None:
    time.add(1)
    time.schedule.remove(time.add(2))
    time.pass_until(0.1)
    assert time.served[2] == []


def test_a_short_delay_is_caught_up_without_a_burst(time: Time) -> None:
    time.add(1)
    for late_s in [0, 0, CATCH_UP * TICK_S - 0.001, *[0] * 20]:
        time.serve(late_s=late_s)
    assert min(time.gaps(1)) >= CLOSEST_S - 1e-9
    assert time.served[1][-1] == pytest.approx((len(time.served[1]) - 1) * TICK_S), "and it is back on its grid"


def test_after_a_long_delay_the_lost_ticks_are_given_up(time: Time) -> None:
    time.add(1)
    for late_s in [0, 0.93, 0, 0, 0]:
        time.serve(late_s=late_s)
    assert time.served[1] == pytest.approx([0.0, 0.95, 0.96, 0.98, 1.0])
    assert time.schedule.given_up == 1


@given(
    delays=st.lists(st.one_of(st.just(0.0), st.floats(0.0, 0.2), st.floats(0.0, 100.0)), min_size=1, max_size=60),
    guilds=st.integers(1, 5),
    slow_s=st.sampled_from([0.0, 0.004, 0.03, 0.09]),
)
def test_whatever_delays_it_no_guild_is_sent_a_burst(delays: list[float], guilds: int, slow_s: float) -> None:
    time = Time()
    for guild in range(guilds):
        time.add(guild, takes_s=slow_s if guild == 0 else 0.0)
    for late_s in delays:
        time.serve(late_s=late_s)
    for guild in range(guilds):
        times = time.served[guild]
        assert min(time.gaps(guild), default=1.0) >= CLOSEST_S - 1e-6
        for first, begin in enumerate(times):  # in no stretch are there more than three too many
            assert all(
                number <= (at - begin) / TICK_S + 1 + CATCH_UP + 1e-6 for number, at in enumerate(times[first:], 1)
            )


def test_a_slow_guild_costs_the_others_no_two_packets_at_once(time: Time) -> None:
    time.add(1, takes_s=0.05)
    time.add(2)
    for _ in range(20):
        time.serve()
    assert min(time.gaps(2)) >= CLOSEST_S - 1e-9


def test_a_slow_first_turn_costs_no_other_new_guild_two_packets_at_once(time: Time) -> None:
    delays = [0.05]

    def slow_once() -> None:
        time.now += delays.pop() if delays else 0.0

    time.add(1)
    time.pass_until(0.001)
    time.schedule.add(slow_once, time.now)
    time.add(3)
    for _ in range(5):
        time.serve()
    assert min(time.gaps(3)) >= CLOSEST_S - 1e-9


@pytest.mark.parametrize("jump_s", [0.5, 3_600.0, -0.5, -3_600.0])
def test_a_clock_that_jumps_costs_a_tick_and_no_burst(time: Time, jump_s: float) -> None:
    time.add(1)
    time.pass_until(1.0)
    time.now += jump_s
    time.schedule.settle(time.now)
    before, begun = len(time.served[1]), time.now
    time.pass_until(begun + 1.0)
    after = time.served[1][before:]
    assert 49 <= len(after) <= 52
    assert min(b - a for a, b in pairwise(after)) >= CLOSEST_S - 1e-9


def test_a_tick_that_raises_does_not_end_the_others(time: Time) -> None:
    def broken() -> None:
        raise OSError("broken")

    time.add(1)
    time.schedule.add(broken, 0.0)
    time.add(2)
    time.serve()
    assert len(time.served[1]) == len(time.served[2]) == 1
    assert len(time.errors) == 1


def test_what_is_cut_off_is_left_out_and_the_rest_has_its_turn_soon(time: Time) -> None:
    seen = list[Calls | None]()

    def hung() -> None:
        seen.append(time.schedule.calling)
        if len(seen) == 3:
            calls = seen[-1] or Calls(())
            assert time.schedule.cut_off(calls, calls.place) is hung  # as the guard does, from its thread
            time.now += 0.15

    time.add(1)
    time.schedule.add(hung, 0.0)
    time.add(2)
    for _ in range(3):
        time.serve()
    assert len(time.served[1]) == 3
    assert len(time.served[2]) == 2, "it was taken out of this thread's hands"
    for _ in range(10):
        time.serve()
    assert len(seen) == 3
    assert len(time.served[2]) >= 10
    assert min(time.gaps(2)) >= CLOSEST_S - 1e-9


def test_what_is_over_cannot_be_cut_off(time: Time) -> None:
    calls = list[Calls | None]()
    time.schedule.add(lambda: calls.append(time.schedule.calling), 0.0)
    time.serve()
    assert calls[0] is not None
    assert time.schedule.cut_off(calls[0], 1) is None
    assert len(time.schedule) == 1


def test_who_comes_after_a_call_that_has_just_returned_is_not_cut_off(time: Time) -> None:
    def next_one() -> None:
        assert time.schedule.calling is not None
        assert time.schedule.cut_off(time.schedule.calling, 1) is None, "it was the first that seemed to hang"

    time.add(1)
    time.schedule.add(next_one, 0.0)
    time.add(2)
    time.serve()
    assert len(time.served[2]) == 1
    assert len(time.schedule) == 3
    assert not time.errors


def begun(*ticks: Tick) -> Calls:
    """Calls of which all were begun."""
    calls = Calls(ticks)
    calls.end()
    return calls


def nothing() -> None: ...


def test_a_call_that_is_seen_look_after_look_hangs() -> None:
    guard, calls = Guard(), begun(nothing)
    looks = [guard.hangs(calls, number * LOOK_EVERY_S) for number in range(HANGS_AT)]
    assert looks == [False] * (HANGS_AT - 1) + [True]


def test_a_guild_that_is_at_it_at_every_look_takes_the_others_time() -> None:
    guard = Guard()
    looks = [guard.hangs(begun(nothing), number * LOOK_EVERY_S) for number in range(HOGS_AT)]
    assert looks == [False] * (HOGS_AT - 1) + [True]


def test_a_look_that_comes_late_itself_says_nothing() -> None:
    guard, calls = Guard(), begun(nothing)
    assert not any(guard.hangs(calls, number * 1.0) for number in range(20)), "the process was stopped, or starved"


def test_a_thread_that_waits_for_a_processor_does_not_hang() -> None:
    waited = iter(range(100))
    guard, calls = Guard(lambda: next(waited) * 0.05), begun(nothing)
    assert not any(guard.hangs(calls, number * LOOK_EVERY_S) for number in range(20))


def test_nobody_is_blamed_while_nobody_is_called_or_others_are() -> None:
    guard, calls = Guard(), begun(nothing)
    for number in range(0, 20, 2):
        assert not guard.hangs(calls if number % 4 else begun(print), number * LOOK_EVERY_S)
        assert not guard.hangs(None, (number + 1) * LOOK_EVERY_S)


def test_lateness_is_told_by_quantiles() -> None:
    late = Lateness()
    assert late.quantile_s(0.99) == 0.0
    late.note(0.00005, 98)
    late.note(0.00425, 1)
    late.note(0.7, 1)
    assert late.quantile_s(0.5) == pytest.approx(0.0001)
    assert late.quantile_s(0.99) == pytest.approx(0.0043)
    assert late.quantile_s(1.0) == late.worst_s == 0.7
