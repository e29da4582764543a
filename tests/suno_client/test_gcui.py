"""A self-hosted gcui-art server: what it is sent, and what its bare arrays and odd clips come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import respx
from anyio.abc import SocketStream
from support.suno_requests import TASK, URL
from support.wire_gateway import Gateway, Seen, says

from suno_client import (
    BadKey,
    Clip,
    FileJournal,
    GenerationFailed,
    InvalidRequest,
    Limiter,
    Misunderstood,
    OutOfCredits,
    PromptRejected,
    Refused,
    Retrying,
    Stage,
    SunoClient,
    SunoError,
    TaskFailed,
    TaskId,
    TooMany,
    Unanswered,
    Unsupported,
)
from suno_client.results import Stem, Stems, TimedLyrics, TimedWord
from suno_client.testing import AT_ONCE

pytestmark = pytest.mark.anyio
BASE = "http://localhost:3000"
STREAM = "https://audiopipe.suno.ai/?item_id=a"
PAIR = TaskId("a,b")


@pytest.fixture
async def gcui() -> Any:
    once = Retrying(reads=1, submissions=1)
    async with SunoClient(dialect="gcui", polling=AT_ONCE, retrying=once, limiter=Limiter(1_000, 0)) as suno:
        yield suno


def clip(clip_id: str, status: str, **fields: object) -> dict[str, object]:
    return {"id": clip_id, "title": "Rain", "status": status, "created_at": "2026-01-02T03:04:05Z", **fields}


def answers(router: respx.MockRouter, path: str, body: object, status: int = 200, method: str = "GET") -> respx.Route:
    return router.request(method, path).mock(return_value=httpx.Response(status, json=body))


async def test_a_prompt_alone_and_words_of_ones_own_go_to_two_paths(gcui: SunoClient) -> None:
    with respx.mock(base_url=BASE) as router:
        simple = answers(router, "/api/generate", [clip("a", "submitted"), clip("b", "submitted")], method="POST")
        custom = answers(router, "/api/custom_generate", [clip("c", "queued")], method="POST")
        assert (await gcui.generations.create("rain", instrumental=True)).id == PAIR
        task = await gcui.generations.create(
            style="lofi", title="Rain", lyrics="La", model="chirp-v9", extra={"wait_audio": True}
        )
        assert task.id == "c"
    assert json.loads(simple.calls.last.request.content) == {
        "prompt": "rain",
        "make_instrumental": True,
        "model": "chirp-fenix",
        "wait_audio": False,
    }
    assert json.loads(custom.calls.last.request.content) == {
        "prompt": "La",
        "make_instrumental": False,
        "model": "chirp-v9",
        "wait_audio": True,
        "tags": "lofi",
        "title": "Rain",
        "negative_tags": "",
    }


async def test_a_clip_is_extended(gcui: SunoClient) -> None:
    with respx.mock(base_url=BASE) as router:
        route = answers(router, "/api/extend_audio", [clip("c", "submitted")], method="POST")
        await gcui.generations.extend("a", continue_at_s=9, prompt="La", style="lofi", title="Rain")
    assert json.loads(route.calls.last.request.content) == {
        "audio_id": "a",
        "prompt": "La",
        "continue_at": 9,
        "tags": "lofi",
        "title": "Rain",
        "model": "chirp-fenix",
        "wait_audio": False,
    }


@pytest.mark.parametrize(
    "wish",
    [
        {"weirdness": 0.5},
        {"persona_id": "p"},
        {"duration_s": 60},
        {"vocal_gender": "m"},
        {"persona_model": "voice_persona"},
    ],
)
async def test_what_the_server_has_no_field_for_is_refused(gcui: SunoClient, wish: dict[str, Any]) -> None:
    with respx.mock(base_url=BASE):
        with pytest.raises(Unsupported):
            await gcui.generations.create(style="lofi", title="Rain", lyrics="La", **wish)
        with pytest.raises(Unsupported):
            await gcui.generations.create("rain", model="V6", audio_urls=(URL,))
        with pytest.raises(Unsupported):  # it would be dropped, or the idea be sung
            await gcui.generations.create("rain", negative_tags="metal")
        with pytest.raises(Unsupported):
            await gcui.generations.create("rain", model="V6", style="lofi")
        for odd in ({"vocal_gender": "m"}, {"instrumental": True}):
            with pytest.raises(Unsupported):
                await gcui.generations.extend("a", continue_at_s=9, prompt="La", style="lofi", title="R", **odd)  # pyright: ignore[reportArgumentType] - keywords of a test
        with pytest.raises(Unsupported):
            await gcui.stems.create(TASK, "c1", kind="split_stem")


async def test_a_captcha_is_waited_for_whatever_the_timeout(gateway: Gateway) -> None:
    async def thinks(stream: SocketStream, seen: Seen) -> None:
        await anyio.sleep(0.3)
        await says(json.dumps([clip("a", "submitted")]).encode())(stream, seen)

    gateway.turns.append(thinks)
    async with SunoClient(base_url=gateway.url, dialect="gcui", timeout_s=0.05) as suno:
        assert (await suno.generations.create("rain")).id == "a"


async def test_lyrics_that_were_written_once_are_not_sold_twice(gcui: SunoClient, tmp_path: Path) -> None:
    kept = gcui.with_options(journal=FileJournal(tmp_path / "journal"), submission_id="wish-1")
    with respx.mock(base_url=BASE) as router:
        route = answers(router, "/api/generate_lyrics", {"text": "La", "id": "l1"}, method="POST")
        await kept.lyrics.create("rain")
        with pytest.raises(InvalidRequest, match="answered at once"):
            await kept.lyrics.create("rain")
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("clips", "stage", "final"),
    [
        ([], Stage.QUEUED, False),
        ([clip("a", "submitted"), clip("b", "queued")], Stage.QUEUED, False),
        ([clip("a", "streaming", audio_url=STREAM), clip("b", "queued")], Stage.TEXT, False),
        ([clip("a", "complete", audio_url=URL), clip("b", "streaming", audio_url=STREAM)], Stage.FIRST, False),
        ([clip("a", "complete", audio_url=URL)], Stage.FIRST, False),
        ([clip("a", "complete", audio_url=URL), clip("b", "complete", audio_url=URL)], Stage.COMPLETE, True),
        ([clip("a", "complete", audio_url=URL), clip("b", "error", audio_url=f"{URL}/None.mp3")], Stage.COMPLETE, True),
    ],
)
async def test_clips_tell_how_far_their_task_is(gcui: SunoClient, clips: list[Any], stage: Stage, final: bool) -> None:
    with respx.mock(base_url=BASE) as router:
        answers(router, "/api/get", clips)
        progress = await gcui.generations.get(PAIR)
    assert (progress.stage, progress.is_final) == (stage, final)


async def test_a_url_is_the_stream_until_the_clip_is_complete_and_none_once_it_failed(gcui: SunoClient) -> None:
    clips = [
        clip("a", "streaming", audio_url=STREAM, lyric="La la", prompt="x"),
        clip("b", "complete", audio_url=URL),
        clip("c", "complete", audio_url="https://cdn1.suno.ai/None.mp3"),
        clip("d", "error", audio_url=STREAM),
        clip("e", "queued", audio_url=""),
    ]
    with respx.mock(base_url=BASE) as router:
        answers(router, "/api/get", clips)
        seen = (await gcui.generations.get(TaskId("a,b,c,d,e"))).clips
    assert [(one.audio_url, one.stream_url) for one in seen] == [
        (None, STREAM),
        (URL, None),
        (None, None),
        (None, None),
        (None, None),
    ]
    assert seen[0].lyrics == "La la"
    assert seen[0].created_at is not None


@pytest.mark.parametrize(("said", "moderated"), [("", False), ("It was moderated.", True)])
async def test_a_task_whose_clips_all_failed_has_failed(gcui: SunoClient, said: str, moderated: bool) -> None:
    with respx.mock(base_url=BASE) as router:
        answers(router, "/api/get", [clip("a", "error"), clip("b", "error", error_message=said)])
        with pytest.raises(GenerationFailed, match="could not make the audio") as caught:
            await gcui.generations.wait(PAIR)
    assert caught.value.moderated is moderated


async def test_the_account_is_listed_page_by_page(gcui: SunoClient) -> None:
    pages = [[clip("a", "complete"), clip("b", "complete")], [clip("c", "complete"), {"junk": 1}], []]
    with respx.mock(base_url=BASE) as router:
        route = router.get("/api/get").mock(side_effect=[httpx.Response(200, json=page) for page in pages])
        seen: list[Clip] = [one async for one in gcui.generations.list()]
        assert [one.id for one in seen] == ["a", "b", "c"]
        assert [call.request.url.params.get("page") for call in route.calls] == [None, "1", "2"]
        route.side_effect = [httpx.Response(200, json=pages[0])]
        assert [one.id async for one in gcui.generations.list(max_pages=1)] == ["a", "b"]


async def test_a_list_that_has_ended_has_ended(gcui: SunoClient) -> None:
    with respx.mock(base_url=BASE) as router:
        route = answers(router, "/api/get", [])
        pages = gcui.generations.list()
        for _ in range(2):
            with pytest.raises(StopAsyncIteration):
                await anext(pages)
        assert route.call_count == 1


async def test_lyrics_are_there_at_once(gcui: SunoClient) -> None:
    with respx.mock(base_url=BASE) as router:
        answers(router, "/api/generate_lyrics", {"text": "La", "title": "Rain", "status": "complete"}, method="POST")
        [lyrics] = await gcui.lyrics.wait(await gcui.lyrics.create("rain"))
        assert (lyrics.text, lyrics.title) == ("La", "Rain")
        answers(router, "/api/generate_lyrics", {"text": "", "error_message": "too much"}, method="POST")
        with pytest.raises(Misunderstood, match="too much"):
            await gcui.lyrics.create("rain")
    with pytest.raises(Unsupported):
        await gcui.lyrics.get(TASK)


async def test_words_are_timed(gcui: SunoClient) -> None:
    words = [{"word": "La", "start_s": 0.0, "end_s": 1.0, "success": True, "p_align": 1}]
    with respx.mock(base_url=BASE) as router:
        route = answers(router, "/api/get_aligned_lyrics", words)
        assert await gcui.lyrics.timed(TaskId(""), "c1") == TimedLyrics((TimedWord("La", 0.0, 1.0),))
    assert route.calls.last.request.url.params["song_id"] == "c1"


async def test_stems_are_clips_of_their_own(gcui: SunoClient) -> None:
    with respx.mock(base_url=BASE) as router:
        answers(router, "/api/generate_stems", [clip("s1", "queued"), clip("s2", "queued")], method="POST")
        ready = [clip("s1", "complete", audio_url=URL, title="Vocals"), clip("s2", "complete", audio_url=URL, title="")]
        pages = [[], [ready[0]], ready]
        router.get("/api/get").mock(side_effect=[httpx.Response(200, json=page) for page in pages])
        task = await gcui.stems.create(TASK, "c1")
        assert task.id == "s1,s2"
        stems = await gcui.stems.wait(task)
        assert stems == Stems({"vocals": URL}, (Stem("s1", "Vocals", URL), Stem("s2", "", URL)))
        answers(router, "/api/get", [clip("s1", "error")])
        with pytest.raises(TaskFailed, match="part the song"):
            await gcui.stems.wait(TaskId("s1"))


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"error": "Insufficient credits."}, 402, OutOfCredits),
        ({"error": "API Error: Unauthorized"}, 401, BadKey),
        ({"error": "API Error: too many"}, 429, TooMany),
        ({"error": "Internal error: Failed to get session id, you may need to update the SUNO_COOKIE"}, 500, BadKey),
        ({"error": "Error: Token validation failed."}, 500, BadKey),
        ({"error": "Network error: Unable to connect to Suno API."}, 503, Unanswered),
        ({"error": "Internal error: x"}, 500, Unanswered),
        ({"error": "API Error: it was moderated"}, 400, PromptRejected),
        ({"error": "Audio ID is required"}, 400, Refused),
        ({"error": "API Error: timeout"}, 408, Unanswered),
        ({"error": ""}, 405, Refused),
        ({"error": ""}, 504, Unanswered),
        ({"clips": []}, 200, Misunderstood),
        ([], 200, Misunderstood),
        ([{"id": ""}], 200, Misunderstood),
    ],
)
async def test_each_answer_means_what_it_means_for_money(
    gcui: SunoClient, body: object, status: int, kind: type[SunoError]
) -> None:
    with respx.mock(base_url=BASE) as router:
        answers(router, "/api/generate", body, status, method="POST")
        with pytest.raises(SunoError) as caught:
            await gcui.generations.create("rain")
    assert type(caught.value) is kind
    if isinstance(caught.value, Unanswered | Misunderstood):
        assert caught.value.may_be_charged
    if isinstance(caught.value, TooMany):
        assert caught.value.retry_after_s == 10


async def test_a_wait_that_is_asked_for_is_told(gcui: SunoClient) -> None:
    with respx.mock(base_url=BASE) as router:
        refusal = httpx.Response(429, json={"error": "slow down"}, headers={"Retry-After": "3"})
        router.post("/api/generate").mock(return_value=refusal)
        with pytest.raises(TooMany) as caught:
            await gcui.generations.create("rain")
    assert caught.value.retry_after_s == 3


async def test_a_balance_that_is_no_number_is_not_guessed(gcui: SunoClient) -> None:
    with respx.mock(base_url=BASE) as router:
        answers(router, "/api/get_limit", {"credits_left": None})
        with pytest.raises(Misunderstood):
            await gcui.credits()
