"""The samples are what gateways post: each is read as its kind, in each spelling alike, and is always the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from suno_client import InvalidRequest, Misunderstood, Stage
from suno_client.results import CoverImages, Lyrics, Stems, Video, Voice, VoicePhrase, Wav
from suno_client.webhooks import KINDS, SIGNED_AT, EventKind, TestEvent, parse, sample, signed_event, verify_kie
from suno_client.webhooks.samples import CallbackType, Spelling

KEY = "a key for tests"
SPELLINGS: tuple[Spelling, ...] = ("gateway", "snake", "camel")
SONG_TYPES: tuple[CallbackType, ...] = ("text", "first", "complete", "error")
SIDE_TYPES: tuple[CallbackType, ...] = ("complete", "error")
ALL: list[tuple[EventKind, CallbackType]] = [
    (kind, one) for kind in KINDS for one in (SONG_TYPES if kind == "generation" else SIDE_TYPES)
]


@pytest.mark.parametrize(("kind", "callback_type"), ALL)
def test_each_sample_is_read_as_what_it_is_in_each_spelling(kind: EventKind, callback_type: CallbackType) -> None:
    events = [parse(sample(kind, callback_type, spelling=spelling).body) for spelling in SPELLINGS]
    assert events[0] == events[1] == events[2]
    assert events[0].kind == ("unknown" if (kind, callback_type) == ("midi", "error") else kind)
    assert events[0].callback_type == ("" if (kind, callback_type) == ("unknown", "complete") else callback_type)
    assert parse(sample(kind, callback_type).body, kind=kind).kind == kind


@pytest.mark.parametrize(("kind", "callback_type"), ALL)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_each_sample_can_be_signed_and_is_the_same_every_time(
    kind: EventKind, callback_type: CallbackType, spelling: Spelling
) -> None:
    event = sample(kind, callback_type, spelling=spelling, task_id="t-9", webhook_key=KEY, at=1_000)
    assert event == sample(kind, callback_type, spelling=spelling, task_id="t-9", webhook_key=KEY, at=1_000)
    assert verify_kie(event.body, event.headers, KEY, now=1_000) == "t-9" == parse(event.body).task_id
    assert event.body == sample(kind, callback_type, spelling=spelling, task_id="t-9").body


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        ("wav", Wav("https://files.example/song.wav")),
        ("video", Video("https://files.example/song.mp4")),
        ("voice", Voice("voice-1")),
        ("voice_phrase", VoicePhrase("Every river remembers its mountain")),
        ("cover_image", CoverImages(("https://files.example/cover-1.png", "https://files.example/cover-2.png"))),
        (
            "stems",
            Stems(
                {
                    "vocal": "https://files.example/Vocals.mp3",
                    "instrumental": "https://files.example/Instrumental.mp3",
                }
            ),
        ),
        (
            "lyrics",
            (Lyrics("[Verse]\nRain on the window, slow and low", "Rain"), Lyrics("[Verse]\nLate light", "Late")),
        ),
        ("market", {"resultUrls": ["https://files.example/song.mp3"]}),
    ],
)
def test_a_samples_result_is_there(kind: EventKind, result: object) -> None:
    standing: Any = parse(sample(kind).body).standing
    assert standing.result == result


def test_the_samples_of_a_song_grow_as_a_song_does() -> None:
    text, first, complete = (parse(sample(callback_type=one).body).standing for one in SONG_TYPES[:3])
    assert [one.stage for one in (text, first, complete)] == [Stage.TEXT, Stage.FIRST, Stage.COMPLETE]
    clips: Any = [one.clips for one in (text, first, complete)]  # pyright: ignore[reportAttributeAccessIssue] - songs
    assert [[bool(clip.stream_url) for clip in each] for each in clips] == [[False] * 2, [True] * 2, [True] * 2]
    assert [[bool(clip.audio_url) for clip in each] for each in clips] == [[False] * 2, [True, False], [True] * 2]
    assert len({clip.created_at for each in clips for clip in each}) == 1


def test_a_sample_fails_in_the_way_that_is_asked_for() -> None:
    usual = parse(sample("wav", "error").body)
    assert (usual.code, usual.reason) == (
        500,
        "Suno reports GENERATE_WAV_FAILED: Internal Error, Please try again later.",
    )
    moderated = parse(sample("generation", "error", code=400, reason="sensitive words").body)
    assert (moderated.code, moderated.standing.moderated) == (400, True)


def test_an_unsigned_sample_has_no_signature() -> None:
    event = sample()
    assert event.headers == {"Content-Type": "application/json"}
    assert event.body.isascii()
    assert json.loads(event.body)["data"]["callbackType"] == "complete"


def test_a_body_of_ones_own_is_signed_as_it_is() -> None:
    raw = '{"data": {"taskId": "é"}}'
    for body in (raw, raw.encode(), json.loads(raw)):
        event = signed_event(body, KEY)
        assert event.body == raw.encode()
        assert verify_kie(event.body, event.headers, KEY, now=SIGNED_AT) == "é"
    with pytest.raises(Misunderstood):
        signed_event({"data": {}}, KEY)


@pytest.mark.parametrize(("kind", "callback_type"), [("wav", "first"), ("lyrics", "text"), ("generation", "done")])
def test_only_songs_have_stages(kind: EventKind, callback_type: Any) -> None:
    with pytest.raises(InvalidRequest, match=f"callback_type of the kind {kind} is one of"):
        sample(kind, callback_type)


def test_a_kind_that_there_is_not_has_no_sample() -> None:
    with pytest.raises(InvalidRequest, match="kind is one of"):
        sample("song")  # pyright: ignore[reportArgumentType] - that is the point


def test_pytest_does_not_take_the_samples_for_tests() -> None:
    assert TestEvent.__test__ is False
