"""The sandbox answers as the gateway's documents say, field by field (suno.md 2A.2-2A.5, 6.2)."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest

from suno_client.sandbox import SandboxServer

pytestmark = pytest.mark.anyio

BODY: dict[str, object] = {
    "customMode": False,
    "instrumental": True,
    "model": "V5",
    "prompt": "a rainy lofi beat",
    "callBackUrl": "https://localhost/none",
}
CLIP_FIELDS = {
    "id", "audioUrl", "sourceAudioUrl", "streamAudioUrl", "sourceStreamAudioUrl", "imageUrl", "sourceImageUrl",
    "prompt", "modelName", "title", "tags", "createTime", "duration",
}  # fmt: skip
TASK_FIELDS = {
    "taskId", "parentMusicId", "param", "response", "status", "type", "operationType", "errorCode", "errorMessage",
}  # fmt: skip


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[SandboxServer]:
    async with SandboxServer(speed=15, music_seconds=7) as running:
        yield running


@pytest.fixture
async def http(server: SandboxServer) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {server.key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as client:
        yield client


async def ask(http: httpx.AsyncClient, **changes: object) -> dict[str, Any]:
    body = {name: value for name, value in {**BODY, **changes}.items() if value is not None}
    return (await http.post("/api/v1/generate", json=body)).json()


async def look(http: httpx.AsyncClient, task: str) -> dict[str, Any]:
    return (await http.get("/api/v1/generate/record-info", params={"taskId": task})).json()["data"]


async def reach(http: httpx.AsyncClient, task: str, status: str) -> dict[str, Any]:
    with anyio.fail_after(60):
        while (data := await look(http, task))["status"] != status:
            await anyio.sleep(0.02)  # polling is what the gateway's clients do
    return data


async def test_a_submission_is_answered_with_a_task_of_32_hex_digits(http: httpx.AsyncClient) -> None:
    answer = await ask(http)
    assert (answer["code"], answer["msg"]) == (200, "success")
    assert re.fullmatch(r"[0-9a-f]{32}", answer["data"]["taskId"])


async def test_a_record_has_the_documented_fields_and_its_request_as_a_string(http: httpx.AsyncClient) -> None:
    task = (await ask(http))["data"]["taskId"]
    pending = await look(http, task)
    assert set(pending) == TASK_FIELDS
    assert json.loads(pending["param"])["prompt"] == BODY["prompt"]
    assert pending["status"] != "PENDING" or pending["response"] is None
    done = await reach(http, task, "SUCCESS")
    assert done["response"]["taskId"] == task
    first, second = done["response"]["sunoData"]
    assert set(first) == set(second) == CLIP_FIELDS
    assert first["id"] != second["id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", first["createTime"])
    assert first["modelName"] == "chirp-crow"


async def test_the_stream_is_there_with_the_text_and_the_files_are_not(http: httpx.AsyncClient) -> None:
    task = (await ask(http))["data"]["taskId"]
    data = await reach(http, task, "TEXT_SUCCESS")
    first, second = data["response"]["sunoData"]
    assert first["streamAudioUrl"]
    assert not first["audioUrl"]
    assert not second["audioUrl"]
    assert first["title"]
    assert first["tags"]


async def test_the_stream_drips_what_the_file_then_holds_and_the_takes_differ(http: httpx.AsyncClient) -> None:
    task = (await ask(http))["data"]["taskId"]
    text = await reach(http, task, "TEXT_SUCCESS")
    async with http.stream("GET", text["response"]["sunoData"][0]["streamAudioUrl"]) as stream:
        assert "content-length" not in stream.headers
        streamed = await stream.aread()
    done = await reach(http, task, "SUCCESS")
    first, second = [(await http.get(clip["audioUrl"])).content for clip in done["response"]["sunoData"]]
    assert streamed == first
    assert first[:3] == b"ID3"
    assert first != second
    part = await http.get(done["response"]["sunoData"][0]["audioUrl"], headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, first[100:200])


async def test_a_cover_is_a_jpeg(http: httpx.AsyncClient) -> None:
    done = await reach(http, (await ask(http))["data"]["taskId"], "SUCCESS")
    cover = await http.get(done["response"]["sunoData"][0]["imageUrl"])
    assert cover.headers["content-type"] == "image/jpeg"
    assert cover.content[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"customMode": None}, 400, "customMode cannot be null"),
        ({"instrumental": None}, 400, "instrumental cannot be null"),
        ({"model": None}, 400, "model cannot be null"),
        ({"callBackUrl": None}, 400, "Please enter callBackUrl."),
        ({"prompt": "x" * 501}, 413, "too long"),
    ],
)
async def test_a_bad_field_is_refused_in_the_gateways_words(
    http: httpx.AsyncClient, changes: dict[str, object], code: int, words: str
) -> None:
    answer = await ask(http, **changes)
    assert answer["code"] == code
    assert words in answer["msg"]
    assert answer["data"] is None
    assert (await http.get("/_sandbox/ledger")).json()["submissions"] == []


async def test_without_a_key_nothing_is_told(server: SandboxServer) -> None:
    async with httpx.AsyncClient(base_url=server.url) as stranger:
        answer = await stranger.get("/api/v1/generate/credit")
    assert (answer.status_code, answer.json()["code"]) == (200, 401)


async def test_a_generation_costs_twelve_credits(http: httpx.AsyncClient) -> None:
    before = (await http.get("/api/v1/generate/credit")).json()["data"]
    await ask(http)
    assert (await http.get("/api/v1/generate/credit")).json()["data"] == before - 12


async def test_the_twenty_first_request_in_ten_seconds_is_too_many(http: httpx.AsyncClient) -> None:
    codes = [(await ask(http, prompt=f"song {number}"))["code"] for number in range(21)]
    assert codes == [200] * 20 + [430]


@pytest.mark.parametrize("fault", ["401", "413", "429", "430", "455", "500"])
async def test_a_refusal_on_demand_accepts_nothing(http: httpx.AsyncClient, fault: str) -> None:
    await http.post("/_sandbox/faults", json={"on": "submit", "fault": fault})
    assert (await ask(http))["code"] == int(fault)
    assert (await http.get("/_sandbox/ledger")).json()["submissions"] == []
    assert (await ask(http))["code"] == 200


async def test_a_reset_after_acceptance_has_accepted(http: httpx.AsyncClient) -> None:
    await http.post("/_sandbox/faults", json={"on": "submit", "fault": "reset_after"})
    with pytest.raises(httpx.TransportError):
        await ask(http)
    assert len((await http.get("/_sandbox/ledger")).json()["submissions"]) == 1


@pytest.mark.parametrize(("fault", "status", "size"), [("403", 403, None), ("404", 404, None), ("empty", 200, 0)])
async def test_media_fail_on_demand(http: httpx.AsyncClient, fault: str, status: int, size: int | None) -> None:
    done = await reach(http, (await ask(http))["data"]["taskId"], "SUCCESS")
    await http.post("/_sandbox/faults", json={"on": "media", "fault": fault})
    answer = await http.get(done["response"]["sunoData"][0]["audioUrl"])
    assert answer.status_code == status
    if size is not None:
        assert len(answer.content) == size


async def test_an_unknown_fault_is_named(http: httpx.AsyncClient) -> None:
    answer = await http.post("/_sandbox/faults", json={"on": "submit", "fault": "flood"})
    assert answer.status_code == 400
    assert "flood" in answer.json()["error"]
