"""The gateway's answers, field by field (reference: suno.md 2A)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import anyio
import httpx
import pytest
from sandbox.asking import WISH, Gateway

from suno_client.sandbox import SandboxServer
from suno_client.sandbox.refusals import Refusal
from suno_client.sandbox.script import Status
from suno_client.sandbox.wire import ClipFacts, TaskFacts, callback, compact, record, refused

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
CLIP = ClipFacts(
    "8551aaaa-0000-4000-8000-00000000662c", "Rain", "lofi", "", "chirp-crow", WHEN,
    "https://host/x.mp3", "https://host/x", "https://host/x.jpeg", 198.44,
)  # fmt: skip
REQUEST: dict[str, object] = {"customMode": True, "instrumental": True, "model": "V5", "style": "lofi", "title": "Rain"}


def _facts(status: Status, *clips: ClipFacts, quirk: str | None = None) -> TaskFacts:
    return TaskFacts("5c790000000000000000000000000be8", REQUEST, status, clips, quirk)


def test_a_finished_record_has_the_documented_bytes() -> None:
    assert compact(record(_facts(Status.SUCCESS, CLIP))) == (
        '{"taskId":"5c790000000000000000000000000be8","parentMusicId":"",'
        '"param":"{\\"customMode\\":true,\\"instrumental\\":true,\\"model\\":\\"V5\\",\\"style\\":\\"lofi\\",\\"title\\":\\"Rain\\"}",'
        '"response":{"taskId":"5c790000000000000000000000000be8","sunoData":['
        '{"id":"8551aaaa-0000-4000-8000-00000000662c","audioUrl":"https://host/x.mp3","sourceAudioUrl":"https://host/x.mp3",'
        '"streamAudioUrl":"https://host/x","sourceStreamAudioUrl":"https://host/x",'
        '"imageUrl":"https://host/x.jpeg","sourceImageUrl":"https://host/x.jpeg",'
        '"prompt":"","modelName":"chirp-crow","title":"Rain","tags":"lofi",'
        '"createTime":"2026-01-01 00:00:00","duration":198.44}]},'
        '"status":"SUCCESS","type":"GENERATE","operationType":"generate","errorCode":null,"errorMessage":null}'
    )


def test_a_callback_is_in_snake_case_but_for_create_time() -> None:
    body = callback(_facts(Status.SUCCESS, CLIP))
    assert body["code"] == 200
    assert body["msg"] == "All generated successfully."
    data = body["data"]
    assert isinstance(data, dict)
    assert data["callbackType"] == "complete"
    assert data["task_id"] == "5c790000000000000000000000000be8"
    assert list(data["data"][0]) == [
        "id", "audio_url", "source_audio_url", "stream_audio_url", "source_stream_audio_url", "image_url",
        "source_image_url", "prompt", "model_name", "title", "tags", "createTime", "duration",
    ]  # fmt: skip


def test_a_failure_is_called_back_without_clips() -> None:
    body = callback(_facts(Status.SENSITIVE))
    assert body["code"] == 400
    assert body["data"] == {"callbackType": "error", "task_id": "5c790000000000000000000000000be8", "data": None}


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (Status.TEXT, "text", "Text generation completed."),
        (Status.FIRST, "first", "First track generated successfully."),
    ],
)
def test_each_stage_is_called_back_in_its_words(status: Status, kind: str, said: str) -> None:
    body = callback(_facts(status, CLIP))
    data = body["data"]
    assert isinstance(data, dict)
    assert (data["callbackType"], body["msg"]) == (kind, said)


def test_a_refusal_is_an_envelope_with_null_data() -> None:
    said = refused(Refusal(429, "The current credits are insufficient. Please top up."))
    assert compact(said) == '{"code":429,"msg":"The current credits are insufficient. Please top up.","data":null}'


def test_quirks_change_only_the_shape() -> None:
    epoch = record(_facts(Status.SUCCESS, CLIP, quirk="epoch_time"))["response"]
    assert isinstance(epoch, dict)
    assert epoch["sunoData"][0]["createTime"] == 1_767_225_600_000
    text = record(_facts(Status.SUCCESS, CLIP, quirk="string_response"))["response"]
    assert isinstance(text, str)
    assert json.loads(text)["sunoData"][0]["title"] == "Rain"
    gone = record(_facts(Status.SUCCESS, CLIP, quirk="null_urls"))["response"]
    assert isinstance(gone, dict)
    assert {gone["sunoData"][0][field] for field in ("audioUrl", "sourceAudioUrl", "streamAudioUrl", "imageUrl")} == {
        None
    }


@pytest.mark.anyio
async def test_an_accepted_request_is_answered_with_32_hex_digits(gateway: Gateway) -> None:
    await gateway.fault("task", "stuck")
    answer = await gateway.submit()
    assert answer.status_code == 200
    assert re.fullmatch(rb'\{"code":200,"msg":"success","data":\{"taskId":"[0-9a-f]{32}"\}\}', answer.content)


@pytest.mark.anyio
async def test_a_pending_record_has_no_response_and_the_request_as_text(gateway: Gateway) -> None:
    await gateway.fault("task", "stuck")
    data = await gateway.data(await gateway.task())
    assert data["status"] == "PENDING"
    assert data["response"] is None
    assert json.loads(data["param"]) == WISH
    assert (data["parentMusicId"], data["operationType"], data["errorCode"], data["errorMessage"]) == (
        "",
        "generate",
        None,
        None,
    )


@pytest.mark.anyio
async def test_an_unknown_task_has_null_data(gateway: Gateway) -> None:
    answer = await gateway.http.get("/api/v1/generate/record-info", params={"taskId": "0" * 32})
    assert answer.content == b'{"code":200,"msg":"success","data":null}'


@pytest.mark.anyio
async def test_credits_are_a_whole_number_that_goes_down_by_twelve(gateway: Gateway) -> None:
    await gateway.fault("task", "stuck")
    before = await gateway.http.get("/api/v1/generate/credit")
    assert before.content == b'{"code":200,"msg":"success","data":1000}'
    await gateway.task()
    assert (await gateway.http.get("/api/v1/generate/credit")).json()["data"] == 988


@pytest.mark.anyio
async def test_a_wrong_path_is_told_in_an_envelope(gateway: Gateway) -> None:
    answer = await gateway.http.get("/api/v1/nothing")
    assert answer.json() == {"code": 404, "msg": "Not Found", "data": None}
    assert (await gateway.http.get("/api/v1/generate")).json()["code"] == 404


@pytest.mark.anyio
async def test_stages_come_in_order_and_fill_the_clips(gateway: Gateway) -> None:
    task = await gateway.task(prompt="short song")
    text = await gateway.until(task, "TEXT_SUCCESS")
    assert text["status"] == "TEXT_SUCCESS"
    one, two = text["response"]["sunoData"]
    assert one["streamAudioUrl"].startswith(gateway.server.url)  # suno.md 2A.5: it may be there
    assert (one["audioUrl"], one["imageUrl"], one["duration"]) == ("", "", None)
    assert (two["audioUrl"], two["streamAudioUrl"], two["imageUrl"]) == ("", "", "")
    assert one["title"] == "Short"
    first = await gateway.until(task, "FIRST_SUCCESS")
    if first["status"] == "FIRST_SUCCESS":
        one, two = first["response"]["sunoData"]
        assert one["audioUrl"]
        assert one["imageUrl"]
        assert one["duration"] > 5
        assert (two["audioUrl"], two["duration"]) == ("", None)
        assert two["streamAudioUrl"]
    last = await gateway.until(task, "SUCCESS")
    assert last["status"] == "SUCCESS"
    for clip in last["response"]["sunoData"]:
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", clip["id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", clip["createTime"])
        assert clip["audioUrl"].endswith(f"/media/{clip['id']}.mp3")
        assert clip["streamAudioUrl"].endswith(f"/media/stream/{clip['id']}")
        assert clip["imageUrl"].endswith(f"/media/{clip['id']}.jpeg")
        assert clip["modelName"] == "chirp-crow"
        assert clip["prompt"] == ""


@pytest.mark.anyio
async def test_a_stage_tells_no_more_than_it_should_however_much_is_ready() -> None:
    seconds = [0.0]
    async with (
        SandboxServer(music_seconds=6, now=lambda: seconds[0]) as server,
        httpx.AsyncClient(base_url=server.url, headers={"Authorization": "Bearer x"}, trust_env=False) as http,
    ):
        gateway = Gateway(http, server)
        task = await gateway.task(prompt="house")
        (entry,) = (await gateway.ledger())["submissions"]
        for clip in entry["clipIds"]:
            take = server.book.take(clip)
            assert take is not None
            with anyio.fail_after(60):
                await take.ended()
        assert (await gateway.data(task))["response"] is None
        told = dict[str, list[tuple[bool, ...]]]()
        for seconds[0] in (2.0, 21.0, 31.0):
            data = await gateway.data(task)
            told[data["status"]] = [
                tuple(bool(clip[field]) for field in ("audioUrl", "streamAudioUrl", "imageUrl", "duration"))
                for clip in data["response"]["sunoData"]
            ]
    full, stream, nothing = (True, True, True, True), (False, True, False, False), (False, False, False, False)
    assert told == {"TEXT_SUCCESS": [stream, nothing], "FIRST_SUCCESS": [full, stream], "SUCCESS": [full, full]}
