"""Callbacks: each stage posted once, and a deaf listener changes nothing (reference: suno.md 2A.6)."""

from __future__ import annotations

import time
from typing import Any

import anyio
import httpx
import pytest
from sandbox.asking import Gateway
from sandbox.hooks import NO, listening

from suno_client.sandbox import Dialect, SandboxServer, Script
from suno_client.sandbox.callbacks import signature, wanted

pytestmark = pytest.mark.anyio


async def test_each_stage_is_posted_in_order(gateway: Gateway) -> None:
    async with listening() as (url, bodies):
        task = await gateway.task(callBackUrl=url, prompt="house")
        with anyio.fail_after(40):
            text, first, complete = [await bodies.receive() for _ in range(3)]
    assert [body["data"]["callbackType"] for body in (text, first, complete)] == ["text", "first", "complete"]
    assert {body["data"]["task_id"] for body in (text, first, complete)} == {task}
    assert [clip["audio_url"] != "" for clip in text["data"]["data"]] == [False, False]
    assert first["data"]["data"][0]["audio_url"]
    assert all(clip["audio_url"] and clip["duration"] for clip in complete["data"]["data"])


async def test_a_failure_is_posted_as_an_error(gateway: Gateway) -> None:
    await gateway.fault("task", "SENSITIVE_WORD_ERROR")
    async with listening() as (url, bodies):
        await gateway.task(callBackUrl=url)
        with anyio.fail_after(20):
            body = await bodies.receive()
    assert body["code"] == 400
    assert body["data"]["callbackType"] == "error"
    assert body["data"]["data"] is None


async def test_a_listener_that_refuses_is_asked_four_times_and_the_song_is_finished(gateway: Gateway) -> None:
    async with listening(NO) as (url, bodies):
        task = await gateway.task(callBackUrl=url, prompt="house")
        with anyio.fail_after(20):
            tries = [await bodies.receive() for _ in range(4)]
    assert {body["data"]["callbackType"] for body in tries} == {"text"}
    assert (await gateway.until(task))["status"] == "SUCCESS"


async def _kinds(gateway: Gateway, count: int) -> list[str]:
    """The kinds of callbacks that the ledger tells, once there are so many."""
    with anyio.fail_after(30):
        while len(told := (await gateway.ledger())["callbacks"]) < count:
            await anyio.sleep(0.02)
    return [one["kind"] for one in told]


async def _types(bodies: Any, count: int) -> list[str]:
    with anyio.fail_after(40):
        return [(await bodies.receive())["data"]["callbackType"] for _ in range(count)]


async def test_a_refusal_ends_the_callbacks_and_the_ledger_tells(gateway: Gateway) -> None:
    async with listening(NO) as (url, bodies):
        task = await gateway.task(callBackUrl=url, prompt="house")
        await gateway.until(task)
        assert await _kinds(gateway, 1) == ["text"]
        await anyio.sleep(0.2)
        assert bodies.statistics().current_buffer_used == 4
    (told,) = (await gateway.ledger())["callbacks"]
    assert told == {"taskId": task, "kind": "text", "delivered": False, "tries": 4}


async def test_a_listener_that_never_answers_is_given_up_in_the_sandboxs_time(gateway: Gateway) -> None:
    async with listening(b"") as (url, _):
        await gateway.task(callBackUrl=url, prompt="house")
        began = anyio.current_time()
        await _kinds(gateway, 1)
    assert 3.9 < anyio.current_time() - began < 15  # four tries of a second, not of 15


async def test_a_callback_may_come_twice(gateway: Gateway) -> None:
    await gateway.fault("callback", "duplicate")
    async with listening() as (url, bodies):
        await gateway.task(callBackUrl=url, prompt="house")
        assert await _types(bodies, 4) == ["text", "text", "first", "complete"]


async def test_callbacks_may_come_out_of_order(gateway: Gateway) -> None:
    await gateway.fault("callback", "out_of_order", path="/api/v1/generate")
    async with listening() as (url, bodies):
        await gateway.task(callBackUrl=url, prompt="house")
        assert await _types(bodies, 3) == ["first", "text", "complete"]
    await gateway.fault("callback", "out_of_order", times=3)
    async with listening() as (url, bodies):
        await gateway.task(callBackUrl=url, prompt="house")
        assert await _types(bodies, 3) == ["complete", "text", "first"]


async def test_a_callback_may_be_lost(gateway: Gateway) -> None:
    await gateway.fault("callback", "lost")
    async with listening() as (url, bodies):
        task = await gateway.task(callBackUrl=url, prompt="house")
        assert await _types(bodies, 2) == ["first", "complete"]
        assert await _kinds(gateway, 3) == ["text", "first", "complete"]
    assert (await gateway.ledger())["callbacks"][0] == {"taskId": task, "kind": "text", "delivered": False, "tries": 0}


async def test_a_callback_may_come_late(gateway: Gateway) -> None:
    await gateway.fault("callback", "late", seconds=900)  # half a minute of the sandbox's time is one second
    await gateway.fault("task", "SENSITIVE_WORD_ERROR")
    async with listening() as (url, bodies):
        task = await gateway.task(callBackUrl=url)
        assert (await gateway.until(task))["status"] == "SENSITIVE_WORD_ERROR"
        assert bodies.statistics().current_buffer_used == 0
        gateway.server.faults.clear()


