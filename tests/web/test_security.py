"""What another site, an old page or a strange name may not do; and the headers that every answer carries."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from quart import Quart
from web.browser import ORIGIN, Visitor

import conductr_web
from conductr import Conductr
from conductr_web.app import create_app
from conductr_web.security import CSP

pytestmark = pytest.mark.anyio

PACKAGE = Path(conductr_web.__file__).parent
FOREIGN = "https://evil.example"
CHANGES = [
    "/api/songs/generate",
    "/api/queue/play",
    "/api/queue/pause",
    "/api/queue/skip",
    "/api/queue/stop",
]
CALLBACK = "/callbacks/suno/<nonce>"  # steered by no page: tests/web/test_callbacks.py


@pytest.fixture(scope="module")
async def app(conductr: Conductr) -> AsyncIterator[Quart]:
    """With one address more, that breaks."""
    app = create_app(conductr)

    @app.get("/api/broken")
    async def broken() -> str:
        raise RuntimeError("secret: hunter2")

    async with app.test_app():
        yield app


def mutating(app: Quart) -> set[str]:
    return {rule.rule for rule in app.url_map.iter_rules() if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}}


async def test_the_list_of_changes_is_complete(app: Quart) -> None:
    assert mutating(app) - {CALLBACK} == set(CHANGES)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        "/static/app.js",
        "/static/nothing.js",
        "/api/session",
        "/api/queue",
        "/api/queue?guild=1",
        "/api/songs",
        "/api/songs/nope/cover",
        "/api/broken",
        "/api/queue/play",  # 405
    ],
)
async def test_every_answer_carries_the_headers(visitor: Visitor, path: str) -> None:
    answer = await visitor.client.get(path)
    assert answer.headers["Content-Security-Policy"] == CSP
    assert "unsafe" not in CSP
    assert "default-src 'none'" in CSP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"]
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]


async def test_what_nobody_foresaw_is_told_without_its_text(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    answer = await visitor.client.get("/api/broken")
    error = (await answer.get_json())["error"]
    assert answer.status_code == 500
    assert "hunter2" not in await answer.get_data(as_text=True)
    code = error["hint"].split()[-1].rstrip(".")
    assert code in caplog.text


BAD_MANNERS: dict[str, dict[str, str | None]] = {
    "no token": {"X-Conductr-CSRF": None},
    "another token": {"X-Conductr-CSRF": "A" * 43},
    "no origin": {"Origin": None},
    "a foreign origin": {"Origin": FOREIGN},
    "an origin that is nobody": {"Origin": "null"},
    "another port": {"Origin": f"{ORIGIN}:1"},
    "fetched by another site": {"Sec-Fetch-Site": "cross-site"},
    "fetched by a neighbour": {"Sec-Fetch-Site": "same-site"},
    "typed into the address bar": {"Sec-Fetch-Site": "none"},
    "text": {"Content-Type": "text/plain"},
    "a form": {"Content-Type": "application/x-www-form-urlencoded"},
    "a file": {"Content-Type": "multipart/form-data; boundary=x"},
    "a strange host": {"Host": "evil.example", "Origin": FOREIGN},
}


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("fault", BAD_MANNERS)
async def test_a_change_with_bad_manners_is_refused(
    visitor: Visitor, conductr: Conductr, path: str, fault: str
) -> None:
    before = await conductr.generations.recent(0), await conductr.playback.queue(0)
    headers = {name: value for name, value in (visitor.manners() | BAD_MANNERS[fault]).items() if value is not None}
    answer = await visitor.client.post(path, headers=headers, data='{"request_id": "12345678", "prompt": "never"}')
    assert answer.status_code in (403, 415)
    assert (await conductr.generations.recent(0), await conductr.playback.queue(0)) == before


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_a_change_needs_post(visitor: Visitor, path: str, method: str) -> None:
    override = {"X-HTTP-Method-Override": "POST"}
    answer = await visitor.client.open(path, method=method, headers=visitor.manners() | override, json=None)
    assert answer.status_code in (404, 405)


@pytest.mark.parametrize("path", ["/api/queue", "/api/session", "/api/events", "/listen.ogg", "/api/songs"])
async def test_another_site_may_not_even_look_or_listen(visitor: Visitor, path: str) -> None:
    for site in ("cross-site", "same-site"):
        answer = await visitor.client.get(path, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
        assert (await answer.get_json())["error"]["code"] == "foreign_site"


async def test_another_site_may_link_to_the_page(visitor: Visitor) -> None:
    assert (await visitor.client.get("/", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "[::1]:9", "192.168.1.4:80", "a.localhost"])
async def test_addresses_are_answered(visitor: Visitor, host: str) -> None:
    assert (await visitor.client.get("/", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "evil.example:8765", "2130706433"]
)
async def test_a_name_that_was_made_to_point_here_is_not(visitor: Visitor, host: str) -> None:
    assert (await visitor.client.get("/", headers={"Host": host})).status_code == 403


def test_templates_hold_no_script_and_no_style() -> None:
    for path in PACKAGE.glob("templates/*"):
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path.name
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe", text), path.name
        assert not re.search(r"https?://(?!www\.w3\.org/)", text), path.name


def test_scripts_never_write_markup() -> None:
    for path in PACKAGE.glob("static/*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", path.read_text()
        ), path.name
