"""GenerationWatcher: brings every unfinished generation to its end, in any process, after any crash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from logging import getLogger

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from conductr_player import PlayerError
from conductr_store import Generation, GenerationState, LeaseLost, NotFound, StoreError, UnitOfWork
from suno_client import SunoError

from .errors import ConductrError
from .making.book import Book
from .making.deciding import Move, WrongMove
from .making.following import Follower
from .making.reasons import UNSURE
from .making.reconciling import Reconciler
from .making.submitting import Submitter
from .messages import GenerationChanged
from .turns import AT_ONCE, Line, read_line
from .wake import Wake

log = getLogger(__name__)

LOOK_AGAIN_S = 2.0  # how often rows of other processes, or of one that died, are looked for


@define(eq=False)
class GenerationWatcher:
    """Claims rows by lease, sends those whose turn it is, follows the others' tasks, and says how each ended."""

    book: Book
    submitter: Submitter
    follower: Follower
    reconciler: Reconciler
    wake: Wake
    at_once: int = AT_ONCE
    _held: dict[str, Generation] = field(factory=dict)
    _scopes: dict[str, anyio.CancelScope] = field(factory=dict)  # of what is held
    _places: dict[str, int] = field(factory=dict)  # as they were last told

    async def run(self) -> None:
        """Until cancelled. What is unfinished then is taken up by the next process, once its lease has run out."""
        async with anyio.create_task_group() as workers:
            workers.start_soon(self._hold)
            workers.start_soon(self.reconciler.run)
            workers.start_soon(self.follower.hearing.run)
            while True:
                for step in (self._take_up, self._take_turns):
                    await self._try(step, workers)
                await self.wake.wait(LOOK_AGAIN_S)

    async def _try(self, step: Callable[[TaskGroup], Awaitable[None]], workers: TaskGroup) -> None:
        try:
            await step(workers)
        except Exception:  # a fire wall: what is followed goes on
            log.exception("unfinished songs could not be asked for; asked again soon")

    async def _take_up(self, workers: TaskGroup) -> None:
        """What was sent: to be followed. What says that it was being sent, and nobody does any more: lost."""
        free = self.at_once - len(self._held)
        if free <= 0:
            return
        async with self.book.store.begin() as tx:
            unsent = (GenerationState.REQUESTED,)
            rows = await tx.generations.claim(self.book.owner, self.book.lease, free, but=unsent)
        for row in rows:
            self._start(row, workers)

    async def _take_turns(self, workers: TaskGroup) -> None:
        """What waits in line, as far as there is room; those behind hear of their new place."""

        async def take(tx: UnitOfWork) -> tuple[Line, list[Generation | None]]:
            await tx.generations.line_up()
            line = await read_line(tx, self.at_once)
            due = await tx.generations.due([wish.id for wish in line.order]) if line.free else frozenset[str]()
            ready = [wish.id for wish in line.order if wish.id in due]
            return line, [
                await tx.generations.take(one, self.book.owner, self.book.lease) for one in ready[: line.free]
            ]

        line, taken = await self.book.store.run(take)
        self._tell_places(line)
        for row in taken:
            if row is not None:
                self._start(row, workers)

    def _tell_places(self, line: Line) -> None:
        for place, wish in enumerate(line.order, 1):
            if place > line.free and self._places.get(wish.id) != place:  # those before it go at once
                self.book.bus.publish(GenerationChanged(wish.guild_id, wish.id, "requested", place))
        self._places = {wish.id: place for place, wish in enumerate(line.order, 1)}

    def _start(self, row: Generation, workers: TaskGroup) -> None:
        if row.id in self._held or row.id in self.submitter.submitting:
            return  # ours already: the claim only renewed its lease
        self._held[row.id] = row
        workers.start_soon(self._bring_on, row)

    async def _hold(self) -> None:
        """Renew the leases of what is held, thrice in a lease's time."""
        lease = self.book.lease
        while True:
            await anyio.sleep(lease.total_seconds() / 3)
            held = {*self._held, *self.submitter.submitting}
            if not held:
                continue
            scopes, asked_at = dict(self._scopes), self.submitter.seconds()
            try:
                async with self.book.store.begin() as tx:
                    mine = await tx.generations.renew(self.book.owner, held, lease)
                self.submitter.renewed(held, mine, asked_at)
                for lost in scopes.keys() - mine - self.submitter.submitting.keys():
                    scopes[lost].cancel()  # another process has it by now, or it has just ended here
            except Exception:  # a fire wall, as above
                log.exception("leases could not be renewed; tried again before they run out")

    async def _bring_on(self, row: Generation) -> None:
        """One generation, from where it stands to its end. An error of ours leaves the row for a later try."""
        try:
            with anyio.CancelScope() as self._scopes[row.id]:
                await self._step(row)
        except* (LeaseLost, WrongMove, NotFound):
            log.warning("generation %s is worked on by another process now", row.id)
        except* (StoreError, SunoError, PlayerError, ConductrError, OSError) as errors:
            log.warning("generation %s waits for another try: %r", row.id, errors.exceptions)
            await self._later(row)
        except* Exception:
            log.exception("generation %s stopped on an unforeseen error; it is tried again", row.id)
            await self._later(row)
        finally:
            if self._held.get(row.id) is row:
                del self._held[row.id], self._scopes[row.id]

    async def _step(self, row: Generation) -> None:
        match row.state:
            case GenerationState.SUBMITTING:
                await self.book.move(row.id, Move.LOST, reason=UNSURE)
            case GenerationState.REQUESTED:
                with suppress(SunoError, ConductrError):  # the row says it
                    await self.submitter.submit(row)
            case _:
                await self.follower.follow(row)
        self.wake.ring()

    async def _later(self, row: Generation) -> None:
        with suppress(StoreError, WrongMove):
            await self.follower.later(row)
