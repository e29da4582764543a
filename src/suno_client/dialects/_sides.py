"""Side jobs as sunoapi.org and kie.ai take them: bodies, paths, and how each record is read (suno.md 2A.8). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from suno_client import _readings as readings
from suno_client._answers import object_of
from suno_client._wire import Answer, Call, Family
from suno_client.models import Task
from suno_client.requests import (
    BoostStyle,
    CheckVoice,
    GetCoverImages,
    GetLyrics,
    GetMidi,
    GetStems,
    GetVideo,
    GetVoice,
    GetVoicePhrase,
    GetWav,
    Look,
    MakeCoverImages,
    MakeMidi,
    MakePersona,
    MakeVideo,
    MakeVoice,
    MakeWav,
    RegeneratePhrase,
    SplitStems,
    Submission,
    TimeLyrics,
    ValidateVoice,
    WriteLyrics,
)
from suno_client.results import Job, Persona, StyleBoost, TimedLyrics

from ._dialect import Endpoint, Endpoints
from ._envelope import Codes, data_of, nothing, read_task

R = TypeVar("R")
Body = Mapping[str, object]

CALLBACK = "callBackUrl"


def endpoints(codes: Codes) -> Endpoints:
    """All of them, read by these codes."""
    return {
        WriteLyrics: _job(codes, "/api/v1/lyrics", lambda q: {"prompt": q.prompt}),
        GetLyrics: _look(codes, "/api/v1/lyrics/record-info", readings.lyrics_of),
        MakeWav: _job(codes, "/api/v1/wav/generate", _of_clip),
        GetWav: _look(codes, "/api/v1/wav/record-info", readings.wav_of),
        MakeVideo: _job(
            codes, "/api/v1/mp4/generate", lambda q: {**_of_clip(q), "author": q.author, "domainName": q.domain}
        ),
        GetVideo: _look(codes, "/api/v1/mp4/record-info", readings.video_of),
        SplitStems: _job(codes, "/api/v1/vocal-removal/generate", lambda q: {**_of_clip(q), "type": q.kind}),
        GetStems: _look(codes, "/api/v1/vocal-removal/record-info", readings.stems_of),
        MakeMidi: _job(codes, "/api/v1/midi/generate", lambda q: {"taskId": q.task_id, "audioId": q.clip_id}),
        GetMidi: _look(codes, "/api/v1/midi/record-info", readings.midi_of, flags=readings.MIDI_FLAGS),
        MakeCoverImages: _job(codes, "/api/v1/suno/cover/generate", lambda q: {"taskId": q.task_id}, family="B"),
        GetCoverImages: _look(
            codes,
            "/api/v1/suno/cover/record-info",
            readings.cover_images_of,
            flags=readings.COVER_FLAGS,
            family="B",
        ),
        TimeLyrics: Endpoint(_time_lyrics, lambda _, answer: _read_timed(codes, answer)),
        BoostStyle: Endpoint(_boost_style, lambda _, answer: _read_boost(codes, answer)),
        MakePersona: Endpoint(_make_persona, lambda _, answer: _read_persona(codes, answer)),
        **_voices(codes),
    }


def _voices(codes: Codes) -> Endpoints:
    return {
        ValidateVoice: _job(codes, "/api/v1/voice/validate", _validate_voice),
        RegeneratePhrase: _job(
            codes,
            "/api/v1/voice/regenerate",
            lambda q: {"taskId": q.task_id},
            callback="calBackUrl",  # so it is spelt there (suno.md 2A.8)
        ),
        GetVoicePhrase: _look(codes, "/api/v1/voice/validate-info", readings.phrase_of, states=readings.PHRASE_STATES),
        MakeVoice: _job(codes, "/api/v1/voice/generate", _make_voice),
        GetVoice: _look(codes, "/api/v1/voice/record-info", readings.voice_of, states=readings.VOICE_STATES),
        CheckVoice: Endpoint(
            lambda q, _: Call("POST", "/api/v1/voice/check-voice", body={"task_id": q.task_id}),
            lambda _, answer: _read_available(codes, answer),
        ),
    }


Asked = TypeVar("Asked", bound=Submission[Any])


def _job(
    codes: Codes,
    path: str,
    body: Callable[[Asked], Body],
    *,
    family: Family = "A",
    callback: str = CALLBACK,
) -> Endpoint[Asked, Task]:
    def build(request: Asked, callback_url: str) -> Call:
        return _post(path, {**body(request), callback: callback_url}, request, family)

    return Endpoint(build, lambda _, answer: read_task(codes, answer, family=family))


def _look(
    codes: Codes,
    path: str,
    read: Callable[[Body], R | None],
    *,
    flags: Mapping[int, str] | None = None,
    states: Mapping[str, str] | None = None,
    family: Family = "A",
) -> Endpoint[Look[Job[R]], Job[R]]:
    def reading(request: Look[Job[R]], answer: Answer) -> Job[R]:
        data = object_of(data_of(codes, answer, family=family))  # null for an unknown or very new task
        return readings.job_of(data, request.task_id, read, flags=flags, states=states)

    return Endpoint(lambda q, _: Call("GET", path, params={"taskId": q.task_id}, family=family), reading)


def _post(path: str, body: Body, request: Submission[Any], family: Family = "A") -> Call:
    given = {name: value for name, value in body.items() if value is not None}
    return Call("POST", path, body=given | dict(request.extra), spends=True, family=family)


def _of_clip(request: MakeWav | MakeVideo | SplitStems) -> dict[str, object]:
    return {"taskId": request.task_id, "audioId": request.clip_id}


def _time_lyrics(request: TimeLyrics, _: str) -> Call:
    body = {"taskId": request.task_id, "audioId": request.clip_id}
    return _post("/api/v1/generate/get-timestamped-lyrics", body, request)


def _read_timed(codes: Codes, answer: Answer) -> TimedLyrics:
    return readings.timed_lyrics_of(object_of(data_of(codes, answer, spends=True)))


def _boost_style(request: BoostStyle, _: str) -> Call:
    return _post("/api/v1/style/generate", {"content": request.content}, request)


def _read_boost(codes: Codes, answer: Answer) -> StyleBoost:
    boost = readings.boost_of(object_of(data_of(codes, answer, spends=True)))
    if boost is None:
        raise nothing(answer, "the gateway says success but names no style", spends=True)
    return boost


def _make_persona(request: MakePersona, _: str) -> Call:
    body = {
        "taskId": request.task_id,
        "audioId": request.clip_id,
        "name": request.name,
        "description": request.description,
        "vocalStart": request.vocal_start_s,
        "vocalEnd": request.vocal_end_s,
        "style": request.style,
    }
    return _post("/api/v1/generate/generate-persona", body, request, "B")


def _read_persona(codes: Codes, answer: Answer) -> Persona:
    persona = readings.persona_of(object_of(data_of(codes, answer, family="B", spends=True)))
    if persona is None:
        raise nothing(answer, "the gateway says success but names no persona", spends=True)
    return persona


def _validate_voice(request: ValidateVoice) -> Body:
    return {
        "voiceUrl": request.voice_url,
        "vocalStartS": request.vocal_start_s,
        "vocalEndS": request.vocal_end_s,
        "language": request.language,
    }


def _make_voice(request: MakeVoice) -> Body:
    return {
        "taskId": request.task_id,
        "verifyUrl": request.verify_url,
        "voiceName": request.name,
        "description": request.description,
        "style": request.style,
        "singerSkillLevel": request.skill,
    }


def _read_available(codes: Codes, answer: Answer) -> bool:
    available = object_of(data_of(codes, answer)).get("isAvailable")
    if not isinstance(available, bool):
        raise nothing(answer, "the gateway does not say whether the voice can be used", spends=False)
    return available
