"""Side tasks on their way: made in the background, told by callback when their time has come."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import anyio

from suno_client.sandbox.callbacks import Courier
from suno_client.sandbox.desk import Asked
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.ledger import Row

_log = logging.getLogger(__name__)
Make = Callable[[Job], Awaitable[object]]
Body = Callable[[Job, JobState], dict[str, object]]


async def open_job(
    house: House, asked: Asked, *, after_s: float, make: Make, callback: Body | None = None, callback_url: str = ""
) -> Job:
    """Puts a side task on the books and begins with it; SUCCESS comes `after_s` of the script's seconds, and made.

    `callback` writes the body that is posted to the request's callBackUrl, or to `callback_url`.
    """
    fault = house.faults.take("task", asked.endpoint)
    job = Job(
        asked.endpoint, asked.fields, asked.price, house.jobs.now(), after_s, fault.fault if fault else None
    )  # fmt: skip
    house.jobs.add(job)
    house.ledger.add(
        Row(
            job.endpoint, job.fields, job.price, job.id,
            status=lambda: str(house.jobs.state(job)), polls=lambda: job.polls, created=job.created,
        )
    )  # fmt: skip
    if job.outcome == "531":
        house.till.refund_when(lambda: house.jobs.state(job) is JobState.FAILED, job.price)
    url = callback_url or str(asked.fields.get("callBackUrl") or "")
    house.start(partial(_run, house, job, make, callback, url))
    return job


async def _run(house: House, job: Job, make: Make, callback: Body | None, url: str) -> None:
    if job.outcome == "stuck":
        return
    if not job.will_fail:
        await _make(job, make)
    await anyio.sleep(house.jobs.seconds_until_ready(job))
    job.completed = datetime.now(UTC)
    state = house.jobs.state(job)
    if callback is None or state is JobState.CALLBACK_FAILED or house.jobs.get(job.id) is not job:
        return
    async with Courier(house, job.endpoint, job.id, url) as courier:
        kind = "complete" if state is JobState.SUCCESS else "error"
        if not await courier.post(kind, callback(job, state)):
            job.undelivered = house.callback_exception


async def _make(job: Job, make: Make) -> None:
    try:
        job.result = await make(job)
        job.made = True
    except Exception as error:  # noqa: BLE001 - whatever broke, this task failed and its neighbours may not
        _log.warning("a side task was not made: %s", type(error).__name__, exc_info=error)
        job.failed = type(error).__name__
