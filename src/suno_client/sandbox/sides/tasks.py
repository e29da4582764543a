"""What the side endpoints do alike: find the take that is meant, begin a task, tell a failure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import cast
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from suno_client.sandbox.desk import Asked, Desk, Fields
from suno_client.sandbox.errands import Body, open_job
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.refusals import Refusal, invalid
from suno_client.sandbox.rules import need, need_callback
from suno_client.sandbox.sides.faults import SIDE_FAILURES

Make = Callable[[Job], Awaitable[object]]


class Ordered(RuntimeError):
    """A test asked that this task fail."""


async def begin(
    house: House, asked: Asked, make: Make, *, after_s: float, callback: Body | None, callback_url: str = ""
) -> dict[str, object]:
    """Opens a side task. The reply's `data`."""
    job = await open_job(
        house, asked, after_s=after_s, make=partial(_made, make), callback=callback, callback_url=callback_url
    )  # fmt: skip
    return {"taskId": job.id}


async def _made(make: Make, job: Job) -> object:
    if job.outcome in SIDE_FAILURES:
        raise Ordered(job.outcome)
    return await make(job)


def refuse_take(house: House, fields: Fields) -> Refusal | None:
    """Why `taskId` and `audioId` do not name a take that is finished."""
    if refused := need(fields, "taskId", "audioId"):
        return refused
    task = house.book.get(str(fields["taskId"]))
    if task is None:
        return invalid("The task does not exist.")
    clip = next((one for one in house.book.facts(task, house.url).clips if one.id == fields["audioId"]), None)
    if clip is None or house.book.take(clip.id) is None:
        return invalid("The audio does not exist.")
    return None if clip.audio_url else invalid("The audio is not ready yet. Please wait until it is generated.")


def refuse_take_or_callback(house: House, fields: Fields) -> Refusal | None:
    return refuse_take(house, fields) or need_callback(fields)


def the_take(house: House, fields: Fields) -> Recording:
    """The take that `audioId` names, of a request that was checked a moment ago."""
    take = house.book.take(str(fields["audioId"]))
    assert take is not None
    return take


def earlier(house: House, endpoint: str, field: str, value: object) -> Job | None:
    """A task of this endpoint for the same thing, which has not failed."""
    hopeless = {JobState.FAILED, JobState.CREATE_FAILED, JobState.SENSITIVE}
    return next(
        (
            job
            for job in house.jobs.of(endpoint)
            if job.fields.get(field) == value and house.jobs.state(job) not in hopeless
        ),
        None,
    )


def record_route(
    house: House, desk: Desk, path: str, record: Callable[[Job, JobState], object], *endpoints: str
) -> Route:
    """The record of the tasks of these endpoints; those of others are unknown here."""
    known = desk.record(path, record)

    async def answer(request: Request) -> Response:
        job = house.jobs.get(request.query_params.get("taskId", ""))
        if job is None or job.endpoint in endpoints:
            return await cast("Callable[[Request], Awaitable[Response]]", known.endpoint)(request)
        return desk.first_word(request, "poll") or desk.unknown(request)

    return Route(path, answer, methods=["GET"])


def failed_body(job: Job, state: JobState, data: dict[str, object]) -> dict[str, object] | None:
    """The callback of a failure; None where it went well."""
    code, message = job.error(state)
    return None if code is None else {"code": code, "msg": message, "data": data}


def new_file(house: House, suffix: str) -> Path:
    """A path in the sandbox's temporary folder that nobody has taken."""
    return house.studio.folder / f"{uuid4().hex}{suffix}"
