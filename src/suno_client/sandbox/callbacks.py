"""Posting each stage to callBackUrl, as the gateway does (suno.md 2A.6; kie.ai's signature: 2B)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import time
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import anyio
import httpx

from suno_client.sandbox.house import House
from suno_client.sandbox.ledger import Delivery
from suno_client.sandbox.rules import is_url
from suno_client.sandbox.script import Status
from suno_client.sandbox.tasks import Task
from suno_client.sandbox.wire import callback, compact, stage_kind

_log = logging.getLogger(__name__)
TIMEOUT_S = 15.0
SHORTEST_TIMEOUT_S = 1.0  # however fast the clock runs, a listener needs a moment
TRIES = 4  # the first and three more
_FAILED = {Status.SENSITIVE, Status.AUDIO_FAILED, Status.CREATE_FAILED}


def wanted(url: str) -> bool:
    """Whether anybody listens there: https://localhost/... is what clients that poll put in."""
    if not is_url(url):
        return False
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and (parts.scheme, parts.hostname) != ("https", "localhost")


def signature(webhook_key: str, task_id: str, timestamp: str) -> str:
    """kie.ai's X-Webhook-Signature. It does not cover the body."""
    signed = hmac.new(webhook_key.encode(), f"{task_id}.{timestamp}".encode(), hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()


class Courier:
    """Carries the callbacks of one task, in order unless a fault says otherwise. A deaf listener changes nothing."""

    def __init__(self, house: House, endpoint: str, task_id: str, url: str) -> None:
        self._house, self._endpoint, self._task_id = house, endpoint, task_id
        self._url = url if wanted(url) else ""
        self._held: list[tuple[str, str]] = []
        self._http = httpx.AsyncClient(
            timeout=max(SHORTEST_TIMEOUT_S, TIMEOUT_S / house.book.speed), trust_env=False
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def post(self, kind: str, body: dict[str, object], *, last: bool = True) -> bool:
        """Whether it was taken, or nobody wants it. `last`: nothing follows, so what was held back goes too."""
        if not self._url:
            return True
        fault = self._house.faults.take("callback", self._endpoint)
        word, text = fault.fault if fault else None, compact(body)
        if fault is not None and word == "late":
            await anyio.sleep(fault.seconds / self._house.book.speed)
        taken = True
        if word == "lost":
            self._house.ledger.told(Delivery(self._task_id, kind, delivered=False, tries=0))
        elif word == "out_of_order" and not last:
            self._held.append((kind, text))
        else:
            for _ in range(2 if word == "duplicate" else 1):
                taken = await self._send(kind, text) and taken
            held, self._held = self._held, []
            for late in held:
                await self._send(*late)
        return taken

    async def _send(self, kind: str, text: str) -> bool:
        """Tries to deliver one body, four times at most, and tells the ledger."""
        delivered, tries = False, 0
        while not delivered and tries < TRIES:
            if tries:
                await anyio.sleep(2.0 ** (tries - 1) / self._house.book.speed)
            delivered = await self._try(text)
            tries += 1
        self._house.ledger.told(Delivery(self._task_id, kind, delivered, tries))
        return delivered

    async def _try(self, text: str) -> bool:
        headers = {"content-type": "application/json", **self._signed()}
        try:
            answer = await self._http.post(self._url, content=text.encode(), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            _log.info("a callback was not taken: %s", type(error).__name__)
            return False
        if not answer.is_success:
            _log.info("a callback was not taken: HTTP %d", answer.status_code)
        return answer.is_success

    def _signed(self) -> dict[str, str]:
        key = self._house.webhook_key
        if self._house.dialect != "kie" or not key:
            return {}
        timestamp = str(int(time.time()))
        return {"x-webhook-timestamp": timestamp, "x-webhook-signature": signature(key, self._task_id, timestamp)}


async def tell_stages(house: House, task: Task) -> None:
    """Lives as long as the task takes; posts text, first and complete, or error."""
    url = str(task.request.get("callBackUrl") or "")
    if not wanted(url) or task.outcome == "stuck":
        return
    script = house.book.script
    steps = [
        (script.text_s, Status.TEXT, None),
        (script.first_s, Status.FIRST, task.takes[0]),
        (script.success_s, Status.SUCCESS, task.takes[-1]),
    ]
    async with Courier(house, task.endpoint, task.id, url) as courier:
        for at_s, stage, take in steps:
            if at_s is None:
                continue
            await anyio.sleep(house.book.seconds_until(task, at_s))
            if take is not None and not task.will_fail:
                await take.ended()
            forgotten = house.book.get(task.id) is not task or (take is not None and take.abandoned and not take.whole)
            if forgotten:
                return
            if not await _tell_stage(house, task, stage, courier):
                return


async def _tell_stage(house: House, task: Task, stage: Status, courier: Courier) -> bool:
    """Posts one stage; whether the next one may follow."""
    status = house.book.status(task)
    failed = status in _FAILED
    last = failed or stage is Status.SUCCESS
    if last and task.outcome == "CALLBACK_EXCEPTION":
        return False
    facts = house.book.facts(task, house.url, status if failed else stage)
    delivered = await courier.post(stage_kind(facts.status), callback(facts), last=last)
    if not delivered:
        task.undelivered = house.callback_exception
    return delivered and not failed
