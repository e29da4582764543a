"""What goes out for each request, byte for byte where it matters, and what comes of the answers that the docs show."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from support.suno_requests import TASK, URL

from suno_client import Job, Limiter, Retrying, Stage, SunoClient, Task, TaskFailed, TaskId
from suno_client.results import (
    CoverImages,
    Instrument,
    Lyrics,
    Midi,
    Note,
    Persona,
    Stem,
    Stems,
    StyleBoost,
    TimedLyrics,
    TimedWord,
    Upload,
    Video,
    Voice,
    VoicePhrase,
    Wav,
)
from suno_client.testing import AT_ONCE

pytestmark = pytest.mark.anyio
CALLBACK = "https://me.test/cb"
BASES = {"sunoapi": "https://api.sunoapi.org", "kie": "https://api.kie.ai", "gcui": "http://localhost:3000"}
UPLOADS = {"sunoapi": "https://sunoapiorg.redpandaai.co", "kie": "https://kieai.redpandaai.co"}
TUNED = {"model": "V5_5", "callBackUrl": CALLBACK}
WORDED = {"customMode": False, "instrumental": False, "prompt": "rain", **TUNED}


def client(dialect: str) -> SunoClient:
    once, no_limit = Retrying(submissions=1), Limiter(1_000, 0)
    return SunoClient("key", dialect=dialect, callback_url=CALLBACK, polling=AT_ONCE, retrying=once, limiter=no_limit)


def enveloped(data: object) -> httpx.Response:
    return httpx.Response(200, json={"code": 200, "msg": "success", "data": data})


Ask = Callable[[SunoClient], Any]
SUBMISSIONS: list[tuple[Ask, str, dict[str, Any]]] = [
    (
        lambda suno: suno.generations.extend("c1"),
        "generate/extend",
        {"audioId": "c1", "defaultParamFlag": False, **TUNED},
    ),
    (
        lambda suno: suno.generations.extend(
            "c1", continue_at_s=30.5, prompt="La", style="lofi", title="Rain", model="V5"
        ),
        "generate/extend",
        {
            "audioId": "c1",
            "defaultParamFlag": True,
            "prompt": "La",
            "style": "lofi",
            "title": "Rain",
            "continueAt": 30.5,
            "model": "V5",
            "callBackUrl": CALLBACK,
        },
    ),
    (
        lambda suno: suno.generations.extend_upload(
            URL, style="lofi", title="Rain", continue_at_s=9, instrumental=True
        ),
        "generate/upload-extend",
        {
            "uploadUrl": URL,
            "instrumental": True,
            "defaultParamFlag": True,
            "style": "lofi",
            "title": "Rain",
            "continueAt": 9,
            **TUNED,
        },
    ),
    (lambda suno: suno.generations.cover(URL, "rain"), "generate/upload-cover", {"uploadUrl": URL, **WORDED}),
    (
        lambda suno: suno.generations.cover(URL, model="V6"),
        "generate/upload-cover",
        {"uploadUrl": URL, "customMode": True, "instrumental": False, "model": "V6", "callBackUrl": CALLBACK},
    ),
    (
        lambda suno: suno.generations.mashup((URL, URL), style="lofi", title="Rain", lyrics="La"),
        "generate/mashup",
        {
            "uploadUrlList": [URL, URL],
            "customMode": True,
            "instrumental": False,
            "prompt": "La",
            "style": "lofi",
            "title": "Rain",
            **TUNED,
        },
    ),
    (
        lambda suno: suno.generations.add_instrumental(URL, title="Rain", tags="lofi", negative_tags="metal"),
        "generate/add-instrumental",
        {"uploadUrl": URL, "title": "Rain", "tags": "lofi", "negativeTags": "metal", **TUNED},
    ),
    (
        lambda suno: suno.generations.add_vocals(URL, "La", title="Rain", style="lofi", negative_tags="metal"),
        "generate/add-vocals",
        {"uploadUrl": URL, "prompt": "La", "title": "Rain", "style": "lofi", "negativeTags": "metal", **TUNED},
    ),
    (
        lambda suno: suno.generations.replace_section(
            prompt="La", tags="lofi", title="Rain", start_s=5.123, end_s=20, task_id=TASK, clip_id="c1"
        ),
        "generate/replace-section",
        {
            "taskId": "t1",
            "audioId": "c1",
            "prompt": "La",
            "tags": "lofi",
            "title": "Rain",
            "infillStartS": 5.12,
            "infillEndS": 20,
            "callBackUrl": CALLBACK,
        },
    ),
    (
        lambda suno: suno.generations.replace_section(
            prompt="La", tags="lofi", title="R", start_s=0, end_s=20, upload_url=URL, full_lyrics="La la", model="V6"
        ),
        "generate/replace-section",
        {
            "uploadUrl": URL,
            "fullLyrics": "La la",
            "prompt": "La",
            "tags": "lofi",
            "title": "R",
            "infillStartS": 0,
            "infillEndS": 20,
            "model": "V6",
            "callBackUrl": CALLBACK,
        },
    ),
    (
        lambda suno: suno.generations.sound("a door", loop=True, tempo_bpm=90, key="F#m"),
        "generate/sounds",
        {
            "prompt": "a door",
            "model": "V5",
            "callBackUrl": CALLBACK,
            "soundLoop": True,
            "grabLyrics": False,
            "soundTempo": 90,
            "soundKey": "F#m",
        },
    ),
    (lambda suno: suno.lyrics.create("rain"), "lyrics", {"prompt": "rain", "callBackUrl": CALLBACK}),
    (
        lambda suno: suno.wav.create(TASK, "c1"),
        "wav/generate",
        {"taskId": "t1", "audioId": "c1", "callBackUrl": CALLBACK},
    ),
    (
        lambda suno: suno.videos.create(TASK, "c1", author="Ann", domain="ann.test"),
        "mp4/generate",
        {"taskId": "t1", "audioId": "c1", "author": "Ann", "domainName": "ann.test", "callBackUrl": CALLBACK},
    ),
    (
        lambda suno: suno.stems.create(TASK, "c1", kind="split_stem"),
        "vocal-removal/generate",
        {"taskId": "t1", "audioId": "c1", "type": "split_stem", "callBackUrl": CALLBACK},
    ),
    (lambda suno: suno.midi.create(TASK), "midi/generate", {"taskId": "t1", "callBackUrl": CALLBACK}),
    (lambda suno: suno.cover_images.create(TASK), "suno/cover/generate", {"taskId": "t1", "callBackUrl": CALLBACK}),
    (
        lambda suno: suno.voices.validate(URL, vocal_start_s=1, vocal_end_s=9, language="en"),
        "voice/validate",
        {"voiceUrl": URL, "vocalStartS": 1, "vocalEndS": 9, "language": "en", "callBackUrl": CALLBACK},
    ),
    (lambda suno: suno.voices.regenerate(TASK), "voice/regenerate", {"taskId": "t1", "calBackUrl": CALLBACK}),
    (
        lambda suno: suno.voices.create(TASK, URL, name="Ann", description="warm", style="folk", skill="pro"),
        "voice/generate",
        {
            "taskId": "t1",
            "verifyUrl": URL,
            "voiceName": "Ann",
            "description": "warm",
            "style": "folk",
            "singerSkillLevel": "pro",
            "callBackUrl": CALLBACK,
        },
    ),
]


@pytest.mark.parametrize("dialect", ["sunoapi", "kie"])
@pytest.mark.parametrize(
    ("ask", "path", "body"), SUBMISSIONS, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_each_submission_has_its_path_and_its_body(
    ask: Ask, path: str, body: dict[str, Any], dialect: str
) -> None:
    with respx.mock(base_url=BASES[dialect]) as router:
        route = router.post(f"/api/v1/{path}").mock(return_value=enveloped({"taskId": "t9"}))
        async with client(dialect) as suno:
            assert await ask(suno) == Task(TaskId("t9"))
    assert json.loads(route.calls.last.request.content) == body
    assert route.calls.last.request.headers["authorization"] == "Bearer key"


async def test_kie_is_sent_its_words_also_where_there_are_none() -> None:
    with respx.mock(base_url=BASES["kie"]) as router:
        route = router.post("/api/v1/generate").mock(return_value=enveloped({"taskId": "t9"}))
        async with client("kie") as suno:
            await suno.generations.create("rain")
    assert json.loads(route.calls.last.request.content) == {**WORDED, "style": "", "title": "", "negativeTags": ""}


async def test_references_go_out_as_lists() -> None:
    with respx.mock(base_url=BASES["sunoapi"]) as router:
        route = router.post("/api/v1/generate").mock(return_value=enveloped({"task_id": "t9"}))
        async with client("sunoapi") as suno:
            await suno.generations.create(
                "rain", model="V6", image_urls=(URL,), video_urls=(URL,), audio_urls=(URL, URL)
            )
    sent = json.loads(route.calls.last.request.content)
    assert (sent["imageUrls"], sent["videoUrls"], sent["audioUrls"]) == ([URL], [URL], [URL, URL])


WAV_RECORD = {"taskId": "t1", "musicId": "c1", "response": {"audioWavUrl": URL}, "successFlag": "SUCCESS"}
STEMS_RECORD = {
    "taskId": "t1",
    "successFlag": "SUCCESS",
    "createTime": 1767323045000,
    "response": {
        "id": None,
        "originUrl": "",
        "vocalUrl": URL,
        "instrumentalUrl": URL,
        "backingVocalsUrl": URL,
        "drumsUrl": None,
        "originData": [
            {"duration": 12.5, "audio_url": URL, "stem_type_group_name": "Vocals", "id": "s1"},
            {"audio_url": ""},
            "junk",
        ],
    },
}
NOTES = [{"pitch": 60, "start": 0, "end": 0.5, "velocity": 0.8}, {"pitch": "x"}, None]
LOOKS: list[tuple[Ask, str, object, object]] = [
    (
        lambda suno: suno.lyrics.wait(TASK),
        "lyrics/record-info",
        {
            "status": "SUCCESS",
            "response": {
                "data": [{"text": "La", "title": "Rain", "status": "complete"}, {"text": "", "status": "failed"}]
            },
        },
        (Lyrics("La", "Rain"),),
    ),
    (
        lambda suno: suno.lyrics.wait(TASK),
        "lyrics/record-info",
        {"status": "SUCCESS", "response": json.dumps({"lyricsData": [{"text": "La"}]})},
        (Lyrics("La"),),
    ),
    (lambda suno: suno.wav.wait(TASK), "wav/record-info", WAV_RECORD, Wav(URL)),
    (
        lambda suno: suno.wav.wait(TASK),
        "wav/record-info",
        {"status": "SUCCESS", "response": {"audio_wav_url": URL}},
        Wav(URL),
    ),
    (
        lambda suno: suno.wav.wait(TASK),
        "wav/record-info",
        {"successFlag": "CALLBACK_EXCEPTION", "response": {"audioWavUrl": URL}},
        Wav(URL),
    ),
    (
        lambda suno: suno.videos.wait(TASK),
        "mp4/record-info",
        {"successFlag": "SUCCESS", "response": {"videoUrl": URL}},
        Video(URL),
    ),
    (
        lambda suno: suno.stems.wait(TASK),
        "vocal-removal/record-info",
        STEMS_RECORD,
        Stems({"vocal": URL, "instrumental": URL, "backing_vocals": URL}, (Stem("s1", "Vocals", URL, 12.5),)),
    ),
    (
        lambda suno: suno.midi.wait(TASK),
        "midi/record-info",
        {"successFlag": 1, "midiData": {"state": "complete", "instruments": [{"name": "Piano", "notes": NOTES}, None]}},
        Midi((Instrument("Piano", (Note(60, 0.0, 0.5, 0.8),)),)),
    ),
    (
        lambda suno: suno.midi.wait(TASK),
        "midi/record-info",
        {"successFlag": 1, "midiData": {"instruments": []}},
        Midi(()),
    ),
    (
        lambda suno: suno.cover_images.wait(TASK),
        "suno/cover/record-info",
        {"successFlag": 1, "response": {"images": [URL, None]}},
        CoverImages((URL,)),
    ),
    (
        lambda suno: suno.voices.phrases.wait(TASK),
        "voice/validate-info",
        {"status": "wait_validating", "validateInfo": "Sing this"},
        VoicePhrase("Sing this"),
    ),
    (lambda suno: suno.voices.wait(TASK), "voice/record-info", {"status": "success", "voiceId": "v1"}, Voice("v1")),
]


@pytest.mark.parametrize("dialect", ["sunoapi", "kie"])
@pytest.mark.parametrize(("wait", "path", "record", "result"), LOOKS, ids=[path for _, path, _, _ in LOOKS])
async def test_each_record_becomes_its_result(
    wait: Ask, path: str, record: object, result: object, dialect: str
) -> None:
    with respx.mock(base_url=BASES[dialect]) as router:
        route = router.get(f"/api/v1/{path}", params={"taskId": "t1"})
        route.side_effect = [enveloped(None), enveloped({"successFlag": "PENDING"}), enveloped(record)]
        async with client(dialect) as suno:
            assert await wait(suno) == result


@pytest.mark.parametrize(
    ("path", "record", "reason"),
    [
        ("wav", {"successFlag": "GENERATE_WAV_FAILED", "errorMessage": "no file"}, "GENERATE_WAV_FAILED: no file"),
        ("wav", {"successFlag": "CALLBACK_EXCEPTION"}, "CALLBACK_EXCEPTION"),
        ("wav", {"successFlag": "SUCCESS", "response": {"audioWavUrl": ""}}, "names no result"),
        ("midi", {"successFlag": 2}, "CREATE_TASK_FAILED"),
        ("midi", {"successFlag": 3, "errorCode": 500}, "FAILED"),
        ("midi", {"successFlag": 1}, "names no result"),
        ("suno/cover", {"successFlag": 3, "errorMessage": "x"}, "FAILED: x"),
        ("lyrics", {"status": "SENSITIVE_WORD_ERROR"}, "SENSITIVE_WORD_ERROR"),
        ("voice", {"status": "fail", "errorCode": 500, "errorMessage": "did not match"}, "fail: did not match"),
    ],
)
async def test_each_failure_says_why(path: str, record: dict[str, Any], reason: str) -> None:
    with respx.mock(base_url=BASES["sunoapi"]) as router:
        router.get(f"/api/v1/{path}/record-info").mock(return_value=enveloped(record))
        async with client("sunoapi") as suno:
            jobs = {"wav": suno.wav, "midi": suno.midi, "suno/cover": suno.cover_images, "lyrics": suno.lyrics}
            job: Job[Any] = await jobs.get(path, suno.voices).get(TASK)
            assert (job.failed, job.is_final, job.stage) == (True, True, Stage.QUEUED)
            with pytest.raises(TaskFailed, match=reason) as caught:
                await jobs.get(path, suno.voices).wait(TASK)
    assert caught.value.task_id == TASK
    assert caught.value.moderated is (path == "lyrics")


@pytest.mark.parametrize("flag", [0, 2, "9"])
async def test_a_cover_that_is_being_made_is_waited_for(flag: object) -> None:
    with respx.mock(base_url=BASES["sunoapi"]) as router:
        router.get("/api/v1/suno/cover/record-info").mock(return_value=enveloped({"successFlag": flag}))
        async with client("sunoapi") as suno:
            job = await suno.cover_images.get(TASK)
    assert (job.is_final, job.result) == (False, None)


WORDS = [
    {"word": "La", "success": True, "startS": 0, "endS": 0.5, "palign": 0},
    {"word": "la", "success": False, "start_s": 0.5, "end_s": 1, "p_align": 0},
    {"word": "", "startS": 0, "endS": 1},
    {"word": "x", "startS": None, "endS": 1},
]
SYNC: list[tuple[Ask, str, dict[str, Any], object, object]] = [
    (
        lambda suno: suno.lyrics.timed(TASK, "c1"),
        "generate/get-timestamped-lyrics",
        {"taskId": "t1", "audioId": "c1"},
        {"alignedWords": WORDS, "waveformData": [0, 0.5, None], "hootCer": 0.25, "isStreamed": True},
        TimedLyrics((TimedWord("La", 0, 0.5), TimedWord("la", 0.5, 1, sung=False)), (0.0, 0.5), 0.25, streamed=True),
    ),
    (
        lambda suno: suno.styles.boost("lofi"),
        "style/generate",
        {"content": "lofi"},
        {"result": "lofi, warm", "creditsConsumed": 0.4, "creditsRemaining": "99.6", "successFlag": "1"},
        StyleBoost("lofi, warm", 0.4, 99.6),
    ),
    (
        lambda suno: suno.personas.create(TASK, "c1", name="Ann", description="warm"),
        "generate/generate-persona",
        {
            "taskId": "t1",
            "audioId": "c1",
            "name": "Ann",
            "description": "warm",
            "vocalStart": 0.0,
            "vocalEnd": 30.0,
        },
        {"personaId": "p1", "name": "Ann", "description": "warm"},
        Persona("p1", "Ann", "warm"),
    ),
    (lambda suno: suno.voices.available(TASK), "voice/check-voice", {"task_id": "t1"}, {"isAvailable": False}, False),
]


@pytest.mark.parametrize("dialect", ["sunoapi", "kie"])
@pytest.mark.parametrize(("ask", "path", "body", "data", "result"), SYNC, ids=[path for _, path, _, _, _ in SYNC])
async def test_what_is_answered_at_once(
    ask: Ask, path: str, body: dict[str, Any], data: object, result: object, dialect: str
) -> None:
    with respx.mock(base_url=BASES[dialect]) as router:
        route = router.post(f"/api/v1/{path}").mock(return_value=enveloped(data))
        async with client(dialect) as suno:
            assert await ask(suno) == result
    assert json.loads(route.calls.last.request.content) == body


@pytest.mark.parametrize(("dialect", "path"), [("sunoapi", "/api/v1/generate/credit"), ("kie", "/api/v1/chat/credit")])
async def test_the_balance_is_asked_for_where_the_gateway_tells_it(dialect: str, path: str) -> None:
    with respx.mock(base_url=BASES[dialect]) as router:
        router.get(path).mock(return_value=enveloped(42))
        async with client(dialect) as suno:
            assert await suno.credits() == 42


UPLOADED = {
    "fileName": "a.mp3",
    "filePath": "audio/a.mp3",
    "downloadUrl": URL,
    "fileSize": 3,
    "mimeType": "audio/mpeg",
    "uploadedAt": "2026-01-02T03:04:05.000Z",
}
UPLOAD = Upload(URL, "a.mp3", "audio/a.mp3", 3, "audio/mpeg", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


@pytest.mark.parametrize("dialect", ["sunoapi", "kie"])
async def test_files_are_uploaded_in_three_ways(dialect: str, tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"ID3")
    with respx.mock(base_url=UPLOADS[dialect]) as router:
        stream = router.post("/api/file-stream-upload").mock(return_value=enveloped(UPLOADED))
        base64 = router.post("/api/file-base64-upload").mock(return_value=enveloped(UPLOADED))
        url = router.post("/api/file-url-upload").mock(return_value=enveloped({"fileUrl": URL}))
        async with client(dialect) as suno:
            with (tmp_path / "a.mp3").open("rb") as file:
                for source in (tmp_path / "a.mp3", b"ID3", file):
                    assert await suno.uploads.file(source) == UPLOAD
            assert await suno.uploads.base64(b"ID3", folder="mine", name="b.mp3") == UPLOAD
            assert (await suno.uploads.url(URL)).download_url == URL
    form = stream.calls[0].request
    assert form.headers["content-type"].startswith("multipart/form-data")
    assert b'name="uploadPath"\r\n\r\naudio' in form.content
    assert b'name="file"; filename="a.mp3"' in form.content
    assert b"ID3" in form.content
    sent = json.loads(base64.calls.last.request.content)
    assert sent == {"base64Data": "SUQz", "uploadPath": "mine", "fileName": "b.mp3"}
    assert json.loads(url.calls.last.request.content) == {"fileUrl": URL, "uploadPath": "audio"}
