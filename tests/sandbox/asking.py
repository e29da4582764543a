"""What the sandbox's tests say to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import anyio
import httpx

from suno_client.sandbox import SandboxServer

WISH: dict[str, Any] = {
    "customMode": False,
    "instrumental": True,
    "model": "V5",
    "callBackUrl": "https://localhost/conductr/no-callback",
    "prompt": "a rainy lofi evening",
}
FINAL = {"SUCCESS", "CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "SENSITIVE_WORD_ERROR", "CALLBACK_EXCEPTION"}


@dataclass(frozen=True)
class Gateway:
    """The sandbox as a client sees it."""

    http: httpx.AsyncClient
    server: SandboxServer

    async def submit(self, **changes: Any) -> httpx.Response:
        """Posts the usual wish; a change to None leaves a field out."""
        body = {name: value for name, value in {**WISH, **changes}.items() if value is not None}
        return await self.http.post("/api/v1/generate", json=body)

    async def task(self, **changes: Any) -> str:
        answer = (await self.submit(**changes)).json()
        assert answer["code"] == 200, answer
        return answer["data"]["taskId"]

    async def data(self, task_id: str) -> Any:
        answer = await self.http.get("/api/v1/generate/record-info", params={"taskId": task_id})
        return answer.json()["data"]

    async def until(self, task_id: str, *statuses: str) -> Any:
        """Polls until one of these statuses, or a final one, is told."""
        with anyio.fail_after(60):
            while True:
                data = await self.data(task_id)
                if data["status"] in {*statuses, *FINAL}:
                    return data
                await anyio.sleep(0.02)

    async def clips(self, **changes: Any) -> list[dict[str, Any]]:
        """The clips of a finished song."""
        data = await self.until(await self.task(**changes), "SUCCESS")
        assert data["status"] == "SUCCESS", data
        return data["response"]["sunoData"]

    async def fault(self, on: str, fault: str, **more: Any) -> None:
        answer = await self.http.post("/_sandbox/faults", json={"on": on, "fault": fault, **more})
        assert answer.status_code == 200, answer.text

    async def ledger(self) -> Any:
        return (await self.http.get("/_sandbox/ledger")).json()
