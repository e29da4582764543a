"""FakeSuno: a scripted Suno in memory, for tests of what is built on this client. It goes through the real client."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast
from uuid import UUID

import httpx

from ._polling import Polling
from .client import SunoClient

Place = Literal["submit", "look", "credits", "media"]
Step = str | Mapping[str, object]

BASE_URL = "https://suno.test"
STEPS: tuple[Step, ...] = ("PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS")
AT_ONCE = Polling(first_s=0, max_s=0, floor_s=0, retry_s=0)
PIXEL = bytes.fromhex(  # a PNG of one black pixel
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763606060000000040001274834f60000000049454e44ae426082"
)


@dataclass(frozen=True)
class Reply:
    """An answer instead of the usual one. A mapping as body goes out as JSON."""

    body: bytes | str | Mapping[str, object] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Loss:
    """The network fails: before anything was sent, or after; `accepted`: Suno had taken the song all the same."""

    how: Literal["refused", "reset", "timeout"] = "reset"
    accepted: bool = False


Fault = Reply | Loss


def envelope(code: int, msg: str, data: object = None, *, status: int = 200) -> Reply:
    """A gateway's answer; its errors mostly come with HTTP 200 (reference: suno.md 2A.2)."""
    return Reply({"code": code, "msg": msg, "data": data}, status)


def silent_mp3(seconds: float) -> bytes:
    """Silence as real MP3 frames: MPEG 1, layer III, 128 kbit/s, 44.1 kHz, stereo."""
    frame = b"\xff\xfb\x90\x64".ljust(417, b"\0")  # 144 x 128,000 / 44,100 bytes for 1,152 samples
    return frame * max(1, round(seconds * 44_100 / 1_152))


class FakeSuno:
    """Each look at a task brings it one step on through `steps`: a gateway's status, or a record's fields.

    `submissions` are the bodies that were accepted, in order; `asked` is every request, as "POST /api/v1/generate".
    Faults put into `faults[place]` are met first, one a request.
    """

    def __init__(self, *, key: str = "test-key", steps: tuple[Step, ...] = STEPS, song_s: float = 2.0) -> None:
        self.key = key
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

    def client(self, *, polling: Polling = AT_ONCE) -> SunoClient:
        """A real client that talks to this Suno, and never waits between two looks."""
        return SunoClient(self.key, base_url=BASE_URL, http=self.http(), polling=polling)

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        place = _place(request.url.path)
        if place is None:
            return _response(envelope(404, "Not found", status=404), request)
        fault = self.faults[place].popleft() if self.faults[place] else None
        if isinstance(fault, Loss) and not fault.accepted:
            raise _lost(fault, request)
        if isinstance(fault, Reply):
            return _response(fault, request)
        if place != "media" and request.headers.get("authorization") != f"Bearer {self.key}":
            return _response(envelope(401, "You do not have access permissions"), request)
        usual = self._usual(place, request)
        if fault is not None:
            raise _lost(fault, request)
        return _response(usual, request)

    def _usual(self, place: Place, request: httpx.Request) -> Reply:
        if place == "submit":
            return self._accept(cast("dict[str, object]", json.loads(request.content)))
        if place == "look":
            return envelope(200, "success", self._record(request.url.params.get("taskId", "")))
        if place == "credits":
            return envelope(200, "success", self.balance)
        return Reply(PIXEL if request.url.path.endswith(".png") else silent_mp3(self.song_s))

    def _accept(self, body: dict[str, object]) -> Reply:
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


def _place(path: str) -> Place | None:
    if path.startswith("/media/"):
        return "media"
    places: dict[str, Place] = {
        "/api/v1/generate": "submit",
        "/api/v1/generate/record-info": "look",
        "/api/v1/generate/credit": "credits",
    }
    return places.get(path)


def _response(reply: Reply, request: httpx.Request) -> httpx.Response:
    if isinstance(reply.body, Mapping):
        return httpx.Response(reply.status, json=dict(reply.body), headers=dict(reply.headers), request=request)
    return httpx.Response(reply.status, content=reply.body, headers=dict(reply.headers), request=request)


def _lost(loss: Loss, request: httpx.Request) -> httpx.TransportError:
    kinds = {"refused": httpx.ConnectError, "reset": httpx.ReadError, "timeout": httpx.ReadTimeout}
    return kinds[loss.how]("the fake network failed", request=request)
