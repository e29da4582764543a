"""Serving: the port, the first word, the streams over real sockets, and closing without delay."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
from time import monotonic

import anyio
import httpx
import numpy as np
import pytest
from web.studio import WAIT_S, serving, until

from conductr import Conductr, SetupError, browser_caller
from conductr_player import find_ffmpeg
from conductr_web.run import GRACE_S, listen_at, run_web

pytestmark = pytest.mark.anyio


async def test_a_port_in_use_is_told_with_its_setting(conductr: Conductr) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError) as refused:
            await run_web(conductr, host="127.0.0.1", port=port, ready=lambda _: None)
    assert refused.value.setting == "CONDUCTR_WEB_PORT"
    assert str(port) in str(refused.value)
    assert "CONDUCTR_WEB_PORT" in refused.value.hint


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.name.invalid"])
def test_a_host_that_is_not_ours_is_told_with_its_setting(host: str) -> None:
    with pytest.raises(SetupError) as refused:
        listen_at(host, 0)
    assert refused.value.setting == "CONDUCTR_WEB_HOST"


async def test_the_address_is_told_once_it_answers_and_nothing_else_is_said(
    conductr: Conductr, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    async with serving(conductr) as url, httpx.AsyncClient(base_url=url) as web:
        page = await web.get("/")
        assert page.status_code == 200
        assert "Conductr" in page.text
        assert "server" not in page.headers
        assert (await web.get("/api/queue")).json()["guild"] == "0"
    assert not [record for record in caplog.records if "hypercorn" in record.name or "Running" in record.getMessage()]
    assert capfd.readouterr() == ("", "")


async def test_a_page_that_all_can_reach_is_warned_of(conductr: Conductr, caplog: pytest.LogCaptureFixture) -> None:
    async with anyio.create_task_group() as group:
        told = anyio.Event()

        async def serve() -> None:
            await run_web(conductr, host="0.0.0.0", port=0, ready=lambda _: told.set())

        group.start_soon(serve)
        await told.wait()
        group.cancel_scope.cancel()
    assert "no login" in caplog.text


async def test_open_streams_do_not_hold_up_the_end(conductr: Conductr) -> None:
    opened = anyio.Semaphore(0)

    async def listen(web: httpx.AsyncClient, url: str) -> None:
        async with web.stream("GET", url) as answer:
            opened.release()
            async for _ in answer.aiter_raw():
                pass

    async with httpx.AsyncClient(timeout=None) as web, anyio.create_task_group() as group:
        async with serving(conductr) as url:
            for path in ("listen.ogg", "listen.webm", "api/events"):
                group.start_soon(listen, web, url + path)
            for _ in range(3):
                await opened.acquire()
            began = monotonic()
        assert monotonic() - began < GRACE_S / 2
        # The task group ends by itself: each stream came to its proper end.


async def test_music_waits_for_a_listener_and_is_heard_over_the_wire(conductr: Conductr) -> None:
    async with serving(conductr) as url:
        async with httpx.AsyncClient(base_url=url, timeout=WAIT_S) as web:
            await wish(web, url, "house over the wire")
            await until(conductr, lambda: _plays(conductr))
            assert (await conductr.playback.queue(0)).position_s < 0.5  # nobody listens yet
            sound = bytearray()
            async with web.stream("GET", "/listen.ogg") as answer:
                assert answer.headers["content-type"] == "audio/ogg"
                with anyio.fail_after(WAIT_S):
                    async for chunk in answer.aiter_raw():
                        sound += chunk
                        if (await conductr.playback.queue(0)).position_s > 3:
                            break
        held = (await conductr.playback.queue(0)).position_s
        assert 3 <= held < 5
        await conductr.playback.stop(browser_caller())
    argv = [find_ffmpeg(), "-v", "error", "-i", "pipe:0", "-ac", "1", "-f", "f32le", "pipe:1"]
    heard = np.frombuffer(subprocess.run(argv, input=bytes(sound), capture_output=True, check=False).stdout, np.float32)
    assert len(heard) > 2 * 48_000
    assert np.sqrt(np.mean(heard**2)) > 0.01


async def test_events_come_over_the_wire_as_they_happen(conductr: Conductr) -> None:
    names: list[str] = []
    async with (
        serving(conductr) as url,
        httpx.AsyncClient(base_url=url, timeout=WAIT_S) as web,
        web.stream("GET", "/api/events") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        made = await wish(web, url, "jazz events")
        with anyio.fail_after(WAIT_S):
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    names.append(line.removeprefix("event: "))
                elif names[-1:] == ["generation"] and line.startswith("data: "):
                    told = json.loads(line.removeprefix("data: "))
                    if told["id"] == made["id"] and told["state"] == "finished":
                        break
        await conductr.playback.stop(browser_caller())
    assert names[0] == "snapshot"
    assert {"queue", "library"} <= set(names)


async def test_a_wish_is_not_cut_short_when_its_browser_leaves(conductr: Conductr) -> None:
    async with serving(conductr) as url, httpx.AsyncClient(base_url=url, timeout=WAIT_S) as web:
        address = httpx.URL(url)
        token = (await web.get("/api/session")).json()["csrf"]
        for number in range(5):
            body = json.dumps({"request_id": f"leaving-{number}", "prompt": f"leaving {number}"})
            lines = [
                "POST /api/songs/generate HTTP/1.1",
                f"Host: {address.host}:{address.port}",
                f"Origin: http://{address.host}:{address.port}",
                f"X-Conductr-CSRF: {token}",
                "Content-Type: application/json",
                f"Content-Length: {len(body)}",
            ]
            browser = await anyio.connect_tcp(address.host, address.port or 80)
            await browser.send(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
            await browser.aclose()

        async def all_taken_on() -> bool:
            made = [each for each in await conductr.generations.recent(0, 5) if each.prompt.startswith("leaving")]
            return len(made) == 5 and all(each.state not in ("requested", "submitting") for each in made)

        await until(conductr, all_taken_on)
        assert not [each for each in await conductr.generations.recent(0, 5) if each.state in ("unknown", "failed")]


async def _plays(conductr: Conductr) -> bool:
    return (await conductr.playback.queue(0)).current is not None


async def wish(web: httpx.AsyncClient, url: str, prompt: str) -> dict[str, str]:
    token = (await web.get("/api/session")).json()["csrf"]
    headers = {"Origin": url.rstrip("/"), "X-Conductr-CSRF": token}
    answer = await web.post(
        "/api/songs/generate", headers=headers, json={"request_id": prompt.replace(" ", "-"), "prompt": prompt}
    )
    assert answer.status_code == 202, answer.text
    made: dict[str, str] = answer.json()
    return made
