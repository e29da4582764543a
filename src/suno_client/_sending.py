"""How a request is sent: in turn, noted in the journal, tried again where that is safe, and told to who observes."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from logging import getLogger
from random import Random
from typing import Any, Generic, TypeVar, cast
from uuid import uuid4

import anyio

from ._answers import json_of
from ._options import Exchange, Options
from ._poller import Poller
from ._transport import HttpRequest, Transport
from ._wire import Answer, Call
from .dialects import Dialect
from .errors import InvalidRequest, NotJournaled, NotSent, Refused, SunoError
from .journal import Journal, Outcome, Submission
from .limiter import Limiter
from .models import Task
from .requests import Raw, Request, TaskSubmission

R = TypeVar("R")
log = getLogger("suno_client")

CALLBACKS = {"callBackUrl", "calBackUrl"}  # may hold a token that is new in each process
NO_JOURNAL = "needs a journal, or nothing would keep a second one from being sent"
UNREAD = "is not for raw requests, whose answers a journal cannot read"
JOURNAL_S = 10.0  # how long a note on what was paid for may take, also when the caller is cancelled


@dataclass(frozen=True, slots=True)
class Answered(Generic[R]):
    """An answer as it came, and what it means. A refusal is an answer too: `parse` raises it."""

    answer: Answer
    result: R | None = None
    error: SunoError | None = None

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def headers(self) -> dict[str, str]:
        """Names are in lower case."""
        return dict(self.answer.headers)

    @property
    def body(self) -> bytes:
        return self.answer.body

    @property
    def request_id(self) -> str | None:
        return self.answer.request_id

    def json(self) -> object:
        """The body's document, None where it is none."""
        return json_of(self.answer.body)

    def parse(self) -> R:
        """Raises Refused, Unanswered, Misunderstood."""
        if self.error is not None:
            raise self.error
        return cast("R", self.result)


