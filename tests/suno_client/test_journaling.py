"""What the client notes before and after a submission, and what it does with what was noted."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from support.suno_requests import TASK
from support.wire_gateway import Gateway, never_answers

from suno_client import (
    FileJournal,
    InvalidRequest,
    NotJournaled,
    NotSent,
    Outcome,
    OutOfCredits,
    Retrying,
    Submission,
    SunoClient,
    SunoError,
    TaskId,
    Unanswered,
)
from suno_client.testing import FakeSuno, Loss, envelope

pytestmark = pytest.mark.anyio


class Notes:
    """A journal in memory, which fails on demand."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, Submission, Outcome | None]] = []
        self.known: TaskId | None = None
        self.fails_before = False
        self.fails_after = False

    async def before(self, submission: Submission) -> TaskId | None:
        if self.fails_before:
            raise OSError("disk full")
        self.lines.append(("before", submission, None))
        return self.known

    async def after(self, submission: Submission, outcome: Outcome) -> None:
        if self.fails_after:
            raise OSError("disk full")
        self.lines.append(("after", submission, outcome))

    @property
    def outcomes(self) -> list[str]:
        return [outcome.kind for _, _, outcome in self.lines if outcome is not None]


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def noted(suno: SunoClient, notes: Notes) -> SunoClient:
    return suno.with_options(journal=notes, submission_id="wish-1")


async def test_a_submission_is_noted_before_and_after(fake: FakeSuno, noted: SunoClient, notes: Notes) -> None:
    task = await noted.generations.create("a secret wish")
    (_, begun, _), (_, ended, outcome) = notes.lines
    assert begun == ended
    assert (begun.id, begun.dialect, begun.feature, begun.attempt) == ("wish-1", "sunoapi", "generate", 1)
    assert outcome == Outcome(task.id, "accepted")
    assert "secret" not in repr(notes.lines)


async def test_equal_wishes_have_equal_fingerprints_and_others_have_not(noted: SunoClient, notes: Notes) -> None:
    for prompt in ("rain", "rain", "snow"):
        await noted.generations.create(prompt)
    prints = [submission.fingerprint for word, submission, _ in notes.lines if word == "before"]
    assert prints[0] == prints[1] != prints[2]


async def test_a_callback_with_a_new_token_makes_no_new_wish(noted: SunoClient, notes: Notes) -> None:
    for token in ("a", "b"):
        await noted.with_options(callback_url=f"https://me.test/cb?token={token}").generations.create("rain")
    assert len({submission.fingerprint for _, submission, _ in notes.lines}) == 1


async def test_without_an_id_each_call_has_its_own(suno: SunoClient, notes: Notes) -> None:
    noted = suno.with_options(journal=notes)
    await noted.generations.create("rain")
    await noted.generations.create("rain")
    assert len({submission.id for _, submission, _ in notes.lines}) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Loss("refused"), "not_sent"),
        (envelope(402, "credits"), "refused"),
        (Loss("reset"), "unknown"),
        (envelope(500, "oops"), "unknown"),
        (envelope(200, "success", None), "unknown"),
    ],
)
async def test_every_end_is_noted_for_what_it_is(
    fake: FakeSuno, noted: SunoClient, notes: Notes, fault: object, kind: str
) -> None:
    fake.faults["submit"].append(fault)  # pyright: ignore[reportArgumentType] - faults all
    with pytest.raises(SunoError):
        await noted.generations.create("rain")
    assert notes.outcomes == [kind]


async def test_each_attempt_is_noted(fake: FakeSuno, noted: SunoClient, notes: Notes) -> None:
    fake.faults["submit"].append(Loss("refused"))
    await noted.with_options(retrying=Retrying(first_s=0)).generations.create("rain")
    assert [(word, submission.attempt) for word, submission, _ in notes.lines] == [
        ("before", 1),
        ("after", 1),
        ("before", 2),
        ("after", 2),
    ]
    assert notes.outcomes == ["not_sent", "accepted"]


async def test_a_journal_that_cannot_write_lets_nothing_out(fake: FakeSuno, noted: SunoClient, notes: Notes) -> None:
    notes.fails_before = True
    with pytest.raises(OSError, match="disk full"):
        await noted.generations.create("rain")
    assert fake.asked == []


async def test_a_paid_task_is_not_lost_with_the_note_of_it(fake: FakeSuno, noted: SunoClient, notes: Notes) -> None:
    notes.fails_after = True
    with pytest.raises(NotJournaled) as caught:
        await noted.generations.create("rain")
    assert caught.value.task_id == f"{1:032x}"
    assert isinstance(caught.value.__cause__, OSError)


async def test_a_refusal_is_told_although_the_note_of_it_failed(
    fake: FakeSuno, noted: SunoClient, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    notes.fails_after = True
    fake.faults["submit"].append(envelope(402, "credits"))
    with pytest.raises(OutOfCredits):
        await noted.generations.create("rain")
    assert "could not note how submission wish-1 ended" in caplog.text


async def test_what_was_accepted_before_is_not_sent(fake: FakeSuno, noted: SunoClient, notes: Notes) -> None:
    notes.known = TASK
    assert (await noted.generations.create("rain")).id == TASK
    assert fake.asked == []
    with pytest.raises(InvalidRequest, match="submission_id"):
        await noted.styles.boost("lofi")


async def test_a_caller_that_is_cancelled_leaves_a_note_that_nobody_knows(gateway: Gateway, notes: Notes) -> None:
    gateway.turns.append(never_answers)
    async with SunoClient("key", base_url=gateway.url, journal=notes) as suno:
        with anyio.move_on_after(0.2):
            await suno.generations.create("rain")
    assert notes.outcomes == ["unknown"]


async def test_a_script_that_runs_again_pays_once(fake: FakeSuno, tmp_path: Path) -> None:
    async def run() -> TaskId:
        async with fake.client() as suno:
            kept = suno.with_options(journal=FileJournal(tmp_path / "journal"), submission_id="wish-1")
            return (await kept.generations.create("rain")).id

    assert await run() == await run()
    assert len(fake.submissions) == 1


async def test_a_lost_answer_is_not_asked_for_again_by_the_next_run(fake: FakeSuno, tmp_path: Path) -> None:
    fake.faults["submit"].append(Loss("reset", accepted=True))
    for _ in range(2):
        async with fake.client() as suno:
            kept = suno.with_options(journal=FileJournal(tmp_path / "journal"), submission_id="wish-1")
            with pytest.raises(Unanswered) as caught:
                await kept.generations.create("rain")
            assert caught.value.may_be_charged
    assert len(fake.submissions) == 1
    fake.faults["submit"].append(Loss("refused"))
    async with fake.client() as suno:
        kept = suno.with_options(journal=FileJournal(tmp_path / "journal"), submission_id="wish-2")
        with pytest.raises(NotSent):
            await kept.generations.create("rain")
        assert (await kept.generations.create("rain")).id
