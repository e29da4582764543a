"""The JSON under /api over the real studio: make a song, find it, hear it, stop it; and what goes wrong, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from quart import Quart
from web.browser import ORIGIN, Visitor
from web.studio import until

from conductr import BROWSER_ROOM, Conductr, Wish, browser_caller
from conductr.repeats import wish_key
from conductr_store import Generation, GenerationState
from conductr_store.records import now

pytestmark = pytest.mark.anyio


async def json_of(answer: Any, status: int = 200) -> dict[str, Any]:
    body = await answer.get_json()
    assert answer.status_code == status, body
    return body


async def finished_song(visitor: Visitor, conductr: Conductr, prompt: str) -> dict[str, Any]:
    """A generation from wish to its end."""
    made = await json_of(await visitor.wish(prompt), 202)

    async def done() -> bool:
        return (await conductr.generations.get(made["id"])).state in ("finished", "failed", "refused", "unknown")

    await until(conductr, done)
    recent = (await conductr.generations.get(made["id"])).state
    assert recent == "finished"
    return made


async def test_a_wish_becomes_songs_that_play_and_stop(visitor: Visitor, conductr: Conductr) -> None:
    made = await finished_song(visitor, conductr, "lofi rain")
    assert made["state"] in ("submitted", "composing")

    found = (await json_of(await visitor.get("/api/songs", q="lofi rain")))["songs"]
    assert [song["take"] for song in found] in ([2, 1], [1, 2])
    song = found[0]
    assert song["state"] == "ready"
    assert song["duration_s"] > 0

    cover = await visitor.get(song["cover"])
    assert cover.status_code == 200
    assert cover.mimetype in ("image/png", "image/jpeg", "image/webp")

    queue = await json_of(await visitor.get("/api/queue", guild="0"))
    assert queue["current"]["title"] == song["title"]
    assert queue["listeners"] == 0

    paused = await json_of(await visitor.post("/api/queue/pause"))
    assert paused["queue"]["state"] == "paused"
    again = await json_of(await visitor.post("/api/queue/pause"), 409)
    assert again["error"]["code"] == "already_paused"
    played = await json_of(await visitor.post("/api/queue/play"))
    assert played["queue"]["state"] in ("playing", "loading")

    queued = await json_of(await visitor.post("/api/queue/play", {"song_id": song["id"]}))
    assert song["title"] in queued["text"]
    skipped = await json_of(await visitor.post("/api/queue/skip", {"count": 1}))
    assert skipped["text"].startswith("You skipped")
    stopped = await json_of(await visitor.post("/api/queue/stop"))
    assert stopped["queue"]["current"] is None
    assert stopped["queue"]["upcoming"] == []


async def test_audio_comes_in_ranges_and_under_a_harmless_name(visitor: Visitor, conductr: Conductr) -> None:
    if not (await conductr.library.search(BROWSER_ROOM)).total:
        await finished_song(visitor, conductr, "lofi rain")
    song = (await json_of(await visitor.get("/api/songs", limit=1)))["songs"][0]
    whole = await visitor.get(song["audio"])
    assert whole.mimetype == "audio/mpeg"
    body = await whole.get_data(as_text=False)
    part = await visitor.client.get(song["audio"], headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert await part.get_data(as_text=False) == body[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(body)}"
    past = await visitor.client.get(song["audio"], headers={"Range": f"bytes={len(body) + 5}-"})
    assert past.status_code == 416
    kept = await visitor.client.get(song["audio"] + "?download")
    assert kept.headers["Content-Disposition"].startswith("attachment; filename=")
    assert kept.headers["Content-Disposition"].endswith(".mp3")


@pytest.mark.parametrize(
    ("body", "code", "word"),
    [
        ({"prompt": ""}, "bad_wish", "empty"),
        ({"prompt": "   \n "}, "bad_wish", "empty"),
        ({"prompt": "x" * 10_000}, "bad_wish", "10,000"),
        ({"prompt": "ok", "title": "t" * 200}, "bad_wish", "title"),
        ({"prompt": 7}, "bad_body", "prompt"),
        ({"prompt": "ok", "owner_id": 1}, "bad_body", "owner_id"),
        ({"prompt": "ok", "instrumental": "yes"}, "bad_body", "instrumental"),
        ({"prompt": "ok", "request_id": "no spaces!"}, "bad_body", "request_id"),
    ],
)
async def test_a_wish_that_cannot_be_sent_is_refused_in_words(
    visitor: Visitor, body: dict[str, Any], code: str, word: str
) -> None:
    error = (await json_of(await visitor.post("/api/songs/generate", {"request_id": uuid4().hex} | body), 422))["error"]
    assert error["code"] == code
    assert word in error["text"]
    assert error["hint"]
    assert error["field"]


async def test_the_same_wish_sent_twice_is_one_generation(visitor: Visitor, conductr: Conductr) -> None:
    wish = {"request_id": uuid4().hex, "prompt": "folk twice"}
    first = await json_of(await visitor.post("/api/songs/generate", wish), 202)
    second = await json_of(await visitor.post("/api/songs/generate", wish), 202)
    assert first["id"] == second["id"]
    assert len([made for made in await conductr.generations.recent(BROWSER_ROOM) if made.prompt == "folk twice"]) == 1


async def test_words_for_the_page_name_its_buttons_and_no_slash_commands(visitor: Visitor) -> None:
    await visitor.post("/api/queue/stop")
    for path in ("pause", "skip", "stop", "play"):
        error = (await json_of(await visitor.post(f"/api/queue/{path}"), 409))["error"]
        assert error["code"] in ("nothing_playing", "nothing_to_play")
        assert "/" not in f"{error['text']} {error['hint']}"


@pytest.mark.parametrize("path", ["/api/songs/nope", "/api/songs/nope/cover", "/api/songs/nope/audio", "/api/nothing"])
async def test_what_is_not_there_is_said_in_json(visitor: Visitor, path: str) -> None:
    error = (await json_of(await visitor.get(path), 404))["error"]
    assert error["text"]
    assert error["hint"]


async def test_an_unknown_song_is_not_played(visitor: Visitor) -> None:
    error = (await json_of(await visitor.post("/api/queue/play", {"song_id": "nope"}), 404))["error"]
    assert error["hint"] == "Choose one from your library."


@pytest.mark.parametrize("query", [{"limit": "many"}, {"offset": "-1"}, {"offset": "9" * 30}])
async def test_pages_are_counted_in_whole_numbers(visitor: Visitor, query: dict[str, str]) -> None:
    await json_of(await visitor.get("/api/songs", **query), 400)


@pytest.mark.parametrize("text", ["%", "_", "'; DROP TABLE songs; --", "\\", "\x00", "🎷" * 300])
async def test_a_search_takes_its_text_word_for_word(visitor: Visitor, text: str) -> None:
    page = await json_of(await visitor.get("/api/songs", q=text))
    assert page["total"] == 0


async def test_other_rooms_need_a_login_that_is_not_built_yet(visitor: Visitor) -> None:
    assert (await json_of(await visitor.get("/api/queue", guild="81384788765712384"), 403))["error"][
        "code"
    ] == "needs_login"
    body = {"guild": "81384788765712384"}
    assert (await json_of(await visitor.post("/api/queue/stop", body), 403))["error"]["code"] == "needs_login"


async def test_a_body_that_is_no_json_or_too_long_is_refused(app: Quart, visitor: Visitor) -> None:
    for data, status in ((b"{", 400), (b"[]", 400), (b'{"prompt": "' + b"x" * 70_000 + b'"}', 413)):
        answer = await visitor.client.post("/api/songs/generate", headers=visitor.manners(), data=data)
        assert (await json_of(answer, status))["error"]["hint"]
    assert visitor.manners()["Origin"] == ORIGIN


async def test_a_wish_that_was_made_lately_is_queued_and_costs_nothing(visitor: Visitor, conductr: Conductr) -> None:
    made = await finished_song(visitor, conductr, "lofi rain")
    await conductr.playback.stop(browser_caller())
    known = await json_of(await visitor.wish("lofi rain"), 202)
    assert (known["id"], known["repeated"]) == (made["id"], True)
    queue = await conductr.playback.queue(BROWSER_ROOM)
    assert queue.current is not None or queue.upcoming_count == 1
    body = {"request_id": uuid4().hex, "prompt": "lofi rain", "anew": True}
    anew = await json_of(await visitor.post("/api/songs/generate", body), 202)
    assert anew["id"] != made["id"]
    assert not anew["repeated"]


async def test_the_same_wish_while_it_is_made_has_to_be_confirmed(visitor: Visitor, conductr: Conductr) -> None:
    wish = Wish("a wish in the making")
    row = Generation(
        id=uuid4().hex,
        guild_id=BROWSER_ROOM,
        user_id=BROWSER_ROOM,
        request_key=uuid4().hex,
        prompt=wish.prompt,
        model="V5_5",
        wish_key=wish_key(wish, conductr.settings.suno_model),
        lease_owner="somebody",
        created_at=now() - timedelta(seconds=20),
    )
    async with conductr.callbacks.store.begin() as tx:
        await tx.generations.add(row, lease=timedelta(minutes=5))
    refused = (await json_of(await visitor.wish(wish.prompt), 409))["error"]
    assert (refused["code"], "anew" in refused["hint"]) == ("already_asked", True)
    made = await json_of(await visitor.wish(wish.prompt, anew=True), 202)
    assert made["id"] != row.id
    again = await json_of(await visitor.wish(wish.prompt), 202)
    assert (again["id"], again["doubled"], again["quota_left"]) == (made["id"], True, None)
    async with conductr.callbacks.store.begin() as tx:
        await tx.generations.change(row.id, {"state": GenerationState.FAILED, "told": GenerationState.FAILED})
