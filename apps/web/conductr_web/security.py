"""Who may speak to this server: headers on every answer, and a guard before every request.

There is no login yet, so only the browser room is shown and steered, and only to this origin:

* The Host must be an address, `localhost` or this machine's own name: a foreign name that was made to point here
  (DNS rebinding) is refused.
* What is not the page itself is refused to other sites (`Sec-Fetch-Site`), so that nobody else's page starts the music.
* What changes something needs POST, JSON, an `Origin` that is this host, and the page's own token in `X-Conductr-CSRF`.
"""

from __future__ import annotations

from hmac import compare_digest
from ipaddress import ip_address
from secrets import token_urlsafe
from socket import gethostname
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen
from quart import Request, Response
from werkzeug.datastructures import Headers

from conductr import BROWSER_ROOM

from .errors import BadBody, Forbidden

CSRF_HEADER: Final = "X-Conductr-CSRF"
BODY_LIMIT: Final = 64 * 1024  # bytes; the longest wish is a tenth of it
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self' blob:",  # blob: is the page's own MediaSource
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
)
CSP: Final = "; ".join(_POLICY)
_HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


def add_headers(headers: Headers) -> None:
    """Every answer carries these, errors and sound included; nothing is stored where it does not say otherwise."""
    for name, value in _HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")


@frozen
class Guard:
    """Lets a request through or raises Forbidden. The token lives as long as this process."""

    token: str = field(factory=lambda: token_urlsafe(32))

    def check(self, request: Request) -> None:
        check_host(request.host)
        navigates = request.path == "/" and request.method in SAFE_METHODS
        if not navigates and request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise _foreign()
        if request.method not in SAFE_METHODS:
            self._check_change(request)

    def _check_change(self, request: Request) -> None:
        origin = request.headers.get("Origin", "")
        if urlsplit(origin).netloc != request.host or request.headers.get("Sec-Fetch-Site") == "none":
            raise _foreign()
        if not compare_digest(request.headers.get(CSRF_HEADER, "").encode(), self.token.encode()):
            raise Forbidden("stale_page", "This page is older than the server.", "Reload it, then try again.")
        if request.mimetype != "application/json":
            raise BadBody(415, "This address takes JSON.", "Send Content-Type: application/json.")


def check_host(host: str) -> None:
    """Raises Forbidden unless the Host header is an address, localhost or this machine's name."""
    name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    own = gethostname().lower()
    if name in ("localhost", own, f"{own}.local") or name.endswith(".localhost") or _is_address(name):
        return
    raise Forbidden(
        "foreign_host",
        "Conductr does not answer to that name.",
        "Without a login the page opens by address only, for example http://127.0.0.1 and the port.",
    )


def check_room(guild: str | None) -> None:
    """Raises Forbidden unless it is the browser room: servers' rooms need a login, which is not built yet."""
    if guild not in (None, "", str(BROWSER_ROOM)):
        raise Forbidden(
            "needs_login", "That room belongs to a server.", "Steer it from Discord, with /queue and /play."
        )


def streaming(response: Response) -> Response:
    """An answer without an end: no time limit, and nothing on the way holds it back."""
    response.timeout = None
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _foreign() -> Forbidden:
    return Forbidden("foreign_site", "Another site asked for that.", "Open Conductr's own page and do it there.")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
