"""What the tests of the self-hosted server say to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import anyio
import httpx

from suno_client.sandbox import SandboxServer

SPEED = 50.0
Clips = list[dict[str, Any]]


@dataclass(frozen=True)
class Gcui:
    """The server as a client sees it."""

    http: httpx.AsyncClient
    server: SandboxServer

    async def post(self, path: str, **fields: Any) -> Any:
        answer = await self.http.post(path, json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def song(self, **fields: Any) -> Clips:
        """Two new clips, just submitted."""
        return await self.post("/api/generate", **({"prompt": "a slow piano", "make_instrumental": True} | fields))

    async def look(self, clips: Clips) -> Clips:
        return await self.get("/api/get", ids=",".join(clip["id"] for clip in clips))

    async def until(self, clips: Clips, done: Callable[[Clips], bool]) -> Clips:
        with anyio.fail_after(60):
            while True:
                seen = await self.look(clips)
                if done(seen):
                    return seen
                await anyio.sleep(0.02)

    async def whole(self, clips: Clips) -> Clips:
        """The clips once all of them are complete or have failed."""
        return await self.until(clips, ended)

    async def fault(self, on: str, fault: str, **more: Any) -> None:
        answer = await self.http.post("/_sandbox/faults", json={"on": on, "fault": fault, **more})
        assert answer.status_code == 200, answer.text

    async def ledger(self) -> Any:
        return (await self.http.get("/_sandbox/ledger")).json()


def ended(clips: Clips) -> bool:
    return all(clip["status"] in {"complete", "error"} for clip in clips)
