"""The REST server's manners: token, bodies, rate-limit headers, faults on demand, and JSON without a charset."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from attrs import Factory, define, frozen

from .buckets import Buckets, Place
from .errors import ApiError, not_found, unauthorized
from .messages import Upload
from .model import World
from .watch import Journal, Watch

API = "/api/v10"
NO_TOKEN = ("/interactions/", "/webhooks/")  # the token in the path is enough
BODY_LIMIT = 30 * 1024 * 1024
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@define
class Fault:
    """What the next `times` requests get instead of an answer; `path` is searched for in the path after the base.

    429 brings the body and headers of a rate limit; `via` False leaves out the header by which libraries know
    Discord from a proxy's ban. `exhausted` lets the request through and says the bucket is empty now.
    """

    path: str = ""
    method: str | None = None
    status: int | None = None
    times: int = 1
    delay_s: float = 0.0
    retry_after_s: float = 0.2
    scope: str = "user"
    via: bool = True
    exhausted: bool = False


@frozen
class Request:
    """One request as it came: what a test may count."""

    at: float
    method: str
    path: str
    status: int


@define
class RestServer:
    """Middleware state. `fail` scripts a fault; `requests` is what came, oldest first."""

    world: World
    watch: Watch
    journal: Journal
    faults: list[Fault] = Factory(list)
    buckets: Buckets = Factory(Buckets)
    requests: deque[Request] = Factory(lambda: deque(maxlen=5_000))

    def fail(self, path: str = "", *, status: int | None = 429, **how: Any) -> Fault:
        fault = Fault(path, status=status, **how)
        self.faults.append(fault)
        return fault

    def application(self) -> web.Application:
        return web.Application(middlewares=[self.middleware()], client_max_size=BODY_LIMIT)

    def middleware(self) -> Any:
        @web.middleware
        async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith(API):
                return await handler(request)  # the gateway and the attachments
            fault = self._fault_for(request)
            if fault is not None and fault.delay_s:
                await asyncio.sleep(fault.delay_s)  # the fault is the delay
            place = self.buckets.take(request.method, request.path[len(API) :], time.monotonic())
            if fault is None and place is not None and not place.allowed:
                fault = Fault(status=429, retry_after_s=place.reset_after_s)
            try:
                response = await self._answer(request, handler, fault)
            except ApiError as refusal:
                response = reply(refusal.body(), refusal.status)
            response.headers.update(_bucket(request, fault, place))
            self.requests.append(Request(time.time(), request.method, request.path[len(API) :], response.status))
            self.watch.tell()
            return response

        return answer

    async def _answer(self, request: web.Request, handler: Handler, fault: Fault | None) -> web.StreamResponse:
        if fault is not None and fault.status is not None:
            return _faulty(fault)
        path = request.path[len(API) :]
        if not path.startswith(NO_TOKEN) and request.headers.get("Authorization") != f"Bot {self.world.token}":
            raise unauthorized()
        try:
            return await handler(request)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            self.journal.unhandled.append(f"{request.method} {path}")
            raise not_found() from None

    def _fault_for(self, request: web.Request) -> Fault | None:
        for fault in self.faults:
            fits = fault.method in (None, request.method) and re.search(fault.path, request.path[len(API) :])
            if fits and fault.times > 0:
                fault.times -= 1
                return fault
        return None


def reply(payload: Any, status: int = 200) -> web.Response:
    """JSON with exactly `application/json`: py-cord compares the header as a whole."""
    return web.Response(body=json.dumps(payload).encode(), status=status, content_type="application/json")


def nothing() -> web.Response:
    return web.Response(status=204)


async def read_body(request: web.Request) -> tuple[Any, list[Upload]]:
    """The payload and files of a JSON, form-urlencoded or multipart body; ({}, []) when there is none."""
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.post()
        files: list[Upload] = []
        for value in form.values():
            if isinstance(value, web.FileField):
                content = await asyncio.to_thread(value.file.read)
                files.append(Upload(value.filename, content, value.content_type))
        return _parsed(str(form.get("payload_json", "{}"))), files
    return _parsed(await request.text() or "{}"), []


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None


def _faulty(fault: Fault) -> web.Response:
    assert fault.status is not None
    if fault.status != 429:
        return reply({"message": f"{fault.status}: scripted fault", "code": 0}, fault.status)
    is_global = fault.scope == "global"
    body = {"message": "You are being rate limited.", "retry_after": fault.retry_after_s, "global": is_global}
    response = reply(body, 429)
    response.headers["Retry-After"] = str(fault.retry_after_s)
    response.headers["X-RateLimit-Scope"] = fault.scope
    if is_global:
        response.headers["X-RateLimit-Global"] = "true"
    if fault.via:
        response.headers["Via"] = "1.1 google"
    return response


def _bucket(request: web.Request, fault: Fault | None, place: Place | None) -> dict[str, str]:
    after_s = fault.retry_after_s if fault else place.reset_after_s if place else 1.0
    remaining = 0 if fault and fault.exhausted else place.remaining if place else 4
    return {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{time.time() + after_s:.3f}",
        "X-RateLimit-Reset-After": f"{after_s:.3f}",
        "X-RateLimit-Bucket": re.sub(r"\d{5,}|[\w-]{30,}", "id", request.path),
    }
