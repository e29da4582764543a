"""The sandbox as a story's Suno: songs of a few seconds, stages ten times faster, faults and a ledger at hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from attrs import frozen
from pydantic import BaseModel, Field

from conductr import Settings
from suno_client.sandbox import SandboxServer

SONG_S = 8.0
SPEED = 10.0


class Task(BaseModel):
    status: str
    polls: int


class Ledger(BaseModel):
    """What the sandbox has accepted and served."""

    submissions: list[Task]
    refused: int
    media_requests: int = Field(alias="mediaRequests")
    media_bytes: int = Field(alias="mediaBytes")


@frozen
class Suno:
    url: str
    key: str

    @property
    def environment(self) -> dict[str, str]:
        return {"CONDUCTR_SUNO_BASE_URL": self.url, "CONDUCTR_SUNO_API_KEY": self.key}

    async def fault(self, on: str, fault: str, *, times: int = 1, seconds: float = 0.2) -> None:
        await self._post("/_sandbox/faults", {"on": on, "fault": fault, "times": times, "seconds": seconds})

    async def mend(self) -> None:
        """No more faults."""
        async with httpx.AsyncClient(base_url=self.url) as http:
            (await http.delete("/_sandbox/faults")).raise_for_status()

    async def ledger(self) -> Ledger:
        async with httpx.AsyncClient(base_url=self.url) as http:
            return Ledger.model_validate((await http.get("/_sandbox/ledger")).json())

    async def accepted(self, count: int) -> bool:
        """Whether Suno has accepted, and charged, exactly so many submissions."""
        return len((await self.ledger()).submissions) == count

    async def succeeded(self, count: int) -> bool:
        """Whether exactly so many tasks say SUCCESS."""
        return sum(task.status == "SUCCESS" for task in (await self.ledger()).submissions) == count

    async def file_is_being_served(self) -> bool:
        """A finished file exists, and more than the stream has been asked for."""
        ledger = await self.ledger()
        return ledger.media_requests >= 2 and any("FIRST" in task.status for task in ledger.submissions)

    async def _post(self, path: str, body: dict[str, object]) -> None:
        async with httpx.AsyncClient(base_url=self.url) as http:
            (await http.post(path, json=body)).raise_for_status()


@asynccontextmanager
async def running_suno(*, speed: float = SPEED, music_seconds: float = SONG_S) -> AsyncIterator[Suno]:
    async with SandboxServer(speed=speed, music_seconds=music_seconds) as server:
        yield Suno(server.url, server.key)


def settings_for(folder: Path, suno: Suno, **chosen: object) -> Settings:
    values: dict[str, object] = {
        "data_dir": folder,
        "suno_base_url": suno.url,
        "suno_api_key": suno.key,
        "suno_poll_s": 0.1,
        "suno_timeout_s": 2.0,
        "lease_s": 1.0,
        **chosen,
    }
    return Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue, reportArgumentType] - pydantic checks
