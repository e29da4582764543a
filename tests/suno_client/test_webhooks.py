"""A callback of any kind, in any spelling, becomes the Progress or Job that the record gives; and nothing breaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from suno_client import InvalidRequest, Job, Misunderstood, Progress, Stage
from suno_client._records import progress_of
from suno_client.models import TaskId
from suno_client.results import CoverImages, Lyrics, Midi, Stems, Video, Voice, VoicePhrase, Wav
from suno_client.webhooks import KINDS, Event, EventKind, parse, sample
from suno_client.webhooks.samples import CallbackType, Spelling

ID = "5c790000000000000000000000000be8"
URL = "https://host.example"
SPELLINGS: tuple[Spelling, ...] = ("gateway", "snake", "camel")
SONG_TYPES: tuple[CallbackType, ...] = ("text", "first", "complete", "error")
SIDE_TYPES: tuple[CallbackType, ...] = ("complete", "error")
ALL: list[tuple[EventKind, CallbackType]] = [
    (kind, one) for kind in KINDS for one in (SONG_TYPES if kind == "generation" else SIDE_TYPES)
]


def told(data: object, *, code: object = 200, msg: str = "success", **more: object) -> Event:
    return parse(json.dumps({"code": code, "msg": msg, "data": data, **more}))


def song(callback_type: str, *takes: Mapping[str, object], code: object = 200, msg: str = "") -> Event:
    return told({"callbackType": callback_type, "task_id": ID, "data": list(takes)}, code=code, msg=msg)


def progress(event: Event) -> Progress:
    assert isinstance(event.standing, Progress)
    return event.standing


def job(event: Event) -> Job[Any]:
    assert isinstance(event.standing, Job)
    return event.standing


WHOLE: dict[str, object] = {"id": "a", "audio_url": f"{URL}/a.mp3", "title": "Rain", "duration": 228.28}
# As a real "first" was (suno.md 2A.6): the second take has a stream alone, and the time is in milliseconds.
STREAMED: dict[str, object] = {
    "id": "b",
    "audio_url": "",
    "stream_audio_url": f"{URL}/b",
    "source_stream_audio_url": f"{URL}/c",
    "createTime": 1_767_225_600_000,
}


@pytest.mark.parametrize(
    ("callback_type", "stage", "status"),
    [
        ("text", Stage.TEXT, "TEXT_SUCCESS"),
        ("first", Stage.FIRST, "FIRST_SUCCESS"),
        ("complete", Stage.COMPLETE, "SUCCESS"),
    ],
)
def test_a_songs_callback_tells_its_stage(callback_type: str, stage: Stage, status: str) -> None:
    event = song(callback_type, WHOLE, STREAMED)
    standing = progress(event)
    assert (event.task_id, event.kind, event.callback_type, event.code) == (ID, "generation", callback_type, 200)
    assert (standing.stage, standing.status, standing.reason) == (stage, status, None)
    assert event.final == (stage is Stage.COMPLETE)
    assert event.key == (ID, "generation", callback_type)
    first, second = standing.clips
    assert (first.id, first.audio_url, first.duration_s) == ("a", f"{URL}/a.mp3", 228.28)
    assert (second.audio_url, second.stream_url) == (None, f"{URL}/b")
    assert second.created_at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("data", [None, []])
def test_a_songs_failure_keeps_code_and_reason(data: object) -> None:
    body = {"callbackType": "error", "task_id": ID, "data": data}
    event = told(body, code=501, msg="Audio generation failed")
    assert (event.kind, event.callback_type, event.code, event.final) == ("generation", "error", 501, True)
    assert event.reason == "Suno could not make the audio: Audio generation failed"
    assert event.standing.code == 501
    assert not event.standing.moderated


def test_moderation_is_told_from_other_failures() -> None:
    event = song("error", code=400, msg="The prompt contains sensitive words.")
    assert event.standing.moderated
    assert event.standing.status == "SENSITIVE_WORD_ERROR"
    wav = told({"task_id": ID, "audioWavUrl": None}, code=400, msg="Copyright match").standing
    assert (wav.moderated, wav.status) == (True, "SENSITIVE_WORD_ERROR")


def test_a_code_that_is_not_200_is_a_failure_whatever_the_type_says() -> None:
    event = song("text", WHOLE, code="531", msg="failed, credits refunded")
    assert event.callback_type == "error"
    assert event.standing.code == 531
    assert [clip.id for clip in progress(event).clips] == ["a"]


def test_a_type_of_error_is_a_failure_whatever_the_code_says() -> None:
    event = song("error", WHOLE, code=200, msg="something broke")
    assert event.reason == "Suno could not make the audio: something broke"
    assert (event.code, event.standing.code) == (200, None)


def test_a_record_that_is_sent_as_a_callback_is_read_as_one() -> None:
    """What SunoFlow's receiver expects: data.taskId and data.status (suno.md 2A.6)."""
    data: dict[str, object] = {"taskId": ID, "status": "FIRST_SUCCESS", "response": {"sunoData": [WHOLE]}}
    event = told(data)
    assert event.standing == progress_of(data, TaskId(ID))
    assert (event.kind, event.callback_type) == ("generation", "first")
    assert told({**data, "response": json.dumps({"sunoData": [WHOLE]})}) == event
    assert told({"taskId": ID, "status": "TEXT_SUCCESS", "response": None}).key == (ID, "generation", "text")
    failed = told({"taskId": ID, "status": "SENSITIVE_WORD_ERROR", "operationType": "generate", "errorCode": 400})
    assert (failed.kind, failed.callback_type, failed.standing.code) == ("generation", "error", 400)
    kept = told({"taskId": ID, "status": "CREATE_TASK_FAILED", "operationType": "extend"}, code=500, msg="no")
    assert kept.standing.status == "CREATE_TASK_FAILED"


