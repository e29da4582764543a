"""Voices of one's own: a recording is heard, a phrase asked for, the phrase sung is heard, a voice made (2A.8)."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import cast
from uuid import uuid4

from starlette.routing import Route

from suno_client.sandbox.desk import Asked, Desk
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.rules import need
from suno_client.sandbox.sides import shapes
from suno_client.sandbox.sides.hearing import Unheard, hear
from suno_client.sandbox.sides.phrases import PHRASES, USUAL
from suno_client.sandbox.sides.tasks import begin, record_route
from suno_client.sandbox.sides.voice_rules import (
    REGENERATE,
    VALIDATE,
    check_again,
    check_validate,
    check_voice,
    phrase_job,
)

VOICE, CHECK = "/api/v1/voice/generate", "/api/v1/voice/check-voice"
_SHORTEST_S = 1.0  # of a phrase that is sung


class VoiceEndpoints:
    """The steps to a voice, and their records."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        desk, house = Desk(self._house), self._house
        return [
            desk.submission(VALIDATE, check=check_validate, accept=self._validate, price=0.0),
            desk.submission(REGENERATE, check=partial(check_again, house), accept=self._validate, price=0.0),
            record_route(self._house, desk, "/api/v1/voice/validate-info", self._phrase_record, VALIDATE, REGENERATE),
            desk.submission(VOICE, check=partial(check_voice, house), accept=self._generate, price=0.0),
            record_route(self._house, desk, "/api/v1/voice/record-info", self._voice_record, VOICE),
            desk.at_once(CHECK, check=lambda fields: need(fields, "task_id"), accept=self._is_available),
        ]

    async def _validate(self, asked: Asked) -> object:
        """A phrase, the first or another one."""
        url = str(asked.fields.get("calBackUrl") or "")
        return await begin(
            self._house, asked, self._find_phrase, after_s=5.0, callback=self._phrase_callback, callback_url=url
        )  # fmt: skip

    async def _generate(self, asked: Asked) -> object:
        return await begin(self._house, asked, self._make_voice, after_s=8.0, callback=self._voice_callback)

    async def _is_available(self, asked: Asked) -> object:
        job = self._house.jobs.get(str(asked.fields["task_id"]), VOICE)
        return {"isAvailable": job is not None and shapes.done(self._house.jobs.state(job))}

    async def _find_phrase(self, job: Job) -> object:
        """The recording is heard again for each phrase. One that is asked for again is another one."""
        first, again = job, 0
        while first.endpoint == REGENERATE and (before := phrase_job(self._house, first.fields)) is not None:
            first, again = before, again + 1
        url, until_s = str(first.fields["voiceUrl"]), cast("float", first.fields["vocalEndS"])
        await self._hear(job, url, until_s)
        phrases = PHRASES[str(first.fields.get("language") or USUAL)]
        return phrases[(Random(f"{self._house.seed}:{url}").randrange(len(phrases)) + again) % len(phrases)]

    async def _make_voice(self, job: Job) -> object:
        await self._hear(job, str(job.fields["verifyUrl"]), _SHORTEST_S)
        return str(uuid4())

    async def _hear(self, job: Job, url: str, until_s: float) -> None:
        try:
            await hear(self._house, url, until_s)
        except Unheard as error:
            job.notes["reason"] = str(error)
            raise

    def _phrase_record(self, job: Job, state: JobState) -> dict[str, object]:
        told = _told(job, state, self._phrase_status(job, state))
        return {"taskId": job.id, "validateInfo": _result(job, state), **told}

    def _voice_record(self, job: Job, state: JobState) -> dict[str, object]:
        return {"taskId": job.id, "voiceId": _result(job, state), **_told(job, state, _voice_status(state))}

    def _phrase_callback(self, job: Job, state: JobState) -> dict[str, object]:
        return _body(state, self._phrase_record(job, state), "Validation phrase generation failed")

    def _voice_callback(self, job: Job, state: JobState) -> dict[str, object]:
        return _body(state, self._voice_record(job, state), "Voice generation failed")

    def _phrase_status(self, job: Job, state: JobState) -> str:
        if state is JobState.PENDING:
            halfway = self._house.jobs.seconds_until_ready(job) * self._house.jobs.speed <= job.ready_s / 2
            return "processing_validate" if halfway else "wait_processing"
        if not shapes.done(state):
            return "fail" if job.outcome == "fail" else "processing_validate_fail"
        voices = [voice for voice in self._house.jobs.of(VOICE) if voice.fields["taskId"] == job.id]
        sung = any(shapes.done(self._house.jobs.state(voice)) for voice in voices)
        return "success" if sung else "wait_validating"


def _voice_status(state: JobState) -> str:
    if state is JobState.PENDING:
        return "wait_processing"
    return "success" if shapes.done(state) else "fail"


def _result(job: Job, state: JobState) -> str:
    return str(job.result) if shapes.done(state) else ""


def _told(job: Job, state: JobState, status: str) -> dict[str, object]:
    """The end of both records; with the fault unknown_status, a pending one in no word of the list."""
    if job.outcome == "unknown_status" and state is JobState.PENDING:
        status = "still_thinking"
    code, message = job.error(state) if not shapes.done(state) else (None, None)
    return {"status": status, "errorCode": code or 0, "errorMessage": job.notes.get("reason") or message or ""}


def _body(state: JobState, data: dict[str, object], failed: str) -> dict[str, object]:
    """A callback. Its code is 400 where the record's is another."""
    if shapes.done(state):
        return {"code": 200, "msg": "success", "data": data}
    return {"code": 400, "msg": failed, "data": data}
