"""Jobs against a model: given to one worker at a time, no late word counts, and none is lost or tried too often."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import define
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from support.undone import Undone, walk

from conductr_store import Job, JobState, LeaseLost

LEASE = timedelta(seconds=15)
MAX_ATTEMPTS = 2
ENDED = (JobState.DONE, JobState.FAILED)


@define
class Known:
    """What the model knows of one job."""

    due_at: datetime
    until: datetime
    state: JobState = JobState.WAITING
    epoch: int = 0
    attempt: int = 0


class JobsWalk(Undone):
    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Known] = {}
        self.given: list[Job] = []

    @rule(seconds=st.integers(1, 20))
    def time_passes(self, seconds: int) -> None:
        self.clock.move(seconds)

    @rule(key=st.sampled_from(["a", "b", "c"]), seconds=st.integers(0, 20))
    def put(self, key: str, seconds: int) -> None:
        due_in = timedelta(seconds=seconds)
        job = self.do(self.tx.jobs.put, "walk", key, due_in=due_in, max_attempts=MAX_ATTEMPTS)
        assert job.id not in self.known or self.known[job.id].epoch == job.lease_epoch
        self.known.setdefault(job.id, Known(self.clock() + due_in, self.clock()))

    @rule(owner=st.sampled_from(["x", "y"]), limit=st.integers(1, 3))
    def claim(self, owner: str, limit: int) -> None:
        due: list[str] = []
        for id, job in self.known.items():  # noqa: A001 - it is the job's id
            if job.state not in ENDED and max(job.due_at, job.until) <= self.clock():
                if job.attempt >= MAX_ATTEMPTS:
                    job.state = JobState.FAILED
                else:
                    due.append(id)
        jobs = self.do(self.tx.jobs.claim, ["walk"], owner, LEASE, limit)
        assert [job.id for job in jobs] == sorted(due, key=lambda one: (self.known[one].due_at, one))[:limit]
        for job in jobs:
            known = self.known[job.id]
            known.state, known.until = JobState.RUNNING, self.clock() + LEASE
            known.epoch, known.attempt = known.epoch + 1, known.attempt + 1
            assert (job.lease_owner, job.lease_until) == (owner, known.until)
        self.given.extend(jobs)

    @rule(back=st.integers(0, 4))
    def renew(self, back: int) -> None:
        for job in self.given[-1 - back :][:1]:
            known = self.known[job.id]
            if known.epoch == job.lease_epoch:  # a worker's name may hold it anew under a later epoch
                held = self.do(self.tx.jobs.renew, str(job.lease_owner), [job.id], LEASE)
                assert bool(held) == (known.state is JobState.RUNNING)
                known.until = self.clock() + LEASE if held else known.until

    @rule(back=st.integers(0, 4), said=st.sampled_from(["done", "fail", "again", "not yet"]))
    def say(self, back: int, said: str) -> None:
        for job in self.given[-1 - back :][:1]:
            known, jobs, named = self.known[job.id], self.tx.jobs, (job.id, job.lease_epoch)
            match said:
                case "done":
                    got, states = self.outcome(jobs.done, *named), (JobState.DONE,)
                case "fail":
                    got, states = self.outcome(jobs.fail, *named, "no"), (JobState.FAILED,)
                case _:
                    error = "no" if said == "again" else None
                    got = self.outcome(jobs.again, *named, error, timedelta(seconds=5))
                    states = (JobState.WAITING, JobState.FAILED)
            if known.epoch != job.lease_epoch or known.state not in (JobState.RUNNING, *states):
                assert got is LeaseLost
            elif known.state is JobState.RUNNING:
                self.after(known, said, states)

    def after(self, known: Known, said: str, states: tuple[JobState, ...]) -> None:
        known.state, known.until = states[0], self.clock()
        known.due_at = self.clock() + timedelta(seconds=5) if JobState.WAITING in states else self.clock()
        known.attempt -= said == "not yet"
        if said == "again" and known.attempt >= MAX_ATTEMPTS:
            known.state = JobState.FAILED

    @invariant()
    def the_rows_are_those_of_the_model(self) -> None:
        for id, known in self.known.items():  # noqa: A001 - it is the job's id
            job = self.do(self.tx.jobs.get, id)
            assert (job.state, job.lease_epoch, job.attempt) == (known.state, known.epoch, known.attempt)
            assert (job.lease_owner is None) == (job.state is not JobState.RUNNING)
            assert job.attempt <= job.max_attempts


def test_whatever_workers_do_each_job_has_one_and_comes_to_an_end(shared_url: str) -> None:
    walk(JobsWalk, shared_url)
