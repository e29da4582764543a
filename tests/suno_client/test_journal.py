"""A submission that bears an id is sent at most once, whatever dies between: task, process, machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_client import InvalidRequest, TaskId, Unanswered
from suno_client.journal import FileJournal, Outcome, Submission

WISH = Submission("wish-1", "sunoapi", "generate", "f" * 64, 1)
OTHER = Submission("wish-2", "sunoapi", "generate", "f" * 64, 1)
ACCEPTED = Outcome(TaskId("task-1"), "accepted", 200)
NOT_SENT = Outcome(None, "not_sent")
REFUSED = Outcome(None, "refused", 430)
UNKNOWN = Outcome(None, "unknown", 502)

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


@pytest.fixture(params=["the same journal", "a new one"])
def again(request: pytest.FixtureRequest, path: Path) -> Callable[[], FileJournal]:
    """The journal as it is asked later: by the same process, or by one that was started since."""
    kept = FileJournal(path)
    return lambda: kept if request.param == "the same journal" else FileJournal(path)


async def test_what_was_accepted_gives_back_its_task(again: Callable[[], FileJournal]) -> None:
    assert await again().before(WISH) is None
    await again().after(WISH, ACCEPTED)
    assert await again().before(WISH) == "task-1"
    assert await again().before(OTHER) is None


@pytest.mark.parametrize("outcome", [NOT_SENT, REFUSED], ids=lambda outcome: outcome.kind)
async def test_what_surely_cost_nothing_may_go_again(again: Callable[[], FileJournal], outcome: Outcome) -> None:
    for _ in range(3):
        assert await again().before(WISH) is None
        await again().after(WISH, outcome)


@pytest.mark.parametrize("outcome", [None, UNKNOWN], ids=["it never ended", "no answer came"])
async def test_what_may_be_charged_is_not_sent_again(again: Callable[[], FileJournal], outcome: Outcome | None) -> None:
    assert await again().before(WISH) is None
    if outcome is not None:
        await again().after(WISH, outcome)
    for _ in range(2):
        with pytest.raises(
            Unanswered, match=r"'wish-1' \(generate\) .* settle it without, and it may be sent again"
        ) as caught:
            await again().before(WISH)
        assert caught.value.may_be_charged


async def test_what_is_settled_is_known(again: Callable[[], FileJournal]) -> None:
    for wish in (WISH, OTHER):
        assert await again().before(wish) is None
    await again().settle(WISH.id, TaskId("task-9"))  # a callback brought it
    await again().settle(OTHER.id, None)  # it is in no list of the gateway
    assert await again().before(WISH) == "task-9"
    assert await again().before(OTHER) is None
    with pytest.raises(InvalidRequest, match="never begun"):
        await again().settle("wish-3", None)


async def test_an_id_belongs_to_one_wish(again: Callable[[], FileJournal]) -> None:
    another = Submission(WISH.id, "sunoapi", "generate", "e" * 64, 1)
    for outcome in (None, NOT_SENT, ACCEPTED):
        await again().before(WISH)
        if outcome is not None:
            await again().after(WISH, outcome)
        with pytest.raises(InvalidRequest, match="for another request") as caught:
            await again().before(another)
        assert caught.value.field == "submission_id"
        if outcome is None:
            await again().after(WISH, REFUSED)


async def test_what_was_answered_at_once_has_no_task_to_give_back(again: Callable[[], FileJournal]) -> None:
    await again().before(WISH)
    await again().after(WISH, Outcome(None, "accepted", 200))
    with pytest.raises(InvalidRequest, match="was answered at once"):
        await again().before(WISH)


@given(cut=st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_a_line_that_a_power_cut_broke_off_never_lets_a_wish_through_twice(cut: int) -> None:
    """Cut anywhere in what was written for a wish that was sent: it is known, or doubted, or was never begun."""

    async def story() -> None:
        async with anyio.TemporaryDirectory() as folder:
            path = Path(folder) / "journal.jsonl"
            journal = FileJournal(path)
            await journal.before(OTHER)
            await journal.after(OTHER, ACCEPTED)
            kept = path.stat().st_size
            await journal.before(WISH)
            begun = path.stat().st_size
            await journal.after(WISH, ACCEPTED)
            whole = path.read_bytes()
            os.truncate(path, min(kept + cut, len(whole)))
            survivor = FileJournal(path)
            try:
                task_id = await survivor.before(WISH)
            except Unanswered:
                assert cut >= len('{"id": "wish-1"')
            else:
                never_begun = kept + cut < begun and cut < len('{"id": "wish-1"')
                assert task_id is None if never_begun else task_id == "task-1"
            assert await survivor.before(OTHER) == "task-1"
            await survivor.after(WISH, ACCEPTED)  # a whole line after the broken one
            assert await FileJournal(path).before(WISH) == "task-1"

    anyio.run(story)


async def test_lines_of_nobody_are_passed_over(path: Path) -> None:
    path.write_bytes(b'\n[1]\n"x"\n{"kind": "begun"}\n\xff\xfe\n{"id": 7}\n{"id": "wish-')
    assert await FileJournal(path).before(WISH) is None


async def test_a_journal_that_was_put_in_its_place_is_read_anew(path: Path) -> None:
    journal = FileJournal(path)
    await journal.before(WISH)
    await journal.before(OTHER)
    path.rename(path.with_suffix(".old"))
    path.write_bytes(b"\n" * 10_000)  # longer than the one before
    assert await journal.before(WISH) is None


async def test_a_journal_that_was_emptied_has_forgotten(path: Path) -> None:
    journal = FileJournal(path)
    await journal.before(WISH)
    await journal.before(OTHER)
    os.truncate(path, 0)
    assert await journal.before(WISH) is None


async def test_the_file_holds_ids_alone_and_is_ones_own(path: Path) -> None:
    journal = FileJournal(path)
    await journal.before(WISH)
    await journal.after(WISH, REFUSED)
    begun, ended = map(json.loads, path.read_text().splitlines())
    assert begun.keys() == {"id", "at", "dialect", "feature", "fingerprint", "attempt", "kind"}
    assert ended.keys() == begun.keys() | {"task_id", "code"}
    assert path.stat().st_mode & 0o077 == 0
    assert repr(journal) == f"FileJournal('{path}')"


async def test_where_nothing_can_be_written_nothing_is_sent(path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await FileJournal(path.parent / "missing" / "journal.jsonl").before(WISH)


CHILD = """
import os, signal, sys
import anyio
from suno_client.journal import FileJournal, Submission

