"""A seat in voice as the tests of its machine begin with it."""

from __future__ import annotations

from conductr_bot.voice.seat import Seat, step
from conductr_bot.voice.seat_inputs import Facts, Input, Sat

HERE, THERE = 5, 6
ROOM = Facts(sits_in=HERE, listeners=1)
OUT = Facts(sits_in=None)


def seated(facts: Facts = ROOM) -> Seat:
    return step(Seat(), Sat(HERE), facts, 0.0)[0]


def walk(seat: Seat, *given: tuple[Input, Facts, float]) -> tuple[Seat, list[object]]:
    """All of it, one after the other; what the last one led to."""
    effects: tuple[object, ...] = ()
    for one, facts, now_s in given:
        seat, effects = step(seat, one, facts, now_s)
    return seat, list(effects)
