"""How every route of the self-hosted server is asked: methods, cookies, faults, and errors in its own words."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, cast

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from suno_client.sandbox.answers import NoAnswer, WireJSON, body_of, broken
from suno_client.sandbox.faults import Fault
from suno_client.sandbox.gcui.errors import (
    NO_COOKIE,
    NO_SESSION,
    BadAsk,
    GcuiError,
    Thrown,
    UpstreamRefused,
    UpstreamSilent,
    Words,
)
from suno_client.sandbox.house import House

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Authorization",
}
EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_OWN_COOKIE = "__client=the-servers-own"
_DETAILS: Mapping[int, str] = {401: "Unauthorized", 402: "Insufficient credits."}  # the rest say it by status alone
_FALLEN = "<!DOCTYPE html><html><head><title>500: Internal Server Error</title></head><body></body></html>"
CAPTCHA_S = (100.0, 500.0)  # suno.md 2C.1: how long somebody takes to solve one


@dataclass(frozen=True)
class Ask:
    """A question that has passed the door: whose it is, which route's, and its body or query."""

    owner: str
    path: str
    fields: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One route. `on` is the kind of its faults; `needs` a field, and the words for its absence."""

    path: str
    answer: Callable[[Ask], Awaitable[object]]
    words: Words
    method: Literal["GET", "POST"] = "POST"
    on: Literal["submit", "poll", "credit"] = "submit"
    needs: tuple[str, str] | None = None
    own_cookie: bool = False  # the Cookie header is not looked at


class Door:
    """Lets questions in to one house. With a key it has no cookie of its own, and asks each for that key's."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._dice = Random(house.seed)
        self._own_cookie = _OWN_COOKIE if house.key is None else ""

    def route(self, call: Call) -> Route:
        async def serve(request: Request) -> Response:
            if request.method == "OPTIONS":
                return Response(headers=CORS)
            if request.method not in {call.method, "HEAD" if call.method == "GET" else call.method}:
                return not_allowed(call.method)
            return await self._serve(request, call)

        return Route(call.path, serve, methods=EVERY_METHOD)

    async def sleep(self, seconds: float) -> None:
        """Waits so many of the server's own seconds."""
        await anyio.sleep(seconds / self._house.book.speed)

    def now(self) -> float:
        """The server's own clock, in seconds."""
        return self._house.book.now() * self._house.book.speed

    async def meet(self, fault: Fault | None) -> None:
        """What a fault does behind the door: Suno, or the way there, fails or takes its time."""
        match fault.fault if fault else None:
            case "cookie":
                raise Thrown(NO_SESSION)
            case "503":
                raise UpstreamSilent
            case "captcha":
                await self.sleep(self._dice.uniform(*CAPTCHA_S))
            case str(code) if code.isdigit():
                raise UpstreamRefused(int(code), _DETAILS.get(int(code)))
            case _:
                pass

    async def _serve(self, request: Request, call: Call) -> Response:
        fault = self._house.faults.take(call.on, call.path)
        body = await body_of(request)
        if fault is not None and (answer := self._instead(fault, call)) is not None:
            return self._refused(answer)
        try:
            fields = _parsed(body) if call.method == "POST" else dict(request.query_params)
            if call.needs is not None and not fields.get(call.needs[0]):
                raise BadAsk(call.needs[1])
            ask = Ask(self._owner(request, call), call.path, fields)
            await self.meet(fault)
            said = await call.answer(ask)
        except BadAsk as error:
            return self._refused(_error(400, error.message))
        except GcuiError as error:
            worded = call.words(error)
            return self._refused(_error(*worded) if worded else HTMLResponse(_FALLEN, 500))
        return self._afterwards(said, fault)

    def _owner(self, request: Request, call: Call) -> str:
        """The cookie that counts. Raises Thrown where there is none, or one without a session."""
        sent = "" if call.own_cookie else request.headers.get("cookie", "")
        cookie = sent if "__client" in sent else self._own_cookie
        if not cookie:
            raise Thrown(NO_COOKIE)
        if self._house.key is not None and self._house.key not in cookie:
            raise Thrown(NO_SESSION)
        return cookie

    def _instead(self, fault: Fault, call: Call) -> Response | None:
        """What answers before the server's own code does: the framework, a proxy, or nobody."""
        if fault.fault == "405":
            return not_allowed("GET" if call.method == "POST" else "POST")
        if fault.fault.isdigit() and fault.fault != "502":
            return None
        return broken(fault, self._house.listener.cut, self._house.family("A"), as_200=False)

    def _afterwards(self, said: object, fault: Fault | None) -> Response:
        match fault.fault if fault else None:
            case "reset_after":
                return NoAnswer(self._house.listener.cut)
            case "hang_after":
                return NoAnswer(None)
            case "data_null":
                return WireJSON(None, headers=CORS)
            case "empty":
                return WireJSON([], headers=CORS)
            case _ if isinstance(said, Response):
                return said
            case _:
                return WireJSON(said, headers=CORS)

    def _refused(self, answer: Response) -> Response:
        self._house.ledger.refused += 1
        return answer


def not_allowed(allowed: str) -> Response:
    return PlainTextResponse("Method Not Allowed", 405, {"Allow": allowed, **CORS})


def _error(status: int, text: str) -> Response:
    return WireJSON({"error": text}, status, CORS)


def _parsed(body: bytes | None) -> dict[str, object]:
    """A JSON body as JavaScript takes it apart: what is no object has no fields, but null and nonsense throw."""
    if not body:
        raise Thrown("Unexpected end of JSON input" if body is not None else "Request body is too large")
    try:
        parsed: object = json.loads(body)
    except ValueError as error:
        raise Thrown(f"Unexpected token in JSON: {error}") from error
    if parsed is None:
        raise Thrown("Cannot destructure property 'prompt' of 'object null' as it is null.")
    return cast("dict[str, object]", parsed) if isinstance(parsed, dict) else {}
