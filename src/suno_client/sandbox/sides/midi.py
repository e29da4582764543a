"""MIDI: the notes of a separated song, from its score (suno.md 2A.8)."""

from __future__ import annotations

from functools import partial

from anyio import to_thread
from starlette.routing import Route

from suno_client.sandbox.desk import Asked, Desk, Fields
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.music.arrange import score_for
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.transcript import instruments
from suno_client.sandbox.refusals import Refusal, invalid
from suno_client.sandbox.rules import need, need_callback
from suno_client.sandbox.sides import shapes
from suno_client.sandbox.sides.stems import SEPARATION, separation_of
from suno_client.sandbox.sides.tasks import begin, failed_body, record_route

MIDI = "/api/v1/midi/generate"
_FLAGS = shapes.numbers(create_failed=2, failed=3)


class MidiEndpoints:
    """MIDI, and its record."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        desk = Desk(self._house)
        return [
            desk.submission(MIDI, check=self._check, accept=self._accept, price=0.0),
            record_route(self._house, desk, "/api/v1/midi/record-info", _record, MIDI),
        ]

    def _check(self, fields: Fields) -> Refusal | None:
        if refused := need(fields, "taskId") or need_callback(fields):
            return refused
        job = self._house.jobs.get(str(fields["taskId"]), SEPARATION)
        if job is None or not shapes.done(self._house.jobs.state(job)):
            return invalid("The taskId is not that of a finished vocal separation.")
        ids = [part.id for part in separation_of(job).parts]
        if fields.get("audioId") not in {None, "", *ids}:
            return invalid("The audioId is not one of the separated tracks.")
        return None

    async def _accept(self, asked: Asked) -> object:
        separation = self._house.jobs.get(str(asked.fields["taskId"]))
        assert separation is not None  # it was checked a moment ago
        return await begin(
            self._house, asked, partial(self._transcribe, separation), after_s=6.0, callback=_callback
        )  # fmt: skip

    async def _transcribe(self, separation: Job, job: Job) -> object:
        if job.outcome == "midi_empty":  # as after split_stem, now and then (suno.md 2A.8)
            return list[object]()
        made = separation_of(separation)
        stem = next((part.stem for part in made.parts if part.id == job.fields.get("audioId")), None)
        return await to_thread.run_sync(_notes, made.order, stem, made.by_instrument)


def _notes(order: Order, stem: str | None, by_instrument: bool) -> list[dict[str, object]]:
    return instruments(score_for(order), stem, by_instrument=by_instrument)


def _record(job: Job, state: JobState) -> object:
    code, message = job.error(state)
    return {
        "taskId": job.id,
        "recordTaskId": -1,
        "audioId": job.fields.get("audioId"),
        "callbackUrl": job.fields["callBackUrl"],
        "completeTime": shapes.epoch_ms(shapes.completed(job, state)),
        "midiData": shapes.response(job, state, {"state": "complete", "instruments": job.result}),
        "successFlag": shapes.flag(job, state, _FLAGS),
        "createTime": shapes.epoch_ms(job.created),
        "errorCode": None if code is None else str(code),
        "errorMessage": message,
    }


def _callback(job: Job, state: JobState) -> dict[str, object]:
    error = failed_body(job, state, {"task_id": job.id})
    data = {"task_id": job.id, "state": "complete", "instruments": job.result}
    return error or {"code": 200, "msg": "success", "data": data}
