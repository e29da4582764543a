"""Separation: a take's voice and the rest, or every instrument by itself (suno.md 2A.8b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from anyio import Lock
from starlette.routing import Route

from suno_client.sandbox.desk import Asked, Desk, Fields
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.workbench import stems_of
from suno_client.sandbox.refusals import Refusal, invalid
from suno_client.sandbox.sides import shapes
from suno_client.sandbox.sides.tasks import (
    begin,
    failed_body,
    new_file,
    record_route,
    refuse_take_or_callback,
    the_take,
)

SEPARATION = "/api/v1/vocal-removal/generate"
_PRICES = {"separate_vocal": 10.0, "split_stem": 50.0}
_FLAGS = shapes.words("GENERATE_AUDIO_FAILED")
_FIELDS: Mapping[str, str] = {
    "Instrumental": "instrumentalUrl", "Vocals": "vocalUrl", "Backing Vocals": "backingVocalsUrl",
    "Drums": "drumsUrl", "Bass": "bassUrl", "Guitar": "guitarUrl", "Piano": "pianoUrl", "Keyboard": "keyboardUrl",
    "Percussion": "percussionUrl", "Strings": "stringsUrl", "Synth": "synthUrl", "FX": "fxUrl", "Brass": "brassUrl",
    "Woodwinds": "woodwindsUrl",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One stem that was written. Its id may be asked for as MIDI."""

    id: str
    stem: str
    url: str
    duration_s: float


@dataclass(frozen=True)
class Separation:
    """What came of a separation: whose it is, and its parts."""

    order: Order
    by_instrument: bool
    parts: tuple[Part, ...]


class StemEndpoints:
    """Separation, and its record. One is rendered at a time: it takes a processor for itself."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._one_at_a_time = Lock()

    def routes(self) -> list[Route]:
        desk = Desk(self._house)
        return [
            desk.submission(SEPARATION, check=self._check, accept=self._accept, price=_price),
            record_route(self._house, desk, "/api/v1/vocal-removal/record-info", self._record, SEPARATION),
        ]

    def _check(self, fields: Fields) -> Refusal | None:
        if refused := refuse_take_or_callback(self._house, fields):
            return refused
        return None if _kind(fields) in _PRICES else invalid("type must be separate_vocal or split_stem")

    async def _accept(self, asked: Asked) -> object:
        make = partial(self._separate, the_take(self._house, asked.fields).order)
        return await begin(self._house, asked, make, after_s=10.0, callback=_callback)

    async def _separate(self, order: Order, job: Job) -> object:
        files, by_instrument = self._house.files, _kind(job.fields) == "split_stem"
        name = new_file(self._house, "").name
        async with self._one_at_a_time:
            written, duration_s = await stems_of(order, self._house.studio.folder, name, by_instrument=by_instrument)
        parts = list[Part]()
        for stem, path in written.items():
            part_id = str(uuid4())
            url = files.keep(path, "audio/mpeg", f"{part_id}_{stem.replace(' ', '_')}.mp3")
            parts.append(Part(part_id, stem, url, duration_s))
        return Separation(order, by_instrument, tuple(parts))

    def _record(self, job: Job, state: JobState) -> object:
        code, message = job.error(state)
        return {
            "taskId": job.id,
            "musicId": job.fields["audioId"],
            "callbackUrl": job.fields["callBackUrl"],
            "musicIndex": self._index(job),
            "completeTime": shapes.epoch_ms(shapes.completed(job, state)),
            "response": shapes.response(job, state, _response(job)) if shapes.done(state) else None,
            "successFlag": shapes.flag(job, state, _FLAGS),
            "createTime": shapes.epoch_ms(job.created),
            "errorCode": code,
            "errorMessage": message,
        }

    def _index(self, job: Job) -> int:
        """Whether it is the first take or the second of its task: 0 or 1."""
        task = self._house.book.get(str(job.fields["taskId"]))
        return int(task is not None and task.takes[-1].id == job.fields["audioId"])


def separation_of(job: Job) -> Separation:
    """The result of a separation that went well."""
    assert isinstance(job.result, Separation)
    return job.result


def _kind(fields: Fields) -> str:
    return str(fields.get("type") or "separate_vocal")


def _price(fields: Fields) -> float:
    return _PRICES[_kind(fields)]


def _urls(job: Job) -> dict[str, str | None]:
    """The address of every stem there can be, null where the take has none."""
    found = {part.stem: part.url for part in separation_of(job).parts}
    return {field: found.get(stem) for stem, field in _FIELDS.items()}


def _response(job: Job) -> dict[str, object]:
    data = [
        {"duration": part.duration_s, "audio_url": part.url, "stem_type_group_name": part.stem, "id": part.id}
        for part in separation_of(job).parts
    ]
    return {"id": None, "originUrl": None, "originData": data, **_urls(job)}


def _callback(job: Job, state: JobState) -> dict[str, object]:
    error = failed_body(job, state, {"task_id": job.id, "vocal_removal_info": None})
    if error is not None:
        return error
    info = {_snake(field): url for field, url in _urls(job).items() if url is not None}
    data = {"task_id": job.id, "vocal_removal_info": {"origin_url": "", **info}}
    return {"code": 200, "msg": "vocal Removal generated successfully.", "data": data}


def _snake(field: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in field)
