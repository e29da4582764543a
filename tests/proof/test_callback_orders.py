"""Callbacks and polls in every order, doubled, late or lost: one delivery, and states that only move forward."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from random import Random

import anyio
import pytest
from attrs import evolve, frozen
from support.databases import Databases
from support.proving import SEED, on, proof, scaled
from support.quick_keeper import quick
from support.saga import ADA, Life, World, a_world

from conductr import GenerationChanged, GenerationView
from conductr.bus import Event
from conductr.callbacks import Callbacks
from conductr.making.deciding import Move, Quota, Standing, WrongMove, after
from conductr_player import Enqueue
from conductr_store import AttemptState, GenerationState
from suno_client import Polling, SunoError, webhooks
from suno_client.testing import Loss

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(1_800)]

EVENTS = ("text", "first", "complete", "complete again", "error", "poll")
ORDERS = tuple(permutations(EVENTS))  # 720
PLAYED = 20  # orders that a whole saga goes through on each engine, with the answer known and lost; all at scale 36
NEVER_BY_ITSELF = Polling(first_s=3_600, max_s=3_600, floor_s=0, keep_s=0)
FORWARD = ("submitting", "unknown", "submitted", "composing", "playable", "finished")
WITHIN_S = 30.0
POLL_AGAIN_S = 0.03


@frozen
class Case:
    number: int
    order: tuple[str, ...]
    answer_lost: bool
    lost: frozenset[str]  # callbacks that never come

    @property
    def findable(self) -> bool:
        """Whether anything names the task of a lost answer."""
        return not self.answer_lost or any(each != "poll" and each not in self.lost for each in self.order)


class Playing:
    """One process and its gateway; a case after the other."""

    def __init__(self, world: World, life: Life, events: list[Event]) -> None:
        self.world, self.life, self.events = world, life, events
        self.callbacks = Callbacks(life.store, life.generations.reconciler.hint)

    async def call_back(self, number: int, kind: str) -> None:
        """As the gateway would; what it calls an error is a lie, for the record says otherwise."""
        body = self.world.suno.submissions[number]
        nonce = str(body["callBackUrl"]).rpartition("/")[2]
        told = "complete" if kind == "complete again" else kind
        event = webhooks.sample("generation", told, task_id=f"{number + 1:032x}")  # pyright: ignore[reportArgumentType]
        assert await self.callbacks.receive(nonce, event.body)

    def poll(self, generation_id: str) -> None:
        self.life.generations.reconciler.bells.ring(generation_id)

    async def play(self, case: Case, rng: Random) -> list[str]:
        del self.events[:]
        self.world.clock.passes(timedelta(seconds=60))  # so that nothing waits for its turn
        caller = evolve(ADA, user_id=1_000 + case.number, guild_id=10_000 + case.number)
        number = len(self.world.suno.submissions)
        if case.answer_lost:
            self.world.suno.faults["submit"].append(Loss("reset", accepted=True))
        try:
            view = await self.life.ask(f"case {case.number}", caller)
        except SunoError:
            (view,) = await self.life.generations.recent(caller.guild_id)
        for kind in case.order:
            if kind == "poll":
                self.poll(view.id)
            elif kind not in case.lost:
                await self.call_back(number, kind)
            for _ in range(rng.randrange(4)):
                await anyio.sleep(0)  # other tasks get so far, and no further
        view = await self._end(view, case)
        for kind in case.order:  # everything once more, late
            if kind != "poll":
                await self.call_back(number, kind)
        return await self._findings(case, view, number)

    async def _end(self, view: GenerationView, case: Case) -> GenerationView:
        if not case.findable:
            return view
        async with self.life.generations.book.bus.subscribe() as heard:
            with anyio.fail_after(WITHIN_S):
                while (view := await self.life.generations.get(view.id)).state not in ("finished", "failed", "refused"):
                    self.poll(view.id)
                    with anyio.move_on_after(POLL_AGAIN_S):  # nothing may come of one poll
                        await anext(heard)
        return view

    async def _findings(self, case: Case, view: GenerationView, number: int) -> list[str]:
        changes = [event for event in self.events if isinstance(event, GenerationChanged)]
        states = [event.state for event in changes if event.generation_id == view.id and event.state in FORWARD]
        queued = sum(
            entry.id == view.id
            for command in self.life.player.told
            if isinstance(command, Enqueue)
            for entry in command.entries
        )
        (attempt,) = await self.life.attempts(view.id)
        found = {
            "submissions": len(self.world.suno.submissions) - number,
            "state": view.state,
            "attempt": str(attempt.state),
            "deliveries": states.count("finished"),
            "forward": states == sorted(states, key=FORWARD.index),
            "queued": min(queued, 1),
            "takes": len(view.songs),
        }
        done = case.findable
        should = {
            "submissions": 1,
            "state": "finished" if done else "unknown",
            "attempt": "accepted" if done else "unknown",
            "deliveries": int(done),
            "forward": True,
            "queued": int(done),
            "takes": 2 if done else 0,
        }
        return [
            f"{case}: {name} {found[name]!r}, not {should[name]!r}" for name in should if found[name] != should[name]
        ]


def the_cases(rng: Random) -> list[Case]:
    orders = rng.sample(ORDERS, min(scaled(PLAYED), len(ORDERS)))
    cases: list[Case] = []
    for order in orders:
        for answer_lost in (False, True):
            lost = frozenset(kind for kind in EVENTS[:-1] if rng.random() < 0.3)
            cases.append(Case(len(cases), order, answer_lost, lost))
    return cases


async def test_in_any_order_a_song_is_delivered_once(ram: Path, databases: Databases) -> None:
    rng = Random(f"{SEED} orders {databases.engine}")
    world = a_world(await databases.new(ram), ram)
    world.polling = NEVER_BY_ITSELF
    name = on("callback-orders", databases.engine)
    with proof(name, "In any order, doubled, late or lost, one submission and one delivery.") as run:
        async with world.life() as life:
            life.watcher.follower.keeper = quick(life.watcher.follower.keeper)
            events: list[Event] = []
            async with life.watching() as group:
                group.start_soon(note_events, life, events)
                playing = Playing(world, life, events)
                for case in the_cases(rng):
                    run.tried(await playing.play(case, rng))
        run.figures |= {"engine": databases.engine, "orders": len(ORDERS), "orders_played": run.trials // 2}


async def note_events(life: Life, events: list[Event]) -> None:
    async with life.generations.book.bus.subscribe() as heard:
        while True:
            events.append(await anext(heard))


MOVES = {
    "text": Move.WRITTEN,
    "first": Move.HEARD,
    "complete": Move.KEPT,
    "complete again": Move.KEPT,
    "error": Move.GONE,
    "poll": Move.FOUND,
}
BEGUN = (
    Standing(GenerationState.SUBMITTED, AttemptState.ACCEPTED, quota=Quota.HELD),
    Standing(GenerationState.UNKNOWN, AttemptState.UNKNOWN, quota=Quota.HELD),
)


def test_the_rules_let_no_order_of_moves_end_twice_or_go_back() -> None:
    """All 720 orders, with the answer known and lost, and each once more after its end."""
    ends: Counter[str] = Counter()
    for order in ORDERS:
        for begun in BEGUN:
            standing, ended = begun, 0
            for kind in order * 2:
                try:
                    then = after(standing, MOVES[kind])
                except WrongMove:
                    continue
                assert not standing.state.final or standing.state is GenerationState.UNKNOWN
                assert then.quota is Quota.HELD or then.state in (GenerationState.FINISHED, GenerationState.FAILED)
                ended += then.state in (GenerationState.FINISHED, GenerationState.FAILED)
                standing = then
            assert ended == 1
            ends[standing.state] += 1
    assert ends.total() == 1_440
