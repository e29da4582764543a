"""Other covers for a song: two pictures, once a task (suno.md 2A.8)."""

from __future__ import annotations

from functools import partial

from starlette.routing import Route

from suno_client.sandbox.desk import Asked, Desk, Fields
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.workbench import paint_covers
from suno_client.sandbox.refusals import Refusal, invalid
from suno_client.sandbox.rules import need, need_callback
from suno_client.sandbox.script import Status
from suno_client.sandbox.sides import shapes
from suno_client.sandbox.sides.tasks import begin, earlier, failed_body, new_file, record_route

COVERS = "/api/v1/suno/cover/generate"
PICTURES = 2
_FLAGS = shapes.numbers(create_failed=3, failed=3)
_GENERATING = 2


class CoverEndpoints:
    """Cover pictures, and their record."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        desk = Desk(self._house, "B")
        return [
            desk.submission(COVERS, check=self._check, accept=self._accept, price=0.0),
            record_route(self._house, desk, "/api/v1/suno/cover/record-info", self._record, COVERS),
        ]

    def _check(self, fields: Fields) -> Refusal | None:
        if refused := need(fields, "taskId") or need_callback(fields):
            return refused
        task = self._house.book.get(str(fields["taskId"]))
        if task is None or self._house.book.status(task) not in {Status.SUCCESS, Status.CALLBACK_FAILED}:
            return invalid("The taskId is not that of a finished music task.")
        if (old := earlier(self._house, COVERS, "taskId", task.id)) is not None:
            return Refusal(400, "The cover of this music already exists.", data={"taskId": old.id})
        return None

    async def _accept(self, asked: Asked) -> object:
        task = self._house.book.get(str(asked.fields["taskId"]))
        assert task is not None  # it was checked a moment ago
        make = partial(self._paint, task.takes[0].order)
        return await begin(self._house, asked, make, after_s=6.0, callback=_callback)

    async def _paint(self, order: Order, _: Job) -> object:
        targets = [new_file(self._house, ".png") for _ in range(PICTURES)]
        await paint_covers(order, targets)
        return [self._house.files.keep(target, "image/png") for target in targets]

    def _record(self, job: Job, state: JobState) -> object:
        code, message = job.error(state)
        flag = shapes.flag(job, state, _FLAGS)
        halfway = self._house.jobs.seconds_until_ready(job) * self._house.jobs.speed <= job.ready_s / 2
        return {
            "taskId": job.id,
            "parentTaskId": job.fields["taskId"],
            "callbackUrl": job.fields["callBackUrl"],
            "completeTime": shapes.timestamp(shapes.completed(job, state), job),
            "response": shapes.response(job, state, {"images": job.result}),
            "successFlag": _GENERATING if flag == 0 and halfway else flag,
            "createTime": shapes.timestamp(job.created, job),
            "errorCode": code,
            "errorMessage": message,
        }


def _callback(job: Job, state: JobState) -> dict[str, object]:
    error = failed_body(job, state, {"taskId": job.id, "images": None})
    data = {"images": job.result, "taskId": job.id}
    return error or {"code": 200, "msg": "success", "data": data}
