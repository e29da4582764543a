"""The gateway's own routes: generate, record-info, credit (suno.md 2A.3, 2A.5, 2A.8)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from suno_client.sandbox import rules
from suno_client.sandbox.answers import NoAnswer, body_of, broken, refusal, success
from suno_client.sandbox.house import House
from suno_client.sandbox.music.order import order_from
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.music.words import words_for
from suno_client.sandbox.rules import Refusal
from suno_client.sandbox.script import Fault
from suno_client.sandbox.tasks import Task
from suno_client.sandbox.wire import record


class Gateway:
    """Answers as sunoapi.org does, for one house."""

    def __init__(self, house: House, on_accept: Callable[[Task], Awaitable[None]]) -> None:
        self._house = house
        self._on_accept = on_accept

    def routes(self) -> list[Route]:
        return [
            Route("/api/v1/generate", self.generate, methods=["POST"]),
            Route("/api/v1/generate/record-info", self.record_info, methods=["GET"]),
            Route("/api/v1/generate/credit", self.credit, methods=["GET"]),
        ]

    async def generate(self, request: Request) -> Response:
        fault = self._house.faults.take("submit")
        body = await body_of(request)
        if fault is not None and (answer := self._broken(fault)) is not None:
            return answer
        if (refused := self._refuse_key(request)) is not None:
            return refused
        if body is None:
            return self._refused(rules.TOO_LONG)
        try:
            parsed: object = json.loads(body)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            return self._refused(Refusal(400, "The request body is not valid JSON"))
        fields = cast("dict[str, object]", parsed)
        refusal = rules.check(fields) or self._house.book.may_accept()
        if refusal is None and self._house.studio.full:
            refusal = rules.TOO_OFTEN
        if refusal is not None:
            return self._refused(refusal)
        task = await self._accept(fields)
        return self._answer_accepted(task, fault)

    async def _accept(self, fields: dict[str, object]) -> Task:
        house = self._house
        order = order_from(fields, take=1, seed=house.seed, usual_s=house.music_seconds)
        title, tags, lyrics = words_for(order)
        order = replace(order, title=title, lyrics=lyrics)
        first = Recording(str(uuid4()), order, house.studio.folder)
        second = Recording(str(uuid4()), replace(order, take=2), house.studio.folder)
        first.follower = second
        outcome = house.faults.take("task")
        task = Task(fields, house.book.now(), title, tags, lyrics, (first, second), outcome.fault if outcome else None)
        house.book.accept(task)
        if task.outcome not in {"stuck", "SENSITIVE_WORD_ERROR", "GENERATE_AUDIO_FAILED", "CREATE_TASK_FAILED"}:
            await house.studio.render(first)
        await self._on_accept(task)
        return task

    def _answer_accepted(self, task: Task, fault: Fault | None) -> Response:
        match fault.fault if fault else None:
            case "reset_after":
                return NoAnswer(self._house.listener.cut)
            case "hang_after":
                return NoAnswer(None)
            case "data_null":
                return success(None)
            case _:
                return success({"taskId": task.id})

    async def record_info(self, request: Request) -> Response:
        if (answer := self._first_word(request, "poll")) is not None:
            return answer
        task_id = request.query_params.get("taskId", "")
        if not task_id:
            return self._refused(Refusal(400, "taskId cannot be null"))
        task = self._house.book.get(task_id)
        if task is None:
            return success(None)
        task.polls += 1
        return success(record(self._house.book.facts(task, self._house.url)))

    async def credit(self, request: Request) -> Response:
        if (answer := self._first_word(request, "credit")) is not None:
            return answer
        return success(self._house.book.credits)

    def _first_word(self, request: Request, on: str) -> Response | None:
        """What is said before the question is looked at: a fault, or that the key is wrong."""
        fault = self._house.faults.take(on)
        if fault is not None:
            return success(None) if fault.fault == "data_null" else self._broken(fault)
        return self._refuse_key(request)

    def _broken(self, fault: Fault) -> Response | None:
        answer = broken(fault, self._house.listener.cut, as_200=self._house.errors_as_200)
        self._house.book.refused += answer is not None
        return answer

    def _refused(self, refused: Refusal) -> Response:
        self._house.book.refused += 1
        return refusal(refused, as_200=self._house.errors_as_200)

    def _refuse_key(self, request: Request) -> Response | None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        right = scheme.lower() == "bearer" and key.strip() and self._house.key in {None, key.strip()}
        return None if right else self._refused(rules.NO_KEY)
