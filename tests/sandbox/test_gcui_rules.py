"""The self-hosted server's pure parts: statuses by time, what waiting means, its clips, its errors (suno.md 2C)."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_client.sandbox.gcui import errors
from suno_client.sandbox.gcui.errors import GcuiError, Thrown, UpstreamRefused, UpstreamSilent
from suno_client.sandbox.gcui.life import ClipStatus, Life, clip_status, fails, life_of
from suno_client.sandbox.gcui.rules import LIMITS, faults_of, model_in, moment_of, truthy
from suno_client.sandbox.gcui.wait import wait_audio
from suno_client.sandbox.gcui.wire import ClipFacts, markdown, persona, raw, seen, submitted
from suno_client.sandbox.script import SCRIPTS, Script

LIFE = Life(5, 15, 75)
WHEN = datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC)
NEW = ClipFacts("id-1", ClipStatus.SUBMITTED, WHEN, "chirp-v3-5", "", "", idea="rain")
DONE = ClipFacts(
    "id-1", ClipStatus.COMPLETE, WHEN, "chirp-v3-5", "Rain", "one\n\n \ntwo", tags="lofi", negative_tags="drums",
    image_url="https://host/i.jpeg", audio_url="https://host/a.mp3", video_url="https://host/v.mp4", duration_s=61.5,
)  # fmt: skip
FAILED = ClipFacts("id-1", ClipStatus.ERROR, WHEN, "chirp-v3-5", "", "", error=("moderation_failure", "bad words"))


@pytest.mark.parametrize(("name", "streaming"), [("sandbox", 2.25), ("gateway", 15.0)])
def test_life_follows_the_script_and_fits_the_reference(name: str, streaming: float) -> None:
    life = life_of(SCRIPTS[name])
    assert 0 < life.queued_s < life.streaming_s == streaming < life.complete_s == SCRIPTS[name].success_s


def test_a_script_without_words_has_no_streaming() -> None:
    assert life_of(Script(text_s=None, first_s=None, success_s=9)) == Life(3, 9, 9)


@pytest.mark.parametrize(
    ("at", "sounds", "whole", "status"),
    [
        (0, False, False, "submitted"),
        (4.9, True, True, "submitted"),
        (5, True, True, "queued"),
        (14.9, True, True, "queued"),
        (15, False, False, "queued"),
        (15, True, False, "streaming"),
        (74.9, True, True, "streaming"),
        (75, True, True, "complete"),
        (500, True, False, "streaming"),
        (500, False, False, "queued"),
    ],
)
def test_a_status_waits_for_its_time_and_for_its_sound(at: float, sounds: bool, whole: bool, status: str) -> None:
    assert clip_status(LIFE, at, sounds=sounds, whole=whole, failed=False, stuck=False) == status


def test_a_failure_shows_when_the_others_stream_and_stuck_is_for_ever() -> None:
    def status(at: float, *, failed: bool = False, stuck: bool = False) -> str:
        return clip_status(LIFE, at, sounds=True, whole=True, failed=failed, stuck=stuck)

    assert [status(at, failed=True) for at in (0, 5, 15, 900)] == ["submitted", "queued", "error", "error"]
    assert [status(at, stuck=True) for at in (0, 5, 900)] == ["submitted", "queued", "queued"]


@given(st.lists(st.tuples(st.floats(0, 200), st.booleans(), st.booleans()), min_size=2, max_size=9))
def test_statuses_only_go_forward(moments: list[tuple[float, bool, bool]]) -> None:
    order = ["submitted", "queued", "streaming", "complete"]
    times, whole = sorted(time for time, _, _ in moments), sorted(done for _, _, done in moments)
    sounds = sorted(sound or done for _, sound, done in moments)
    found = [
        clip_status(LIFE, at, sounds=sound or done, whole=done, failed=False, stuck=False)
        for at, sound, done in zip(times, sounds, whole, strict=True)
    ]
    assert found == sorted(found, key=order.index)


def test_which_take_fails() -> None:
    assert [fails("clip_error", take) for take in (1, 2)] == [True, False]
    assert [fails("SENSITIVE_WORD_ERROR", take) for take in (1, 2)] == [True, True]
    assert not fails(None, 1)


class Time:
    """A clock that moves when somebody sleeps, and keeps the sleeps."""

    def __init__(self) -> None:
        self.at = 1_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    async def wait(self, *looks: list[str]) -> list[str]:
        """Waits over these looks, of which the last one stays."""
        left = list(looks)

        async def look() -> list[str]:
            return left.pop(0) if len(left) > 1 else left[0]

        return list(await wait_audio(look, ClipStatus, self.now, self.sleep, Random(7)))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "enough",
    [["streaming", "streaming"], ["complete", "streaming"], ["complete", "complete"], ["error", "error"], []],
)
async def test_waiting_ends_when_all_can_be_heard_or_all_have_failed(enough: list[str]) -> None:
    time = Time()
    assert await time.wait(enough) == enough
    assert time.slept == [5]


@pytest.mark.anyio
async def test_waiting_looks_again_after_three_to_six_seconds_and_a_new_token() -> None:
    time = Time()
    assert await time.wait(["queued", "queued"], ["queued", "streaming"], ["streaming", "complete"])
    first, *later = time.slept
    assert first == 5
    assert len(later) == 4
    assert all(3 <= pause <= 6 for pause in later[::2])
    assert all(1 <= pause <= 2 for pause in later[1::2])


@pytest.mark.anyio
@pytest.mark.parametrize("clips", [["error", "complete"], ["queued", "streaming"], ["submitted", "submitted"]])
async def test_waiting_gives_up_after_a_hundred_seconds_and_answers_with_what_is_there(clips: list[str]) -> None:
    time = Time()
    assert await time.wait(clips) == clips
    assert 100 <= time.at - 1_000 < 108  # the last pause may reach beyond


def test_a_new_clip_says_null_where_it_knows_nothing_yet_and_omits_what_was_never_said() -> None:
    assert submitted(NEW) == {
        "id": "id-1", "title": "", "image_url": None, "lyric": "", "audio_url": "", "video_url": "",
        "created_at": "2026-01-02T03:04:05.678Z", "model_name": "chirp-v3-5", "status": "submitted",
        "gpt_description_prompt": "rain", "prompt": "", "type": "gen", "tags": None, "duration": None,
    }  # fmt: skip
    assert submitted(DONE)["negative_tags"] == "drums"
    assert submitted(DONE)["lyric"] == "one\n\n \ntwo"


def test_a_clip_that_was_looked_up_has_no_blank_lines_and_tells_its_error_only() -> None:
    assert seen(DONE)["lyric"] == "one\ntwo"
    assert seen(DONE)["prompt"] == "one\n\n \ntwo"
    assert seen(DONE)["duration"] == 61.5
    assert "error_message" not in seen(DONE)
    assert "negative_tags" not in seen(DONE)
    assert seen(FAILED)["error_message"] == "bad words"


def test_a_raw_clip_has_every_documented_field() -> None:
    clip = raw(DONE)
    assert list(clip) == [
        "id", "video_url", "audio_url", "image_url", "image_large_url", "is_video_pending", "major_model_version",
        "model_name", "metadata", "is_liked", "user_id", "display_name", "handle", "is_handle_updated",
        "avatar_image_url", "is_trashed", "reaction", "created_at", "status", "title", "play_count", "upvote_count",
        "is_public",
    ]  # fmt: skip
    metadata = clip["metadata"]
    assert isinstance(metadata, dict)
    assert {"tags", "negative_tags", "prompt", "gpt_description_prompt", "audio_prompt_id", "history", "concat_history",
            "stem_from_id", "type", "duration", "refund_credits", "stream", "infill", "has_vocal",
            "is_audio_upload_tos_accepted", "error_type", "error_message", "configurations", "artist_clip_id",
            "cover_clip_id"} == set(metadata)  # fmt: skip
    assert (metadata["history"], metadata["concat_history"], metadata["error_type"]) == (None, None, None)
    assert (clip["image_large_url"], raw(NEW)["image_large_url"]) == ("https://host/i.jpeg", None)


def test_a_persona_without_songs_has_no_root() -> None:
    told = persona("p", [], 0, 1)
    assert isinstance(told["persona"], dict)
    assert (told["persona"]["root_clip_id"], told["persona"]["clip"], told["total_results"]) == (None, None, 0)


def test_markdown_prints_null_as_javascript_does() -> None:
    assert markdown(seen(NEW)).startswith("## \n\n![](null)\n")
    assert "[Listen](https://host/a.mp3)" in markdown(seen(DONE))


def test_each_family_of_routes_words_an_error_in_its_own_way() -> None:
    def said(error: GcuiError) -> list[tuple[int, str] | None]:
        return [family(error) for family in (errors.plain, errors.custom, errors.quiet, errors.told, errors.chat)]

    quiet = (500, "Internal server error")
    assert said(UpstreamRefused(402, "Insufficient credits.")) == [
        (402, "Insufficient credits."), (402, "Insufficient credits."), quiet,
        (500, "Internal server error. AxiosError: Request failed with status code 402"), (402, "Insufficient credits."),
    ]  # fmt: skip
    axios = "AxiosError: Request failed with status code"
    assert said(UpstreamRefused(402))[:2] == [(402, "Payment required"), (402, f"{axios} 402")]
    assert said(UpstreamRefused(402))[4] == (402, "Payment required")
    assert said(UpstreamRefused(401, "Unauthorized"))[:2] == [(401, "API Error: Unauthorized"), (401, "Unauthorized")]
    assert said(UpstreamRefused(429)) == [
        (429, "API Error: Too Many Requests"), (429, f"{axios} 429"), quiet,
        (500, f"Internal server error. {axios} 429"), (500, "Internal server error: Too Many Requests"),
    ]  # fmt: skip
    assert said(UpstreamRefused(455))[0] == (455, "API Error: Unknown error")
    assert said(UpstreamRefused(455))[4] == (500, "Internal server error: Unknown error")
    assert said(UpstreamRefused(422, [{"msg": "no"}]))[:2] == [
        (422, "API Error: [object Object]"), (422, "[object Object]")
    ]  # fmt: skip
    assert said(UpstreamSilent()) == [
        (503, errors.UNREACHABLE), (500, "AxiosError: timeout of 10000ms exceeded"), quiet,
        (500, "Internal server error. AxiosError: timeout of 10000ms exceeded"), None,
    ]  # fmt: skip
    assert said(Thrown(errors.NO_SESSION)) == [
        (500, f"Internal error: {errors.NO_SESSION}"), (500, f"Error: {errors.NO_SESSION}"), quiet,
        (500, f"Internal server error. Error: {errors.NO_SESSION}"), None,
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["false", "x", 1, -1, True, [], {}, {"a": 1}])
def test_true_in_javascript(value: object) -> None:
    assert truthy(value)


@pytest.mark.parametrize("value", ["", 0, 0.0, None, False])
def test_false_in_javascript(value: object) -> None:
    assert not truthy(value)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(30, 30.0), (12.5, 12.5), ("109.96", 109.96), ("01:30", 90.0), ("1:30.5", 90.5), ("soon", None), (True, None),
     (None, None), ([], None)],
)  # fmt: skip
def test_where_a_song_goes_on(asked: object, seconds: float | None) -> None:
    assert moment_of(asked) == seconds


def test_the_model_is_the_old_one_where_none_is_named() -> None:
    assert model_in({}) == model_in({"model": ""}) == "chirp-v3-5"
    assert model_in({"model": "chirp-crow"}) == "chirp-crow"


@pytest.mark.parametrize(
    ("fields", "described", "wrong"),
    [
        ({"prompt": "x"}, True, []),
        ({}, True, ["gpt_description_prompt"]),
        ({"prompt": "x" * 501}, True, ["prompt"]),
        ({}, False, []),
        ({"prompt": "x" * 3_001, "tags": "x" * 201, "negative_tags": "x" * 1_001, "title": "x" * 101}, False,
         ["prompt", "tags", "negative_tags", "title"]),
        ({"model": "chirp-crow", "prompt": "x" * 5_000, "tags": "x" * 1_000}, False, []),
        ({"prompt": 7}, False, ["prompt"]),
        ({"model": "chirp-v9"}, False, ["mv"]),
    ],
)  # fmt: skip
def test_what_suno_itself_refuses(fields: dict[str, object], described: bool, wrong: list[str]) -> None:
    found = faults_of(fields, described=described)
    assert [place for fault in found for place in [fault["loc"]] if isinstance(place, list)] == [
        ["body", name] for name in wrong
    ]


def test_every_model_of_the_gateways_has_limits() -> None:
    assert {"chirp-v3", "chirp-v3-5", "chirp-v4", "chirp-crow", "chirp-fenix", "chirp-v6"} <= set(LIMITS)
