"""The page, the two endless streams behind it, and how errors look to people and to programs."""

from __future__ import annotations

from logging import getLogger
from secrets import token_hex

from quart import Blueprint, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from conductr_player import Broadcast

from .errors import Told, tell
from .listen import listen_to
from .live import Live
from .security import Guard, streaming

log = getLogger(__name__)

_HTTP_HINTS = {
    404: "Start again from the page: /",
    405: "That address takes another method.",
    413: "Shorten it, then try again.",
}


def page_routes(guard: Guard, live: Live, broadcast: Broadcast) -> Blueprint:
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    async def index() -> str:
        return await render_template("index.html", csrf=guard.token)

    @routes.get("/api/session")
    async def session() -> Response:
        return jsonify(csrf=guard.token)

    @routes.get("/api/events")
    async def events() -> Response:
        return streaming(Response(await live.events(), content_type="text/event-stream; charset=utf-8"))

    @routes.get("/listen.<form>")
    async def listen(form: str) -> Response:
        sound, media_type = await listen_to(broadcast, form)
        return streaming(Response(sound, content_type=media_type))

    _ = index, session, events, listen  # routed by their decorators
    return routes


async def error_answer(error: Exception) -> Response:
    """Any error as an answer: JSON for programs, a page for people. What nobody foresaw is logged under a code."""
    told = tell(error)
    if told is None and isinstance(error, HTTPException):
        status = error.code or 500
        told = Told(status, "http", f"{error.name}.", _HTTP_HINTS.get(status))
    if told is None:
        code = token_hex(3).upper()
        place = request.url_rule or request.path  # the rule: what stands in its place may be a secret
        log.error("incident %s at %s %s", code, request.method, place, exc_info=error)
        told = Told(500, "ours", "That went wrong on our side.", f"Try again. The log names the cause beside {code}.")
    if request.path.startswith(("/api/", "/callbacks/", "/listen")):
        body = {"code": told.code, "text": told.text, "hint": told.hint, "field": told.field}
        response = jsonify(error=body)
    else:
        response = Response(await render_template("error.html", told=told), content_type="text/html; charset=utf-8")
    response.status_code = told.status
    if isinstance(error, HTTPException) and error.code == 405:
        response.headers["Allow"] = dict(error.get_headers()).get("Allow", "GET")
    return response
