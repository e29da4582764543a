"""The side endpoints as kie.ai has them: the same paths, codes of its own, signed callbacks (reference: suno.md 2B)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from sandbox.asking import Gateway
from sandbox.hooks import listening
from sandbox.side_asking import RECORDS, Sides, Song

from suno_client.sandbox import SandboxServer

pytestmark = pytest.mark.anyio
WRITE, WAV, COVERS = "/api/v1/lyrics", "/api/v1/wav/generate", "/api/v1/suno/cover/generate"


@pytest.fixture(scope="module")
async def kie(anyio_backend: str) -> AsyncIterator[Sides]:
    """A sandbox without a song: nearly all that differs needs none."""
    async with SandboxServer(dialect="kie", speed=60, music_seconds=6) as server:
        headers = {"Authorization": f"Bearer {server.key}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30, trust_env=False) as http:
            yield Sides(Gateway(http, server), Song("", []), Song("", []))


@pytest.mark.parametrize("path", sorted(RECORDS))
async def test_a_fault_in_what_was_asked_is_422(kie: Sides, path: str) -> None:
    kie.begin_again()
    answer = await kie.post(path, callBackUrl=None)
    assert answer["code"] == 422
    assert not answer["msg"].endswith(".")


@pytest.mark.parametrize("record", sorted(set(RECORDS.values())))
async def test_an_unknown_task_is_422_too(kie: Sides, record: str) -> None:
    answer = (await kie.http.get(record, params={"taskId": "nobody"})).json()
    assert answer == {"code": 422, "msg": "recordInfo is null", "data": None}


async def test_a_task_of_another_endpoint_is_unknown(kie: Sides) -> None:
    task = await kie.begin(WRITE, prompt="snow")
    answer = (await kie.http.get(RECORDS[WAV], params={"taskId": task})).json()
    assert (answer["code"], answer["msg"]) == (422, "recordInfo is null")


async def test_credits_are_402(kie: Sides) -> None:
    await kie.http.post("/_sandbox/credits", json={"credits": 0})
    assert (await kie.post(WRITE, prompt="snow"))["code"] == 402
    kie.begin_again()


async def test_lyrics_are_called_back_under_another_name(kie: Sides) -> None:
    async with listening() as (url, told):
        task = await kie.begin(WRITE, prompt="snow", callBackUrl=url)
        body = await told.receive()
    assert (body["data"]["task_id"], body["data"]["callbackType"]) == (task, "complete")


async def test_files_are_made_there_too(kie: Sides) -> None:
    song = await kie.song()
    data = await kie.made(WAV, **song.about())
    assert data["successFlag"] == "SUCCESS"
    assert (await kie.fetched(data["response"]["audioWavUrl"])).content.startswith(b"RIFF")
    again = await kie.post(WAV, **song.about())
    assert again["code"] == 409


async def test_uploads_are_served_by_the_same_origin(kie: Sides) -> None:
    body = {"base64Data": "SUQz", "uploadPath": "audio", "fileName": "a.mp3"}
    data = (await kie.http.post("/api/file-base64-upload", json=body)).json()["data"]
    assert data["downloadUrl"] == f"{kie.gateway.server.url}/media/files/audio/a.mp3"
    assert (await kie.fetched(data["downloadUrl"])).content == b"ID3"
