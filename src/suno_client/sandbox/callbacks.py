"""Posting each stage to callBackUrl, as the gateway does (suno.md 2A.6)."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

import anyio
import httpx

from suno_client.sandbox.house import House
from suno_client.sandbox.script import Status
from suno_client.sandbox.tasks import Task
from suno_client.sandbox.wire import callback, compact

_log = logging.getLogger(__name__)
TIMEOUT_S = 15.0
TRIES = 4  # the first and three more
_FAILED = {Status.SENSITIVE, Status.AUDIO_FAILED, Status.CREATE_FAILED, Status.CALLBACK_FAILED}


def wanted(url: str) -> bool:
    """Whether anybody listens there: https://localhost/... is what clients that poll put in."""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and (parts.scheme, parts.hostname) != ("https", "localhost")


async def tell_stages(house: House, task: Task) -> None:
    """Lives as long as the task takes; posts text, first and complete, or error. A deaf listener changes nothing."""
    url = str(task.request["callBackUrl"])
    if not wanted(url):
        return
    script = house.book.script
    steps = [(script.text_s, None), (script.first_s, task.takes[0]), (script.success_s, task.takes[-1])]
    async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
        for at_s, take in steps:
            if at_s is None:
                continue
            await anyio.sleep(house.book.seconds_until(task, at_s))
            if task.outcome == "stuck":
                return
            if take is not None and house.book.status(task) not in _FAILED:
                await take.ended()
            facts = house.book.facts(task, house.url)
            delivered = await _post(client, url, compact(callback(facts)), house.book.speed)
            if facts.status in _FAILED or not delivered:
                return


async def _post(client: httpx.AsyncClient, url: str, body: str, speed: float) -> bool:
    for attempt in range(TRIES):
        try:
            answer = await client.post(url, content=body.encode(), headers={"content-type": "application/json"})
            if answer.is_success:
                return True
            said = f"HTTP {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = type(error).__name__
        _log.info("a callback was not taken: %s (try %d)", said, attempt + 1)
        await anyio.sleep(2.0**attempt / speed)
    return False
