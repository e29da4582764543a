"""The self-hosted gcui-art server over real HTTP: its routes, its clips and their life (suno.md 2C)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx
import pytest
from sandbox.gcui_asking import SPEED, Clips, Gcui

from suno_client.sandbox import SandboxServer
from suno_client.sandbox.gcui.server import PERSONA

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def gcui_server(anyio_backend: str) -> AsyncIterator[SandboxServer]:
    async with SandboxServer(dialect="gcui", speed=SPEED, music_seconds=6) as server:
        yield server


@pytest.fixture
async def gcui(gcui_server: SandboxServer) -> AsyncIterator[Gcui]:
    async with httpx.AsyncClient(base_url=gcui_server.url, timeout=30, trust_env=False) as http:
        await http.post("/_sandbox/reset")
        yield Gcui(http, gcui_server)


@dataclass(frozen=True)
class ByHand:
    """A server whose clock stands until a test moves it."""

    gcui: Gcui
    clock: list[float]


@pytest.fixture
async def by_hand() -> AsyncIterator[ByHand]:
    clock = [0.0]
    async with (
        SandboxServer(dialect="gcui", music_seconds=6, now=lambda: clock[0]) as server,
        httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as http,
    ):
        yield ByHand(Gcui(http, server), clock)


def _all(status: str) -> Callable[[Clips], bool]:
    return lambda clips: {clip["status"] for clip in clips} == {status}


async def test_a_song_is_answered_as_a_bare_list_of_two_clips(by_hand: ByHand) -> None:
    clips = await by_hand.gcui.song(prompt="rain on a tin roof")
    assert len({clip["id"] for clip in clips}) == 2
    for clip in clips:
        assert list(clip) == [
            "id", "title", "image_url", "lyric", "audio_url", "video_url", "created_at", "model_name", "status",
            "gpt_description_prompt", "prompt", "type", "tags", "duration",
        ]  # fmt: skip
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", clip["id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", clip["created_at"])
        assert (clip["title"], clip["audio_url"], clip["video_url"], clip["lyric"], clip["prompt"]) == ("",) * 5
        assert (clip["image_url"], clip["tags"], clip["duration"]) == (None, None, None)
        assert (clip["status"], clip["type"], clip["model_name"]) == ("submitted", "gen", "chirp-v3-5")
        assert clip["gpt_description_prompt"] == "rain on a tin roof"


async def test_a_clip_lives_from_submitted_to_complete(by_hand: ByHand) -> None:
    gcui, clock = by_hand.gcui, by_hand.clock
    url = gcui.server.url
    clips = await gcui.song()
    assert _all("submitted")(await gcui.look(clips))
    clock[0] = 1.0
    for clip in await gcui.look(clips):
        assert (clip["status"], clip["title"], clip["audio_url"], clip["image_url"]) == ("queued", "", "", None)
    clock[0] = 3.0
    streamed = dict[str, bytes]()
    for clip in await gcui.until(clips, _all("streaming")):
        assert clip["audio_url"] == f"{url}/media/stream/{clip['id']}"
        assert clip["title"] == "Slow Piano"
        assert clip["tags"]
        assert (clip["duration"], clip["video_url"]) == (None, "")
        streamed[clip["id"]] = (await gcui.http.get(clip["audio_url"])).content
    clock[0] = 30.0
    for clip in await gcui.until(clips, _all("complete")):
        assert clip["audio_url"] == f"{url}/media/{clip['id']}.mp3"
        assert clip["image_url"] == f"{url}/media/{clip['id']}.jpeg"
        assert clip["duration"] > 4
        assert "error_message" not in clip
        song = (await gcui.http.get(clip["audio_url"])).content
        assert song.startswith(b"ID3")
        assert song == streamed[clip["id"]]
        assert (await gcui.http.get(clip["image_url"])).content.startswith(b"\xff\xd8")


async def test_given_words_come_back_and_blank_lines_go(gcui: Gcui) -> None:
    lyrics = "[Verse]\nla la la\n\n \n[Chorus]\noh"
    clips = await gcui.post(
        "/api/custom_generate", prompt=lyrics, tags="folk, female voice", title="Rain", negative_tags="drums",
        model="chirp-crow", make_instrumental=False,
    )  # fmt: skip
    for clip in clips:
        assert (clip["title"], clip["lyric"], clip["prompt"]) == ("Rain", lyrics, lyrics)
        assert (clip["tags"], clip["negative_tags"], clip["model_name"]) == (
            "folk, female voice",
            "drums",
            "chirp-crow",
        )
        assert clip["gpt_description_prompt"] is None
    done = await gcui.whole(clips)
    assert [clip["status"] for clip in done] == ["complete", "complete"]
    assert done[0]["lyric"] == "[Verse]\nla la la\n[Chorus]\noh"
    assert done[0]["prompt"] == lyrics
    assert done[0]["tags"] == "folk, female voice"
    assert "negative_tags" not in done[0]


async def test_a_described_song_gets_words_written(gcui: Gcui) -> None:
    done = await gcui.whole(await gcui.song(prompt="a folk song about summer rain", make_instrumental=False))
    assert "[Chorus]" in done[0]["lyric"]
    assert "\n\n" not in done[0]["lyric"]
    assert done[0]["gpt_description_prompt"] == "a folk song about summer rain"


async def test_a_song_costs_ten_credits(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck")
    before = await gcui.get("/api/get_limit")
    assert before == {"credits_left": 1000, "period": "month", "monthly_limit": 1000, "monthly_usage": 0}
    await gcui.song()
    after = await gcui.get("/api/get_limit")
    assert (after["credits_left"], after["monthly_usage"]) == (990, 10)
    (row,) = (await gcui.ledger())["submissions"]
    assert (row["endpoint"], row["credits"], row["request"]["prompt"]) == ("/api/generate", 10, "a slow piano")


async def test_without_credits_suno_refuses(gcui: Gcui) -> None:
    await gcui.http.post("/_sandbox/credits", json={"credits": 9})
    answer = await gcui.http.post("/api/generate", json={"prompt": "x"})
    assert (answer.status_code, answer.json()) == (402, {"error": "Insufficient credits."})
    custom = await gcui.http.post("/api/custom_generate", json={"prompt": "x", "tags": "y"})
    assert (custom.status_code, custom.json()) == (402, {"error": "Insufficient credits."})
    assert (await gcui.ledger())["submissions"] == []


async def test_too_many_songs_are_refused_by_suno(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck", times=30)
    answers = [await gcui.http.post("/api/generate", json={"prompt": "x"}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert answers[-1].json() == {"error": "API Error: Too Many Requests"}


async def test_the_library_comes_in_pages_from_page_nought_and_the_newest_first(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck", times=11)
    asked = [clip["id"] for number in range(11) for clip in await gcui.song(prompt=f"song {number}")]
    pages = [[clip["id"] for clip in await gcui.get("/api/get", page=page)] for page in (0, 1, 2)]
    assert [len(page) for page in pages] == [20, 2, 0]
    assert [*pages[0], *pages[1]] == asked[::-1]
    assert [clip["id"] for clip in await gcui.get("/api/get")] == pages[0]
    assert [clip["id"] for clip in await gcui.get("/api/get", page="x")] == pages[0]
    two = await gcui.get("/api/get", ids=f"{asked[0]},{asked[4]},nobody")
    assert {clip["id"] for clip in two} == {asked[0], asked[4]}
    assert await gcui.get("/api/get", ids="nobody") == []


async def test_a_reset_empties_the_library(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck")
    clips = await gcui.song()
    assert len(await gcui.look(clips)) == 2
    await gcui.http.post("/_sandbox/reset")
    assert await gcui.look(clips) == []
    assert (await gcui.http.get("/api/clip", params={"id": clips[0]["id"]})).status_code == 500


@pytest.fixture
async def patient() -> AsyncIterator[Gcui]:
    """A server whose hundred seconds of waiting are twenty: enough for two songs on a busy machine."""
    async with (
        SandboxServer(dialect="gcui", speed=5, music_seconds=6) as server,
        httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as http,
    ):
        yield Gcui(http, server)


async def test_waiting_answers_when_both_clips_can_be_heard(patient: Gcui) -> None:
    clips = await patient.song(wait_audio=True, model="chirp-v4")
    assert {clip["status"] for clip in clips} <= {"streaming", "complete"}
    assert all(clip["audio_url"] for clip in clips)
    assert all(clip["title"] == "Slow Piano" for clip in clips)


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("POST", "/api/extend_audio", "Audio ID is required"),
        ("POST", "/api/generate_stems", "Audio ID is required"),
        ("POST", "/api/concat", "Clip id is required"),
        ("GET", "/api/get_aligned_lyrics", "Song ID is required"),
        ("GET", "/api/clip", "Missing parameter id"),
        ("GET", "/api/persona", "Missing parameter id"),
    ],
)
async def test_a_missing_id_is_refused_before_anything_is_asked(gcui: Gcui, method: str, path: str, said: str) -> None:
    answer = await gcui.http.request(method, path, json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()) == (400, {"error": said})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (await gcui.ledger())["refused"] == 1


@pytest.mark.parametrize(("path", "right", "wrong"), [("/api/generate", "POST", "GET"), ("/api/get", "GET", "POST")])
async def test_methods_are_kept_and_browsers_let_in(gcui: Gcui, path: str, right: str, wrong: str) -> None:
    refused = await gcui.http.request(wrong, path)
    assert (refused.status_code, refused.text, refused.headers["allow"]) == (405, "Method Not Allowed", right)
    asked = await gcui.http.options(path, headers={"Origin": "https://page.example"})
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["access-control-allow-origin"] == "*"


async def test_head_is_answered_where_get_is(gcui: Gcui) -> None:
    assert (await gcui.http.head("/api/get")).status_code == 200
    assert (await gcui.http.head("/api/generate")).status_code == 405


async def test_an_unknown_path_is_a_page_of_the_framework(gcui: Gcui) -> None:
    answer = await gcui.http.get("/api/v1/generate/credit")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Unexpected end of JSON input"),
        (b"{", "Unexpected token in JSON"),
        (b"null", "Cannot destructure property"),
        (b"x" * 1_000_001, "Request body is too large"),
    ],
)
async def test_a_body_that_is_no_object_breaks_the_server(gcui: Gcui, body: bytes, said: str) -> None:
    answer = await gcui.http.post("/api/generate", content=body)
    assert answer.status_code == 500
    assert answer.json()["error"].startswith(f"Internal error: {said}")
    custom = await gcui.http.post("/api/custom_generate", content=body)
    assert custom.json()["error"].startswith(f"Error: {said}")


async def test_what_suno_does_not_take_cannot_even_be_printed(gcui: Gcui) -> None:
    answer = await gcui.http.post("/api/generate", content=b"[]")
    assert (answer.status_code, answer.json()) == (422, {"error": "API Error: [object Object]"})
    answer = await gcui.http.post("/api/custom_generate", json={"prompt": "x" * 3_001})
    assert (answer.status_code, answer.json()) == (422, {"error": "[object Object]"})


async def test_lyrics_are_written_while_one_waits(gcui: Gcui) -> None:
    written = await gcui.post("/api/generate_lyrics", prompt="the sea at night")
    assert set(written) == {"id", "text", "title", "tags", "status", "error_message"}
    assert written["status"] == "complete"
    assert "[Chorus]" in written["text"]
    assert written["title"] == "Sea Night"
    assert (await gcui.ledger())["submissions"][0]["endpoint"] == "/api/generate_lyrics"


async def test_a_chat_is_answered_with_a_page_of_markdown(patient: Gcui) -> None:
    messages = [
        {"role": "user", "content": "a first thought"},
        {"role": "assistant", "content": "no"},
        {"role": "user", "content": "a calm harbour"},
        "noise",
    ]
    answer = await patient.http.post("/v1/chat/completions", json={"messages": messages})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("## Calm Harbour\n")
    assert f"({patient.server.url}/media/" in answer.text
    (row,) = (await patient.ledger())["submissions"]
    assert row["request"]["prompt"] == "a calm harbour"


async def test_a_chat_without_a_question_is_refused_and_without_a_list_falls_over(gcui: Gcui) -> None:
    answer = await gcui.http.post("/v1/chat/completions", json={"messages": [{"role": "system", "content": "x"}]})
    assert (answer.status_code, answer.json()) == (400, {"error": "Prompt message is required"})
    answer = await gcui.http.post("/v1/chat/completions", json={})
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")


async def test_a_clip_can_be_had_raw(gcui: Gcui) -> None:
    (done, _) = await gcui.whole(await gcui.song())
    clip = await gcui.get("/api/clip", id=done["id"])
    assert (clip["status"], clip["audio_url"], clip["title"]) == ("complete", done["audio_url"], done["title"])
    assert clip["metadata"]["duration"] == done["duration"]
    assert clip["metadata"]["has_vocal"] is False
    assert clip["image_large_url"] == done["image_url"]


async def test_the_house_has_one_persona(gcui: Gcui) -> None:
    await gcui.fault("task", "stuck")
    clips = await gcui.song()
    told = await gcui.get("/api/persona", id=PERSONA)
    assert (told["total_results"], told["current_page"], told["is_following"]) == (2, 1, False)
    assert [one["clip"]["id"] for one in told["persona"]["persona_clips"]] == [clip["id"] for clip in clips][::-1]
    assert told["persona"]["root_clip_id"] == clips[1]["id"]
    assert (await gcui.get("/api/persona", id=PERSONA, page=2))["persona"]["persona_clips"] == []
    nobody = await gcui.http.get("/api/persona", params={"id": "nobody"})
    assert (nobody.status_code, nobody.json()) == (500, {"error": "Internal server error"})


async def test_a_film_is_made_when_somebody_wants_to_see_it(gcui: Gcui) -> None:
    (done, _) = await gcui.whole(await gcui.song())
    for _ in range(2):
        film = await gcui.http.get(done["video_url"], follow_redirects=True)
        assert film.headers["content-type"] == "video/mp4"
        assert film.content[4:8] == b"ftyp"
    assert (await gcui.http.get("/media/nobody.mp4")).status_code == 404
