"""The bodies of all requests for sound, as sunoapi.org and kie.ai take them (suno.md 2A.3, 2A.7). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from suno_client._wire import Call, Family
from suno_client.requests import (
    AddInstrumental,
    AddVocals,
    Cover,
    Extend,
    ExtendUpload,
    Generate,
    Mashup,
    ReplaceSection,
    Sound,
)
from suno_client.requests.remakes import Continued
from suno_client.requests.songs import Tuned, Worded


def generate(request: Generate, callback_url: str) -> Call:
    optional: dict[str, object] = {
        "duration": request.duration_s,
        "variety": request.variety,
        "imageUrls": list(request.image_urls) or None,
        "videoUrls": list(request.video_urls) or None,
        "audioUrls": list(request.audio_urls) or None,
    }
    return _post("/api/v1/generate", _worded(request, callback_url) | _given(optional), request.extra)


def extend(request: Extend, callback_url: str) -> Call:
    body: dict[str, object] = {"audioId": request.clip_id}
    return _post("/api/v1/generate/extend", body | _continued(request, callback_url), request.extra)


def extend_upload(request: ExtendUpload, callback_url: str) -> Call:
    body: dict[str, object] = {"uploadUrl": request.upload_url, "instrumental": request.instrumental}
    return _post("/api/v1/generate/upload-extend", body | _continued(request, callback_url), request.extra)


def cover(request: Cover, callback_url: str) -> Call:
    body: dict[str, object] = {"uploadUrl": request.upload_url}
    return _post("/api/v1/generate/upload-cover", body | _worded(request, callback_url), request.extra)


def mashup(request: Mashup, callback_url: str) -> Call:
    body: dict[str, object] = {"uploadUrlList": list(request.upload_urls)}
    return _post("/api/v1/generate/mashup", body | _worded(request, callback_url), request.extra)


def add_instrumental(request: AddInstrumental, callback_url: str) -> Call:
    body: dict[str, object] = {"uploadUrl": request.upload_url, "title": request.title, "tags": request.tags}
    return _post("/api/v1/generate/add-instrumental", body | _tuned(request, callback_url), request.extra)


def add_vocals(request: AddVocals, callback_url: str) -> Call:
    body: dict[str, object] = {"uploadUrl": request.upload_url, "title": request.title, "style": request.style}
    body |= _given({"prompt": request.prompt or None})
    return _post("/api/v1/generate/add-vocals", body | _tuned(request, callback_url), request.extra)


def replace_section(request: ReplaceSection, callback_url: str) -> Call:
    body: dict[str, object] = {
        "prompt": request.prompt,
        "tags": request.tags,
        "title": request.title,
        "infillStartS": round(request.start_s, 2),
        "infillEndS": round(request.end_s, 2),
    }
    source: dict[str, object] = {"uploadUrl": request.upload_url, "fullLyrics": request.full_lyrics or None}
    if request.upload_url is None:
        source |= {"taskId": request.task_id, "audioId": request.clip_id}
    tuned = _tuned(request, callback_url)
    if request.upload_url is None and request.era != "V6":
        del tuned["model"]  # the source's model goes on
    return _post("/api/v1/generate/replace-section", body | _given(source) | tuned, request.extra, family="B")


def sound(request: Sound, callback_url: str) -> Call:
    body: dict[str, object] = {"prompt": request.prompt, "model": request.model, "callBackUrl": callback_url}
    body |= {"soundLoop": request.loop, "grabLyrics": request.grab_lyrics}
    body |= _given({"soundTempo": request.tempo_bpm, "soundKey": request.key})
    return _post("/api/v1/generate/sounds", body, request.extra)


def _post(path: str, body: Mapping[str, object], extra: Mapping[str, object], *, family: Family = "A") -> Call:
    return Call("POST", path, body=dict(body) | dict(extra), spends=True, family=family)


def _given(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _worded(request: Worded, callback_url: str) -> dict[str, object]:
    """Up to V5_5 the words that are sung travel as `prompt`; V6 has a field for each."""
    body: dict[str, object] = {"customMode": request.custom, "instrumental": request.instrumental}
    if request.era == "V6":
        said: dict[str, object] = {"prompt": request.prompt or None, "lyrics": request.lyrics or None}
    else:
        said = {"prompt": request.lyrics or request.prompt or None}
    said |= {"style": request.style or None, "title": request.title or None}
    return body | _tuned(request, callback_url, **_given(said))


def _continued(request: Continued, callback_url: str) -> dict[str, object]:
    said: dict[str, object] = {"defaultParamFlag": request.custom}
    if request.custom:
        own = {"prompt": request.prompt or None, "style": request.style, "title": request.title}
        said |= _given({**own, "continueAt": request.continue_at_s})
    return _tuned(request, callback_url, **said)


def _tuned(request: Tuned, callback_url: str, **said: object) -> dict[str, object]:
    """Every field that the server demands is sent, also those that its pages call optional."""
    body: dict[str, object] = {"model": request.model, "callBackUrl": callback_url, **said}
    return body | _given(
        {
            "negativeTags": request.negative_tags or None,
            "vocalGender": request.vocal_gender,
            "styleWeight": request.style_weight,
            "weirdnessConstraint": request.weirdness,
            "audioWeight": request.audio_weight,
            "personaId": request.persona_id or None,
            "personaModel": request.persona_model,
        }
    )
