"""Flags in three shapes, times in two, and quirks, as pure values; and what a file is called."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.sides import shapes
from suno_client.sandbox.sides.faults import SIDE_FAILURES, SIDE_FAULTS
from suno_client.sandbox.sides.files import media_type_of, name_in
from suno_client.sandbox.sides.phrases import PHRASES

THEN = datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)


def job(outcome: str | None = None) -> Job:
    return Job("/x", {}, 0.0, 0.0, 1.0, outcome)


def test_every_state_has_a_word_or_a_number() -> None:
    words, numbers = shapes.words("GENERATE_X_FAILED"), shapes.numbers(create_failed=2, failed=3)
    assert set(words) == set(numbers) == set(JobState)
    assert words[JobState.FAILED] == "GENERATE_X_FAILED"
    assert [numbers[state] for state in (JobState.PENDING, JobState.SUCCESS, JobState.CREATE_FAILED)] == [0, 1, 2]


def test_a_strange_status_is_none_of_the_endpoints_own_and_only_while_it_is_pending() -> None:
    words, numbers = shapes.words("F"), shapes.numbers(create_failed=2, failed=3)
    odd = job("unknown_status")
    assert shapes.flag(odd, JobState.PENDING, words) == "STILL_THINKING"
    assert shapes.flag(odd, JobState.PENDING, numbers) == 9
    assert shapes.flag(odd, JobState.SUCCESS, words) == "SUCCESS"
    assert shapes.flag(job(), JobState.PENDING, words) == "PENDING"


def test_times_are_words_or_milliseconds() -> None:
    assert shapes.timestamp(THEN) == "2026-01-02 03:04:05"
    assert shapes.timestamp(THEN, job("epoch_time")) == shapes.epoch_ms(THEN) == 1_767_323_045_678
    assert shapes.timestamp(None, job()) is None
    ended = job()
    assert shapes.completed(ended, JobState.PENDING) is None
    assert shapes.completed(ended, JobState.CREATE_FAILED) == ended.created
    ended.completed = THEN
    assert shapes.completed(ended, JobState.SUCCESS) == THEN


def test_a_response_is_there_when_there_is_a_result() -> None:
    value = {"images": ["http://x/a.png"], "kept": [{"id": "1", "n": 2}]}
    assert shapes.response(job(), JobState.PENDING, value) is None
    assert shapes.response(job(), JobState.CALLBACK_FAILED, value) == value
    assert shapes.response(job("null_urls"), JobState.SUCCESS, value) == {"images": [None], "kept": value["kept"]}
    assert shapes.response(job("string_response"), JobState.SUCCESS, {"a": 1}) == '{"a":1}'


def test_old_names_go_as_deep_as_the_value() -> None:
    value = {"a": [{"a": 1}, "a"], "b": None}
    assert shapes.renamed(job(), value, {"a": "c"}) is value
    assert shapes.renamed(job("old_edition"), value, {"a": "c"}) == {"c": [{"c": 1}, "a"], "b": None}


@pytest.mark.parametrize(
    ("named", "name", "found"),
    [
        ("audio/wav", "a.mp3", "audio/wav"),
        ("application/octet-stream", "a.mp3", "audio/mpeg"),
        ("", "a", "application/octet-stream"),
    ],
)
def test_a_name_tells_a_type_where_nothing_else_does(named: str, name: str, found: str) -> None:
    assert media_type_of(named, name) == found


def test_an_address_has_a_name_at_its_end() -> None:
    assert name_in("https://example.org/a/b%20c.mp3?x=/y") == "b c.mp3"
    assert name_in("https://example.org") == ""


def test_phrases_and_words_for_faults_are_complete() -> None:
    assert {len(set(phrases)) for phrases in PHRASES.values()} == {5}
    assert SIDE_FAULTS["task"] > SIDE_FAILURES
