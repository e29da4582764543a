"""Generations: ask Suno for a song, at most once, and remember it. A row stands before any money is spent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from logging import getLogger
from uuid import uuid4

import anyio
from attrs import define, field

from conductr_store import (
    Conflict,
    Generation,
    GenerationState,
    Guild,
    LeaseLost,
    NotFound,
    Store,
    StoreError,
    UnitOfWork,
    User,
)
from suno_client import InvalidRequest, Misunderstood, NotSent, Refused, SunoClient, Task, TooMany, Unanswered

from .access import Caller, check_may_steer
from .bus import LocalBus
from .catalog import generation_view
from .errors import SubmissionUnsaved, TooManyWaiting, UnknownGeneration
from .messages import GenerationChanged
from .replies import word
from .views import GenerationView
from .wishes import SunoRequest, Wish, check_request, request_for, tidy

log = getLogger(__name__)

UNFINISHED_LIMIT = 10  # songs in the making, a guild
NOT_SENT_TRIES = 3
NOTE_DELAYS_S = (0.5, 1.0, 2.0, 4.0, 8.0)  # between tries to write down what was paid for
NOT_SENT_DELAY_S = 0.5  # doubled at each try
TOO_MANY_FLOOR_S = 10.0  # the gateway's window (suno.md 2A.2)
TOO_MANY_FOR = timedelta(minutes=3)  # how long a wish waits for a place before it is refused
UNSURE = (
    "Suno's answer was lost, so it is not known whether the song was accepted or paid for. "
    "Nothing was sent again. Ask once more if you want to try anew."
)


@define(eq=False)
class Generations:
    """`owner` names this process in the leases of rows; `wake` tells the watcher that a row needs it."""

    store: Store
    suno: SunoClient
    bus: LocalBus
    model: str
    owner: str
    lease: timedelta
    wake: Callable[[], None]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    submitting: set[str] = field(factory=set)  # rows whose submission is under way here; the watcher keeps their lease

    async def start(
        self, caller: Caller, wish: Wish, request_key: str, reply_to: Mapping[str, object] | None = None
    ) -> GenerationView:
        """Ask for a song. The same `request_key` again gives the generation that it started, and sends nothing.

        Raises NotInVoice, BusyElsewhere, BadWish, TooManyWaiting; SunoError, StoreError where it failed at once.
        """
        now = self.bus.look(caller.guild_id)
        check_may_steer(caller, now.room if now else None)
        wish = tidy(wish)
        check_request(request_for(wish, self.model))
        row, new = await self._remember(caller, wish, request_key, reply_to)
        if new:
            await self.submit(row)
        return await self.get(row.id)

    async def get(self, generation_id: str) -> GenerationView:
        """Raises UnknownGeneration."""
        async with self.store.begin() as tx:
            try:
                row = await tx.generations.get(generation_id)
            except NotFound as error:
                raise UnknownGeneration(generation_id) from error
            return await generation_view(tx, row)

    async def recent(self, guild_id: int, limit: int = 10) -> tuple[GenerationView, ...]:
        """A guild's generations, newest first."""
        async with self.store.begin() as tx:
            rows = await tx.generations.of_guild(guild_id, limit=limit, offset=0)
            return tuple([await generation_view(tx, row) for row in rows])

    async def untold(self, limit: int = 20) -> tuple[GenerationView, ...]:
        """Generations whose member has not been told of their present state, oldest first."""
        async with self.store.begin() as tx:
            return tuple([await generation_view(tx, row) for row in await tx.generations.untold(limit)])

    async def told(self, generation_id: str, state: str) -> None:
        """The member has been told of `state`: after a restart it is not told again."""
        async with self.store.begin() as tx:
            await tx.generations.mark_told(generation_id, GenerationState(state))

    async def submit(self, row: Generation) -> Generation:
        """Send a REQUESTED row to Suno, once. It says SUBMITTING before a byte leaves, so a crash is known for one.

        Ends as SUBMITTED, REQUESTED (Suno asked to wait: the watcher tries later), REFUSED or UNKNOWN. Raises the
        SunoError for the last two, after the row is written.
        """
        self.submitting.add(row.id)
        try:
            return await self._submit(row)
        finally:
            self.submitting.discard(row.id)

    async def _submit(self, row: Generation) -> Generation:
        row = await self._begin_submitting(row)
        request = request_for(
            Wish(row.prompt, row.style, row.title, row.lyrics, row.instrumental, row.model), self.model
        )
        try:
            task = await self._send(request)
        except TooMany as error:
            if self.now() - row.created_at > TOO_MANY_FOR:
                await self.end(row, GenerationState.REFUSED, word(error).text)
                raise
            wait_s = max(error.retry_after_s or 0.0, TOO_MANY_FLOOR_S)
            return await self.release(row, state=GenerationState.REQUESTED, again_in=timedelta(seconds=wait_s))
        except (InvalidRequest, Refused, NotSent) as error:
            await self.end(row, GenerationState.REFUSED, word(error).text)
            raise
        except (Unanswered, Misunderstood) as error:
            log.warning("generation %s: the answer to its submission was lost: %s", row.id, error)
            await self.end(row, GenerationState.UNKNOWN, UNSURE)
            raise
        log.info("generation %s is Suno's task %s", row.id, task.id)
        with anyio.CancelScope(shield=True):  # the song is paid for: its ticket is written down, whoever leaves
            row = await self._note_task(row, task)
        self.wake()
        return row

    async def _begin_submitting(self, row: Generation) -> Generation:
        """From REQUESTED to SUBMITTING, once: whoever comes second gets LeaseLost, also in this process."""
        async with self.store.begin() as tx:
            known = await tx.generations.update(row.id, expected_owner=self.owner)
            if known.state is not GenerationState.REQUESTED:
                raise LeaseLost(row.id, known.lease_owner)
            until = self.now() + self.lease
            row = await tx.generations.update(row.id, state=GenerationState.SUBMITTING, lease_until=until)
        self.bus.publish(GenerationChanged(row.guild_id, row.id, row.state.value))
        return row

    async def _note_task(self, row: Generation, task: Task) -> Generation:
        """Raises SubmissionUnsaved where the database would not take the ticket; it is in the log then."""
        for wait_s in NOTE_DELAYS_S:
            try:
                return await self.release(row, state=GenerationState.SUBMITTED, task_id=task.id)
            except LeaseLost:
                known = await self._row(row.id)
                if known.task_id == task.id:  # an unsure commit that went through
                    return known
                raise
            except StoreError as error:
                log.warning("the ticket of generation %s could not be written yet: %s", row.id, error)
                await anyio.sleep(wait_s)
        raise SubmissionUnsaved

    async def _row(self, generation_id: str) -> Generation:
        async with self.store.begin() as tx:
            return await tx.generations.get(generation_id)

    async def change(self, row: Generation, **changes: object) -> Generation:
        """Write to a row that this process holds, and tell all when its state moved. Raises LeaseLost."""
        async with self.store.begin() as tx:
            changed = await tx.generations.update(row.id, expected_owner=self.owner, **changes)
        if changed.state is not row.state:
            self.bus.publish(GenerationChanged(changed.guild_id, changed.id, changed.state.value))
        return changed

    async def _create(self, asked: SunoRequest) -> Task:
        return await self.suno.generations.create(
            asked.prompt,
            style=asked.style,
            title=asked.title,
            lyrics=asked.lyrics,
            instrumental=asked.instrumental,
            model=asked.model,
        )

    async def _send(self, request: SunoRequest) -> Task:
        """Sending again is safe only where nothing left this machine."""
        for attempt in range(1, NOT_SENT_TRIES):
            try:
                return await self._create(request)
            except NotSent:
                await anyio.sleep(NOT_SENT_DELAY_S * 2 ** (attempt - 1))
        return await self._create(request)

    async def _check_room(self, tx: UnitOfWork, guild_id: int) -> None:
        rows = await tx.generations.of_guild(guild_id, limit=UNFINISHED_LIMIT * 2, offset=0)
        if sum(not row.state.final for row in rows) >= UNFINISHED_LIMIT:
            raise TooManyWaiting(UNFINISHED_LIMIT)

    async def _remember(
        self, caller: Caller, wish: Wish, request_key: str, reply_to: Mapping[str, object] | None
    ) -> tuple[Generation, bool]:
        """The row of this request, and whether it is new."""
        at = self.now()
        row = Generation(
            id=uuid4().hex,
            guild_id=caller.guild_id,
            user_id=caller.user_id,
            request_key=request_key,
            prompt=wish.prompt,
            style=wish.style,
            title=wish.title,
            lyrics=wish.lyrics,
            instrumental=wish.instrumental,
            model=wish.model or self.model,
            state=GenerationState.REQUESTED,
            reply_to=reply_to,
            lease_owner=self.owner,
            lease_until=at + self.lease,
            created_at=at,
            updated_at=at,
        )
        try:
            async with self.store.begin() as tx:
                await tx.users.put(User(caller.user_id, caller.name))
                await tx.guilds.put(Guild(caller.guild_id, caller.guild_name))
                await self._check_room(tx, caller.guild_id)
                return await tx.generations.add(row), True
        except Conflict:
            async with self.store.begin() as tx:
                known = await tx.generations.by_request_key(request_key)
            if known is None:
                raise
            return known, False

    async def end(self, row: Generation, state: GenerationState, reason: str | None) -> Generation:
        return await self.release(row, state=state, reason=reason)

    async def release(self, row: Generation, *, again_in: timedelta | None = None, **changes: object) -> Generation:
        """Write, and let go of the row; the watcher may take it up at once, or `again_in` from now."""
        until = None if again_in is None else self.now() + again_in
        return await self.change(row, lease_owner=None, lease_until=until, **changes)
