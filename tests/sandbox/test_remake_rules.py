"""What the endpoints refuse that make music out of music (reference: suno.md 2A.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from suno_client.sandbox import rules_remakes as asks
from suno_client.sandbox.refusals import Refusal

URL = "https://files.example/song.mp3"
CALL = {"callBackUrl": "https://localhost/x"}
WORDS = {"prompt": "la la", "style": "jazz", "title": "T"}
GOOD: dict[str, dict[str, Any]] = {
    "extend": {"audioId": "a", "defaultParamFlag": True, "model": "V5", "continueAt": 12.5, **WORDS, **CALL},
    "upload_extend": {"uploadUrl": URL, "defaultParamFlag": True, "model": "V5", "continueAt": 3, **WORDS, **CALL},
    "upload_cover": {
        "uploadUrl": URL, "customMode": True, "instrumental": False, "model": "V5_5", **WORDS, **CALL,
    },
    "mashup": {"uploadUrlList": [URL, URL], "customMode": False, "model": "V5", "prompt": "both", **CALL},
    "add_instrumental": {"uploadUrl": URL, "title": "T", "tags": "jazz", "negativeTags": "metal", **CALL},
    "add_vocals": {"uploadUrl": URL, "negativeTags": "metal", "model": "V5", **WORDS, **CALL},
    "replace_section": {
        "taskId": "t", "audioId": "a", "prompt": "la", "tags": "jazz", "title": "T",
        "infillStartS": 10.25, "infillEndS": 20.75, **CALL,
    },
    "sounds": {"prompt": "a door", "model": "V5", "soundLoop": True, "soundTempo": 120, "soundKey": "C#m", **CALL},
}  # fmt: skip
CHECKS: Mapping[str, Callable[[Mapping[str, object]], Refusal | None]] = {name: getattr(asks, name) for name in GOOD}


def _said(endpoint: str, **changes: Any) -> tuple[int, str] | None:
    """The refusal of the good request with changes; a change to None leaves a field out."""
    body = {name: value for name, value in {**GOOD[endpoint], **changes}.items() if value is not None}
    refusal = CHECKS[endpoint](body)
    return (refusal.code, refusal.msg) if refusal else None


@pytest.mark.parametrize("endpoint", GOOD)
def test_a_good_request_is_taken(endpoint: str) -> None:
    assert _said(endpoint) is None


@pytest.mark.parametrize("endpoint", GOOD)
def test_each_asks_for_its_callback(endpoint: str) -> None:
    assert _said(endpoint, callBackUrl=None) == (400, "Please enter callBackUrl.")


@pytest.mark.parametrize("endpoint", GOOD)
def test_each_knows_its_models_and_weights(endpoint: str) -> None:
    assert _said(endpoint, model="V9") == (400, "model is invalid")
    assert _said(endpoint, audioWeight=2) == (400, "audioWeight must be between 0 and 1")


@pytest.mark.parametrize(
    ("endpoint", "field", "said"),
    [
        *[("extend", field, f"{field} cannot be null") for field in ("audioId", "defaultParamFlag", "model")],
        ("extend", "continueAt", "continueAt cannot be null"),
        ("extend", "style", "Please enter style."),
        ("extend", "prompt", "Please enter prompt."),
        ("upload_extend", "uploadUrl", "uploadUrl cannot be null"),
        *[("upload_cover", field, f"{field} cannot be null") for field in ("uploadUrl", "customMode", "instrumental")],
        ("upload_cover", "title", "Please enter title."),
        ("mashup", "uploadUrlList", "uploadUrlList cannot be null"),
        ("mashup", "customMode", "customMode cannot be null"),
        ("mashup", "prompt", "Please enter prompt."),
        *[("add_instrumental", field, f"Please enter {field}.") for field in ("title", "tags", "negativeTags")],
        ("add_instrumental", "uploadUrl", "uploadUrl cannot be null"),
        *[("add_vocals", field, f"Please enter {field}.") for field in ("prompt", "title", "style", "negativeTags")],
        *[("replace_section", field, f"{field} cannot be null") for field in ("taskId", "audioId", "infillEndS")],
        *[("replace_section", field, f"Please enter {field}.") for field in ("prompt", "tags", "title")],
        ("sounds", "prompt", "Please enter prompt."),
        ("sounds", "model", "model cannot be null"),
    ],
)
def test_a_missing_field_is_named(endpoint: str, field: str, said: str) -> None:
    assert _said(endpoint, **{field: None}) == (400, said)


@pytest.mark.parametrize("endpoint", ["upload_extend", "upload_cover", "add_instrumental", "add_vocals"])
def test_an_upload_is_named_by_a_url(endpoint: str) -> None:
    assert _said(endpoint, uploadUrl="song.mp3") == (400, "uploadUrl is invalid")


@pytest.mark.parametrize(
    ("endpoint", "changes", "said"),
    [
        ("extend", {"continueAt": 0}, "continueAt must be greater than 0 and less than the duration of the audio."),
        ("extend", {"continueAt": True}, "continueAt must be greater than 0 and less than the duration of the audio."),
        ("extend", {"defaultParamFlag": "yes"}, "defaultParamFlag must be a boolean"),
        ("mashup", {"uploadUrlList": [URL]}, "uploadUrlList must hold exactly 2 URLs"),
        ("mashup", {"uploadUrlList": [URL, "x"]}, "uploadUrlList must hold exactly 2 URLs"),
        ("mashup", {"uploadUrlList": URL}, "uploadUrlList must hold exactly 2 URLs"),
        ("add_vocals", {"model": "V4"}, "model is invalid"),
        ("add_instrumental", {"tags": 7}, "tags must be a string"),
        ("replace_section", {"infillEndS": 16.24}, "the section must be between 6 and 60 seconds long"),
        ("replace_section", {"infillEndS": 70.26}, "the section must be between 6 and 60 seconds long"),
        ("replace_section", {"infillEndS": 20.125}, "infillStartS and infillEndS have at most 2 decimals"),
        ("replace_section", {"infillEndS": 10}, "infillEndS must be greater than infillStartS"),
        ("replace_section", {"infillStartS": -1}, "infillEndS must be greater than infillStartS"),
        ("replace_section", {"infillStartS": "10"}, "infillStartS and infillEndS must be numbers"),
        ("replace_section", {"infillEndS": False}, "infillStartS and infillEndS must be numbers"),
        ("replace_section", {"fullLyrics": 7}, "fullLyrics must be a string"),
        ("replace_section", {"uploadUrl": "song"}, "uploadUrl is invalid"),
        ("sounds", {"soundTempo": 301}, "soundTempo must be between 1 and 300"),
        ("sounds", {"soundTempo": 99.5}, "soundTempo must be a whole number"),
        ("sounds", {"soundKey": "H"}, "soundKey is invalid"),
        ("sounds", {"soundKey": "Db"}, "soundKey is invalid"),
        ("sounds", {"soundLoop": 1}, "soundLoop must be a boolean"),
        ("sounds", {"model": "V4_5"}, "model is invalid"),
    ],
)
def test_what_makes_no_sense_is_refused(endpoint: str, changes: dict[str, Any], said: str) -> None:
    assert _said(endpoint, **changes) == (400, said)


@pytest.mark.parametrize(
    ("endpoint", "field", "limit"),
    [
        ("extend", "title", 100), ("upload_extend", "prompt", 5_000), ("upload_cover", "style", 1_000),
        ("mashup", "prompt", 500), ("add_instrumental", "tags", 1_000), ("add_vocals", "prompt", 5_000),
        ("replace_section", "negativeTags", 1_000), ("sounds", "prompt", 500),
    ],
)  # fmt: skip
def test_a_length_is_allowed_up_to_its_limit(endpoint: str, field: str, limit: int) -> None:
    assert _said(endpoint, **{field: "x" * limit}) is None
    assert _said(endpoint, **{field: "x" * (limit + 1)}) == (413, f"{field} is too long: at most {limit} characters.")


def test_without_words_of_its_own_an_extension_needs_none() -> None:
    nothing = dict.fromkeys(("prompt", "style", "title", "continueAt"))
    assert _said("extend", defaultParamFlag=False, **nothing) is None
    assert _said("upload_extend", defaultParamFlag=False, **nothing) is None
    assert _said("upload_extend", instrumental=True, prompt=None) is None


def test_the_sixth_generation_asks_for_less() -> None:
    nothing = dict.fromkeys(("prompt", "style", "title", "customMode", "instrumental"))
    assert _said("upload_cover", model="V6", **nothing) is None
    assert _said("upload_cover", model="V6", uploadUrl="x") == (400, "uploadUrl is invalid")
    assert _said("add_vocals", model="V6", prompt=None) is None
    assert _said("mashup", model="V6", prompt=None, style="jazz") is None
    assert _said("replace_section", model="V6", infillEndS=20.24) == (
        400, "the section must be between 10 and 60 seconds long",
    )  # fmt: skip


def test_the_sixth_generation_replaces_sections_of_uploads_too() -> None:
    upload = {"taskId": None, "audioId": None, "uploadUrl": URL}
    assert _said("replace_section", **upload) == (400, "taskId cannot be null")
    assert _said("replace_section", **upload, model="V5_5") == (400, "taskId cannot be null")
    assert _said("replace_section", **upload, model="V6") is None
    assert _said("replace_section", taskId=None, audioId=None, model="V6") == (400, "uploadUrl cannot be null")
