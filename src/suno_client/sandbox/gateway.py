"""The gateway's first routes: generate, record-info, credit (suno.md 2A.3, 2A.5, 2A.8)."""

from __future__ import annotations

import math

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from suno_client.sandbox import rules
from suno_client.sandbox.answers import success
from suno_client.sandbox.desk import Asked, Desk, Fields
from suno_client.sandbox.house import House
from suno_client.sandbox.music.order import order_from
from suno_client.sandbox.refusals import Refusal
from suno_client.sandbox.script import stage_before
from suno_client.sandbox.takes import Composition, compose
from suno_client.sandbox.wire import record

CREDIT_PATHS = {"kie": "/api/v1/chat/credit"}


class Gateway:
    """Answers as sunoapi.org and kie.ai do, for one house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._desk = Desk(house)
        self._titles = rules.KIE_TITLE if house.dialect == "kie" else {}

    def routes(self) -> list[Route]:
        credit = CREDIT_PATHS.get(self._house.dialect, "/api/v1/generate/credit")
        return [
            self._desk.submission("/api/v1/generate", check=self._check, accept=self._generate),
            Route("/api/v1/generate/record-info", self.record_info, methods=["GET"]),
            self._desk.reading(credit, self._credit, on="credit"),
        ]

    def _check(self, fields: Fields) -> Refusal | None:
        return rules.check(fields) or rules.within(fields, self._titles) or self._desk.full()

    async def _generate(self, asked: Asked) -> object:
        house = self._house
        order = order_from(asked.fields, take=1, seed=house.seed, usual_s=house.music_seconds)
        task = await compose(house, Composition(asked.endpoint, asked.fields, order, price=asked.price))
        return {"taskId": task.id}

    async def record_info(self, request: Request) -> Response:
        word, stale = self._desk.look(request, "poll")
        if word is not None:
            return word
        task = self._house.book.get(request.query_params.get("taskId", ""))
        if task is None:
            return self._desk.unknown(request)
        task.polls += 1
        book = self._house.book
        status = book.status(task)
        seen = stage_before(status, book.script) if stale else status
        if seen is None:
            return self._desk.unknown(request)
        return success(record(book.facts(task, self._house.url, seen)))

    async def _credit(self, request: Request) -> object:  # noqa: ARG002 - the desk passes it
        return math.floor(self._house.till.balance)
