"""What each request must hold before it is sent: a refusal names the field, the limit and the model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.suno_requests import SAMPLES, TASK, URL

from suno_client import InvalidRequest
from suno_client import requests as ask
from suno_client.dialects import DIALECTS
from suno_client.limits import KIE_LIMITS

Wrong = dict[str, Any]
LONG = "x" * 5_001
WORDS: Wrong = {"style": "lofi", "title": "R", "lyrics": "La", "prompt": ""}
CASES: list[tuple[type[ask.Request[Any]], Wrong, str]] = [
    (ask.Generate, {"style": "lofi", "title": "x" * 101, "lyrics": "La", "prompt": ""}, "title"),
    (ask.Generate, {"model": "V6", "image_urls": (URL,) * 6}, "image_urls"),
    (ask.Generate, {"model": "V6", "video_urls": (URL,) * 2}, "video_urls"),
    (ask.Generate, {"model": "V6", "audio_urls": (URL,) * 11}, "audio_urls"),
    (ask.Generate, {"image_urls": (URL,)}, "image_urls"),
    (ask.Generate, {"model": "V6", "title": "Rain", "style": "lofi", "prompt": "", "audio_urls": (URL,)}, "audio_urls"),
    (ask.Generate, {"model": "V6", "prompt": " ", "style": None}, "prompt"),
    (ask.Generate, {"model": "V6", "style": "lofi", "duration_s": 60}, "duration_s"),
    (ask.Generate, {"model": "V6", "style": "lofi", "variety": 1}, "variety"),
    (
        ask.Generate,
        {**WORDS, "persona_model": "opera"},
        "persona_model",
    ),
    (ask.Generate, {"persona_model": "voice_persona"}, "persona_model"),
    (
        ask.Generate,
        {**WORDS, "style_weight": "much"},
        "style_weight",
    ),
    (ask.Extend, {"clip_id": " "}, "clip_id"),
    (ask.Extend, {"style": "lofi"}, "continue_at_s"),
    (ask.Extend, {"continue_at_s": 9, "style": "lofi", "title": "Rain"}, "prompt"),
    (ask.Extend, {"continue_at_s": 0, "style": "lofi", "title": "Rain", "prompt": "La"}, "continue_at_s"),
    (ask.Extend, {"continue_at_s": 9, "style": "lofi", "title": "Rain", "prompt": LONG}, "prompt"),
    (ask.Extend, {"continue_at_s": 9, "style": "x" * 1_001, "title": "Rain", "prompt": "La"}, "style"),
    (ask.Extend, {"model": "V4.5"}, "model"),
    (ask.ExtendUpload, {"upload_url": "song.mp3"}, "upload_url"),
    (ask.Cover, {"upload_url": "ftp://host/song"}, "upload_url"),
    (ask.Cover, {"prompt": ""}, "prompt"),
    (ask.Cover, {"prompt": "", "style": "lofi"}, "title"),
    (ask.Cover, {"model": "V6", "prompt": "", "style": "x" * 1_001}, "style"),
    (ask.Mashup, {"upload_urls": (URL,)}, "upload_urls"),
    (ask.Mashup, {"upload_urls": (URL, "x")}, "upload_urls"),
    (ask.AddInstrumental, {"negative_tags": None}, "negative_tags"),
    (ask.AddInstrumental, {"tags": ""}, "tags"),
    (ask.AddInstrumental, {"title": "x" * 101}, "title"),
    (ask.AddVocals, {"prompt": ""}, "prompt"),
    (ask.AddVocals, {"prompt": LONG}, "prompt"),
    (ask.AddVocals, {"upload_url": ""}, "upload_url"),
    (ask.ReplaceSection, {"end_s": 10.9}, "end_s"),
    (ask.ReplaceSection, {"end_s": 66}, "end_s"),
    (ask.ReplaceSection, {"start_s": -1, "end_s": 9}, "end_s"),
    (ask.ReplaceSection, {"model": "V6", "end_s": 14}, "end_s"),
    (ask.ReplaceSection, {"clip_id": None}, "clip_id"),
    (ask.ReplaceSection, {"upload_url": "x"}, "upload_url"),
    (ask.ReplaceSection, {"tags": ""}, "tags"),
    (ask.ReplaceSection, {"title": "x" * 101}, "title"),
    (ask.Sound, {"prompt": ""}, "prompt"),
    (ask.Sound, {"prompt": "x" * 501}, "prompt"),
    (ask.Sound, {"tempo_bpm": 301}, "tempo_bpm"),
    (ask.Sound, {"key": "H"}, "key"),
    (ask.WriteLyrics, {"prompt": " "}, "prompt"),
    (ask.WriteLyrics, {"prompt": "la " * 201}, "prompt"),
    (ask.MakeWav, {"clip_id": ""}, "clip_id"),
    (ask.MakeVideo, {"author": "x" * 51}, "author"),
    (ask.MakeVideo, {"domain": "\ud800"}, "domain"),
    (ask.SplitStems, {"kind": "karaoke"}, "kind"),
    (ask.MakeMidi, {"task_id": ""}, "task_id"),
    (ask.MakeCoverImages, {"task_id": ""}, "task_id"),
    (ask.TimeLyrics, {"clip_id": ""}, "clip_id"),
    (ask.BoostStyle, {"content": ""}, "content"),
    (ask.MakePersona, {"vocal_end_s": 9}, "vocal_end_s"),
    (ask.MakePersona, {"vocal_end_s": 31}, "vocal_end_s"),
    (ask.MakePersona, {"vocal_start_s": -1, "vocal_end_s": 20}, "vocal_end_s"),
    (ask.MakePersona, {"name": ""}, "name"),
    (ask.ValidateVoice, {"vocal_end_s": 0}, "vocal_end_s"),
    (ask.ValidateVoice, {"language": "tlh"}, "language"),
    (ask.ValidateVoice, {"voice_url": "x"}, "voice_url"),
    (ask.RegeneratePhrase, {"task_id": ""}, "task_id"),
    (ask.MakeVoice, {"verify_url": "x"}, "verify_url"),
    (ask.CheckVoice, {"task_id": ""}, "task_id"),
    (ask.UploadFile, {"folder": ""}, "folder"),
    (ask.UploadBase64, {"content": b"x" * 10_000_001}, "content"),
    (ask.UploadUrl, {"url": "file:///etc/passwd"}, "url"),
]


@pytest.mark.parametrize(("kind", "wrong", "field"), CASES)
def test_what_will_not_do_is_refused_by_its_field(kind: type[ask.Request[Any]], wrong: Wrong, field: str) -> None:
    request: Any = replace(SAMPLES[kind], **wrong)  # pyright: ignore[reportArgumentType] - dataclasses all
    with pytest.raises(InvalidRequest) as caught:
        request.check()
    assert caught.value.field == field
    assert caught.value.model == getattr(request, "model", None)


@pytest.mark.parametrize("request_", SAMPLES.values(), ids=repr)
def test_the_smallest_of_each_will_do_and_tells_nothing_of_its_words(request_: ask.Request[Any]) -> None:
    request_.check()
    assert repr(request_) == f"<{type(request_).__name__}>"


@pytest.mark.parametrize(
    "request_",
    [
        ask.Generate(prompt="rain", model="V6", style="lofi"),
        ask.Generate(prompt="rain", model="V6", audio_urls=(URL,)),
        ask.Generate(prompt="rain", model="V6", extra={"new": 1}),
        ask.Generate(model="V6", negative_tags="metal", title="Rain"),
        ask.Generate(prompt="an idea", style="lofi", title="Rain", instrumental=True),
        ask.Generate(prompt="rain", model="V9", image_urls=(URL,)),
        ask.Extend(clip_id="c", continue_at_s=9, style="lofi", title="Rain", instrumental=True),
        ask.Extend(clip_id="c", continue_at_s=9, style="x" * 9_000, title="Rain", prompt="La", model="V9"),
        ask.Cover(upload_url=URL, model="V6"),
        ask.AddVocals(upload_url=URL, title="Rain", style="lofi", negative_tags="x", model="V6"),
        ask.AddVocals(upload_url=URL, title="x" * 999, style="lofi", prompt="La", negative_tags="x", model="V9"),
        ask.AddInstrumental(upload_url=URL, title="x" * 999, tags="lofi", negative_tags="x", model="V9"),
        ask.ReplaceSection(prompt="La", tags="x", title="R", start_s=0, end_s=10, upload_url=URL, model="V6"),
        ask.ReplaceSection(
            prompt="La", tags="x", title="x" * 999, start_s=0, end_s=9, task_id=TASK, clip_id="c", model="V9"
        ),
        ask.Sound(prompt="a door", model="V6", key="Any", tempo_bpm=300),
        ask.MakeVideo(task_id=TASK, clip_id="c", author="x" * 50),
        ask.UploadBase64(content=b"x" * 10_000_000),
    ],
)
def test_what_a_gateway_takes_is_let_through(request_: ask.Request[Any]) -> None:
    request_.check()


def test_each_gateway_has_limits_of_its_own() -> None:
    title = ask.Generate(style="lofi", title="x" * 90, lyrics="La")
    title.check()
    with pytest.raises(InvalidRequest) as caught:
        title.check(KIE_LIMITS)
    assert (caught.value.field, caught.value.limit, caught.value.model) == ("title", 80, "V5_5")
    with pytest.raises(InvalidRequest):
        DIALECTS["kie"].call(title, "https://localhost/")


def test_a_request_without_rules_has_none() -> None:
    ask.Raw(method="GET", path="/").check()