def test_a_success_that_leaves_the_takes_out_is_neither_final_nor_a_failure() -> None:
    thin = parse(json.dumps({"data": {"taskId": ID, "status": "SUCCESS"}}), kind="generation")
    assert (thin.final, thin.reason, thin.callback_type) == (False, None, "")
    assert (thin.standing.status, thin.standing.stage) == ("SUCCESS", Stage.QUEUED)
    untold = told({"taskId": ID, "status": "SUCCESS"})  # of which kind?
    assert (untold.kind, untold.final, untold.standing.status) == ("unknown", False, "SUCCESS")
    wav = parse(json.dumps({"code": 200, "data": {"task_id": ID}}), kind="wav")
    assert (wav.final, wav.reason, wav.callback_type) == (False, None, "")
    lyrics = parse(json.dumps({"code": 200, "task_id": ID, "data": None}), kind="lyrics")
    assert (lyrics.final, lyrics.reason, lyrics.callback_type) == (False, None, "")


def test_a_success_that_holds_nothing_is_a_failure_as_it_is_in_the_record() -> None:
    assert song("complete").reason == "Suno reports success but names no song"
    assert told({"task_id": ID, "audioWavUrl": None}).reason == "Suno reports success but names no result"


def test_songs_and_lyrics_are_told_apart_by_what_is_in_the_list() -> None:
    words = {"text": "[Verse] rain", "title": "Rain", "status": "complete", "errorMessage": ""}
    assert song("complete", words).kind == "lyrics"
    assert song("complete", {**WHOLE, "text": "rain"}).kind == "generation"
    assert song("complete", {"title": "Rain"}).kind == "generation"
    assert told({"taskId": ID, "lyricsData": [words]}).kind == "lyrics"
    assert told({"taskId": ID, "type": "LYRICS", "status": "PENDING"}).kind == "lyrics"
    assert told({"taskId": ID, "data": [WHOLE]}).kind == "generation"
    assert song("error", code=500, msg="Lyrics could not be written").kind == "lyrics"
    assert song("complete", msg="Lyrics").kind == "generation"