class Sender:
    """What a client and its copies with other options share, and the options of this one."""

    def __init__(
        self, transport: Transport, dialect: Dialect, limiter: Limiter, poller: Poller, options: Options
    ) -> None:
        self.transport = transport
        self.dialect = dialect
        self.limiter = limiter
        self.poller = poller
        self.options = options
        self._rng = Random()

    def with_options(self, **changed: Any) -> Sender:
        options = replace(self.options, **changed)
        return Sender(self.transport, self.dialect, self.limiter, self.poller, options)

    async def ask(self, request: Request[R]) -> R:
        """Raises InvalidRequest, NotSent, Refused, Unanswered, Misunderstood, NotJournaled."""
        return (await self.send(request)).parse()

    async def send(self, request: Request[R]) -> Answered[R]:
        """As `ask`, but a gateway's refusal is in what is returned."""
        call = self.dialect.call(request, self.options.callback_url)
        submission = self._submission(request, call)
        tried = 0
        while True:
            tried += 1
            answered, error = await self._try(request, call, submission, tried)
            says = answered.answer.should_retry if answered is not None else None
            delay_s = None
            if error is not None:
                delay_s = self.options.retrying.delay(error, tried, self._rng, spends=call.spends, server_says=says)
            if delay_s is None:
                if answered is not None:
                    return answered
                raise cast("SunoError", error)
            log.debug("%s %s: %s; again in %.2f s", call.method, call.path, type(error).__name__, delay_s)
            await anyio.sleep(delay_s)

    async def _try(
        self, request: Request[R], call: Call, submission: Submission | None, attempt: int
    ) -> tuple[Answered[R] | None, SunoError | None]:
        """The answer where there is one, the error where there is one: a refusal is both."""
        prepared = self.transport.prepare(call, timeout_s=self.options.timeout_s, headers=self.options.headers)
        async with self._turn(call):
            if submission is None:
                return await self._exchange(request, call, prepared, attempt)
            submission = replace(submission, attempt=attempt)
            known = await self._note_before(request, submission)
            if known is not None:
                return known, None
            outcome = Outcome(None, "unknown")
            try:
                answered, error = await self._exchange(request, call, prepared, attempt)
                outcome = _outcome(answered, error)
            finally:
                await self._note_after(submission, outcome)
            return answered, error

    def _submission(self, request: Request[Any], call: Call) -> Submission | None:
        """What the journal is told, None where there is nothing to tell or nobody to be told."""
        if not call.spends:
            return None
        if self.options.submission_id is not None and (self.options.journal is None or isinstance(request, Raw)):
            why = (
                "is for requests that a journal knows; a raw one it cannot read" if self.options.journal else NO_JOURNAL
            )
            raise InvalidRequest("submission_id", why)
        if self.options.journal is None or isinstance(request, Raw):
            return None
        submission_id = self.options.submission_id or uuid4().hex
        return Submission(submission_id, self.dialect.name, request.feature, _fingerprint(call), 1)

    @property
    def _journal(self) -> Journal:
        return cast("Journal", self.options.journal)

    @asynccontextmanager
    async def _turn(self, call: Call) -> AsyncGenerator[None]:
        """Whatever makes something takes its turn. Looks are paced by the poller, and uploads go to another host."""
        if call.method == "GET" or call.upload:
            yield
            return
        async with self.limiter.turn():
            yield

    async def _exchange(
        self, request: Request[R], call: Call, prepared: HttpRequest, attempt: int
    ) -> tuple[Answered[R] | None, SunoError | None]:
        began = time.perf_counter()
        answer: Answer | None = None
        result: R | None = None
        error: SunoError | None = None
        try:
            answer = await self.transport.exchange(call, prepared, timeout_s=self.options.timeout_s)
            result = self.dialect.read(request, answer)
        except SunoError as caught:
            error = caught
        exchange = Exchange(
            self.dialect.name,
            request.feature,
            call.method,
            call.path,
            attempt,
            time.perf_counter() - began,
            answer.status if answer is not None else None,
            answer.request_id if answer is not None else None,
            error,
        )
        self._tell(exchange)
        return (None if answer is None else Answered(answer, result, error)), error

    def _tell(self, exchange: Exchange) -> None:
        went = f"HTTP {exchange.status}" if exchange.status is not None else type(exchange.error).__name__
        took_ms = 1000 * exchange.took_s
        log.debug("%s %s: %s, %.0f ms", exchange.method, exchange.path, went, took_ms, extra={"suno": exchange})
        if self.options.observe is not None:
            try:
                self.options.observe(exchange)
            except Exception:  # whoever only looks on must not lose a song that is paid for
                log.exception("an observer failed")

    async def _note_before(self, request: Request[R], submission: Submission) -> Answered[R] | None:
        """The earlier answer where the journal knows that this submission was taken."""
        task_id = await self._journal.before(submission)
        if task_id is None:
            return None
        if not isinstance(request, TaskSubmission):
            raise InvalidRequest("submission_id", "was used for a task; what is answered at once needs one of its own")
        log.debug("submission %s was accepted before; nothing is sent", submission.id)
        return Answered(Answer(200), cast("R", Task(task_id)))

    async def _note_after(self, submission: Submission, outcome: Outcome) -> None:
        try:
            with anyio.fail_after(JOURNAL_S, shield=True):
                await self._journal.after(submission, outcome)
        except Exception as error:
            if outcome.task_id is not None:
                raise NotJournaled(outcome.task_id) from error
            log.exception("the journal could not note how submission %s ended", submission.id)


def _outcome(answered: Answered[Any] | None, error: SunoError | None) -> Outcome:
    if error is None:
        result = answered.result if answered is not None else None
        if isinstance(result, Task) and result.done is None:  # else its answer was all, and cannot be had again
            return Outcome(result.id, "accepted")
        return Outcome(None, "accepted")
    if isinstance(error, Refused):
        return Outcome(None, "refused", error.code)
    return Outcome(None, "not_sent" if isinstance(error, NotSent) else "unknown")


def _fingerprint(call: Call) -> str:
    """Equal for equal requests, wherever they want to be called back; nothing of their words can be read from it."""
    body = {name: value for name, value in (call.body or {}).items() if name not in CALLBACKS}
    said = json.dumps([call.path, body], sort_keys=True, default=str)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
