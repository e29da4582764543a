"""The book of music tasks, and what a client may see of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.script import Script, Status
from suno_client.sandbox.tasks import KEPT_TASKS, KNOWN_TASKS, Task, TaskBook


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def _task(folder: Path, *, whole: bool = True, outcome: str | None = None, number: int = 0) -> Task:
    takes = tuple(Recording(f"{number}-{take}", Order("x", take=take), folder) for take in (1, 2))
    for take in takes:
        take.duration_s = 60.0 if whole else None
    return Task("/api/v1/generate", {}, 0.0, "T", "jazz", "", "chirp-crow", takes, outcome=outcome)


def test_a_task_and_its_takes_are_found_until_they_are_forgotten(tmp_path: Path) -> None:
    book, task = TaskBook(Script(), 1.0, Clock()), _task(tmp_path)
    book.accept(task)
    one = task.takes[0]
    assert (book.get(task.id), book.take(one.id), book.owner(one.id)) == (task, one, task)
    book.expire(one.id)
    book.expire(one.id)
    assert (book.take(one.id), book.owner(one.id), one.abandoned) == (None, task, True)
    book.clear()
    assert (book.get(task.id), book.owner(one.id)) == (None, None)


def test_old_tasks_lose_their_sound_and_then_their_name(tmp_path: Path) -> None:
    book = TaskBook(Script(), 1.0, Clock())
    tasks = [_task(tmp_path, number=number) for number in range(KNOWN_TASKS + 1)]
    for task in tasks[:KEPT_TASKS]:
        book.accept(task)
    assert book.take("0-1") is not None
    for task in tasks[KEPT_TASKS:]:
        book.accept(task)
    assert book.take("0-1") is None
    assert (book.get(tasks[0].id), book.owner("0-1")) == (None, None)
    assert book.get(tasks[1].id) is tasks[1]


def test_time_runs_as_fast_as_it_is_told(tmp_path: Path) -> None:
    clock = Clock()
    book, task = TaskBook(Script(1.5, 20, 30), 10.0, clock), _task(tmp_path)
    book.accept(task)
    assert book.seconds_until(task, 30) == 3.0
    clock.s = 2.5
    assert (book.status(task), book.seconds_until(task, 20)) == (Status.FIRST, 0.0)
    clock.s = 3.0
    assert book.status(task) is Status.SUCCESS
    task.undelivered = True
    assert book.status(task) is Status.CALLBACK_FAILED


def test_a_take_that_broke_fails_the_task(tmp_path: Path) -> None:
    book, task = TaskBook(Script(), 1.0, Clock()), _task(tmp_path, whole=False)
    book.accept(task)
    assert book.status(task) is Status.PENDING
    task.takes[1].failed = "no FFmpeg"
    assert book.status(task) is Status.AUDIO_FAILED


@pytest.mark.parametrize("outcome", [None, "no_stream"])
def test_streams_may_be_told_only_with_the_files(tmp_path: Path, outcome: str | None) -> None:
    book, task = TaskBook(Script(), 1.0, Clock()), _task(tmp_path, outcome=outcome)
    told = {
        status: [bool(clip.stream_url) for clip in book.facts(task, "http://here", status).clips]
        for status in (Status.TEXT, Status.FIRST, Status.SUCCESS)
    }
    if outcome is None:
        assert list(told.values()) == [[True, False], [True, True], [True, True]]
    else:
        assert list(told.values()) == [[False, False], [True, False], [True, True]]


def test_whether_music_will_come_is_known_from_the_start(tmp_path: Path) -> None:
    hopeless = {word: _task(tmp_path, outcome=word).will_fail for word in ("stuck", "531", "SENSITIVE_WORD_ERROR")}
    assert set(hopeless.values()) == {True}
    assert not any(_task(tmp_path, outcome=word).will_fail for word in (None, "null_urls", "CALLBACK_EXCEPTION"))
