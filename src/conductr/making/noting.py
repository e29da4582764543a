"""What came of a submission is written down come what may: it may be paid for."""

from __future__ import annotations

from datetime import timedelta
from logging import getLogger

import anyio
from attrs import frozen

from conductr.errors import SubmissionUnsaved
from conductr.replies import word
from conductr_store import Attempt, Conflict, Generation, LeaseLost, Settled, StoreError
from conductr_store.faults import faultpoint
from suno_client import SunoError, Task

from .book import Book
from .deciding import Move, WrongMove
from .reasons import UNSURE
from .verdicts import Verdict

log = getLogger(__name__)

NOTE_DELAYS_S = (0.5, 1.0, 2.0, 4.0, 8.0)  # between tries
CONTRADICTED = (Conflict, Settled)  # the rows say otherwise: no outage, and no wait mends it
# What the answer means where another process has taken the submission for lost meanwhile.
LATE = {Move.ACCEPTED: Move.FOUND, Move.TURNED_AWAY: Move.ABSENT, Move.REFUSED: Move.ABSENT}


@frozen
class Sent:
    """One submission and its answer: a task, or an error."""

    attempt: Attempt
    task: Task | None
    error: SunoError | None

    @property
    def task_id(self) -> str | None:
        return None if self.task is None else str(self.task.id)


async def note(
    book: Book, row: Generation, sent: Sent, said: Verdict, delays_s: tuple[float, ...] = NOTE_DELAYS_S
) -> Generation:
    """Raises SubmissionUnsaved where the database would not take a ticket (it is in the log), else its StoreError."""
    if sent.task_id is not None:
        log.info("generation %s is the task %s of %s", row.id, sent.task_id, sent.attempt.provider)
    else:
        log.warning("generation %s at %s: %s (%r)", row.id, sent.attempt.provider, said.move, sent.error)
    waits_s = iter(delays_s)
    while True:
        try:
            return await _write(book, row, sent, said)
        except StoreError as error:
            wait_s = None if isinstance(error, CONTRADICTED) else next(waits_s, None)
            if wait_s is not None:
                log.warning("what came of generation %s could not be written yet: %s", row.id, error)
                await anyio.sleep(wait_s)
                continue
            log.error("what came of generation %s cannot be written: %s", row.id, error)
            if sent.task_id is not None:
                raise SubmissionUnsaved from error
            raise


async def _write(book: Book, row: Generation, sent: Sent, said: Verdict) -> Generation:
    reason = UNSURE if said.move is Move.LOST else None if sent.error is None else word(sent.error).text
    wait = None if said.wait_s is None else timedelta(seconds=said.wait_s)
    try:
        row = await book.move(
            row.id,
            said.move,
            attempt_id=sent.attempt.id,
            task_id=sent.task_id,
            reason=reason,
            due_in=book.lease if said.elsewhere else wait,
            keep_lease=said.elsewhere,
        )
    except (LeaseLost, WrongMove):
        return await _late(book, row, sent, said, reason)
    if sent.task_id is not None:
        faultpoint("gen.after_store_task")
    return row


async def _late(book: Book, row: Generation, sent: Sent, said: Verdict, reason: str | None) -> Generation:
    """The answer came after another process had taken the row for lost, or twice: it settles what nobody knew."""
    for move in filter(None, (None if said.move is Move.LOST else said.move, LATE.get(said.move))):
        again_in_s = said.wait_s if move is Move.TURNED_AWAY else None
        due_in = None if again_in_s is None else timedelta(seconds=again_in_s)
        try:  # the row may still say that it is being sent: the attempt's id stands for the lease
            return await book.move(
                row.id, move, mine=False, attempt_id=sent.attempt.id, task_id=sent.task_id, reason=reason, due_in=due_in
            )
        except WrongMove as error:
            log.info("the late answer of generation %s, as %s, changes nothing: %s", row.id, move, error)
    return (await book.read(row.id)).row
