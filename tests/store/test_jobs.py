"""Jobs: one of a kind and key, done by one worker at a time, and nothing is written by one that lost its lease."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conductr_store import Job, JobState, LeaseLost, NotFound, Store

pytestmark = pytest.mark.anyio

LEASE = timedelta(seconds=30)
OVER = timedelta(seconds=-1)  # a lease that has ended before it began: its worker hangs
SECOND = timedelta(seconds=1)
AT_ONCE = timedelta(0)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def put(store: Store, key: str = "1", **options: object) -> Job:
    async with store.begin() as tx:
        return await tx.jobs.put("walk", key, **options)  # pyright: ignore[reportArgumentType] - a test's options


async def claim(store: Store, owner: str = "w1", lease: timedelta = LEASE, limit: int = 10) -> tuple[Job, ...]:
    async with store.begin() as tx:
        return await tx.jobs.claim(["walk", "run"], owner, lease, limit)


async def test_a_job_is_put_once_and_the_known_one_comes_back(shared: Store) -> None:
    first = await put(shared, payload={"song": 2**60, "nested": [None, True]}, max_attempts=3)
    assert (first.state, first.attempt, first.max_attempts, first.lease_epoch) == (JobState.WAITING, 0, 3, 0)
    assert first.due_at == first.created_at
    assert abs(first.created_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert await put(shared, payload={"other": 1}) == first
    async with shared.begin() as tx:
        assert await tx.jobs.get(first.id) == first
        assert await tx.jobs.by_key("walk", "1") == first
        assert await tx.jobs.by_key("run", "1") is None
        with pytest.raises(NotFound):
            await tx.jobs.get("404")


async def test_a_claimed_job_is_its_owners_for_the_lease(shared: Store) -> None:
    await put(shared)
    (job,) = await claim(shared)
    assert (job.state, job.lease_owner, job.lease_epoch, job.attempt) == (JobState.RUNNING, "w1", 1, 1)
    assert job.lease_until is not None
    assert timedelta(0) <= job.lease_until - job.created_at - LEASE < timedelta(minutes=1)
    assert await claim(shared, "w2") == ()


async def test_only_what_is_due_and_of_the_kinds_is_claimed_longest_due_first(shared_url: str, shared: Store) -> None:
    for seconds, key in ((3, "c"), (1, "a"), (2, "b"), (60, "later")):
        async with Store.open(shared_url, now=lambda at=NOON + seconds * SECOND: at) as store:
            await put(store, key)
    async with Store.open(shared_url, now=lambda: NOON + 10 * SECOND) as store:
        async with store.begin() as tx:
            await tx.jobs.put("swim", "other")
            assert await tx.jobs.claim([], "w1", LEASE, 10) == ()
            assert await tx.jobs.claim(["walk"], "w1", LEASE, 0) == ()
        assert [job.key for job in await claim(store, limit=2)] == ["a", "b"]
        assert [job.key for job in await claim(store)] == ["c"]
        assert await claim(store) == ()


async def test_a_job_put_for_later_waits(shared: Store) -> None:
    job = await put(shared, due_in=timedelta(hours=1))
    assert job.due_at - job.created_at == timedelta(hours=1)
    assert await claim(shared) == ()


async def test_a_job_whose_worker_hangs_goes_to_another_and_the_first_writes_nothing(shared: Store) -> None:
    await put(shared)
    (hung,) = await claim(shared, "w1", OVER)
    (job,) = await claim(shared, "w2")
    assert (job.id, job.lease_epoch, job.attempt) == (hung.id, 2, 2)
    async with shared.begin() as tx:
        for late in (
            tx.jobs.done(job.id, hung.lease_epoch),
            tx.jobs.again(job.id, hung.lease_epoch, "late", AT_ONCE),
            tx.jobs.fail(job.id, hung.lease_epoch, "late"),
        ):
            with pytest.raises(LeaseLost) as caught:
                await late
            assert caught.value.owner == "w2"
        assert await tx.jobs.renew("w1", [job.id], LEASE) == frozenset()
        assert await tx.jobs.get(job.id) == job


async def test_a_lease_that_is_renewed_in_time_is_not_given_away(shared: Store) -> None:
    await put(shared)
    (job,) = await claim(shared, "w1", OVER)
    async with shared.begin() as tx:
        assert await tx.jobs.renew("w1", [job.id, "404"], LEASE) == {job.id}
    assert await claim(shared, "w2") == ()


async def test_a_done_job_is_done_for_good_and_saying_so_again_changes_nothing(shared: Store) -> None:
    await put(shared)
    (job,) = await claim(shared)
    async with shared.begin() as tx:
        done = await tx.jobs.done(job.id, job.lease_epoch)
        assert (done.state, done.lease_owner, done.lease_until) == (JobState.DONE, None, None)
        assert await tx.jobs.done(job.id, job.lease_epoch) == done
        with pytest.raises(LeaseLost):
            await tx.jobs.fail(job.id, job.lease_epoch, "no")
        assert await tx.jobs.renew("w1", [job.id], LEASE) == frozenset()
    assert await claim(shared) == ()
    assert await put(shared) == done


async def test_what_went_wrong_is_kept_and_tried_again_until_the_last_attempt_fails(shared: Store) -> None:
    await put(shared, max_attempts=2)
    (job,) = await claim(shared)
    async with shared.begin() as tx:
        again = await tx.jobs.again(job.id, job.lease_epoch, "no network", AT_ONCE)
        assert (again.state, again.attempt, again.last_error) == (JobState.WAITING, 1, "no network")
        assert await tx.jobs.again(job.id, job.lease_epoch, "no network", AT_ONCE) == again
    (job,) = await claim(shared)
    async with shared.begin() as tx:
        failed = await tx.jobs.again(job.id, job.lease_epoch, "still none", AT_ONCE)
        assert (failed.state, failed.attempt, failed.last_error) == (JobState.FAILED, 2, "still none")
    assert await claim(shared) == ()


async def test_not_yet_is_no_failure_and_costs_no_attempt(shared: Store) -> None:
    await put(shared, max_attempts=1)
    for turn in (1, 2, 3):
        (job,) = await claim(shared)
        assert (job.attempt, job.lease_epoch) == (1, turn)
        async with shared.begin() as tx:
            waiting = await tx.jobs.again(job.id, job.lease_epoch, None, AT_ONCE)
        assert (waiting.state, waiting.attempt) == (JobState.WAITING, 0)


async def test_a_job_that_is_put_off_waits_for_its_time(shared: Store) -> None:
    await put(shared)
    (job,) = await claim(shared)
    async with shared.begin() as tx:
        await tx.jobs.again(job.id, job.lease_epoch, "too many", timedelta(hours=1))
    assert await claim(shared) == ()


async def test_a_job_whose_last_worker_never_came_back_fails_and_is_given_to_nobody(shared: Store) -> None:
    known = await put(shared, max_attempts=2)
    for _ in range(2):
        assert len(await claim(shared, lease=OVER)) == 1
    assert await claim(shared) == ()
    async with shared.begin() as tx:
        job = await tx.jobs.get(known.id)
    assert (job.state, job.attempt, job.lease_owner) == (JobState.FAILED, 2, None)
    assert job.last_error == "its last worker never came back"


async def test_a_failed_job_stays_so(shared: Store) -> None:
    await put(shared)
    (job,) = await claim(shared)
    async with shared.begin() as tx:
        failed = await tx.jobs.fail(job.id, job.lease_epoch, "gone for good")
        assert await tx.jobs.fail(job.id, job.lease_epoch, "gone for good") == failed
        with pytest.raises(NotFound):
            await tx.jobs.fail("404", 1, "no")
    assert (failed.state, failed.last_error) == (JobState.FAILED, "gone for good")
    assert await claim(shared) == ()


async def test_a_job_that_has_ended_is_taken_up_again_with_all_its_attempts(shared: Store) -> None:
    job = await put(shared, max_attempts=1)
    async with shared.begin() as tx:
        assert await tx.jobs.reopen(job.id) == job  # it waits already
    (claimed,) = await claim(shared)
    async with shared.begin() as tx:
        assert (await tx.jobs.reopen(job.id)).state is JobState.RUNNING
        failed = await tx.jobs.again(job.id, claimed.lease_epoch, "no luck", AT_ONCE)
        assert failed.state is JobState.FAILED
        opened = await tx.jobs.reopen(job.id)
        assert (opened.state, opened.attempt, opened.last_error) == (JobState.WAITING, 0, None)
        with pytest.raises(NotFound):
            await tx.jobs.reopen("nobody")
    (again,) = await claim(shared)
    assert again.lease_epoch > claimed.lease_epoch
    async with shared.begin() as tx:
        with pytest.raises(LeaseLost):
            await tx.jobs.done(job.id, claimed.lease_epoch)
        done = await tx.jobs.done(job.id, again.lease_epoch)
        assert (await tx.jobs.reopen(done.id)).state is JobState.WAITING


async def test_only_what_ended_long_ago_is_forgotten(shared: Store) -> None:
    for key in ("done", "waiting"):
        await put(shared, key, due_in=AT_ONCE)
    jobs = {job.key: job for job in await claim(shared)}
    async with shared.begin() as tx:
        await tx.jobs.done(jobs["done"].id, 1)
        await tx.jobs.again(jobs["waiting"].id, 1, None, AT_ONCE)
        assert await tx.jobs.prune(timedelta(hours=1)) == 0
        assert await tx.jobs.prune(AT_ONCE) == 1
        assert await tx.jobs.by_key("walk", "done") is None
        assert await tx.jobs.by_key("walk", "waiting") is not None
