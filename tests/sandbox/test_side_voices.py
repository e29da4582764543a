"""The steps to a voice of one's own, and what is heard in the recordings on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
from sandbox.hooks import listening
from sandbox.side_asking import Sides, open_sides

from suno_client.sandbox.sides.phrases import PHRASES

pytestmark = pytest.mark.anyio
VALIDATE, AGAIN, VOICE = "/api/v1/voice/validate", "/api/v1/voice/regenerate", "/api/v1/voice/generate"
CHECK = "/api/v1/voice/check-voice"


@pytest.fixture(scope="module")
async def server(anyio_backend: str) -> AsyncIterator[Sides]:
    async with open_sides(music_seconds=6) as sides:
        yield sides


@pytest.fixture
async def sides(server: Sides) -> Sides:
    server.begin_again()
    return server


@pytest.fixture(scope="module")
async def recording(server: Sides) -> str:
    """A recording on the sandbox's own upload host."""
    song = (await server.fetched(server.sung.clips[0]["audioUrl"])).content
    form = {"files": {"file": ("me.mp3", song, "audio/mpeg")}, "data": {"uploadPath": "voices"}}
    return (await server.http.post("/api/file-stream-upload", **form)).json()["data"]["downloadUrl"]


def of(url: str, end_s: float = 5.0, **more: Any) -> dict[str, Any]:
    return {"voiceUrl": url, "vocalStartS": 0, "vocalEndS": end_s, **more}


async def test_a_voice_is_made_in_three_steps(sides: Sides, recording: str) -> None:
    task = await sides.begin(VALIDATE, **of(recording))
    waiting = await sides.record(VALIDATE, task)
    assert waiting == {
        "taskId": task, "validateInfo": "", "status": "wait_processing", "errorCode": 0, "errorMessage": ""
    }  # fmt: skip
    phrase = await sides.over(VALIDATE, task)
    assert (phrase["status"], phrase["validateInfo"] in PHRASES["en"]) == ("wait_validating", True)
    voice = await sides.begin(VOICE, taskId=task, verifyUrl=recording, voiceName="Ada", singerSkillLevel="advanced")
    assert (await sides.post(CHECK, task_id=voice))["data"] == {"isAvailable": False}
    made = await sides.over(VOICE, voice)
    assert set(made) == {"taskId", "voiceId", "status", "errorCode", "errorMessage"}
    assert (made["status"], len(made["voiceId"])) == ("success", 36)
    assert (await sides.post(CHECK, task_id=voice))["data"] == {"isAvailable": True}
    assert (await sides.record(VALIDATE, task))["status"] == "success"
    assert (await sides.gateway.ledger())["credits"] == 1_000


@pytest.mark.parametrize("language", sorted(PHRASES))
async def test_the_phrase_is_in_the_language_asked_for(sides: Sides, recording: str, language: str) -> None:
    data = await sides.made(VALIDATE, **of(recording, language=language), callBackUrl=None)
    assert data["validateInfo"] in PHRASES[language]


async def test_another_phrase_is_another_and_so_is_a_third(sides: Sides, recording: str) -> None:
    first = await sides.made(VALIDATE, **of(recording))
    second = await sides.made(AGAIN, taskId=first["taskId"], callBackUrl=None)
    third = await sides.made(AGAIN, taskId=second["taskId"], callBackUrl=None)
    assert len({one["validateInfo"] for one in (first, second, third)}) == 3
    assert len({one["taskId"] for one in (first, second, third)}) == 3
    voice = await sides.made(VOICE, taskId=third["taskId"], verifyUrl=sides.sung.clips[0]["audioUrl"])
    assert voice["status"] == "success"


async def test_a_phrase_in_the_making_says_so(sides: Sides, recording: str) -> None:
    await sides.gateway.fault("task", "stuck", path=VALIDATE)
    task = await sides.begin(VALIDATE, **of(recording))
    with anyio.fail_after(10):
        while (await sides.record(VALIDATE, task))["status"] != "processing_validate":
            await anyio.sleep(0.01)


async def test_a_status_may_be_in_no_list(sides: Sides, recording: str) -> None:
    await sides.gateway.fault("task", "unknown_status", path=VALIDATE)
    task = await sides.begin(VALIDATE, **of(recording))
    assert (await sides.record(VALIDATE, task))["status"] == "still_thinking"
    assert (await sides.over(VALIDATE, task))["status"] == "wait_validating"


async def test_what_cannot_be_heard_is_told(sides: Sides, recording: str) -> None:
    base = sides.gateway.server.url
    text = {"base64Data": "bm8gc291bmQ=", "uploadPath": "x", "fileName": "no.mp3"}
    silent = (await sides.http.post("/api/file-base64-upload", json=text)).json()["data"]["downloadUrl"]
    for url, end_s, said in (
        (silent, 5.0, "There is no sound in the file."),
        (recording, 60.0, "seconds, and 60 were asked for."),
        (f"{base}/media/files/nobody.mp3", 5.0, "The file could not be fetched: HTTP 404."),
        ("http://127.0.0.1:9/a.mp3", 5.0, "The file could not be fetched: ConnectError."),
    ):
        data = await sides.made(VALIDATE, **of(url, end_s))
        assert (data["status"], data["validateInfo"], data["errorCode"]) == ("processing_validate_fail", "", 500)
        assert said in data["errorMessage"]


