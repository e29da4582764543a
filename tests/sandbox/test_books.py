"""The books without their house: money and pace, side tasks, files, the ledger, families of refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_client.sandbox.jobs import KNOWN_JOBS, Job, JobBook, JobState
from suno_client.sandbox.ledger import KNOWN_ROWS, Delivery, Ledger, Row
from suno_client.sandbox.models import key_of, model_of
from suno_client.sandbox.refusals import KIE, SET_A, SET_B, Refusal, family_of, invalid
from suno_client.sandbox.shelf import KEPT_FILES, Shelf
from suno_client.sandbox.till import WINDOW_CALLS, Till


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def test_a_price_is_taken_and_a_balance_is_told_to_one_decimal() -> None:
    till = Till(10, Clock())
    for _ in range(3):
        assert till.admit(0.4) is None
        till.charge(0.4)
    assert till.balance == 8.8
    assert till.admit(8.8) is None
    assert till.admit(8.9) == "credits"
    till.clear()
    assert till.balance == 10


@given(st.lists(st.floats(0, 3), max_size=120))
def test_no_ten_seconds_hold_more_than_twenty_calls(pauses: list[float]) -> None:
    clock, admitted = Clock(), list[float]()
    till = Till(1_000, clock)
    for pause in pauses:
        clock.s += pause
        if till.admit(1) is None:
            admitted.append(clock.s)
    for at_s in admitted:
        assert sum(at_s <= other < at_s + 10 for other in admitted) <= WINDOW_CALLS


def test_a_call_is_forgotten_after_ten_seconds() -> None:
    clock = Clock()
    till = Till(1_000, clock)
    assert [till.admit(1) for _ in range(WINDOW_CALLS)] == [None] * WINDOW_CALLS
    clock.s += 9.9
    assert till.admit(1) == "pace"
    clock.s += 0.1
    assert till.admit(1) is None


def test_who_has_no_money_uses_up_no_pace() -> None:
    till = Till(1, Clock())
    assert {till.admit(2) for _ in range(30)} == {"credits"}
    assert till.admit(1) is None


def test_a_refund_comes_once_and_when_it_is_due() -> None:
    till, due = Till(10, Clock()), [False]
    till.charge(4)
    till.refund_when(lambda: due[0], 4)
    assert till.balance == 6
    due[0] = True
    assert (till.balance, till.balance) == (10, 10)
    till.refund_when(lambda: False, 4)
    till.balance = 3
    assert till.balance == 3


def _book(outcome: str | None = None, *, speed: float = 2.0) -> tuple[Clock, JobBook, Job]:
    clock = Clock()
    book = JobBook(speed, clock)
    job = Job("/api/v1/wav/generate", {"audioId": "a"}, 0.4, clock.s, 6.0, outcome)
    book.add(job)
    return clock, book, job


def test_a_job_is_ready_when_its_time_has_come_and_it_is_made() -> None:
    clock, book, job = _book()
    assert (book.state(job), book.seconds_until_ready(job)) == (JobState.PENDING, 3.0)
    job.made = True
    clock.s += 2.9
    assert book.state(job) is JobState.PENDING
    clock.s += 0.1
    assert (book.state(job), book.seconds_until_ready(job)) == (JobState.SUCCESS, 0.0)
    job.made = False
    assert book.state(job) is JobState.PENDING
    job.failed = "OSError"
    assert book.state(job) is JobState.FAILED
    assert job.error(JobState.FAILED) == (500, "Internal Error, Please try again later.")
    assert job.error(JobState.SUCCESS) == (None, None)


@pytest.mark.parametrize(
    ("outcome", "early", "late", "code"),
    [
        ("stuck", "PENDING", "PENDING", None),
        ("CREATE_TASK_FAILED", "CREATE_TASK_FAILED", "CREATE_TASK_FAILED", 500),
        ("SENSITIVE_WORD_ERROR", "PENDING", "SENSITIVE_WORD_ERROR", 400),
        ("GENERATE_AUDIO_FAILED", "PENDING", "FAILED", 500),
        ("451", "PENDING", "FAILED", 451),
        ("531", "PENDING", "FAILED", 531),
        ("CALLBACK_EXCEPTION", "PENDING", "CALLBACK_EXCEPTION", 500),
        ("null_urls", "PENDING", "SUCCESS", None),
    ],
)
def test_a_job_ends_as_its_fault_says(outcome: str, early: str, late: str, code: int | None) -> None:
    clock, book, job = _book(outcome)
    job.made = not job.will_fail
    assert book.state(job) == early
    clock.s += 99
    assert book.state(job) == late
    assert job.error(book.state(job))[0] == code


def test_a_job_whose_callback_was_not_taken_may_end_so() -> None:
    clock, book, job = _book()
    job.made = job.undelivered = True
    clock.s += 99
    assert book.state(job) is JobState.CALLBACK_FAILED
    assert job.error(JobState.CALLBACK_FAILED) == (500, "Callback failed.")


def test_jobs_are_found_by_id_and_by_endpoint_until_there_are_too_many() -> None:
    _, book, job = _book()
    assert book.get(job.id) is job
    assert book.get(job.id, "/api/v1/wav/generate") is job
    assert book.get(job.id, "/api/v1/lyrics") is None
    assert book.get("nobody") is None
    assert (book.of("/api/v1/wav/generate"), book.of("/api/v1/lyrics")) == ([job], [])
    for _ in range(KNOWN_JOBS):
        book.add(Job("/api/v1/lyrics", {}, 0.4, 0.0, 1.0))
    assert book.get(job.id) is None
    book.clear()
    assert book.of("/api/v1/lyrics") == []


def test_a_file_on_the_shelf_has_an_address_until_it_is_dropped(tmp_path: Path) -> None:
    shelf = Shelf("http://here")
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    url = shelf.keep(song, "audio/wav", "a/song.wav")
    assert url == "http://here/media/files/a/song.wav"
    assert shelf.path_of(url) == song
    assert (shelf.path_of("http://there/song.wav"), shelf.path_of(url + "x"), shelf.get("x")) == (None, None, None)
    shelf.drop("http://there/song.wav")
    shelf.drop(url)
    assert not song.exists()
    assert shelf.path_of(url) is None


def test_a_file_without_a_name_gets_one_and_a_name_can_be_given_anew(tmp_path: Path) -> None:
    shelf = Shelf("http://here")
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    for path in (one, two):
        path.write_bytes(b"x")
    assert shelf.keep(one, "image/png").endswith(".png")
    url = shelf.keep(one, "image/png", "cover.png")
    assert shelf.keep(one, "image/png", "cover.png") == url
    assert one.exists()
    assert shelf.keep(two, "image/png", "cover.png") == url
    assert not one.exists()
    assert shelf.path_of(url) == two
    shelf.clear()
    assert not two.exists()


def test_the_oldest_files_make_room(tmp_path: Path) -> None:
    shelf = Shelf("http://here")
    paths = [tmp_path / f"{number}.png" for number in range(KEPT_FILES + 2)]
    for path in paths:
        path.touch()
        shelf.keep(path, "image/png", path.name)
    assert [path.exists() for path in paths[:3]] == [False, False, True]


def test_the_ledger_keeps_the_newest_rows_and_forgets_all_when_told() -> None:
    ledger = Ledger()
    for number in range(KNOWN_ROWS + 1):
        ledger.add(Row("/api/v1/lyrics", {"n": number}, 0.4))
        ledger.told(Delivery("t", "text", delivered=True, tries=number))
    told = ledger.as_json(7.5)
    rows, callbacks = told["submissions"], told["callbacks"]
    assert isinstance(rows, list)
    assert isinstance(callbacks, list)
    assert (len(rows), rows[0]["request"], rows[0]["status"], rows[0]["polls"]) == (KNOWN_ROWS, {"n": 1}, "SUCCESS", 0)
    assert (len(callbacks), callbacks[0]["tries"], told["credits"]) == (KNOWN_ROWS, 1, 7.5)
    ledger.clear()
    assert ledger.as_json(7.0) == {
        "submissions": [], "refused": 0, "credits": 7, "mediaRequests": 0, "mediaBytes": 0, "callbacks": [],
    }  # fmt: skip


def test_families_refuse_alike_in_other_codes() -> None:
    assert (family_of("sunoapi", "A"), family_of("sunoapi", "B"), family_of("gcui", "A")) == (SET_A, SET_B, SET_A)
    assert family_of("kie", "A") is family_of("kie", "B") is KIE
    assert [family.no_credits.code for family in (SET_A, SET_B, KIE)] == [429, 402, 402]
    assert [family.too_often.code for family in (SET_A, SET_B, KIE)] == [430, 429, 429]
    said = [family.spoken(invalid("Please enter callBackUrl.")) for family in (SET_A, SET_B, KIE)]
    assert [(one.code, one.msg[-1]) for one in said] == [(400, "."), (422, "."), (422, "l")]
    exists = Refusal(400, "It exists already.", {"taskId": "t"})
    assert all(family.spoken(exists) is exists for family in (SET_A, SET_B, KIE))
    assert [family.words["429"].msg[:3] for family in (SET_A, SET_B, KIE)] == ["The", "You", "You"]
    assert {family.words["402"].msg[:3] for family in (SET_A, SET_B, KIE)} == {"The"}


def test_a_model_is_known_by_its_name_or_is_a_key_already() -> None:
    assert (key_of("V5"), key_of(None), key_of(""), key_of("chirp-v3-5")) == (
        "chirp-crow", "chirp-fenix", "chirp-fenix", "chirp-v3-5",
    )  # fmt: skip
    assert model_of(None) is model_of("V5_5")
