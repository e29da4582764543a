"""Reconciler: settles submissions whose answer was lost, by what a callback names or a person says. It never sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from logging import getLogger
from typing import TypeVar

import anyio
from attrs import define, field

from conductr.gateways import Gateway, Gateways
from conductr.hints import Doubt, confirmed
from conductr.wake import Wake
from conductr_store import Attempt, AttemptState, Conflict, Generation, Job, JobState, LeaseLost, Store, UnitOfWork
from suno_client import SunoError

from .book import Book
from .deciding import UNSETTLED, Move, WrongMove
from .looks import Bells
from .reasons import LEANS_TO_NOT_TAKEN, LEANS_TO_TAKEN, NEVER_TAKEN, TAKEN, UNDECIDED
from .verdicts import UNDECIDED_AFTER_S, Leaning, Traces, leaning, reconcile

log = getLogger(__name__)

HINT = "suno.callback"  # a job: somebody who knows the nonce names a task
HINT_LEASE = timedelta(seconds=60)  # longer than a look at a task takes
HINT_AGAIN = timedelta(seconds=15)  # doubled at each try
HINT_AGAIN_AT_MOST = timedelta(minutes=15)
HINTS = 4  # an attempt: who knows its nonce names its one task, and each other costs a look with our own key
CREDIT_WITHIN_S = 10.0
AT_A_TIME = 20
LOOK_EVERY_S = 5.0  # for hints that other processes took, and for what has waited long enough
LEANINGS = {Leaning.TAKEN: LEANS_TO_TAKEN, Leaning.NOT_TAKEN: LEANS_TO_NOT_TAKEN, Leaning.NO_IDEA: ""}
FOUND_OPEN = (AttemptState.SUBMITTING, *UNSETTLED)
Item = TypeVar("Item", Job, Attempt)


@define(eq=False)
class Reconciler:
    """`wake` tells the watcher that a task was found; `bell` this one that a hint waits."""

    book: Book
    gateways: Gateways
    bells: Bells
    wake: Callable[[], None]
    trust_balance: bool = False
    credit_within_s: float = CREDIT_WITHIN_S
    bell: Wake = field(factory=Wake)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:  # a fire wall: songs go on
                log.exception("lost answers could not be looked after; tried again soon")
            await self.bell.wait(LOOK_EVERY_S)

    async def nudge(self, attempt_id: str, task_id: str | None) -> None:
        """As `hint`, for an attempt by its id. Raises NotFound too."""
        async with self._store.begin() as tx:
            attempt = await tx.attempts.get(attempt_id)
        await self.hint(attempt, task_id)

    async def hint(self, attempt: Attempt, task_id: str | None) -> None:
        """A callback came for an attempt, as it was read just now. Takes a note and returns; the look follows.

        Nothing is written where its task is known. Raises StoreError.
        """
        if task_id is not None and attempt.state in FOUND_OPEN:
            async with self._store.begin() as tx:
                await _take_hint(tx, attempt.id, task_id)
        self.bells.ring(attempt.generation_id)
        self.bell.ring()

    async def look(self) -> None:
        """Follow up what callbacks named, then see which lost answers have waited long enough. Raises StoreError."""
        async with self._store.begin() as tx:
            hints = await tx.jobs.claim([HINT], self.book.owner, HINT_LEASE, AT_A_TIME)
        await _each(hints, self._follow_up)
        async with self._store.begin() as tx:
            lost = await tx.attempts.unknown(AT_A_TIME, timedelta(seconds=UNDECIDED_AFTER_S))
        await _each(lost, self._decide)

    @property
    def _store(self) -> Store:
        return self.book.store

    async def _follow_up(self, hint: Job) -> None:
        """A hint is done with once its attempt is settled, or its task is another's; until then it is tried again."""
        payload = hint.payload or {}
        async with self._store.begin() as tx:
            attempt = await tx.attempts.get(str(payload.get("attempt")))
        try:
            open_since = await self._look_at(attempt, str(payload.get("task"))) if attempt.state in FOUND_OPEN else None
        except SunoError as error:
            open_since = type(error).__name__
        async with self._store.begin() as tx:
            if open_since is None:
                await tx.jobs.done(hint.id, hint.lease_epoch)
            else:
                log.info("what a callback named for attempt %s is looked at again: %s", attempt.id, open_since)
                await tx.jobs.again(hint.id, hint.lease_epoch, open_since, _again_in(hint.attempt))
        if open_since is None:
            self.wake()

    async def _look_at(self, attempt: Attempt, task_id: str) -> str | None:
        """None where that settles the hint, and mostly its attempt; else why it does not yet. Raises SunoError."""
        gateway = await self.gateways.of(attempt.provider, attempt.key_id)
        if gateway is None:
            return "nobody can be asked"
        stands = await confirmed(gateway, self._store, attempt, task_id)
        if isinstance(stands, Doubt):
            return None if stands is Doubt.TAKEN_BY_ANOTHER else stands.value
        try:
            await self.book.move(attempt.generation_id, Move.FOUND, mine=False, attempt_id=attempt.id, task_id=task_id)
        except (WrongMove, Conflict) as error:
            log.info("the task that a callback named changes nothing: %s", error)
        else:
            log.info("generation %s is the task %s after all: a callback told it", attempt.generation_id, task_id)
        return None

    async def _decide(self, attempt: Attempt) -> None:
        """Once, when its time is over: the balance is looked at, and a person told what it speaks for."""
        gateway = await self.gateways.of(attempt.provider, attempt.key_id)
        credit_now = await _credit(gateway, self.credit_within_s)
        traces = Traces(UNDECIDED_AFTER_S, attempt.credit_before, credit_now, await self._alone(attempt))
        move = reconcile(traces, trust_balance=self.trust_balance)
        if move is None:
            return
        reason = " ".join(filter(None, (UNDECIDED, LEANINGS[leaning(traces)])))
        try:
            await self.book.move(attempt.generation_id, move, mine=False, attempt_id=attempt.id, reason=reason)
        except WrongMove as error:
            log.info("attempt %s is settled meanwhile: %s", attempt.id, error)

    async def _alone(self, attempt: Attempt) -> bool:
        async with self._store.begin() as tx:
            return not await tx.attempts.others_beside(attempt)

    async def resolve(self, generation_id: str, *, accepted: bool, task_id: str | None) -> Generation:
        """What a person says of a lost answer. Raises NotFound, WrongMove; Conflict for another attempt's task."""
        entry = await self.book.read(generation_id)
        attempt_id = None if entry.attempt is None else entry.attempt.id
        if not accepted:
            return await self.book.move(
                generation_id, Move.ABSENT, mine=False, attempt_id=attempt_id, reason=NEVER_TAKEN
            )
        if task_id is None:
            return await self.book.move(generation_id, Move.TAKEN, mine=False, attempt_id=attempt_id, reason=TAKEN)
        row = await self.book.move(generation_id, Move.FOUND, mine=False, attempt_id=attempt_id, task_id=task_id)
        self.wake()
        return row


