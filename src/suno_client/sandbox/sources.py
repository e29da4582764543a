"""The music behind an address or an id of this sandbox, and what may be done with it."""

from __future__ import annotations

from suno_client.sandbox import orders
from suno_client.sandbox.house import House
from suno_client.sandbox.models import key_of
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.orders import Source
from suno_client.sandbox.refusals import UNFETCHED, Refusal, invalid
from suno_client.sandbox.rules import Body

LONGEST_UPLOAD_S = 480.0
_MISSING = invalid("The audio does not exist.")
_SHORT_UPLOADS = {"V4_5ALL": 60.0}


def recording_of(house: House, url: str) -> Recording | None:
    """The take whose sound this URL gives, whole or as a stream; None for files and foreign addresses."""
    for start, end in ((f"{house.url}/media/stream/", ""), (f"{house.url}/media/", ".mp3")):
        if url.startswith(start) and url.endswith(end):
            return house.book.take(url.removeprefix(start).removesuffix(end))
    return None


def source_of(house: House, url: str) -> Source | None:
    """The music at an address; None where this sandbox has nothing (any more). Foreign ones are never fetched."""
    if (take := recording_of(house, url)) is not None:
        return Source(take.order, take.duration_s)
    if url.startswith(f"{house.url}/media/") and house.files.path_of(url) is None:
        return None
    return Source.from_url(url, house.seed)


def too_long(house: House, body: Body, *urls: object) -> Refusal | None:
    """Whether one of these uploads is known to be longer than its model takes."""
    limit_s = _SHORT_UPLOADS.get(str(body.get("model")), LONGEST_UPLOAD_S)
    found = (source_of(house, str(url)) for url in urls)
    if any(source is not None and (source.duration_s or 0.0) > limit_s for source in found):
        return invalid(f"the audio must not be longer than {limit_s:.0f} seconds.")
    return None


def extendable(house: House, body: Body) -> Refusal | None:
    """Whether a clip is there, is whole, is of the model that shall go on with it, and long enough."""
    source, owner = clip_source(house, body), house.book.owner(str(body["audioId"]))
    if source is None or owner is None:
        return _MISSING
    if owner.model_name != key_of(body["model"]):
        return invalid("model must be the same as that of the source audio.")
    return _within(body, source)


def extendable_upload(house: House, body: Body) -> Refusal | None:
    source = source_of(house, str(body["uploadUrl"]))
    return too_long(house, body, body["uploadUrl"]) or (source and _within(body, source))


def _within(body: Body, source: Source) -> Refusal | None:
    at_s = orders.continue_at(body)
    if at_s is not None and source.duration_s is not None and at_s >= source.duration_s:
        return invalid("continueAt must be greater than 0 and less than the duration of the audio.")
    return None


def replaceable(house: House, body: Body) -> Refusal | None:
    """Whether the song is known, and the section is within it and no more than half of it."""
    source = section_source(house, body)
    if source is None:
        return _MISSING if body.get("audioId") else UNFETCHED
    if source.duration_s is None:
        return None
    start_s, end_s = orders.interval(body)
    if end_s > source.duration_s:
        return invalid("infillEndS must be within the duration of the audio.")
    if end_s - start_s > source.duration_s / 2:
        return invalid("the section must not be longer than half of the audio.")
    return None


def section_source(house: House, body: Body) -> Source | None:
    """The song in which a section is replaced: a whole take of the task that is named, or an upload."""
    if not body.get("audioId"):
        return source_of(house, str(body["uploadUrl"]))
    owner = house.book.owner(str(body["audioId"]))
    return clip_source(house, body) if owner is not None and owner.id == body.get("taskId") else None


def clip_source(house: House, body: Body) -> Source | None:
    """The whole take that a request names by its audioId."""
    take = house.book.take(str(body["audioId"]))
    return Source(take.order, take.duration_s) if take is not None and take.whole else None
