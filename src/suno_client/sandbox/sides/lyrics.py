"""Lyrics on their own: two variants by the sandbox's writer (suno.md 2A.8)."""

from __future__ import annotations

from dataclasses import replace

from starlette.routing import Route

from suno_client.sandbox.desk import Asked, Desk, Fields
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.music.order import TAKES, Order
from suno_client.sandbox.music.words import words_for
from suno_client.sandbox.refusals import Refusal
from suno_client.sandbox.rules import need, need_callback, strings
from suno_client.sandbox.sides import shapes
from suno_client.sandbox.sides.tasks import begin, failed_body, record_route
from suno_client.sandbox.wire import compact

PATH = "/api/v1/lyrics"
WORD_LIMIT = 200  # of the prompt
_FLAGS = shapes.words("GENERATE_LYRICS_FAILED")
_OLD = {"data": "lyricsData"}  # suno.md 2A.8c


class LyricsEndpoints:
    """Lyrics, and their record."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        desk = Desk(self._house)
        return [
            desk.submission(PATH, check=_check, accept=self._accept, price=0.4),
            record_route(self._house, desk, f"{PATH}/record-info", _record, PATH),
        ]

    async def _accept(self, asked: Asked) -> object:
        return await begin(self._house, asked, self._write, after_s=4.0, callback=self._callback)

    async def _write(self, job: Job) -> object:
        prompt, seed = str(job.fields["prompt"]), self._house.seed
        variants = [_variant(prompt, number, seed) for number in range(1, TAKES + 1)]
        if job.outcome == "one_variant_failed":
            variants[-1] = {"text": "", "title": "", "status": "failed", "errorMessage": "Failed to write the lyrics."}
        return variants

    def _callback(self, job: Job, state: JobState) -> dict[str, object]:
        name = "task_id" if self._house.dialect == "kie" else "taskId"  # suno.md 2A.6
        error = failed_body(job, state, {"callbackType": "error", name: job.id, "data": None})
        variants = _OLD["data"] if job.outcome == "old_edition" else "data"
        data = {"callbackType": "complete", name: job.id, variants: job.result}
        return error or {"code": 200, "msg": "All generated successfully.", "data": data}


def _check(fields: Fields) -> Refusal | None:
    if refused := need(fields, "prompt") or strings(fields, "prompt") or need_callback(fields):
        return refused
    if len(str(fields["prompt"]).split()) > WORD_LIMIT:
        return Refusal(413, f"prompt is too long: at most {WORD_LIMIT} words.")
    return None


def _variant(prompt: str, number: int, seed: int) -> dict[str, object]:
    """The second variant has another name than the first, which takes its own from the prompt."""
    order = Order(prompt, instrumental=False, take=number, seed=seed)
    if number > 1:
        order = replace(order, title=words_for(replace(order, prompt="", style=prompt))[0])
    title, _, text = words_for(order)
    return {"text": text, "title": title, "status": "complete", "errorMessage": ""}


def _record(job: Job, state: JobState) -> dict[str, object]:
    code, message = job.error(state)
    response = shapes.renamed(job, {"taskId": job.id, "data": job.result}, _OLD)
    return {
        "taskId": job.id,
        "param": compact(job.fields),
        "response": shapes.response(job, state, response),
        "status": shapes.flag(job, state, _FLAGS),
        "type": "LYRICS",
        "errorCode": code,
        "errorMessage": message,
    }
