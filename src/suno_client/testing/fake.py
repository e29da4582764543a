"""FakeSuno: a scripted Suno in memory, for tests of what is built on this client. It goes through the real client."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import Literal, Unpack, cast
from uuid import UUID

import httpx

from suno_client import Limiter, Polling, Retrying, SunoClient
from suno_client.client import ClientOptions

from .replies import BASE_URL, PIXEL, Fault, Loss, Reply, envelope, error_of, response_of, silent_mp3

Dialect = Literal["sunoapi", "kie"]
Place = Literal["submit", "look", "credits", "media"]
Step = str | Mapping[str, object]

STEPS: tuple[Step, ...] = ("PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS")
AT_ONCE = Polling(first_s=0, max_s=0, floor_s=0, keep_s=0)
NEVER_TWICE = Retrying(submissions=1, first_s=0)  # what is to be tried again, a test tries itself
NO_LIMIT = 1_000_000  # calls at a time
CREDIT_PATHS: Mapping[Dialect, str] = {"sunoapi": "/api/v1/generate/credit", "kie": "/api/v1/chat/credit"}


class FakeSuno:
    """Each look at a task brings it one step on through `steps`: a gateway's status, or a record's fields.

    `submissions` are the bodies that were accepted, in order; `asked` is every request, as "POST /api/v1/generate".
    Faults put into `faults[place]` are met first, one a request. With `dialect` "kie" the balance lies elsewhere, a
    task that nobody knows is an error, and so is a submission without callBackUrl.
    """

    def __init__(
        self,
        *,
        key: str = "test-key",
        steps: tuple[Step, ...] = STEPS,
        song_s: float = 2.0,
        dialect: Dialect = "sunoapi",
    ) -> None:
        self.key = key
        self.dialect: Dialect = dialect
        self.steps = steps
        self.song_s = song_s
        self.balance = 500
        self.submissions: list[dict[str, object]] = []
        self.asked: list[str] = []
        self.faults: dict[Place, deque[Fault]] = {
            "submit": deque(),
            "look": deque(),
            "credits": deque(),
            "media": deque(),
        }
        self._looks: dict[str, int] = {}

    def client(self, **options: Unpack[ClientOptions]) -> SunoClient:
        """A real client that talks to this Suno; unless told otherwise it never waits, and sends each thing once."""
        client = SunoClient(
            self.key,
            base_url=BASE_URL,
            dialect=self.dialect,
            http=self.http(),
            polling=options.pop("polling", AT_ONCE),
            retrying=options.pop("retrying", NEVER_TWICE),
            limiter=Limiter(NO_LIMIT, 0),
        )
        return client.with_options(**options)

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        place = self._place(request.url.path)
        if place is None:
            return response_of(envelope(404, "Not found", status=404), request)
        fault = self.faults[place].popleft() if self.faults[place] else None
        if isinstance(fault, Loss) and not fault.accepted:
            raise error_of(fault, request)
        if isinstance(fault, Reply):
            return response_of(fault, request)
        if place != "media" and request.headers.get("authorization") != f"Bearer {self.key}":
            return response_of(envelope(401, "You do not have access permissions"), request)
        usual = self._usual(place, request)
        if fault is not None:
            raise error_of(fault, request)
        return response_of(usual, request)

    def _usual(self, place: Place, request: httpx.Request) -> Reply:
        if place == "submit":
            return self._accept(cast("dict[str, object]", json.loads(request.content)))
        if place == "look":
            record = self._record(request.url.params.get("taskId", ""))
            unknown = record is None and self.dialect == "kie"
            return envelope(422, "recordInfo is null") if unknown else envelope(200, "success", record)
        if place == "credits":
            return envelope(200, "success", self.balance)
        return Reply(PIXEL if request.url.path.endswith(".png") else silent_mp3(self.song_s))

    def _place(self, path: str) -> Place | None:
        if path.startswith("/media/"):
            return "media"
        places: dict[str, Place] = {
            "/api/v1/generate": "submit",
            "/api/v1/generate/record-info": "look",
            CREDIT_PATHS[self.dialect]: "credits",
        }
        return places.get(path)

    def _accept(self, body: dict[str, object]) -> Reply:
        if self.dialect == "kie" and not body.get("callBackUrl"):
            return envelope(422, "Please enter callBackUrl")
        self.submissions.append(body)
        task_id = f"{len(self.submissions):032x}"
        self._looks[task_id] = 0
        return envelope(200, "success", {"taskId": task_id})

    def _record(self, task_id: str) -> dict[str, object] | None:
        if task_id not in self._looks:
            return None
        step = self.steps[min(self._looks[task_id], len(self.steps) - 1)]
        self._looks[task_id] += 1
        status = step if isinstance(step, str) else str(step.get("status", "PENDING"))
        takes = [self._take(task_id, number, status) for number in (1, 2)] if status in STEPS[1:] else []
        record: dict[str, object] = {
            "taskId": task_id,
            "status": status,
            "response": {"taskId": task_id, "sunoData": takes} if takes else None,
            "errorCode": None,
            "errorMessage": None,
        }
        return record if isinstance(step, str) else record | dict(step)

    def _take(self, task_id: str, number: int, status: str) -> dict[str, object]:
        asked = self.submissions[int(task_id, 16) - 1]
        whole = status == "SUCCESS" or (status == "FIRST_SUCCESS" and number == 1)
        clip_id = str(UUID(int=int(task_id, 16) * 16 + number))
        return {
            "id": clip_id,
            "audioUrl": f"{BASE_URL}/media/{clip_id}.mp3" if whole else "",
            "streamAudioUrl": f"{BASE_URL}/media/{clip_id}" if whole or number == 1 else "",
            "imageUrl": f"{BASE_URL}/media/{clip_id}.png" if whole else "",
            "prompt": "" if asked.get("instrumental") else "La la la",
            "modelName": "chirp-fenix",
            "title": asked.get("title") or "Silence",
            "tags": asked.get("style") or "silence",
            "createTime": "2026-01-01 00:00:00",
            "duration": self.song_s if whole else None,
        }
