"""A take in other forms: WAV and MP4, made by FFmpeg (suno.md 2A.8)."""

from __future__ import annotations

import subprocess
from functools import partial

import anyio
from anyio import to_thread
from starlette.routing import Route

from suno_client.sandbox.desk import Asked, Desk, Fields
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.music.conversions import mp4_command, wav_command
from suno_client.sandbox.music.pictures import frame
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.refusals import Refusal
from suno_client.sandbox.rules import strings, within
from suno_client.sandbox.sides import shapes
from suno_client.sandbox.sides.tasks import (
    begin,
    earlier,
    failed_body,
    new_file,
    record_route,
    refuse_take_or_callback,
    the_take,
)

WAV, MP4 = "/api/v1/wav/generate", "/api/v1/mp4/generate"
_WAV_FLAGS, _MP4_FLAGS = shapes.words("GENERATE_WAV_FAILED"), shapes.words("GENERATE_MP4_FAILED")
_OLD = {"audioWavUrl": "audio_wav_url", "successFlag": "status"}  # suno.md 2A.8c


class ConversionEndpoints:
    """WAV and MP4, and their records."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        desk = Desk(self._house)
        return [
            desk.submission(WAV, check=partial(self._check, WAV), accept=self._accept_wav, price=0.4),
            record_route(self._house, desk, "/api/v1/wav/record-info", _wav_record, WAV),
            desk.submission(MP4, check=partial(self._check, MP4), accept=self._accept_mp4, price=2.0),
            record_route(self._house, desk, "/api/v1/mp4/record-info", _mp4_record, MP4),
        ]

    def _check(self, endpoint: str, fields: Fields) -> Refusal | None:
        shown = ("author", "domainName")
        refused = refuse_take_or_callback(self._house, fields)
        refused = refused or strings(fields, *shown) or within(fields, dict.fromkeys(shown, 50))
        if refused is None and earlier(self._house, endpoint, "audioId", fields["audioId"]) is not None:
            kind = "WAV" if endpoint == WAV else "MP4"
            return Refusal(409, f"The {kind} record of this audio already exists.")
        return refused

    async def _accept_wav(self, asked: Asked) -> object:
        make = partial(self._make_wav, the_take(self._house, asked.fields))
        return await begin(self._house, asked, make, after_s=4.0, callback=_wav_callback)

    async def _accept_mp4(self, asked: Asked) -> object:
        make = partial(self._make_mp4, the_take(self._house, asked.fields))
        return await begin(self._house, asked, make, after_s=8.0, callback=_mp4_callback)

    async def _make_wav(self, take: Recording, _: Job) -> object:
        target = new_file(self._house, ".wav")
        await anyio.run_process(wav_command(take.audio, target), stdin=subprocess.DEVNULL)
        return self._house.files.keep(target, "audio/wav")

    async def _make_mp4(self, take: Recording, job: Job) -> object:
        still, target = new_file(self._house, ".png"), new_file(self._house, ".mp4")
        author, domain = (str(job.fields.get(name) or "") for name in ("author", "domainName"))
        await to_thread.run_sync(partial(frame, take.cover, still, author=author, domain=domain))
        await anyio.run_process(mp4_command(take.audio, still, target), stdin=subprocess.DEVNULL)
        still.unlink()
        return self._house.files.keep(target, "video/mp4")


def _wav_record(job: Job, state: JobState) -> object:
    code, message = job.error(state)
    record = {
        "taskId": job.id,
        "musicId": job.fields["audioId"],
        "callbackUrl": job.fields["callBackUrl"],
        "completeTime": shapes.timestamp(shapes.completed(job, state), job),
        "response": shapes.response(job, state, shapes.renamed(job, {"audioWavUrl": job.result}, _OLD)),
        "successFlag": shapes.flag(job, state, _WAV_FLAGS),
        "createTime": shapes.timestamp(job.created, job),
        "errorCode": code,
        "errorMessage": message,
    }
    return shapes.renamed(job, record, _OLD)


def _mp4_record(job: Job, state: JobState) -> object:
    code, message = job.error(state)
    return {
        "taskId": job.id,
        "musicId": job.fields["audioId"],
        "callbackUrl": job.fields["callBackUrl"],
        "audioId": job.fields["audioId"],
        "completeTime": shapes.epoch_ms(shapes.completed(job, state)),
        "response": shapes.response(job, state, {"videoUrl": job.result}),
        "successFlag": shapes.flag(job, state, _MP4_FLAGS),
        "createTime": shapes.epoch_ms(job.created),
        "errorCode": code,
        "errorMessage": message,
    }


def _wav_callback(job: Job, state: JobState) -> dict[str, object]:
    error = failed_body(job, state, {"audioWavUrl": None, "task_id": job.id})
    data = shapes.renamed(job, {"audioWavUrl": job.result, "task_id": job.id}, _OLD)
    return error or {"code": 200, "msg": "success", "data": data}


def _mp4_callback(job: Job, state: JobState) -> dict[str, object]:
    error = failed_body(job, state, {"task_id": job.id, "video_url": None})
    data = {"task_id": job.id, "video_url": job.result}
    return error or {"code": 200, "msg": "MP4 generated successfully.", "data": data}
