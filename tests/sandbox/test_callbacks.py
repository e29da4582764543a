"""Callbacks: each stage posted once, and a deaf listener changes nothing (reference: suno.md 2A.6)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from anyio.abc import SocketStream
from sandbox.asking import Gateway

from suno_client.sandbox.callbacks import wanted

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def listening(answer: bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") -> AsyncIterator[tuple[str, Any]]:
    """A server that hands over each body it is sent. Yields its URL and the bodies."""
    send, bodies = anyio.create_memory_object_stream[dict[str, Any]](20)

    async def take(stream: SocketStream) -> None:
        async with stream:
            while True:
                request = b""
                try:
                    while b"\r\n\r\n" not in request:
                        request += await stream.receive()
                    head, _, body = request.partition(b"\r\n\r\n")
                    length = int(
                        next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split(
                            b":"
                        )[1]
                    )
                    while len(body) < length:
                        body += await stream.receive()
                    await send.send(json.loads(body))
                    await stream.send(answer)
                except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
                    return

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, take)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with send, bodies:
            yield f"http://127.0.0.1:{port}/hook?token=t", bodies
        group.cancel_scope.cancel()


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
    async with listening(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n") as (url, bodies):
        task = await gateway.task(callBackUrl=url, prompt="house")
        with anyio.fail_after(20):
            tries = [await bodies.receive() for _ in range(4)]
    assert {body["data"]["callbackType"] for body in tries} == {"text"}
    assert (await gateway.until(task))["status"] == "SUCCESS"


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