LYRICS = [{"text": "[Verse] rain", "title": "Rain"}, {"text": "", "title": "", "status": "failed"}]
PARTS = {"vocal_url": f"{URL}/v.mp3", "backing_vocals_url": f"{URL}/b.mp3", "origin_url": ""}
CAMEL_PARTS = {"vocalUrl": f"{URL}/v.mp3", "backingVocalsUrl": f"{URL}/b.mp3", "originUrl": None}
NOTES = [{"name": "Drums", "notes": [{"pitch": 73, "start": "0.25", "end": 0.5, "velocity": 1}]}]
STEMS = Stems({"vocal": f"{URL}/v.mp3", "backing_vocals": f"{URL}/b.mp3"})
RESULTS: list[tuple[EventKind, dict[str, object], object]] = [
    ("lyrics", {"taskId": ID, "callbackType": "complete", "data": LYRICS}, (Lyrics("[Verse] rain", "Rain"),)),
    ("lyrics", {"task_id": ID, "callback_type": "complete", "lyricsData": LYRICS}, (Lyrics("[Verse] rain", "Rain"),)),
    ("wav", {"task_id": ID, "audioWavUrl": f"{URL}/a.wav"}, Wav(f"{URL}/a.wav")),
    ("wav", {"taskId": ID, "audio_wav_url": f"{URL}/a.wav"}, Wav(f"{URL}/a.wav")),
    ("wav", {"taskId": ID, "successFlag": "SUCCESS", "response": {"audioWavUrl": f"{URL}/a"}}, Wav(f"{URL}/a")),
    ("video", {"task_id": ID, "video_url": f"{URL}/a.mp4"}, Video(f"{URL}/a.mp4")),
    ("video", {"taskId": ID, "videoUrl": f"{URL}/a.mp4"}, Video(f"{URL}/a.mp4")),
    ("stems", {"task_id": ID, "vocal_removal_info": PARTS}, STEMS),
    ("stems", {"task_id": ID, "vocal_separation_info": PARTS}, STEMS),
    ("stems", {"taskId": ID, "vocalRemovalInfo": CAMEL_PARTS}, STEMS),
    ("stems", {"taskId": ID, "callbackUrl": URL, "response": CAMEL_PARTS}, STEMS),
    ("cover_image", {"taskId": ID, "images": [f"{URL}/1.png", None]}, CoverImages((f"{URL}/1.png",))),
    ("cover_image", {"task_id": ID, "successFlag": 1, "response": {"images": [URL]}}, CoverImages((URL,))),
    (
        "voice_phrase",
        {"taskId": ID, "validateInfo": "Sing this", "status": "wait_validating"},
        VoicePhrase("Sing this"),
    ),
    ("voice_phrase", {"task_id": ID, "validate_info": "Sing this"}, VoicePhrase("Sing this")),
    ("voice", {"taskId": ID, "voiceId": "v1", "status": "success", "errorCode": 0, "errorMessage": ""}, Voice("v1")),
    ("voice", {"task_id": ID, "voice_id": "v1"}, Voice("v1")),
    ("market", {"taskId": ID, "state": "success", "resultJson": '{"resultUrls":["u"]}'}, {"resultUrls": ["u"]}),
]


@pytest.mark.parametrize(("kind", "data", "result"), RESULTS)
def test_each_side_job_is_known_by_its_fields_and_brings_its_result(
    kind: EventKind, data: dict[str, object], result: object
) -> None:
    event = told(data)
    assert (event.task_id, event.kind, event.callback_type, event.final) == (ID, kind, "complete", True)
    assert job(event).result == result
    assert parse(json.dumps({"code": 200, "data": data}), kind=kind).standing == event.standing


@pytest.mark.parametrize("place", ["beside", "inside"])
def test_the_id_of_a_midi_job_may_stand_beside_its_data(place: str) -> None:
    data = {"state": "complete", "instruments": NOTES, **({"task_id": ID} if place == "inside" else {})}
    event = told(data, **({"task_id": ID} if place == "beside" else {}))
    assert (event.task_id, event.kind) == (ID, "midi")
    result = job(event).result
    assert isinstance(result, Midi)
    assert (result.instruments[0].notes[0].pitch, result.instruments[0].notes[0].start_s) == (73, 0.25)


