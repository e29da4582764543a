"""The dialect of a self-hosted gcui-art/suno-api (reference: suno.md 2C). Pure: no clock, no I/O.

A task here is its clips: its id is their ids with commas between.
"""

from __future__ import annotations

from suno_client._wire import Call
from suno_client.errors import Unsupported
from suno_client.models import Task
from suno_client.requests import (
    Extend,
    Generate,
    GetCredits,
    GetProgress,
    GetStems,
    ListClips,
    SplitStems,
    Submission,
    TimeLyrics,
    WriteLyrics,
)

from . import _gcui_answers as answers
from ._dialect import Dialect, Endpoint, Endpoints

PATIENCE_S = 600.0  # a captcha is solved in 100 to 500 s before the server answers (suno.md 2C.1)
MODEL_KEYS = {  # Suno's own keys, which this server passes on (suno.md 1)
    "V3_5": "chirp-v3-5",
    "V4": "chirp-v4",
    "V4_5": "chirp-auk",
    "V4_5PLUS": "chirp-bluejay",
    "V4_5ALL": "chirp-auk-turbo",
    "V5": "chirp-crow",
    "V5_5": "chirp-fenix",
    "V6": "chirp-v6",
    "V6_MINI": "chirp-v6-mini",
}


TUNING = ("vocal_gender", "style_weight", "weirdness", "audio_weight", "persona_id", "persona_model")


def _generate(request: Generate, _: str) -> Call:
    _refuse(request, *TUNING, "duration_s", "variety", "image_urls", "video_urls", "audio_urls")
    if not request.custom:  # with an idea alone the server takes nothing else, and would sing it beside tags
        _refuse(request, "negative_tags", "style", "lyrics")
    body: dict[str, object] = {
        "prompt": request.lyrics or request.prompt,
        "make_instrumental": request.instrumental,
        "model": MODEL_KEYS.get(request.model, request.model),
        "wait_audio": False,
    }
    if not request.custom:
        return _post("/api/generate", body, request)
    words = {"tags": request.style or "", "title": request.title or "", "negative_tags": request.negative_tags or ""}
    return _post("/api/custom_generate", body | words, request)


def _extend(request: Extend, _: str) -> Call:
    _refuse(request, *TUNING, "instrumental")
    body = {
        "audio_id": request.clip_id,
        "prompt": request.prompt,
        "continue_at": request.continue_at_s,
        "tags": request.style,
        "negative_tags": request.negative_tags,
        "title": request.title,
        "model": MODEL_KEYS.get(request.model, request.model),
        "wait_audio": False,
    }
    return _post("/api/extend_audio", {name: value for name, value in body.items() if value is not None}, request)


def _refuse(request: Generate | Extend, *names: str) -> None:
    """What the server has no field for is not dropped in silence: the song would be paid for without it."""
    for name in names:
        if getattr(request, name) not in (None, False, ()):
            raise Unsupported(name, "gcui")


def _post(path: str, body: dict[str, object], request: Submission[Task]) -> Call:
    return Call("POST", path, body=body | dict(request.extra), spends=True, family="gcui", patience_s=PATIENCE_S)


def _get(path: str, **params: str) -> Call:
    return Call("GET", path, params=params, family="gcui")


def _write_lyrics(request: WriteLyrics, _: str) -> Call:
    return _post("/api/generate_lyrics", {"prompt": request.prompt}, request)


def _split_stems(request: SplitStems, _: str) -> Call:
    if request.kind != "separate_vocal":
        raise Unsupported("split_stem", "gcui")
    return _post("/api/generate_stems", {"audio_id": request.clip_id}, request)


_ENDPOINTS: Endpoints = {
    Generate: Endpoint(_generate, answers.read_task),
    Extend: Endpoint(_extend, answers.read_task),
    GetProgress: Endpoint(lambda q, _: _get("/api/get", ids=q.task_id), answers.read_progress),
    ListClips: Endpoint(lambda q, _: _get("/api/get", **({"page": str(q.page)} if q.page else {})), answers.read_page),
    WriteLyrics: Endpoint(_write_lyrics, answers.read_lyrics),
    SplitStems: Endpoint(_split_stems, answers.read_task),
    GetStems: Endpoint(lambda q, _: _get("/api/get", ids=q.task_id), answers.read_stems),
    GetCredits: Endpoint(lambda _, __: _get("/api/get_limit"), answers.read_credits),
    TimeLyrics: Endpoint(lambda q, _: _get("/api/get_aligned_lyrics", song_id=q.clip_id), answers.read_timed),
}

GCUI = Dialect("gcui", "http://localhost:3000", (), _ENDPOINTS, auth="cookie", callbacks=False)
