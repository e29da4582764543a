"""A day of 200 guilds with faults each minute, on a clock of its own: the pure seat against a small Discord."""

from __future__ import annotations

import heapq
from random import Random

from attrs import define, evolve, field

from conductr_bot.voice.patience import SLOW_S
from conductr_bot.voice.seat import Link, Seat, step
from conductr_bot.voice.seat_inputs import (
    Abandon,
    Connect,
    Connected,
    Ended,
    Facts,
    Failed,
    HangUp,
    Hindrance,
    Hold,
    Input,
    LinkIs,
    Looked,
    Moved,
    Part,
    Release,
    Renewed,
    Sat,
)
from conductr_player import PauseCause

GUILDS, DAY_S, MINUTE_S, FAULTS_A_MINUTE = 200, 86_400.0, 60.0, 10
CHANNELS = (1, 2, 3)
LOSSES = (None, 1001, 1006, 4000, 4006, 4009, 4015)  # that Discord recovers from
LONGEST_OUTAGE_S = 3_600.0
CALM_S = 2 * SLOW_S  # without faults, at the end of the day
JOIN_S = 0.2


@define(eq=False)
class Room:
    """A guild as Discord has it, the seat that we have in it, and what its player was told."""

    seat: Seat
    facts: Facts
    outage_until_s: float = 0.0
    connecting: bool = False
    paused_by: set[PauseCause] = field(factory=set)
    linked: bool = True
    joins: list[float] = field(factory=list)
    down_s: float = 0.0
    down_since_s: float | None = None


class Day:
    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.now_s = 0.0
        self.queue: list[tuple[float, int, int, Input]] = []
        self.rooms = [self._seated() for _ in range(GUILDS)]
        self.faults = 0

    def _seated(self) -> Room:
        facts = Facts(sits_in=CHANNELS[0], listeners=2, idle_s=300.0, stay=True)
        return Room(step(Seat(), Sat(CHANNELS[0]), facts, 0.0)[0], facts)

    def soon(self, room: int, given: Input, after_s: float = 0.0) -> None:
        heapq.heappush(self.queue, (self.now_s + after_s, len(self.queue) + self.rng.getrandbits(30), room, given))

    def run(self) -> None:
        minute = 0.0
        while minute < DAY_S:
            if minute < DAY_S - CALM_S:
                for _ in range(FAULTS_A_MINUTE):
                    self.fault(self.rng.randrange(GUILDS))
            else:
                self.heal()
            minute += MINUTE_S
            while self.queue and self.queue[0][0] <= minute:
                self.now_s, _, number, given = heapq.heappop(self.queue)
                self.give(number, given)
            self.now_s = minute

    def heal(self) -> None:
        for number, room in enumerate(self.rooms):
            room.outage_until_s = 0.0
            room.facts = evolve(room.facts, reachable=True, muted=False, listeners=2)
            self.soon(number, Looked())

    def fault(self, number: int) -> None:
        """One of what goes wrong in the world, at some moment of this minute."""
        room, rng = self.rooms[number], self.rng
        self.faults += 1
        after_s = rng.random() * MINUTE_S
        match rng.randrange(7):
            case 0 | 1:
                self.soon(number, Ended(rng.choice(LOSSES)), after_s)
            case 2:
                room.facts = evolve(room.facts, listeners=rng.randrange(3))
            case 3:
                room.facts = evolve(room.facts, muted=rng.random() < 0.5)
            case 4:
                if room.facts.sits_in is not None:
                    room.facts = evolve(room.facts, sits_in=rng.choice(CHANNELS))
            case 5:
                room.outage_until_s = self.now_s + rng.random() * LONGEST_OUTAGE_S if rng.random() < 0.3 else 0.0
                self.soon(number, Renewed(), after_s)
            case _:
                room.facts = evolve(room.facts, reachable=rng.random() < 0.7)
        self.soon(number, Looked(), after_s)

    def give(self, number: int, given: Input) -> None:
        room = self.rooms[number]
        if room.connecting and not isinstance(given, Connected | Failed):
            return self.soon(number, given, JOIN_S)  # the actor does one thing at a time
        room.connecting = room.connecting and not isinstance(given, Connected | Failed)
        if isinstance(given, Renewed):
            room.facts = evolve(room.facts, sits_in=None)
        room.seat, effects = step(room.seat, given, room.facts, self.now_s, self.rng.random())
        for effect in effects:
            self.do(number, room, effect)
        if room.seat.deadline_s < DAY_S:
            self.soon(number, Looked(), max(0.0, room.seat.deadline_s - self.now_s))
        return None

    def do(self, number: int, room: Room, effect: object) -> None:
        match effect:
            case Connect(channel_id):
                assert not room.connecting
                assert room.facts.reachable
                room.connecting = True
                room.joins.append(self.now_s)
                up = self.now_s >= room.outage_until_s
                room.facts = evolve(room.facts, sits_in=channel_id if up else None)
                self.soon(number, Connected() if up else Failed(Hindrance.UNANSWERED), JOIN_S)
            case HangUp() | Abandon():
                assert not room.connecting
                room.facts = evolve(room.facts, sits_in=None)
            case LinkIs(up):
                room.linked = up
                self._count_down(room, up)
            case Hold(cause):
                room.paused_by.add(cause)
            case Release(cause):
                room.paused_by.discard(cause)
            case Moved(channel_id):
                assert channel_id == room.facts.sits_in
            case Part():
                raise AssertionError(f"guild {number} was given up at {self.now_s}: {room}")
            case _:
                pass

    def _count_down(self, room: Room, up: bool) -> None:
        if up and room.down_since_s is not None:
            room.down_s += self.now_s - room.down_since_s
            room.down_since_s = None
        elif not up and room.down_since_s is None:
            room.down_since_s = self.now_s


def test_a_day_of_faults_ends_with_every_guild_in_its_channel_and_playing() -> None:
    day = Day(seed=7)
    day.run()
    assert day.faults > 14_000
    for room in day.rooms:
        assert (room.seat.link, room.linked, room.seat.channel_id) == (Link.UP, True, room.facts.sits_in)
        assert room.paused_by == set()  # and never by anybody but us: a person's pause is not ours to touch
        in_a_minute = [sum(at <= other < at + MINUTE_S for other in room.joins) for at in room.joins]
        assert max(in_a_minute, default=0) <= 6  # five tries, and one at once where a guild is back


def test_the_same_day_is_the_same_day() -> None:
    assert [_joins(3), _joins(3)] == [_joins(3)] * 2


def _joins(seed: int) -> list[float]:
    day = Day(seed)
    for number in range(20):
        day.fault(number)
    while day.queue:
        day.now_s, _, number, given = heapq.heappop(day.queue)
        if day.now_s > 4 * MINUTE_S:
            break
        day.give(number, given)
    return [at for room in day.rooms for at in room.joins]
