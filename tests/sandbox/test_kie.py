"""The sandbox as kie.ai: the same paths, other codes and words (reference: suno.md 2B)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from sandbox.asking import WISH, Gateway

from suno_client.sandbox import SandboxServer

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def running(anyio_backend: str) -> AsyncIterator[SandboxServer]:
    async with SandboxServer(dialect="kie", speed=30, music_seconds=6) as server:
        yield server


async def test_a_song_is_asked_for_and_polled_as_at_sunoapi(gateway: Gateway) -> None:
    assert len(await gateway.clips()) == 2


async def test_a_missing_callback_is_told_in_kies_words(gateway: Gateway) -> None:
    answer = await gateway.submit(callBackUrl=None)
    assert answer.status_code == 200
    assert answer.json() == {"code": 422, "msg": "Please enter callBackUrl", "data": None}
    assert (await gateway.submit(model=None)).json()["code"] == 422


async def test_an_unknown_task_is_an_error(gateway: Gateway) -> None:
    answer = await gateway.http.get("/api/v1/generate/record-info", params={"taskId": "0" * 32})
    assert (answer.status_code, answer.json()) == (200, {"code": 422, "msg": "recordInfo is null", "data": None})
    assert (await gateway.http.get("/api/v1/generate/record-info")).json()["msg"] == "taskId cannot be null"


async def test_credits_are_asked_for_elsewhere_and_lack_with_402(gateway: Gateway) -> None:
    assert (await gateway.http.get("/api/v1/chat/credit")).json()["data"] == 1_000
    assert (await gateway.http.get("/api/v1/generate/credit")).status_code == 404
    await gateway.http.post("/_sandbox/credits", json={"credits": 11.9})
    assert (await gateway.http.get("/api/v1/chat/credit")).json()["data"] == 11
    assert (await gateway.submit()).json()["code"] == 402


async def test_haste_is_refused_with_429(gateway: Gateway) -> None:
    await gateway.fault("task", "stuck", times=20)
    for _ in range(20):
        await gateway.task()
    answer = (await gateway.submit()).json()
    assert answer == {"code": 429, "msg": "Your call frequency is too high. Please try again later.", "data": None}


@pytest.mark.parametrize(("code", "said"), [("402", "credits"), ("429", "frequency"), ("433", "key"), ("531", "refun")])
async def test_a_refusal_can_be_ordered_in_kies_sense(gateway: Gateway, code: str, said: str) -> None:
    await gateway.fault("submit", code)
    answer = (await gateway.submit()).json()
    assert answer["code"] == int(code)
    assert said in answer["msg"]


async def test_no_title_is_longer_than_eighty_characters(gateway: Gateway) -> None:
    custom = {"customMode": True, "style": "jazz", "model": "V5"}
    answer = (await gateway.submit(**custom, title="x" * 81)).json()
    assert answer == {"code": 413, "msg": "title is too long: at most 80 characters.", "data": None}
    sounds = {"uploadUrl": "https://a/b.mp3", "title": "x" * 81, "tags": "folk", "negativeTags": "x"}
    body = {**sounds, "callBackUrl": WISH["callBackUrl"]}
    assert (await gateway.http.post("/api/v1/generate/add-instrumental", json=body)).json()["code"] == 413


async def test_a_wrong_key_is_told_with_http_200(gateway: Gateway) -> None:
    async with httpx.AsyncClient(base_url=gateway.server.url, trust_env=False) as stranger:
        answer = await stranger.get("/api/v1/chat/credit")
    assert (answer.status_code, answer.json()["code"]) == (200, 401)


async def test_a_lagging_replica_that_knows_nothing_yet_says_so_in_kies_words(gateway: Gateway) -> None:
    await gateway.fault("task", "stuck")
    task = await gateway.task()
    await gateway.fault("poll", "stale")
    answer = await gateway.http.get("/api/v1/generate/record-info", params={"taskId": task})
    assert answer.json()["msg"] == "recordInfo is null"
    assert (await gateway.data(task))["status"] == "PENDING"
