"""What the tests of the side endpoints say to a sandbox that has a sung song and one without a voice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx
from sandbox.asking import Gateway

from suno_client.sandbox import SandboxServer

NOBODY = "https://localhost/conductr/no-callback"
LYRICS = "[Verse 1]\nThe street is quiet, lights are low\nI count the places\n\n[Chorus]\nStay with me"
RECORDS = {
    "/api/v1/lyrics": "/api/v1/lyrics/record-info",
    "/api/v1/wav/generate": "/api/v1/wav/record-info",
    "/api/v1/mp4/generate": "/api/v1/mp4/record-info",
    "/api/v1/vocal-removal/generate": "/api/v1/vocal-removal/record-info",
    "/api/v1/midi/generate": "/api/v1/midi/record-info",
    "/api/v1/suno/cover/generate": "/api/v1/suno/cover/record-info",
    "/api/v1/voice/validate": "/api/v1/voice/validate-info",
    "/api/v1/voice/regenerate": "/api/v1/voice/validate-info",
    "/api/v1/voice/generate": "/api/v1/voice/record-info",
}
_GOING_ON = {"PENDING", 0, 2, "wait_processing", "processing_validate", "STILL_THINKING", "still_thinking", 9}


@dataclass(frozen=True)
class Song:
    """A finished song: its task and its two clips."""

    task: str
    clips: list[dict[str, Any]]

    def about(self, take: int = 1) -> dict[str, str]:
        """How a side request names one of its takes."""
        return {"taskId": self.task, "audioId": self.clips[take - 1]["id"]}


@dataclass(frozen=True)
class Sides:
    """A sandbox as a client of its side endpoints sees it."""

    gateway: Gateway
    sung: Song
    plain: Song

    @property
    def http(self) -> httpx.AsyncClient:
        return self.gateway.http

    def begin_again(self) -> None:
        """Fresh money, a fresh window, no faults. What was made stays."""
        self.gateway.server.till.clear()
        self.gateway.server.faults.clear()

    async def post(self, path: str, **body: Any) -> Any:
        """The reply to a submission, with a callback address unless it is None."""
        body = {"callBackUrl": NOBODY, **body}
        given = {name: value for name, value in body.items() if value is not None}
        return (await self.http.post(path, json=given)).json()

    async def begin(self, path: str, **body: Any) -> str:
        answer = await self.post(path, **body)
        assert answer["code"] == 200, answer
        return answer["data"]["taskId"]

    async def record(self, path: str, task_id: str) -> Any:
        """`data` of the record that belongs to an endpoint."""
        answer = await self.http.get(RECORDS[path], params={"taskId": task_id})
        return answer.json()["data"]

    async def made(self, path: str, **body: Any) -> Any:
        """The record of a task once it is over."""
        return await self.over(path, await self.begin(path, **body))

    async def over(self, path: str, task_id: str) -> Any:
        with anyio.fail_after(90):
            while True:
                data = await self.record(path, task_id)
                if data.get("successFlag", data.get("status")) not in _GOING_ON:
                    return data
                await anyio.sleep(0.02)

    async def fetched(self, url: str) -> httpx.Response:
        answer = await self.http.get(url)
        assert answer.status_code == 200, answer.text
        return answer

    async def song(self, **changes: Any) -> Song:
        return await self.finished(await self.gateway.task(**changes))

    async def finished(self, task: str) -> Song:
        data = await self.gateway.until(task, "SUCCESS")
        return Song(task, data["response"]["sunoData"])


@asynccontextmanager
async def open_sides(**options: Any) -> AsyncIterator[Sides]:
    """A running sandbox with one song of each kind."""
    async with SandboxServer(**{"speed": 60, "music_seconds": 8, **options}) as server:
        headers = {"Authorization": f"Bearer {server.key}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30, trust_env=False) as http:
            sides = Sides(Gateway(http, server), Song("", []), Song("", []))
            sung = await sides.gateway.task(
                customMode=True, instrumental=False, style="lofi rain", title="Low Lights", prompt=LYRICS
            )
            plain = await sides.gateway.task(prompt="a jazz evening")
            yield Sides(sides.gateway, await sides.finished(sung), await sides.finished(plain))