def test_a_body_whose_fields_lie_side_by_side_is_read_too() -> None:
    flat = parse(json.dumps({"taskId": ID, "videoUrl": f"{URL}/a.mp4"}))
    assert job(flat).result == Video(f"{URL}/a.mp4")
    takes = parse(json.dumps({"taskId": ID, "callbackType": "complete", "data": [WHOLE]}))
    assert (takes.kind, takes.final) == ("generation", True)
    beside = told({"task_id": ID, "data": [WHOLE]}, callbackType="first")
    assert (beside.kind, beside.callback_type) == ("generation", "first")


@pytest.mark.parametrize(
    ("kind", "data", "status"),
    [
        ("wav", {"audioWavUrl": None}, "GENERATE_WAV_FAILED"),
        ("video", {"video_url": None}, "GENERATE_MP4_FAILED"),
        ("stems", {"vocal_removal_info": None}, "GENERATE_AUDIO_FAILED"),
        ("midi", {"instruments": None}, "FAILED"),
        ("cover_image", {"images": None}, "FAILED"),
        ("voice_phrase", {"validateInfo": "", "status": "processing_validate_fail"}, "processing_validate_fail"),
        ("voice", {"voiceId": "", "status": "fail"}, "fail"),
        ("market", {"state": "fail", "resultJson": ""}, "fail"),
        ("unknown", {"something": 1}, "FAILED"),
        ("unknown", {}, "FAILED"),
        ("wav", {"audioWavUrl": f"{URL}/a.wav", "successFlag": "SUCCESS"}, "GENERATE_WAV_FAILED"),
    ],
)
def test_a_side_job_that_failed_says_so(kind: EventKind, data: dict[str, object], status: str) -> None:
    event = told({"task_id": ID, **data}, code=500, msg="it broke")
    assert (event.kind, event.callback_type, event.final) == (kind, "error", True)
    assert (event.reason, event.standing.status) == (f"Suno reports {status}: it broke", status)
    assert event.standing.code == 500


def test_a_failures_own_words_and_code_go_before_the_envelopes() -> None:
    data = {"taskId": ID, "voiceId": "", "status": "fail", "errorCode": 422, "errorMessage": "It is another's voice"}
    event = told(data, code=400, msg="Voice generation failed")
    assert (event.code, event.standing.code) == (400, 422)
    assert event.reason == "Suno reports fail: It is another's voice"
    market = told({"taskId": ID, "state": "fail", "failCode": "501", "failMsg": "Bad input"}, code=501, msg="failed")
    assert (market.standing.code, market.reason) == (501, "Suno reports fail: Bad input")


def test_a_job_that_is_not_done_yet_is_not_final() -> None:
    waiting = told({"taskId": ID, "state": "generating", "resultJson": ""})
    assert (waiting.kind, waiting.final, waiting.callback_type) == ("market", False, "")
    assert waiting.standing.status == "generating"
    pending = told({"taskId": ID, "voiceId": "", "status": "wait_processing"})
    assert (pending.final, pending.reason) == (False, None)


def test_what_nobody_knows_is_an_event_that_tells_only_the_task() -> None:
    event = told({"task_id": ID, "something_new": {"a": 1}})
    assert (event.kind, event.final, event.reason, event.callback_type) == ("unknown", False, None, "")
    assert event.standing.status == ""
    new_type = song("halfway", WHOLE)
    assert (new_type.kind, new_type.callback_type, new_type.standing.stage) == ("generation", "", Stage.FIRST)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        "null",
        "[]",
        "{}",
        "7",
        '"text"',
        b"<html>",
        '{"code":200,"data":null}',
        '{"code":200,"data":{"task_id":7}}',
        '{"code":200,"data":{"task_id":" "}}',
        "[" * 100_000,
        {"data": {"task_id": "a", "data": object()}},
        {"data": {"task_id": "a", (1, 2): 3}},
    ],
    ids=lambda body: str(body)[:40],
)
def test_what_is_no_callback_is_misunderstood_and_was_not_charged(body: Any) -> None:
    with pytest.raises(Misunderstood) as caught:
        parse(body)
    assert not caught.value.may_be_charged


