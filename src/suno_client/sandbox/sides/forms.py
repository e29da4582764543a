"""A multipart form's parts, as browsers and clients send them (RFC 7578). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser


class BadForm(ValueError):
    """The body is no multipart form."""


@dataclass(frozen=True)
class FormPart:
    """One field of a form. `filename` is None for one that is no file."""

    content: bytes
    filename: str | None = None
    media_type: str = ""

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", errors="replace")


def form_parts(content_type: str, body: bytes) -> Mapping[str, FormPart]:
    """The fields by their names; of several with one name the last. Raises BadForm."""
    boundary = _parameter(content_type, "boundary")
    if not content_type.lower().startswith("multipart/form-data") or not boundary:
        raise BadForm("not multipart/form-data with a boundary")
    mark = b"\r\n--" + boundary.encode("latin-1")
    pieces = (b"\r\n" + body).split(mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise BadForm("the form does not end")
    return dict(map(_part, pieces[1:-1]))


def _part(piece: bytes) -> tuple[str, FormPart]:
    head, found, content = piece.partition(b"\r\n\r\n")
    headers = HeaderParser().parsestr(head.decode("utf-8", errors="replace").lstrip("\r\n"))
    name = headers.get_param("name", header="content-disposition")
    if not found or not isinstance(name, str):
        raise BadForm("a part has no name")
    media_type = headers.get_content_type() if headers["content-type"] else ""
    return name, FormPart(content, headers.get_filename(), media_type)


def _parameter(header: str, name: str) -> str:
    message = Message()
    message["content-type"] = header
    value = message.get_param(name)
    return value if isinstance(value, str) else ""