async def test_each_stage_is_told_once_however_late(gateway: Gateway) -> None:
    await gateway.fault("callback", "late", seconds=120)  # the song is whole before its words are told
    async with listening() as (url, bodies):
        await gateway.task(callBackUrl=url, prompt="house")
        assert await _types(bodies, 3) == ["text", "first", "complete"]


async def test_an_ordered_callback_exception_posts_no_end(gateway: Gateway) -> None:
    await gateway.fault("task", "CALLBACK_EXCEPTION")
    async with listening() as (url, bodies):
        task = await gateway.task(callBackUrl=url, prompt="house")
        assert await _types(bodies, 2) == ["text", "first"]
        data = await gateway.until(task)
        await anyio.sleep(0.1)
        assert bodies.statistics().current_buffer_used == 0
    assert (data["status"], data["errorCode"]) == ("CALLBACK_EXCEPTION", 500)


async def test_a_task_that_failed_while_it_was_created_says_so(gateway: Gateway) -> None:
    await gateway.fault("task", "CREATE_TASK_FAILED")
    async with listening() as (url, bodies):
        await gateway.task(callBackUrl=url)
        with anyio.fail_after(20):
            body = await bodies.receive()
    assert (body["code"], body["data"]["callbackType"]) == (500, "error")


async def test_a_refund_is_told_by_its_code(gateway: Gateway) -> None:
    await gateway.fault("task", "531")
    async with listening() as (url, bodies):
        await gateway.task(callBackUrl=url)
        with anyio.fail_after(20):
            body = await bodies.receive()
    assert body["code"] == 531
    assert (await gateway.ledger())["credits"] == 1_000


async def test_a_reset_silences_what_was_under_way(gateway: Gateway) -> None:
    async with listening() as (url, bodies):
        await gateway.task(callBackUrl=url, prompt="house")
        assert await _types(bodies, 1) == ["text"]
        await gateway.http.post("/_sandbox/reset")
        await anyio.sleep(1.2)
        assert bodies.statistics().current_buffer_used == 0


async def test_a_listener_that_takes_nothing_may_end_the_task_in_callback_exception() -> None:
    script = Script(text_s=None, first_s=None, success_s=1.0)  # stages may be left out
    async with (
        SandboxServer(speed=30, music_seconds=6, callback_exception=True, script=script) as server,
        httpx.AsyncClient(base_url=server.url, headers={"Authorization": "Bearer x"}, trust_env=False) as http,
        listening(NO) as (url, bodies),
    ):
        gateway = Gateway(http, server)
        task = await gateway.task(callBackUrl=url, prompt="house")
        assert await _types(bodies, 4) == ["complete"] * 4
        assert await _kinds(gateway, 1) == ["complete"]
        data = await gateway.data(task)
    assert (data["status"], data["errorMessage"]) == ("CALLBACK_EXCEPTION", "Callback failed.")
    assert all(clip["audioUrl"] for clip in data["response"]["sunoData"])


@pytest.mark.parametrize("dialect", ["kie", "sunoapi"])
async def test_kie_signs_what_it_posts(dialect: Dialect) -> None:
    heads = list[dict[str, str]]()
    async with (
        SandboxServer(dialect=dialect, speed=30, webhook_key="whsec") as server,
        httpx.AsyncClient(base_url=server.url, headers={"Authorization": "Bearer x"}, trust_env=False) as http,
        listening(heads=heads) as (url, bodies),
    ):
        gateway = Gateway(http, server)
        await gateway.fault("task", "GENERATE_AUDIO_FAILED")
        task = await gateway.task(callBackUrl=url)
        with anyio.fail_after(20):
            await bodies.receive()
    (head,) = heads
    if dialect == "sunoapi":
        assert "x-webhook-signature" not in head
        return
    assert abs(int(head["x-webhook-timestamp"]) - time.time()) < 60
    assert head["x-webhook-signature"] == signature("whsec", task, head["x-webhook-timestamp"])


def test_the_signature_is_that_of_the_documented_algorithm() -> None:
    """printf '%s' task.1700000000 | openssl dgst -sha256 -hmac key -binary | base64."""
    assert signature("key", "task", "1700000000") == "gvI6gL9GybgZDXL/Mpk0Ccf/YM23cSLbj/iqVul3HJI="


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/nobody", "http://[bad", "http://nowhere.invalid:1/x"])
async def test_a_listener_that_is_not_there_breaks_nothing(gateway: Gateway, url: str) -> None:
    await gateway.fault("task", "stuck")
    answer = (await gateway.submit(callBackUrl=url)).json()
    assert answer["code"] in {200, 400}
    assert (await gateway.http.get("/api/v1/generate/credit")).json()["code"] == 200


def test_the_well_known_placeholder_is_not_called() -> None:
    assert not wanted("https://localhost/conductr/no-callback")
    assert wanted("http://localhost:8000/hook")
    assert wanted("https://example.com/hook")
    assert not wanted("ftp://example.com/hook")
    assert not wanted("http://[bad")
    assert not wanted("")
