"""Submitter: sends a wish, at most once. Its attempt stands in the database before a byte leaves."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import timedelta
from logging import getLogger
from math import inf
from uuid import uuid4

import anyio
from attrs import define, field

from conductr.allowance import Allowance
from conductr.errors import ConductrError, Crowded
from conductr.gateways import Gateway, Gateways
from conductr.replies import word
from conductr_store import Attempt, CommitUnsure, Generation, GenerationState, LeaseLost, StoreError, UnitOfWork
from conductr_store.faults import faultpoint
from suno_client import Maintenance, NotSent, SunoError, Task

from .book import Book
from .calls import create, credit_of
from .deciding import Move, WrongMove, after
from .nonces import callback_url, new_nonce, nonce_hash
from .noting import NOTE_DELAYS_S, Sent, note
from .verdicts import Verdict, final, verdict

log = getLogger(__name__)

NOT_SENT_TRIES = 3
NOT_SENT_DELAY_S = 0.5  # doubled at each try
HOLD_ON_TRIES = 3
WAIT_AT_MOST = timedelta(hours=1)
NOBODY_UP = timedelta(seconds=10)  # until a wish is looked at again that no gateway would take


@define(eq=False)
class _Door:
    """Whether anything of a submission may have left."""

    passed: bool = False


@define(eq=False)
class Submitter:
    """`wake` tells the watcher that there is something to follow. `submitting` are rows whose leases it must keep.

    With each stands when, by `seconds`, its lease surely began: the database's clock is not asked before each byte.
    """

    book: Book
    gateways: Gateways
    allowance: Allowance
    model: str
    public_url: str | None
    wake: Callable[[], None]
    submitting: dict[str, float] = field(factory=dict)
    note_delays_s: tuple[float, ...] = NOTE_DELAYS_S
    seconds: Callable[[], float] = time.monotonic

    async def submit(self, row: Generation) -> Generation:
        """Send a REQUESTED row that this process holds.

        Ends as SUBMITTED, REQUESTED (it waits, or its next gateway does), REFUSED or UNKNOWN. Raises the error for
        the last two, after the row is written; LeaseLost where it is another's.
        """
        if row.id in self.submitting:
            raise LeaseLost(row.id, row.lease_owner)
        self.submitting[row.id] = self.seconds()
        try:
            return await self._submit(row)
        finally:
            del self.submitting[row.id]

    def renewed(self, asked: Collection[str], mine: Collection[str], at: float) -> None:
        """Of the leases that were `asked` for `at` that second, those still `mine` run on; the others are another's."""
        for one in self.submitting.keys() & set(asked):
            if self.submitting[one] <= at:  # else it began anew meanwhile
                self.submitting[one] = at if one in mine else -inf

    async def _submit(self, row: Generation) -> Generation:
        shut: set[str] = set()
        gateway = await self.gateways.choose(user_id=row.user_id, guild_id=row.guild_id)
        if gateway is None:
            return await self._wait_for_one(row)
        while True:
            nonce = new_nonce()
            door = _Door()
            try:
                row, attempt = await self._begin(row, gateway, nonce)
                sent = Sent(attempt, *await self._send(row, gateway, nonce, door))
            except (anyio.get_cancelled_exc_class(), StoreError) as stop:
                unsent = None if door.passed else await self._take_back(row, nonce)
                if unsent is None or not isinstance(stop, StoreError):
                    raise
                self.wake()
                return unsent
            except Crowded as crowd:
                return await self.book.put_off(row, timedelta(seconds=crowd.again_in_s))
            except ConductrError as error:  # the quota, where the bot's key has to pay after all
                await self.book.move(row.id, Move.REFUSED, reason=word(error).text)
                raise
            faultpoint("gen.after_post_before_store")
            row, following = await self._heed(row, sent, gateway, shut)
            if following is not None:
                gateway = following
                continue
            if sent.error is not None and row.state in (GenerationState.REFUSED, GenerationState.UNKNOWN):
                raise sent.error
            self.wake()
            return row

    async def _take_back(self, row: Generation, nonce: str) -> Generation | None:
        """An attempt of which nothing has left was surely not accepted: whoever is to send it next may do so."""
        with anyio.CancelScope(shield=True):
            try:
                attempt = (await self.book.read(row.id)).attempt
                if attempt is not None and attempt.nonce_hash == nonce_hash(nonce):
                    said = Verdict(Move.TURNED_AWAY)
                    return await note(self.book, row, Sent(attempt, None, None), said, self.note_delays_s[:1])
            except StoreError as error:
                log.warning("generation %s was not sent, which could not be written down: %s", row.id, error)
        return None

    async def _wait_for_one(self, row: Generation) -> Generation:
        """Every gateway is down: the wish keeps its place in line, for a while after it was last asked for."""
        if self.book.now() - (row.asked_at or row.created_at) > WAIT_AT_MOST:
            return await self.book.move(row.id, Move.REFUSED, reason=word(Maintenance("")).text)
        return await self.book.put_off(row, NOBODY_UP)

    async def _begin(self, row: Generation, gateway: Gateway, nonce: str) -> tuple[Generation, Attempt]:
        """From REQUESTED to SUBMITTING, once: whoever comes second gets LeaseLost, also in this process.

        Raises Crowded, QuotaReached: nothing was written.
        """
        credit = await credit_of(gateway)
        asked_at = self.seconds()

        async def write(tx: UnitOfWork) -> tuple[Generation, Attempt]:
            entry = await self.book.open(tx, row.id, mine=True)
            try:
                then = after(entry.standing, Move.BEGIN)
            except WrongMove as error:
                raise LeaseLost(row.id, entry.row.lease_owner) from error
            await self.gateways.take_turn(tx, gateway)
            ref = await self._payer(tx, entry.row, gateway)
            attempt = await tx.attempts.begin(
                row.id,
                provider=gateway.name,
                nonce_hash=nonce_hash(nonce),
                key_id=gateway.key_id,
                credit_before=credit,
            )
            return await self.book.close(tx, entry, then, due_in=self.book.lease, quota_ref=ref), attempt

        try:
            begun, attempt = await self.book.store.run(write)
        except CommitUnsure:  # nothing has left: where the attempt is there, it is ours, and goes on
            entry = await self.book.read(row.id)
            if entry.attempt is None or entry.attempt.nonce_hash != nonce_hash(nonce):
                raise
            begun, attempt = entry.row, entry.attempt
        self.submitting[row.id] = max(asked_at, self.submitting[row.id])
        faultpoint("gen.after_attempt_row")
        self.book.tell(row, begun)
        return begun, attempt

    async def _payer(self, tx: UnitOfWork, row: Generation, gateway: Gateway) -> str | None:
        """What the ledger holds for the wish: something where the bot's key pays, nothing where another's does."""
        if gateway.key_id is None and row.quota_ref is None:
            return await reserved(tx, self.allowance, row, at_book=self.book)
        if gateway.key_id is not None and row.quota_ref is not None:
            await tx.ledger.release(row.quota_ref)
            return None
        return row.quota_ref

    async def _send(
        self, row: Generation, gateway: Gateway, nonce: str, door: _Door
    ) -> tuple[Task | None, SunoError | None]:
        """Sending again is safe only where nothing left this machine.

        Raises StoreError where it is so and the lease was lost: a process may stand still for minutes.
        """
        suno = gateway.suno
        if self.public_url is not None and gateway.takes_callbacks:
            suno = suno.with_options(callback_url=callback_url(self.public_url, nonce))
        faultpoint("gen.before_post")
        for attempt in range(1, NOT_SENT_TRIES + 1):
            await self._hold_on(row)
            try:
                door.passed = True
                return await create(suno, row, self.model), None
            except NotSent as error:
                door.passed = False
                if attempt == NOT_SENT_TRIES:
                    return None, error
                await anyio.sleep(NOT_SENT_DELAY_S * 2 ** (attempt - 1))
            except SunoError as error:
                return None, error
        raise AssertionError("unreachable")

    async def _hold_on(self, row: Generation) -> None:
        """Take the lease anew where it may have run out. Raises LeaseLost where another has it, or time flies."""
        lease = self.book.lease
        for _ in range(HOLD_ON_TRIES):
            asked_at = self.seconds()
            if asked_at - self.submitting[row.id] < lease.total_seconds():
                return
            async with self.book.store.begin() as tx:
                if not await tx.generations.renew(self.book.owner, [row.id], lease):
                    break
            self.submitting[row.id] = asked_at
        raise LeaseLost(row.id, None)

    async def _heed(
        self, row: Generation, sent: Sent, gateway: Gateway, shut: set[str]
    ) -> tuple[Generation, Gateway | None]:
        """Write down what the answer means; with it, the gateway to go on with, where this one is surely down."""
        following: Gateway | None = None
        said = verdict(sent.error, own_key=gateway.key_id is not None)
        if said.elsewhere:
            shut.add(gateway.name)
            following = await self.gateways.choose(user_id=row.user_id, guild_id=row.guild_id, exclude=shut)
        said = final(said, tried=sent.attempt.number - (row.tried_before or 0), another=following is not None)
        with anyio.CancelScope(shield=True):  # it may be paid for: what came of it is written down, whoever leaves
            row = await note(self.book, row, sent, said, self.note_delays_s)
            try:
                await self.gateways.note(gateway, sent.error)
            except StoreError:
                log.exception("that a member's key is refused could not be written down")
        goes_on = row.state is GenerationState.REQUESTED and row.lease_owner == self.book.owner
        return row, following if goes_on else None


async def reserved(tx: UnitOfWork, allowance: Allowance, row: Generation, *, at_book: Book) -> str | None:
    """The name under which the ledger holds a song for this wish; None where no limit holds. Raises QuotaReached."""
    ref = f"gen:{row.id}:{uuid4().hex[:8]}"
    held = await allowance.reserve(tx, user_id=row.user_id, guild_id=row.guild_id, ref=ref, at=at_book.now())
    return ref if held else None
