"""Prices, refusals and endings of the side endpoints, and the callbacks of each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sandbox.hooks import listening
from sandbox.side_asking import NOBODY, RECORDS, Sides, Song, open_sides
from sandbox.test_media import BROKEN

pytestmark = pytest.mark.anyio
WRITE, WAV, MP4 = "/api/v1/lyrics", "/api/v1/wav/generate", "/api/v1/mp4/generate"
STEMS, MIDI, COVERS = "/api/v1/vocal-removal/generate", "/api/v1/midi/generate", "/api/v1/suno/cover/generate"
TIME, STYLE = "/api/v1/generate/get-timestamped-lyrics", "/api/v1/style/generate"
PERSONA = "/api/v1/generate/generate-persona"


@pytest.fixture(scope="module")
async def server(anyio_backend: str) -> AsyncIterator[Sides]:
    async with open_sides(music_seconds=6) as sides:
        yield sides


@pytest.fixture
async def sides(server: Sides) -> Sides:
    server.begin_again()
    return server


@pytest.fixture(scope="module")
async def separation(server: Sides) -> str:
    server.begin_again()
    return (await server.made(STEMS, **server.sung.about(2)))["taskId"]


@pytest.fixture(scope="module")
async def spare(server: Sides) -> Song:
    return await server.song(prompt="folk")


def bodies(song: Song, separation: str, take: int = 1) -> dict[str, dict[str, Any]]:
    """A body for each endpoint that it takes."""
    about = song.about(take)
    return {
        WRITE: {"prompt": "snow"}, WAV: about, MP4: about, STEMS: {**about, "type": "split_stem"},
        MIDI: {"taskId": separation}, COVERS: {"taskId": song.task}, TIME: about, STYLE: {"content": "jazz"},
        PERSONA: {**about, "name": "A", "description": "d"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "price"),
    [(WRITE, 0.4), (WAV, 0.4), (MP4, 2), (STEMS, 50), (MIDI, 0), (COVERS, 0), (TIME, 0.5), (STYLE, 0.4), (PERSONA, 0)],
)
async def test_each_has_its_price(sides: Sides, separation: str, path: str, price: float) -> None:
    await sides.gateway.fault("task", "CREATE_TASK_FAILED", path=path)
    assert (await sides.post(path, **bodies(sides.sung, separation)[path]))["code"] == 200
    ledger = await sides.gateway.ledger()
    assert ledger["credits"] == 1_000 - price
    assert (ledger["submissions"][-1]["endpoint"], ledger["submissions"][-1]["credits"]) == (path, price)


async def test_parting_the_voice_is_cheaper(sides: Sides) -> None:
    await sides.gateway.fault("task", "stuck", path=STEMS, times=2)
    await sides.begin(STEMS, **sides.plain.about())
    await sides.begin(STEMS, **sides.plain.about(), type="separate_vocal")
    assert (await sides.gateway.ledger())["credits"] == 980


async def test_what_cannot_be_paid_is_refused(sides: Sides) -> None:
    await sides.http.post("/_sandbox/credits", json={"credits": 9})
    assert (await sides.post(STEMS, **sides.plain.about()))["code"] == 429
    assert (await sides.post(MP4, **sides.plain.about(2)))["code"] == 200


@pytest.mark.parametrize("path", [WAV, MP4, STEMS, TIME, PERSONA])
async def test_a_take_must_be_named(sides: Sides, separation: str, path: str) -> None:
    body = bodies(sides.sung, separation)[path]
    code = 422 if path == PERSONA else 400
    cases = {
        "taskId cannot be null": {"taskId": None},
        "audioId cannot be null": {"audioId": None},
        "The task does not exist.": {"taskId": "nobody"},
        "The audio does not exist.": {"audioId": sides.plain.clips[0]["id"]},
    }
    for said, changes in cases.items():
        answer = await sides.post(path, **{**body, **changes})
        assert (answer["code"], answer["msg"]) == (code, said)


@pytest.mark.parametrize("path", [WRITE, WAV, MP4, STEMS, MIDI, COVERS])
async def test_a_callback_address_is_asked_for(sides: Sides, separation: str, path: str) -> None:
    answer = await sides.post(path, **{**bodies(sides.sung, separation)[path], "callBackUrl": None})
    assert (answer["code"], answer["msg"]) == (422 if path == COVERS else 400, "Please enter callBackUrl.")


async def test_each_refuses_what_it_cannot_do(sides: Sides, separation: str) -> None:
    about = sides.plain.about()
    wrong = [
        (STEMS, {**about, "type": "karaoke"}, 400, "type must be"),
        (MP4, {**about, "author": "x" * 51}, 413, "author is too long"),
        (MP4, {**about, "domainName": 5}, 400, "domainName must be a string"),
        (MIDI, {"taskId": sides.plain.task}, 400, "The taskId is not that of a finished vocal separation"),
        (MIDI, {"taskId": separation, "audioId": "x"}, 400, "The audioId is not one of the separated"),
        (MIDI, {}, 400, "taskId cannot be null"),
        (COVERS, {}, 422, "taskId cannot be null"),
        (COVERS, {"taskId": separation}, 422, "The taskId is not that of a finished music task"),
    ]
    for path, body, code, said in wrong:
        answer = await sides.post(path, **body)
        assert (answer["code"], answer["msg"][: len(said)]) == (code, said)


FLAGS = {
    WRITE: ("status", "GENERATE_LYRICS_FAILED", "CREATE_TASK_FAILED"),
    WAV: ("successFlag", "GENERATE_WAV_FAILED", "CREATE_TASK_FAILED"),
    MP4: ("successFlag", "GENERATE_MP4_FAILED", "CREATE_TASK_FAILED"),
    STEMS: ("successFlag", "GENERATE_AUDIO_FAILED", "CREATE_TASK_FAILED"),
    MIDI: ("successFlag", 3, 2),
    COVERS: ("successFlag", 3, 3),
}


@pytest.mark.parametrize("path", sorted(FLAGS))
async def test_each_may_fail_in_its_own_word(sides: Sides, separation: str, path: str) -> None:
    field, failed, refused = FLAGS[path]
    own = failed if isinstance(failed, str) else "GENERATE_MIDI_FAILED" if path == MIDI else "GENERATE_COVER_FAILED"
    for fault, flag in ((own, failed), ("CREATE_TASK_FAILED", refused), ("531", failed)):
        await sides.gateway.fault("task", fault, path=path)
        task = await sides.begin(path, **bodies(sides.sung, separation)[path])
        data = await sides.over(path, task) if flag != 2 else await sides.record(path, task)
        assert data[field] == flag
        assert int(data["errorCode"]) == (531 if fault == "531" else 500)
        assert data["errorMessage"]
        assert data.get("response", data.get("midiData")) is None


@pytest.mark.parametrize("path", sorted(FLAGS))
async def test_each_record_may_be_odd(sides: Sides, separation: str, path: str) -> None:
    field = FLAGS[path][0]
    await sides.gateway.fault("task", "unknown_status", path=path)
    body = bodies(sides.sung, separation, take=2)[path]
    task = await sides.begin(path, **body)
    strange = (await sides.record(path, task))[field]
    assert strange == (9 if path in {MIDI, COVERS} else "STILL_THINKING")
    assert (await sides.over(path, task))[field] in {"SUCCESS", 1}


async def test_success_may_come_without_urls_and_in_a_string(sides: Sides, spare: Song) -> None:
    await sides.gateway.fault("task", "null_urls", path=STEMS)
    empty = await sides.made(STEMS, **spare.about())
    assert empty["response"]["instrumentalUrl"] is None
    assert empty["response"]["originData"][0]["audio_url"] is None
    assert empty["response"]["originData"][0]["id"]
    await sides.gateway.fault("task", "string_response", path=WAV)
    text = await sides.made(WAV, **spare.about())
    assert text["response"].startswith('{"audioWavUrl":"http://127.0.0.1:')
    await sides.gateway.fault("task", "epoch_time", path=WAV)
    times = await sides.made(WAV, **spare.about(2))
    assert times["completeTime"] >= times["createTime"] > 1_700_000_000_000


async def test_an_undelivered_callback_may_end_a_task_with_its_result(sides: Sides) -> None:
    await sides.gateway.fault("task", "CALLBACK_EXCEPTION", path=WRITE)
    data = await sides.made(WRITE, prompt="snow")
    assert (data["status"], len(data["response"]["data"])) == ("CALLBACK_EXCEPTION", 2)


async def test_a_failed_conversion_may_be_tried_again(sides: Sides) -> None:
    await sides.gateway.fault("task", "GENERATE_WAV_FAILED", path=WAV)
    await sides.made(WAV, **sides.plain.about(2))
    assert (await sides.made(WAV, **sides.plain.about(2)))["successFlag"] == "SUCCESS"


@pytest.mark.parametrize("path", sorted(RECORDS))
async def test_a_task_is_known_to_its_own_record_alone(sides: Sides, separation: str, path: str) -> None:
    stranger = separation if path != STEMS else (await sides.begin(WRITE, prompt="x"))
    for task_id in (stranger, "nobody"):
        answer = (await sides.http.get(RECORDS[path], params={"taskId": task_id})).json()
        assert answer == {"code": 200, "msg": "success", "data": None}
    missing = (await sides.http.get(RECORDS[path])).json()
    assert (missing["code"], missing["msg"]) == (422 if path == COVERS else 400, "taskId cannot be null")
    await sides.gateway.fault("poll", "500", path=RECORDS[path])
    assert (await sides.http.get(RECORDS[path], params={"taskId": stranger})).json()["code"] == 500


async def test_an_answer_may_be_lost_after_acceptance(sides: Sides) -> None:
    await sides.gateway.fault("submit", "reset_after", path=WRITE)
    with pytest.raises(BROKEN):
        await sides.http.post(WRITE, json={"prompt": "snow", "callBackUrl": NOBODY})
    assert (await sides.gateway.ledger())["submissions"][-1]["endpoint"] == WRITE


async def test_each_is_told_by_callback_in_its_own_shape(sides: Sides, separation: str) -> None:
    song = sides.sung
    async with listening() as (url, told):
        to = {"callBackUrl": url}
        task = await sides.begin(WRITE, prompt="snow", **to)
        body = await told.receive()
        assert (body["code"], body["msg"]) == (200, "All generated successfully.")
        assert (body["data"]["callbackType"], body["data"]["taskId"]) == ("complete", task)
        assert len(body["data"]["data"]) == 2
        task = await sides.begin(WAV, **song.about(), **to)
        body = await told.receive()
        assert set(body["data"]) == {"audioWavUrl", "task_id"}
        assert body["data"]["task_id"] == task
        await sides.begin(MP4, **song.about(), **to)
        body = await told.receive()
        assert (body["msg"], set(body["data"])) == ("MP4 generated successfully.", {"task_id", "video_url"})
        await sides.begin(STEMS, **song.about(), **to)
        body = await told.receive()
        assert body["msg"] == "vocal Removal generated successfully."
        info = body["data"]["vocal_removal_info"]
        assert set(info) == {"origin_url", "instrumental_url", "vocal_url"}
        assert info["origin_url"] == ""
        await sides.begin(MIDI, taskId=separation, **to)
        body = await told.receive()
        assert set(body["data"]) == {"task_id", "state", "instruments"}
        await sides.begin(COVERS, taskId=sides.plain.task, **to)
        body = await told.receive()
        assert set(body["data"]) == {"taskId", "images"}


@pytest.mark.parametrize("path", sorted(FLAGS))
async def test_a_failure_is_told_by_callback_too(sides: Sides, separation: str, spare: Song, path: str) -> None:
    async with listening() as (url, told):
        await sides.gateway.fault("task", "531", path=path)
        song = spare if path == COVERS else sides.plain
        task = await sides.begin(path, **bodies(song, separation)[path], callBackUrl=url)
        body = await told.receive()
    assert body["code"] == 531
    assert task in body["data"].values()
    assert (await sides.gateway.ledger())["credits"] == 1_000


async def test_the_old_spelling_is_called_back_too(sides: Sides) -> None:
    async with listening() as (url, told):
        await sides.gateway.fault("task", "old_edition", path=WRITE)
        await sides.begin(WRITE, prompt="snow", callBackUrl=url)
        assert "lyricsData" in (await told.receive())["data"]
