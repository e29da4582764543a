"""Generations: ask Suno for a song, at most once, and remember it. A row stands before any money is spent."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import define, evolve

from conductr_store import Conflict, Generation, GenerationState, NotFound, Store, UnitOfWork

from .access import Caller, check_may_steer
from .bus import LocalBus
from .catalog import generation_view, generation_views
from .errors import NothingToDecide, NotYours, StillOpen, TooLate, UnknownGeneration
from .making.asking import Asker
from .making.book import Book
from .making.deciding import Move, WrongMove, after
from .making.reasons import CANCELLED
from .making.reconciling import Reconciler
from .making.submitting import Submitter
from .messages import GenerationChanged
from .quota import tightest
from .views import GenerationView, LeftView, UnsettledView
from .wishes import Wish, check_request, request_for, tidy


@define(eq=False)
class Generations:
    """`wake` tells the watcher that a row needs it."""

    book: Book
    asker: Asker
    submitter: Submitter
    reconciler: Reconciler
    wake: Callable[[], None]

    async def start(
        self,
        caller: Caller,
        wish: Wish,
        request_key: str,
        reply_to: Mapping[str, object] | None = None,
        *,
        anew: bool = False,
    ) -> GenerationView:
        """Ask for a song. The same `request_key` again gives the generation that it started, and sends nothing.

        The same wish within a while, by anyone of the server, gives the song that was made then (`repeated`), and
        costs nothing; while it is in the making, the same member's second press gives it (`doubled`), and whoever else
        asks has to confirm, as has who asks again for what may have been taken. `anew` insists on a new one; pressed
        twice, it is one all the same. Where others wait, it takes its place in line.
        Raises NotInVoice, BusyElsewhere, BadWish, AlreadyAsked, TooManyWaiting, QuotaReached; SunoError, StoreError
        where it failed at once.
        """
        now = self._bus.look(caller.guild_id)
        check_may_steer(caller, now.room if now else None)
        wish = tidy(wish)
        check_request(request_for(wish, self.asker.model))
        asked = await self.asker.ask(caller, wish, request_key, reply_to, anew=anew)
        if asked.new:
            await self._send_or_wait(asked.row, turn=asked.turn)
        return evolve(await self.get(asked.row.id), repeated=asked.repeated, doubled=asked.doubled)

    async def get(self, generation_id: str) -> GenerationView:
        """Raises UnknownGeneration."""
        async with self._store.begin() as tx:
            row = await _known(tx, generation_id)
            return evolve(await generation_view(tx, row), quota_left=await self._left(tx, row))

    async def recent(self, guild_id: int, limit: int = 10) -> tuple[GenerationView, ...]:
        """A guild's generations, newest first."""
        async with self._store.begin() as tx:
            return await generation_views(tx, await tx.generations.of_guild(guild_id, limit=limit, offset=0))

    async def untold(self, limit: int = 20) -> tuple[GenerationView, ...]:
        """Generations whose member has not been told of their present state, oldest first."""
        async with self._store.begin() as tx:
            return await generation_views(tx, await tx.generations.untold(limit))

    async def told(self, generation_id: str, state: str) -> None:
        """The member has been told of `state`: after a restart it is not told again."""
        async with self._store.begin() as tx:
            await tx.generations.mark_told(generation_id, GenerationState(state))

    async def cancel(self, caller: Caller, generation_id: str) -> GenerationView:
        """Before it is sent, it costs nothing. On its way, what comes of it is kept but not queued.

        Raises UnknownGeneration, NotYours, and TooLate where it can be heard already or has ended.
        """
        async with self._store.begin() as tx:
            row = await _known(tx, generation_id)
        if row.guild_id != caller.guild_id:
            raise UnknownGeneration(generation_id)
        if row.user_id != caller.user_id:
            raise NotYours
        reason = CANCELLED if row.state is GenerationState.REQUESTED else None
        try:
            await self.book.move(row.id, Move.CANCEL, mine=False, reason=reason, keep_lease=True)
        except WrongMove as error:
            raise TooLate from error
        self.wake()  # those behind it move up
        return await self.get(row.id)

    async def unsettled(self, limit: int = 100) -> tuple[UnsettledView, ...]:
        """What a person may have to decide, the oldest first. Raises StoreError."""
        async with self._store.begin() as tx:
            rows = await tx.generations.unknown(limit)
            names = await tx.users.names({row.user_id for row in rows})
            lasts = [await tx.attempts.live(row.id) for row in rows]
        return tuple(
            UnsettledView(
                generation_id=row.id,
                asked_at=row.created_at,
                user_name=names.get(row.user_id, "someone"),
                prompt=row.prompt,
                provider=None if last is None else last.provider,
                reason=row.reason,
            )
            for row, last in zip(rows, lasts, strict=True)
        )

    async def resolve(self, generation_id: str, *, accepted: bool, task_id: str | None = None) -> GenerationView:
        """A person says what became of a submission whose answer was lost; with its `task_id` it is followed.

        Raises UnknownGeneration, NothingToDecide.
        """
        try:
            await self.reconciler.resolve(generation_id, accepted=accepted, task_id=task_id)
        except NotFound as error:
            raise UnknownGeneration(generation_id) from error
        except (WrongMove, Conflict) as error:
            raise NothingToDecide from error
        return await self.get(generation_id)

    async def again(self, generation_id: str) -> GenerationView:
        """A new attempt, only where the last was surely not accepted, or a person said so.

        Raises UnknownGeneration, StillOpen, QuotaReached; SunoError, StoreError as `start`.
        """

        async def write(tx: UnitOfWork) -> tuple[Generation, Generation]:
            try:
                entry = await self.book.open(tx, generation_id, mine=False)
                then = after(entry.standing, Move.AGAIN)
            except NotFound as error:
                raise UnknownGeneration(generation_id) from error
            except WrongMove as error:
                raise StillOpen from error
            ref = await self.asker.reserved(tx, entry.row)
            tried = 0 if entry.attempt is None else entry.attempt.number
            free = {"lease_owner": None, "lease_until": None, "reason": None, "asked_at": self.book.now()}
            row = await self.book.close(tx, entry, then, due_in=None, quota_ref=ref, tried_before=tried, **free)
            return entry.row, row

        before, row = await self._store.run(write)
        self.book.tell(before, row)
        self.wake()
        return await self.get(generation_id)

    async def nudge(self, attempt_id: str, task_id: str | None = None) -> None:
        """A callback came: look at once, with our own key. Nothing that it told is believed. Raises StoreError."""
        await self.reconciler.nudge(attempt_id, task_id)

    async def _left(self, tx: UnitOfWork, row: Generation) -> LeftView | None:
        """Of the bot's key, while the wish is counted on it."""
        if row.quota_ref is None:
            return None
        whose = {"user_id": row.user_id, "guild_id": row.guild_id}
        first = tightest(await self.asker.allowance.left(tx, **whose, at=self.book.now()))
        return None if first is None else LeftView(first.whose, first.left, first.limit, first.returns_at)

    async def _send_or_wait(self, row: Generation, *, turn: bool) -> None:
        if turn:
            await self.submitter.submit(row)
            return
        async with self._store.begin() as tx:
            await tx.generations.release(row.id, self.book.owner)
        self._bus.publish(GenerationChanged(row.guild_id, row.id, row.state.value))
        self.wake()

    @property
    def _store(self) -> Store:
        return self.book.store

    @property
    def _bus(self) -> LocalBus:
        return self.book.bus


async def _known(tx: UnitOfWork, generation_id: str) -> Generation:
    try:
        return await tx.generations.get(generation_id)
    except NotFound as error:
        raise UnknownGeneration(generation_id) from error