async def test_a_recording_from_elsewhere_is_fetched(sides: Sides) -> None:
    song = await sides.fetched(sides.sung.clips[0]["audioUrl"])
    reply = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: audio/mpeg\r\ncontent-length: %d\r\n\r\n"

    async def serve(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            await stream.receive()
            await stream.send(reply % len(song.content) + song.content)

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, serve)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        data = await sides.made(VALIDATE, **of(f"http://127.0.0.1:{port}/me.mp3"))
        assert data["status"] == "wait_validating"
        group.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("fault", "status"), [("processing_validate_fail", "processing_validate_fail"), ("fail", "fail")]
)
async def test_a_phrase_may_fail(sides: Sides, recording: str, fault: str, status: str) -> None:
    await sides.gateway.fault("task", fault, path=VALIDATE)
    data = await sides.made(VALIDATE, **of(recording))
    assert (data["status"], data["errorCode"]) == (status, 500)
    assert data["errorMessage"]
    refused = await sides.post(VOICE, taskId=data["taskId"], verifyUrl=recording)
    assert refused["code"] == 400


async def test_a_voice_may_fail(sides: Sides, recording: str) -> None:
    phrase = await sides.made(VALIDATE, **of(recording))
    await sides.gateway.fault("task", "fail", path=VOICE)
    data = await sides.made(VOICE, taskId=phrase["taskId"], verifyUrl=recording)
    assert (data["status"], data["voiceId"], data["errorCode"]) == ("fail", "", 500)
    assert (await sides.post(CHECK, task_id=data["taskId"]))["data"] == {"isAvailable": False}


@pytest.mark.parametrize(
    ("path", "changes", "said"),
    [
        (VALIDATE, {"voiceUrl": None}, "voiceUrl cannot be null"),
        (VALIDATE, {"voiceUrl": "me.mp3"}, "voiceUrl is invalid"),
        (VALIDATE, {"vocalEndS": None}, "vocalEndS cannot be null"),
        (VALIDATE, {"vocalStartS": -1}, "vocalStartS must be between"),
        (VALIDATE, {"vocalEndS": 0}, "vocalEndS must be greater than vocalStartS."),
        (VALIDATE, {"language": "la"}, "language must be one of en, zh"),
        (VALIDATE, {"callBackUrl": "nowhere"}, "callBackUrl is invalid"),
        (AGAIN, {"taskId": None}, "taskId cannot be null"),
        (AGAIN, {"taskId": "nobody"}, "The task does not exist."),
        (AGAIN, {"calBackUrl": "nowhere"}, "calBackUrl is invalid"),
        (VOICE, {"verifyUrl": None}, "verifyUrl cannot be null"),
        (VOICE, {"verifyUrl": "me.mp3"}, "verifyUrl is invalid"),
        (VOICE, {"voiceName": 3}, "voiceName must be a string"),
        (VOICE, {"singerSkillLevel": "star"}, "singerSkillLevel must be one of advanced, beginner"),
        (VOICE, {}, "The taskId has no phrase that waits to be verified."),
        (CHECK, {}, "task_id cannot be null"),
    ],
)
async def test_each_step_has_its_rules(sides: Sides, path: str, changes: dict[str, Any], said: str) -> None:
    bodies = {
        VALIDATE: of("https://example.org/me.mp3"),
        AGAIN: {"taskId": "x"},
        VOICE: {"taskId": "x", "verifyUrl": "https://example.org/me.mp3"},
        CHECK: {},
    }
    answer = await sides.post(path, **{**bodies[path], **changes})
    assert answer["code"] == 400
    assert answer["msg"].startswith(said)


async def test_phrases_and_voices_are_told_by_callback(sides: Sides, recording: str) -> None:
    async with listening() as (url, bodies):
        first = await sides.begin(VALIDATE, **of(recording), callBackUrl=url)
        told = await bodies.receive()
        assert (told["code"], told["msg"]) == (200, "success")
        assert told["data"] == await sides.record(VALIDATE, first)
        again = await sides.begin(AGAIN, taskId=first, calBackUrl=url, callBackUrl=None)
        assert (await bodies.receive())["data"]["taskId"] == again
        await sides.begin(VOICE, taskId=again, verifyUrl=recording, callBackUrl=url)
        assert (await bodies.receive())["data"]["voiceId"]
        await sides.gateway.fault("task", "fail", path=VOICE)
        await sides.begin(VOICE, taskId=again, verifyUrl=recording, callBackUrl=url)
        failed = await bodies.receive()
        assert (failed["code"], failed["msg"], failed["data"]["status"]) == (400, "Voice generation failed", "fail")
        await sides.gateway.fault("task", "CREATE_TASK_FAILED", path=VALIDATE)
        await sides.begin(VALIDATE, **of(recording), callBackUrl=url)
        failed = await bodies.receive()
        assert (failed["code"], failed["msg"]) == (400, "Validation phrase generation failed")
        assert failed["data"]["status"] == "processing_validate_fail"