async def main():
    wish = Submission("wish-1", "sunoapi", "generate", "f" * 64, 1)
    task_id = await FileJournal(sys.argv[1]).before(wish)
    print("sent" if task_id is None else task_id, flush=True)
    if sys.argv[2] == "is killed":
        os.kill(os.getpid(), signal.SIGKILL)

anyio.run(main, backend=sys.argv[3])
"""


def child(path: Path, then: str, backend: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", CHILD, str(path), then, backend]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_after_kill_9_between_the_two_the_next_process_is_refused(path: Path, anyio_backend: str) -> None:
    killed = child(path, "is killed", anyio_backend)
    assert killed.communicate(timeout=60)[0] == "sent\n"
    assert killed.returncode == -signal.SIGKILL
    second = child(path, "goes on", anyio_backend)
    said, complained = second.communicate(timeout=60)
    assert said == ""
    assert "Unanswered: submission 'wish-1' (generate) was begun, last 20" in complained


def test_of_many_processes_with_one_id_one_sends(path: Path, anyio_backend: str) -> None:
    children = [child(path, "goes on", anyio_backend) for _ in range(4)]
    said = [process.communicate(timeout=60) for process in children]
    assert [out for out, _ in said if out] == ["sent\n"]
    assert sum("Unanswered" in complained for _, complained in said) == 3


async def test_of_many_tasks_with_one_id_one_sends(path: Path) -> None:
    one = FileJournal(path)
    sent = list[None]()

    async def ask(journal: FileJournal) -> None:
        try:
            assert await journal.before(WISH) is None
            sent.append(None)
        except Unanswered:
            pass

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(ask, one)
            group.start_soon(ask, FileJournal(path))
    assert len(sent) == 1


FULL = """
import resource, signal, sys
import anyio
from suno_client.journal import FileJournal, Submission

async def main():
    journal = FileJournal(sys.argv[1])
    wish = Submission("wish-1", "sunoapi", "generate", "f" * 64, 1)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    try:
        await journal.before(wish)
    except OSError as error:
        print(type(error).__name__, end="")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

anyio.run(main)
"""


@pytest.mark.parametrize("room_bytes", [0, 50], ids=["full", "nearly full"])
async def test_a_line_that_the_full_disk_takes_half_of_is_taken_back(path: Path, room_bytes: int) -> None:
    await FileJournal(path).before(OTHER)
    before = path.read_bytes()
    argv = [sys.executable, "-c", FULL, str(path), str(len(before) + room_bytes)]
    assert subprocess.run(argv, capture_output=True, check=True, timeout=60).stdout == b"OSError"
    assert path.read_bytes() == before
    assert await FileJournal(path).before(WISH) is None
