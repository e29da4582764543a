"""The front desk: how every endpoint of the gateway takes a question, refuses it, charges for it, and answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from suno_client.sandbox.answers import NoAnswer, body_of, broken, refusal, success
from suno_client.sandbox.faults import Fault
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.ledger import Row
from suno_client.sandbox.refusals import NO_KEY, TOO_LONG, FamilyName, Refusal, invalid

Fields = dict[str, object]
Check = Callable[[Fields], Refusal | None]
Price = float | Callable[[Fields], float]


@dataclass(frozen=True)
class Asked:
    """A submission that is let in and paid for. `endpoint` is its path."""

    fields: Fields
    endpoint: str
    price: float


Accept = Callable[[Asked], Awaitable[object]]


class Desk:
    """Makes the routes of one family of endpoints (suno.md 2A.2: Set A or Set B)."""

    def __init__(self, house: House, family: FamilyName = "A") -> None:
        self._house = house
        self._family = house.family(family)

    def submission(self, path: str, *, check: Check, accept: Accept, price: Price = 12.0) -> Route:
        """A POST with a JSON body. `check` says no; `accept` cannot, and gives the `data` of the reply."""

        async def answer(request: Request) -> Response:
            return await self._submit(request, check, accept, price)

        return Route(path, answer, methods=["POST"])

    def at_once(self, path: str, *, check: Check, accept: Accept, price: Price = 0.0) -> Route:
        """A submission that is answered with its result, so that nobody else writes its row in the ledger."""

        async def accept_and_note(asked: Asked) -> object:
            self._house.ledger.add(Row(asked.endpoint, asked.fields, asked.price))
            return await accept(asked)

        return self.submission(path, check=check, accept=accept_and_note, price=price)

    def record(self, path: str, record: Callable[[Job, JobState], object]) -> Route:
        """A GET for one side task by its taskId. `record` gives `data`, for the state that may be told."""

        async def answer(request: Request) -> Response:
            word, stale = self.look(request, "poll")
            if word is not None:
                return word
            job = self._house.jobs.get(request.query_params.get("taskId", ""))
            if job is None:
                return self.unknown(request)
            job.polls += 1
            state = self._house.jobs.state(job)
            if not stale:
                return success(record(job, state))
            return self.unknown(request) if state is JobState.PENDING else success(record(job, JobState.PENDING))

        return Route(path, answer, methods=["GET"])

    def reading(self, path: str, answer: Callable[[Request], Awaitable[object]], on: str = "poll") -> Route:
        """Any other GET. `answer` gives `data`, or a Refusal."""

        async def told(request: Request) -> Response:
            word = self.first_word(request, on)
            if word is not None:
                return word
            data = await answer(request)
            return self.refused(data) if isinstance(data, Refusal) else success(data)

        return Route(path, told, methods=["GET"])

    def first_word(self, request: Request, on: str) -> Response | None:
        """What is said before the question is looked at: a fault, or that the key is wrong."""
        return self.look(request, on)[0]

    def refused(self, refused: Refusal) -> Response:
        self._house.ledger.refused += 1
        return refusal(self._family.spoken(refused), as_200=self._house.errors_as_200)

    def full(self) -> Refusal | None:
        """Whether the studio has more music in its line than it takes on."""
        return self._family.too_often if self._house.studio.full else None

    def unknown(self, request: Request) -> Response:
        """The answer to a GET whose taskId is missing or nobody's."""
        if not request.query_params.get("taskId"):
            return self.refused(invalid("taskId cannot be null"))
        said = self._family.unknown_task
        return success(None) if said is None else self.refused(said)

    def look(self, request: Request, on: str) -> tuple[Response | None, bool]:
        """The first word, and whether a lagging replica answers."""
        fault = self._house.faults.take(on, request.url.path)
        if fault is not None:
            if fault.fault == "data_null":
                return success(None), False
            if (answer := self._broken(fault)) is not None:
                return answer, False
        return self._refuse_key(request), fault is not None and fault.fault == "stale"

    async def _submit(self, request: Request, check: Check, accept: Accept, price: Price) -> Response:
        path = request.url.path
        fault = self._house.faults.take("submit", path)
        body = await body_of(request)
        if fault is not None and (answer := self._broken(fault)) is not None:
            return answer
        if (answer := self._refuse_key(request)) is not None:
            return answer
        fields = _fields(body)
        if isinstance(fields, Refusal):
            return self.refused(fields)
        if (no := check(fields)) is not None:
            return self.refused(no)
        costs = price if isinstance(price, float | int) else price(fields)
        if (no := self._admit(costs)) is not None:
            return self.refused(no)
        self._house.till.charge(costs)
        return self._accepted(await accept(Asked(fields, path, costs)), fault)

    def _admit(self, price: float) -> Refusal | None:
        match self._house.till.admit(price):
            case "credits":
                return self._family.no_credits
            case "pace":
                return self._family.too_often
            case _:
                return None

    def _accepted(self, data: object, fault: Fault | None) -> Response:
        match fault.fault if fault else None:
            case "reset_after":
                return NoAnswer(self._house.listener.cut)
            case "hang_after":
                return NoAnswer(None)
            case "data_null":
                return success(None)
            case _:
                return success(data)

    def _broken(self, fault: Fault) -> Response | None:
        answer = broken(fault, self._house.listener.cut, self._family, as_200=self._house.errors_as_200)
        self._house.ledger.refused += answer is not None
        return answer

    def _refuse_key(self, request: Request) -> Response | None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        right = scheme.lower() == "bearer" and key.strip() and self._house.key in {None, key.strip()}
        return None if right else self.refused(NO_KEY)


def _fields(body: bytes | None) -> Fields | Refusal:
    if body is None:
        return TOO_LONG
    try:
        parsed: object = json.loads(body)
    except ValueError:
        parsed = None
    return cast("Fields", parsed) if isinstance(parsed, dict) else invalid("The request body is not valid JSON")