async def _take_hint(tx: UnitOfWork, attempt_id: str, task_id: str) -> None:
    """A note for each task that is named, up to HINTS; one that was given up is taken up again."""
    payload = {"attempt": attempt_id, "task": task_id}
    for number in range(HINTS):
        hint = await tx.jobs.put(HINT, f"{attempt_id}:{number}", payload)
        if (hint.payload or {}).get("task") == task_id:
            if hint.state in (JobState.DONE, JobState.FAILED):
                await tx.jobs.reopen(hint.id)
            return
    log.warning("callbacks for attempt %s name more than %s tasks: the others are not looked at", attempt_id, HINTS)


def _again_in(tried: int) -> timedelta:
    return min(HINT_AGAIN * 2 ** min(tried - 1, 10), HINT_AGAIN_AT_MOST)


async def _each(items: Iterable[Item], heed: Callable[[Item], Awaitable[None]]) -> None:
    """One that fails does not keep the others waiting; it is tried again at the next look, or when its lease ends."""
    for item in items:
        try:
            await heed(item)
        except LeaseLost as error:
            log.info("%s is another process's by now: %s", item.id, error)
        except Exception:  # a fire wall: the next one may be well
            log.exception("%s could not be looked after; tried again later", item.id)


async def _credit(gateway: Gateway | None, within_s: float) -> int | None:
    if gateway is None:
        return None
    with anyio.move_on_after(within_s):
        try:
            return await gateway.suno.credits()
        except SunoError as error:
            log.info("the balance at %s is not to be had: %s", gateway.name, type(error).__name__)
    return None
