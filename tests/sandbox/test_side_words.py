"""Words: lyrics in two variants, the second of each sung word, styles said at length, personas, a song by its id."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest
from sandbox.side_asking import LYRICS, Sides, open_sides

pytestmark = pytest.mark.anyio
WRITE, TIME = "/api/v1/lyrics", "/api/v1/generate/get-timestamped-lyrics"
STYLE, PERSONA = "/api/v1/style/generate", "/api/v1/generate/generate-persona"


@pytest.fixture(scope="module")
async def server(anyio_backend: str) -> AsyncIterator[Sides]:
    async with open_sides(music_seconds=12) as sides:
        yield sides


@pytest.fixture
async def sides(server: Sides) -> Sides:
    server.begin_again()
    return server


@pytest.fixture(scope="module")
async def old(server: Sides) -> dict[str, str]:
    """A take of an old model, whose record is told as a string."""
    await server.gateway.fault("task", "string_response", path="/api/v1/generate")
    task = await server.gateway.task(model="V3_5", prompt="jazz")
    record = await server.gateway.until(task, "SUCCESS")
    return {"taskId": task, "audioId": json.loads(record["response"])["sunoData"][0]["id"]}


async def test_lyrics_come_in_two_variants(sides: Sides) -> None:
    task = await sides.begin(WRITE, prompt="a river in autumn")
    pending = await sides.record(WRITE, task)
    assert (pending["status"], pending["response"]) == ("PENDING", None)
    data = await sides.over(WRITE, task)
    assert set(data) == {"taskId", "param", "status", "type", "response", "errorCode", "errorMessage"}
    assert (data["status"], data["type"], data["taskId"]) == ("SUCCESS", "LYRICS", task)
    assert '"prompt":"a river in autumn"' in data["param"]
    assert data["response"]["taskId"] == task
    one, two = data["response"]["data"]
    assert set(one) == {"text", "title", "status", "errorMessage"}
    assert (one["status"], one["errorMessage"]) == ("complete", "")
    assert one["text"] != two["text"]
    assert one["title"] == "River Autumn" != two["title"]
    assert all(text.startswith("[Verse 1]\n") and "[Chorus]" in text for text in (one["text"], two["text"]))
    again = await sides.made(WRITE, prompt="a river in autumn")
    assert again["response"]["data"] == [one, two]


async def test_a_variant_may_be_lost(sides: Sides) -> None:
    await sides.gateway.fault("task", "one_variant_failed", path=WRITE)
    one, two = (await sides.made(WRITE, prompt="snow"))["response"]["data"]
    assert (one["status"], two["status"], two["text"]) == ("complete", "failed", "")
    assert two["errorMessage"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prompt": None}, (400, "prompt cannot be null")),
        ({"prompt": 5}, (400, "prompt must be a string")),
        ({"callBackUrl": None}, (400, "Please enter callBackUrl.")),
        ({"prompt": "word " * 201}, (413, "prompt is too long: at most 200 words.")),
    ],
)
async def test_lyrics_need_a_prompt_of_some_words(sides: Sides, changes: dict[str, Any], said: tuple[int, str]) -> None:
    answer = await sides.post(WRITE, **{"prompt": "word " * 200, **changes})
    assert (answer["code"], answer["msg"]) == said


async def test_each_word_has_its_second(sides: Sides) -> None:
    data = (await sides.post(TIME, **sides.sung.about()))["data"]
    assert set(data) == {"alignedWords", "waveformData", "hootCer", "isStreamed"}
    words, length = data["alignedWords"], sides.sung.clips[0]["duration"]
    assert "".join(word["word"] for word in words) == LYRICS
    assert set(words[0]) == {"word", "success", "startS", "endS", "palign"}
    assert words[0]["word"] == "[Verse 1]\nThe "
    assert all(word["success"] and 0 <= word["startS"] < word["endS"] <= length for word in words)
    assert all(one["endS"] <= two["startS"] + 0.002 for one, two in pairwise(words))
    assert (data["hootCer"], data["isStreamed"]) == (0, False)


async def test_the_waveform_is_the_songs(sides: Sides) -> None:
    one, two = [(await sides.post(TIME, **sides.sung.about(take)))["data"]["waveformData"] for take in (1, 2)]
    assert len(one) == pytest.approx(sides.sung.clips[0]["duration"] * 10, abs=3)
    assert max(one) == 1
    assert min(one) >= 0
    assert one != two
    assert one[-1] < 0.2  # the song fades


async def test_a_song_without_words_has_no_times(sides: Sides) -> None:
    data = (await sides.post(TIME, **sides.plain.about()))["data"]
    assert (data["alignedWords"], data["hootCer"]) == ([], 0)
    assert data["waveformData"]


async def test_times_may_be_spelt_as_they_once_were(sides: Sides) -> None:
    await sides.gateway.fault("task", "old_edition", path=TIME)
    word = (await sides.post(TIME, **sides.sung.about()))["data"]["alignedWords"][0]
    assert set(word) == {"word", "success", "start_s", "end_s", "p_align"}


async def test_lyrics_and_wav_may_be_spelt_as_they_once_were(sides: Sides) -> None:
    await sides.gateway.fault("task", "old_edition", path=WRITE)
    lyrics = await sides.made(WRITE, prompt="snow")
    assert len(lyrics["response"]["lyricsData"]) == 2
    await sides.gateway.fault("task", "old_edition", path="/api/v1/wav/generate")
    wav = await sides.made("/api/v1/wav/generate", **sides.plain.about())
    assert wav["status"] == "SUCCESS"
    assert wav["response"]["audio_wav_url"].endswith(".wav")


async def test_a_style_is_answered_at_once(sides: Sides) -> None:
    answer = await sides.post(STYLE, content="sad rainy piano")
    data = answer["data"]
    assert set(data) == {
        "taskId", "param", "result", "creditsConsumed", "creditsRemaining", "successFlag", "errorCode", "errorMessage",
        "createTime",
    }  # fmt: skip
    assert data["result"].startswith("sad rainy piano, ")
    assert "rain on the window" in data["result"]
    assert (data["successFlag"], data["creditsConsumed"], data["creditsRemaining"]) == ("1", 0.4, 999.6)
    assert (data["errorCode"], data["errorMessage"]) == (0, "")
    assert (await sides.post(STYLE))["msg"] == "content cannot be null"
    assert (await sides.post(STYLE, content="x" * 1_001))["code"] == 413


@pytest.mark.parametrize(
    ("fault", "flag", "code"), [("GENERATE_STYLE_FAILED", "2", 500), ("531", "2", 531), ("stuck", "0", 0)]
)
async def test_a_style_may_fail(sides: Sides, fault: str, flag: str, code: int) -> None:
    await sides.gateway.fault("task", fault, path=STYLE)
    data = (await sides.post(STYLE, content="jazz"))["data"]
    assert (data["successFlag"], data["errorCode"], data["result"]) == (flag, code, "")


async def test_a_style_may_tell_its_time_in_milliseconds(sides: Sides) -> None:
    await sides.gateway.fault("task", "epoch_time", path=STYLE)
    data = (await sides.post(STYLE, content="jazz"))["data"]
    assert data["createTime"] > 1_700_000_000_000
    assert data["successFlag"] == "1"


async def test_a_persona_is_made_once_a_track(sides: Sides) -> None:
    body = {"name": "Ada", "description": "soft and low", "vocalStart": 2.5, "vocalEnd": 17.5, "style": "lofi"}
    answer = await sides.post(PERSONA, **sides.sung.about(), **body)
    assert answer["data"] == {"personaId": answer["data"]["personaId"], "name": "Ada", "description": "soft and low"}
    assert len(answer["data"]["personaId"]) == 32
    assert (await sides.post(PERSONA, **sides.sung.about(), **body))["code"] == 409
    assert (await sides.post(PERSONA, **sides.sung.about(2), **body))["code"] == 200
    rows = (await sides.gateway.ledger())["submissions"]
    assert rows[-1]["endpoint"] == PERSONA


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Please enter name."),
        ({"description": None}, "Please enter description."),
        ({"name": 7}, "name must be a string"),
        ({"vocalStart": "x"}, "vocalStart must be between"),
        ({"vocalEnd": 9.9}, "vocalEnd must be 10 to 30 seconds after vocalStart."),
        ({"vocalStart": 1, "vocalEnd": 31.1}, "vocalEnd must be 10 to 30 seconds"),
        ({"vocalStart": 20.5}, "vocalEnd must be 10 to 30 seconds"),
        ({"audioId": None}, "audioId cannot be null"),
    ],
)
async def test_a_persona_has_its_rules(sides: Sides, changes: dict[str, Any], said: str) -> None:
    body = {**sides.plain.about(), "name": "Ada", "description": "low", **changes}
    answer = await sides.post(PERSONA, **body)
    assert answer["code"] == 422
    assert answer["msg"].startswith(said)


async def test_a_persona_needs_a_newer_model(sides: Sides, old: dict[str, str]) -> None:
    answer = await sides.post(PERSONA, **old, name="Ada", description="low")
    assert (answer["code"], answer["msg"]) == (422, "A persona needs music of a model newer than V3_5.")


async def test_a_song_is_found_by_its_id(sides: Sides, old: dict[str, str]) -> None:
    clip = sides.sung.clips[1]
    assert (await sides.http.get(f"/api/v1/songs/{clip['id']}")).json()["data"] == clip
    assert (await sides.http.get("/api/v1/songs/nobody")).json()["code"] == 404
    found = (await sides.http.get(f"/api/v1/songs/{old['audioId']}")).json()["data"]
    assert (found["id"], found["modelName"]) == (old["audioId"], "chirp-v3-5")


async def test_a_song_in_the_making_has_no_clip_yet(sides: Sides) -> None:
    await sides.gateway.fault("task", "stuck")
    task = await sides.gateway.task()
    clip = (await sides.gateway.ledger())["submissions"][-1]["clipIds"][0]
    assert (await sides.http.get(f"/api/v1/songs/{clip}")).json()["code"] == 404
    assert (await sides.post(TIME, taskId=task, audioId=clip))["msg"].startswith("The audio is not ready yet.")
