"""What goes wrong with the self-hosted server over real HTTP: cookies, Suno itself, proxies, clips (suno.md 6.3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import anyio
import httpx
import pytest
from sandbox.gcui_asking import Gcui, ended

from suno_client.sandbox import SandboxServer
from suno_client.sandbox.gcui.errors import NO_COOKIE, NO_SESSION, UNREACHABLE

pytestmark = pytest.mark.anyio
SPEED = 200.0  # waiting takes half a second, a captcha up to two and a half
POSTS = {
    "/api/generate": {"prompt": "x"},
    "/api/custom_generate": {"prompt": "x"},
    "/api/extend_audio": {"audio_id": "x"},
    "/api/generate_stems": {"audio_id": "x"},
    "/api/generate_lyrics": {"prompt": "x"},
    "/api/concat": {"clip_id": "x"},
}
GETS = {
    "/api/get": {},
    "/api/get_limit": {},
    "/api/get_aligned_lyrics": {"song_id": "x"},
    "/api/clip": {"id": "x"},
    "/api/persona": {"id": "x"},
}
TOLD = {"/api/get_limit", "/api/get_aligned_lyrics"}


@pytest.fixture(scope="module")
async def gcui_server(anyio_backend: str) -> AsyncIterator[SandboxServer]:
    async with SandboxServer(dialect="gcui", speed=SPEED, music_seconds=6) as server:
        yield server


@pytest.fixture
async def gcui(gcui_server: SandboxServer) -> AsyncIterator[Gcui]:
    async with httpx.AsyncClient(base_url=gcui_server.url, timeout=30, trust_env=False) as http:
        await http.post("/_sandbox/reset")
        yield Gcui(http, gcui_server)


async def _asked(gcui: Gcui, path: str) -> httpx.Response:
    if path in POSTS:
        return await gcui.http.post(path, json=POSTS[path])
    return await gcui.http.get(path, params=GETS[path])


def _on(path: str) -> str:
    return "submit" if path in POSTS else "credit" if path == "/api/get_limit" else "poll"


@pytest.mark.parametrize("path", [*POSTS, *GETS])
@pytest.mark.parametrize(
    ("fault", "status", "plain", "text"),
    [
        ("cookie", 500, f"Internal error: {NO_SESSION}", f"Error: {NO_SESSION}"),
        ("503", 503, UNREACHABLE, "AxiosError: timeout of 10000ms exceeded"),
        ("401", 401, "API Error: Unauthorized", "AxiosError: Request failed with status code 401"),
        ("402", 402, "Insufficient credits.", "AxiosError: Request failed with status code 402"),
        ("429", 429, "API Error: Too Many Requests", "AxiosError: Request failed with status code 429"),
    ],
)
async def test_each_family_words_what_happened_behind_it(
    gcui: Gcui, path: str, fault: str, status: int, plain: str, text: str
) -> None:
    await gcui.fault(_on(path), fault, path=path)
    answer = await _asked(gcui, path)
    said = answer.status_code, answer.json()["error"]
    if path in TOLD:
        assert said == (500, f"Internal server error. {text}")
    elif path in GETS:
        assert said == (500, "Internal server error")
    elif path != "/api/custom_generate":
        assert said == (status, plain)
    elif fault in {"401", "402"}:
        assert said == (status, {"401": "Unauthorized", "402": "Insufficient credits."}[fault])
    else:
        assert said == (500 if fault in {"cookie", "503"} else status, text)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (await gcui.ledger())["submissions"] == []


@pytest.mark.parametrize("path", ["/api/extend_audio", "/api/generate_stems", "/api/concat"])
async def test_a_clip_that_nobody_has_is_not_found_by_suno(gcui: Gcui, path: str) -> None:
    answer = await _asked(gcui, path)
    assert (answer.status_code, answer.json()) == (404, {"error": "API Error: Clip not found."})


@pytest.mark.parametrize("path", ["/api/generate", "/api/get"])
async def test_the_framework_a_proxy_and_the_network_may_answer_first(gcui: Gcui, path: str) -> None:
    on, other = _on(path), "GET" if path in POSTS else "POST"
    await gcui.fault(on, "405")
    refused = await _asked(gcui, path)
    assert (refused.status_code, refused.headers["allow"]) == (405, other)
    for fault, status in (("504_html", 504), ("502", 502), ("429_html", 429)):
        await gcui.fault(on, fault)
        page = await _asked(gcui, path)
        assert (page.status_code, page.headers["content-type"][:9]) == (status, "text/html")
    await gcui.fault(on, "reset")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await _asked(gcui, path)
    await gcui.fault(on, "hang")
    with pytest.raises(httpx.ReadTimeout):
        await gcui.http.request("POST" if path in POSTS else "GET", path, json={"prompt": "x"}, timeout=0.3)
    assert (await gcui.ledger())["submissions"] == []


async def test_what_was_accepted_may_be_lost_or_told_as_null(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck", times=3)
    await gcui.fault("submit", "reset_after")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await gcui.song()
    await gcui.fault("submit", "hang_after")
    with pytest.raises(httpx.ReadTimeout):
        await gcui.http.post("/api/generate", json={"prompt": "x"}, timeout=0.3)
    await gcui.fault("submit", "data_null")
    assert await gcui.song() is None
    assert len((await gcui.ledger())["submissions"]) == 3
    assert (await gcui.get("/api/get_limit"))["credits_left"] == 970


async def test_a_lookup_may_find_nothing(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck")
    clips = await gcui.song()
    await gcui.fault("poll", "empty")
    assert await gcui.look(clips) == []
    assert len(await gcui.look(clips)) == 2


async def test_a_captcha_takes_its_time(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck")
    await gcui.fault("submit", "captcha")
    began = anyio.current_time()
    await gcui.song()
    assert (anyio.current_time() - began) * SPEED >= 100


async def test_both_clips_may_fail(gcui: Gcui) -> None:
    await gcui.fault("task", "SENSITIVE_WORD_ERROR")
    clips = await gcui.whole(await gcui.song())
    assert [clip["status"] for clip in clips] == ["error", "error"]
    assert all("sensitive" in clip["error_message"] for clip in clips)
    assert all((clip["audio_url"], clip["image_url"], clip["duration"]) == ("", None, None) for clip in clips)
    raw = await gcui.get("/api/clip", id=clips[0]["id"])
    assert raw["metadata"]["error_type"] == "moderation_failure"
    assert raw["metadata"]["refund_credits"] is True


async def test_a_clip_that_failed_may_name_a_file_that_is_none(gcui: Gcui) -> None:
    await gcui.fault("task", "none_mp3")
    (clip, _) = await gcui.whole(await gcui.song())
    assert clip["status"] == "error"
    assert clip["audio_url"] == f"{gcui.server.url}/media/None.mp3"
    assert (await gcui.http.get(clip["audio_url"])).status_code == 404


async def test_a_complete_clip_may_have_no_file(gcui: Gcui) -> None:
    await gcui.fault("task", "null_urls")
    clips = await gcui.whole(await gcui.song())
    assert [(clip["status"], clip["audio_url"]) for clip in clips] == [("complete", "")] * 2


async def test_a_clip_may_never_stream(gcui: Gcui) -> None:
    await gcui.fault("task", "no_stream")
    seen = set[str]()

    def note(clips: list[dict[str, object]]) -> bool:
        seen.update(str(clip["status"]) for clip in clips)
        return ended(clips)

    await gcui.until(await gcui.song(), note)
    assert "streaming" not in seen


async def test_one_clip_in_error_and_one_complete_are_waited_for_to_the_end(gcui: Gcui) -> None:
    await gcui.fault("task", "clip_error")
    began = anyio.current_time()
    clips = await gcui.song(wait_audio=True)
    assert (anyio.current_time() - began) * SPEED >= 100
    assert clips[0]["status"] == "error"
    assert clips[0]["error_message"]
    assert clips[1]["status"] in {"queued", "streaming", "complete"}
    done = await gcui.whole(clips)
    assert sorted(clip["status"] for clip in done) == ["complete", "error"]


async def test_waiting_answers_with_an_empty_list_where_suno_shows_none(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck")
    await gcui.fault("poll", "empty")
    assert await gcui.song(wait_audio=True) == []
    await gcui.fault("poll", "empty")
    answer = await gcui.http.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "x"}]})
    assert answer.status_code == 500


async def test_waiting_may_meet_a_suno_that_fails_after_it_has_charged(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck")
    await gcui.fault("poll", "401")
    answer = await gcui.http.post("/api/generate", json={"prompt": "x", "wait_audio": True})
    assert (answer.status_code, answer.json()) == (401, {"error": "API Error: Unauthorized"})
    assert len((await gcui.ledger())["submissions"]) == 1


async def test_a_chat_tells_only_what_suno_said(gcui: Gcui) -> None:
    body = {"messages": [{"role": "user", "content": "x"}]}
    await gcui.fault("submit", "401")
    answer = await gcui.http.post("/v1/chat/completions", json=body)
    assert (answer.status_code, answer.json()) == (500, {"error": "Internal server error: Unauthorized"})
    await gcui.fault("submit", "503")
    answer = await gcui.http.post("/v1/chat/completions", json=body)
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")


async def test_a_cookie_of_ones_own_is_another_library(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck", times=2)
    servers = await gcui.song()
    mine = {"Cookie": "__client=mine; other=1"}
    assert (await gcui.http.get("/api/get", headers=mine)).json() == []
    clips = (await gcui.http.post("/api/generate", json={"prompt": "x"}, headers=mine)).json()
    assert {clip["id"] for clip in (await gcui.http.get("/api/get", headers=mine)).json()} == {c["id"] for c in clips}
    assert {clip["id"] for clip in await gcui.get("/api/get")} == {clip["id"] for clip in servers}
    none = (await gcui.http.get("/api/get", headers={"Cookie": "session=1"})).json()  # no __client: not looked at
    assert {clip["id"] for clip in none} == {clip["id"] for clip in servers}


@pytest.fixture
async def without_a_cookie() -> AsyncIterator[httpx.AsyncClient]:
    """A server that was given no cookie to begin with."""
    async with (
        SandboxServer(dialect="gcui", key="sesame", speed=SPEED, music_seconds=6) as server,
        httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as http,
    ):
        yield http


async def test_without_any_cookie_the_server_throws(without_a_cookie: httpx.AsyncClient) -> None:
    http, mine = without_a_cookie, {"Cookie": "a=1; __client=sesame"}
    await http.post("/_sandbox/faults", json={"on": "task", "fault": "stuck"})
    for headers, said in (({}, NO_COOKIE), ({"Cookie": "__client=expired"}, NO_SESSION)):
        answer = await http.post("/api/generate", json={"prompt": "x"}, headers=headers)
        assert (answer.status_code, answer.json()) == (500, {"error": f"Internal error: {said}"})
        answer = await http.get("/api/get", headers=headers)
        assert (answer.status_code, answer.json()) == (500, {"error": "Internal server error"})
    clips = (await http.post("/api/generate", json={"prompt": "x"}, headers=mine)).json()
    assert len(clips) == 2
    for path in ("/api/clip", "/api/persona"):  # they look at the server's own cookie alone
        assert (await http.get(path, params={"id": clips[0]["id"]}, headers=mine)).status_code == 500
    body = {"messages": [{"role": "user", "content": "x"}]}
    assert (await http.post("/v1/chat/completions", json=body, headers=mine)).status_code == 500


async def test_a_studio_with_too_much_to_do_is_too_many_requests() -> None:
    ticks = count()  # each look at the clock is a second later, so that the pace is never too fast
    async with (
        SandboxServer(dialect="gcui", music_seconds=6, lanes=0, now=lambda: float(next(ticks))) as server,
        httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as http,
    ):
        statuses = [(await http.post("/api/generate", json={"prompt": "x"})).status_code for _ in range(65)]
    assert statuses == [200] * 64 + [429]
