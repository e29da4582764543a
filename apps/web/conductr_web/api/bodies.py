"""Request bodies, read strictly: unknown fields and wrong types are refused with the field's name."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from quart import Request

from conductr_web.errors import BadBody
from conductr_web.security import check_room

Text = Annotated[str, StringConstraints(strict=True)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    guild: Text | None = None


class GenerateBody(Body):
    """`request_id` is made by the page for each wish: the same again starts nothing new, so a retry costs nothing."""

    request_id: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9-]{8,64}$")]
    prompt: Text = ""
    style: Text | None = None
    title: Text | None = None
    lyrics: Text | None = None
    instrumental: bool = False
    anew: bool = False  # a new song, even where the same was made lately


class PlayBody(Body):
    song_id: Text | None = None


class SkipBody(Body):
    count: int = 1


AnyBody = TypeVar("AnyBody", bound=Body)


async def read(request: Request, shape: type[AnyBody]) -> AnyBody:
    """The request's JSON. Raises BadBody with the first field that does not fit, Forbidden for another room."""
    raw = await request.get_data(as_text=False)
    try:
        body = shape.model_validate_json(raw or b"{}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        text = f"The field {field} does not fit: {first['msg']}." if field else "That is not the JSON expected here."
        raise BadBody(422 if field else 400, text, "Reload the page and try again.", field or None) from None
    check_room(body.guild)
    return body