def test_a_body_that_leads_back_to_itself_is_misunderstood() -> None:
    round_: dict[str, object] = {"task_id": "a"}
    round_["data"] = round_
    with pytest.raises(Misunderstood):
        parse(round_)


def test_a_parsed_body_is_read_as_its_bytes_are() -> None:
    body = {"code": 200, "data": {"callbackType": "first", "task_id": ID, "data": [WHOLE, STREAMED]}}
    raw = json.dumps(body)
    assert parse(body) == parse(raw) == parse(raw.encode()) == parse(raw.encode("utf-16"))


def test_a_kind_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="kind is one of generation"):
        parse(b"{}", kind="songs")  # pyright: ignore[reportArgumentType] - that is the point


def test_names_that_are_no_text_and_lists_without_end_are_passed_over() -> None:
    deep = '{"title":' + "[" * 900 + "]" * 900 + ',"id":"b"}'
    event = parse('{"data":{"task_id":"a","callbackType":"text","data":[{"\\ud800":1,"id":"a"},' + deep + "]}}")
    assert isinstance(event.standing, Progress)
    assert [clip.id for clip in event.standing.clips] == ["a", "b"]


# --- whatever comes -------------------------------------------------------------------------------------------------

UNHURRIED = settings(deadline=None)  # a busy machine is no fault of the code
TEXT = st.text(st.characters(exclude_categories=()), max_size=8)  # lone surrogates too
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))
REAL = [json.loads(sample(kind, one, spelling=way).body) for kind, one in ALL for way in SPELLINGS]
NAMES = sorted({name for body in REAL for name in body} | {name for body in REAL for name in body.get("data") or {}})


def read_without_harm(body: Any, kind: EventKind | None = None) -> Event | None:
    """The event or None; any other exception fails the test that calls this."""
    try:
        event = parse(body, kind=kind)
    except Misunderstood:
        return None
    assert event.task_id
    assert event.kind in KINDS
    assert event.final == (event.callback_type in {"complete", "error"})
    assert (event.callback_type == "error") == event.standing.failed
    hash(event.key)
    return event


@UNHURRIED
@given(JSON, st.sampled_from([None, *KINDS]))
def test_arbitrary_json_is_read_or_misunderstood(body: Any, kind: EventKind | None) -> None:
    read_without_harm(json.dumps(body), kind)


@UNHURRIED
@given(st.binary(max_size=200), st.sampled_from([None, *KINDS]))
@example(b"\x00" * 8, None)
def test_arbitrary_bytes_are_read_or_misunderstood(body: bytes, kind: EventKind | None) -> None:
    read_without_harm(body, kind)


@UNHURRIED
@given(st.dictionaries(st.sampled_from(NAMES), JSON), st.sampled_from([None, *KINDS]))
def test_known_names_may_hold_anything(data: dict[str, object], kind: EventKind | None) -> None:
    event = read_without_harm({"code": 200, "data": {**data, "task_id": "a"}}, kind)
    assert event is None or kind in {None, event.kind}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*path, name))


def changed(value: Any, path: tuple[Any, ...], put: Any) -> Any:
    if not path:
        return put
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], put)
    return copy


@UNHURRIED
@given(st.data(), st.sampled_from(REAL), st.sampled_from([None, *KINDS]))
def test_a_real_body_of_which_parts_have_changed_is_read_or_misunderstood(
    data: st.DataObject, body: Any, kind: EventKind | None
) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(body))[1:] or [()]))
        body = changed(body, path, data.draw(JSON))
        if not isinstance(body, dict):
            break
    read_without_harm(json.dumps(body), kind)


@UNHURRIED
@given(st.integers(0, 3_000), st.sampled_from(["title", "prompt", "tags", "data", "response", "instruments"]))
def test_however_deep_it_goes_it_is_read_or_misunderstood(depth: int, name: str) -> None:
    deep = '{"a":' * depth + "[" * depth + "]" * depth + "}" * depth
    for body in (f'{{"data":{{"task_id":"a","{name}":{deep}}}}}', f'{{"task_id":"a","data":[{{"{name}":{deep}}}]}}'):
        read_without_harm(body)
