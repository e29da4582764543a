"""Every shape that gateways were seen to answer with, and any other: a model comes of it, or Misunderstood."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.suno_requests import SAMPLES

from suno_client import Clip, GenerationFailed, Misunderstood, Progress, Stage, SunoError, TaskId
from suno_client._records import FAILURES, STAGES
from suno_client._wire import Answer
from suno_client.dialects import DIALECTS, Dialect
from suno_client.requests import Generate, GetProgress

TASK = TaskId("t1")
CAMEL: dict[str, Any] = {
    "id": "8551aaaa",
    "audioUrl": "https://host/x.mp3",
    "sourceAudioUrl": "https://cdn1.suno.ai/x.mp3",
    "streamAudioUrl": "https://host/x",
    "imageUrl": "https://host/x.jpeg",
    "prompt": "la la",
    "modelName": "chirp-crow",
    "title": "Rain",
    "tags": "lofi",
    "createTime": "2026-01-02 03:04:05",
    "duration": 198.44,
}
SNAKE: dict[str, Any] = {
    "id": "8551aaaa",
    "audio_url": "https://host/x.mp3",
    "source_audio_url": "https://cdn1.suno.ai/x.mp3",
    "stream_audio_url": "https://host/x",
    "image_url": "https://host/x.jpeg",
    "prompt": "la la",
    "model_name": "chirp-crow",
    "title": "Rain",
    "tags": "lofi",
    "createTime": 1767323045000,
    "duration": "198.44",
}


def answer(data: object, *, code: object = 200) -> Answer:
    return Answer(200, {}, json.dumps({"code": code, "msg": "success", "data": data}).encode())


def record(status: str, *takes: object, **fields: object) -> Progress:
    data = {"taskId": TASK, "status": status, "response": {"taskId": TASK, "sunoData": list(takes)}} | fields
    return DIALECTS["sunoapi"].read(GetProgress(task_id=TASK), answer(data))


def test_both_spellings_make_the_same_clip() -> None:
    camel, snake = Clip.model_validate(CAMEL), Clip.model_validate(SNAKE)
    assert camel == snake
    assert camel.created_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert camel.duration_s == 198.44
    assert (camel.lyrics, camel.model_name) == ("la la", "chirp-crow")


@pytest.mark.parametrize("nothing", [None, "", "  ", 0, [], "ftp://host/x", "javascript:alert(1)"])
def test_a_url_that_is_none_is_none(nothing: object) -> None:
    clip = Clip.model_validate({"id": "a", "audioUrl": nothing, "streamAudioUrl": nothing, "imageUrl": nothing})
    assert (clip.audio_url, clip.stream_url, clip.image_url, clip.playable) == (None, None, None, False)


def test_the_source_stream_stands_in_for_a_missing_stream() -> None:
    clip = Clip.model_validate({"id": "a", "streamAudioUrl": "", "sourceStreamAudioUrl": "https://pipe/?item_id=a"})
    assert clip.stream_url == "https://pipe/?item_id=a"
    assert clip.playable


@pytest.mark.parametrize(
    "made", [None, "", "yesterday", -1e300, 10**40, True, [1], "99999999999999999999", float("nan")]
)
def test_a_time_that_cannot_be_read_is_no_time(made: object) -> None:
    assert Clip.model_validate({"id": "a", "createTime": made}).created_at is None


@pytest.mark.parametrize("made", [1767323045, 1767323045000, "1767323045000", "2026-01-02T03:04:05Z"])
def test_a_time_comes_in_every_form(made: object) -> None:
    assert Clip.model_validate({"id": "a", "createTime": made}).created_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("length", [None, 0, -3, "long", float("inf"), True, 10**400, {}])
def test_a_duration_that_is_none_is_none(length: object) -> None:
    assert Clip.model_validate({"id": "a", "duration": length}).duration_s is None


@pytest.mark.parametrize("depth", [2, 900, 100_000])
def test_lists_in_lists_and_odd_names_break_nothing(depth: int) -> None:
    nested: list[object] = ["lofi"]
    for _ in range(depth):
        nested = [nested, "warm"]
    clip = Clip.model_validate({"id": "a", "tags": nested, "half \ud83d": 1})
    assert (clip.id, clip.tags) == ("a", "warm")


def test_unknown_fields_are_kept() -> None:
    clip = Clip.model_validate(CAMEL | {"mood": "wet"})
    assert clip.model_extra == {"mood": "wet"}


@pytest.mark.parametrize(
    ("status", "stage"),
    [("PENDING", "queued"), ("TEXT_SUCCESS", "text"), ("FIRST_SUCCESS", "first"), ("SUCCESS", "complete")],
)
def test_each_status_is_a_stage(status: str, stage: str) -> None:
    assert record(status, CAMEL).stage == stage


@pytest.mark.parametrize(("takes", "stage"), [([], "queued"), ([{"id": "a"}], "text"), ([CAMEL, {"id": "b"}], "first")])
def test_an_unknown_status_is_judged_by_what_is_there(takes: list[object], stage: str) -> None:
    progress = record("MIXING_DOWN", *takes)
    assert (progress.stage, progress.failed, progress.is_final) == (stage, False, False)


@pytest.mark.parametrize("data", [None, {}, {"response": None, "status": "PENDING"}, {"response": "", "status": None}])
def test_a_task_that_is_not_known_yet_is_queued(data: object) -> None:
    progress = DIALECTS["sunoapi"].read(GetProgress(task_id=TASK), answer(data))
    assert (progress.stage, progress.clips) == (Stage.QUEUED, ())


def test_a_response_may_be_a_document_in_a_string() -> None:
    data = {"status": "SUCCESS", "response": json.dumps({"sunoData": json.dumps([CAMEL])})}
    assert DIALECTS["sunoapi"].read(GetProgress(task_id=TASK), answer(data)).clips == (Clip.model_validate(CAMEL),)


def test_a_callback_that_failed_is_success_where_there_is_audio() -> None:
    progress = record("CALLBACK_EXCEPTION", CAMEL)
    assert (progress.stage, progress.failed) == (Stage.COMPLETE, False)
    assert record("CALLBACK_EXCEPTION", {"id": "a"}).failed


def test_success_without_addresses_offers_only_a_guess() -> None:
    progress = record("SUCCESS", {"id": "abc", "audioUrl": None, "sourceAudioUrl": None})
    [clip] = progress.clips
    assert progress.stage is Stage.COMPLETE
    assert clip.audio_urls() == ()
    assert clip.audio_urls(derived=True) == ("https://cdn1.suno.ai/abc.mp3",)


def test_success_without_a_song_is_a_failure() -> None:
    assert record("SUCCESS").reason == "Suno reports success but names no song"


def test_takes_without_ids_or_with_the_same_id_stay_apart_and_single() -> None:
    progress = record("TEXT_SUCCESS", {"title": "a"}, None, CAMEL, CAMEL, "junk")
    assert [clip.id for clip in progress.clips] == ["t1-0", "8551aaaa"]


@pytest.mark.parametrize(
    "status", ["CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "SENSITIVE_WORD_ERROR", "NEW_FAILED"]
)
def test_a_failure_says_why_and_keeps_what_was_made(status: str) -> None:
    progress = record(status, CAMEL, errorCode="500", errorMessage="Internal\nError\x00, please try\u202e")
    with pytest.raises(GenerationFailed) as caught:
        progress.raise_if_failed()
    assert caught.value.reason.endswith("Internal Error , please try")
    assert (caught.value.code, caught.value.task_id, len(caught.value.clips)) == (500, TASK, 1)
    assert caught.value.moderated is (status == "SENSITIVE_WORD_ERROR")


def test_a_lagging_answer_takes_nothing_back() -> None:
    ahead = record("FIRST_SUCCESS", CAMEL, {"id": "b", "streamAudioUrl": "https://host/b"})
    behind = record("TEXT_SUCCESS", {"id": "b", "audioUrl": "https://host/b.mp3"}).after(ahead)
    assert behind.stage is Stage.FIRST
    by_id = {clip.id: clip for clip in behind.clips}
    assert by_id["b"].stream_url == "https://host/b"
    assert by_id["b"].audio_url == "https://host/b.mp3"
    assert by_id["8551aaaa"].audio_url == "https://host/x.mp3"


SIDES = [  # what side jobs call their fields
    "successFlag",
    "data",
    "text",
    "alignedWords",
    "word",
    "startS",
    "end_s",
    "audioWavUrl",
    "videoUrl",
    "vocalUrl",
    "originData",
    "midiData",
    "instruments",
    "notes",
    "pitch",
    "images",
    "downloadUrl",
    "isAvailable",
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["SUCCESS", "[]", "{}", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*CAMEL, *SNAKE, *SIDES, "x"]), inner, max_size=6)
    ),
    max_leaves=20,
)
RECORD = st.fixed_dictionaries(
    {},
    optional={
        "taskId": JSON,
        "status": JSON | st.sampled_from([*STAGES, *FAILURES]),
        "response": JSON | st.fixed_dictionaries({"sunoData": JSON | st.lists(JSON, max_size=3)}),
        "errorCode": JSON,
        "errorMessage": JSON,
    },
)
BODY = (
    st.binary()
    | st.builds(
        lambda code, msg, data: json.dumps({"code": code, "msg": msg, "data": data}).encode(),
        st.just(200) | JSON,
        JSON,
        RECORD | JSON,
    )
    | JSON.map(lambda document: json.dumps(document).encode())
)


@settings(max_examples=300, deadline=None)
@given(
    body=BODY,
    status=st.integers(100, 599),
    headers=st.dictionaries(st.sampled_from(["retry-after", "date"]), st.text()),
    dialect=st.sampled_from(list(DIALECTS.values())),
)
def test_any_answer_to_any_request_is_a_model_or_an_error_of_ours(
    body: bytes, status: int, headers: dict[str, str], dialect: Dialect
) -> None:
    given_answer = Answer(status, headers, body)
    for kind in dialect.endpoints:
        with suppress(SunoError):
            assert repr(dialect.read(SAMPLES[kind], given_answer)).encode()  # and nothing that cannot be written


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"code":null}', b"\xff\xfe", b'{"code":1e400}', b"9" * 5_000])
@pytest.mark.parametrize("dialect", ["sunoapi", "kie"])
def test_what_is_no_envelope_is_misunderstood(body: bytes, dialect: str) -> None:
    with pytest.raises(Misunderstood):
        DIALECTS[dialect].read(SAMPLES[Generate], Answer(200, {}, body))
