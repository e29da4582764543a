"""The upload host: three ways to bring a file, which is then served here (suno.md 2A.9)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from suno_client.sandbox.answers import WireJSON
from suno_client.sandbox.desk import Desk
from suno_client.sandbox.house import House
from suno_client.sandbox.rules import is_url
from suno_client.sandbox.sides.fetching import FETCH_BYTES, Unfetched, fetch
from suno_client.sandbox.sides.files import decoded, file_name, folder_name, media_type_of, name_in
from suno_client.sandbox.sides.forms import BadForm, FormPart, form_parts
from suno_client.sandbox.sides.tasks import new_file

BASE64_BYTES = 10_000_000  # of the file itself
_MARGIN_BYTES = 100_000  # of the other fields


class UploadRefused(ValueError):
    """What was brought cannot be taken; the message is the reply's."""


@dataclass(frozen=True)
class Brought:
    """A file that has come, in the sandbox's temporary folder, and what it is to be."""

    path: Path
    folder: str
    name: str
    media_type: str


Bring = Callable[[Request, bytes], Awaitable[Brought]]


class UploadEndpoints:
    """Uploads: free, and outside the pace of submissions."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._desk = Desk(house)

    def routes(self) -> list[Route]:
        return [
            self._route("/api/file-base64-upload", self._base64, BASE64_BYTES, BASE64_BYTES * 4 // 3),
            self._route("/api/file-stream-upload", self._form, FETCH_BYTES, FETCH_BYTES),
            self._route("/api/file-url-upload", self._url, FETCH_BYTES, 0),
        ]

    def _route(self, path: str, bring: Bring, file_bytes: int, body_bytes: int) -> Route:
        async def answer(request: Request) -> Response:
            body = await _body_of(request, body_bytes + _MARGIN_BYTES)
            if (word := self._desk.first_word(request, "upload")) is not None:
                return word
            try:
                if body is None:
                    raise UploadRefused(f"The file is larger than {file_bytes // 1_000_000} MB.")
                brought = await bring(request, body)
            except (UploadRefused, BadForm, Unfetched) as refused:
                return self._refused(str(refused))
            data = {"success": True, "code": 200, "msg": "File uploaded successfully", "data": self._kept(brought)}
            return WireJSON(data)

        return Route(path, answer, methods=["POST"])

    async def _base64(self, _: Request, body: bytes) -> Brought:
        fields = _fields(body, "base64Data", "uploadPath")
        try:
            content, named = await to_thread.run_sync(decoded, fields["base64Data"])
        except ValueError as error:
            raise UploadRefused(str(error)) from error
        if len(content) > BASE64_BYTES:
            raise UploadRefused(f"The file is larger than {BASE64_BYTES // 1_000_000} MB.")
        return await self._written(content, fields["uploadPath"], fields.get("fileName"), named=named)

    async def _form(self, request: Request, body: bytes) -> Brought:
        parts = await to_thread.run_sync(form_parts, request.headers.get("content-type", ""), body)
        file, folder, name = (parts.get(field, FormPart(b"")) for field in ("file", "uploadPath", "fileName"))
        if file.filename is None:
            raise UploadRefused("file cannot be null")
        if not folder.text:
            raise UploadRefused("uploadPath cannot be null")
        return await self._written(file.content, folder.text, name.text, file.filename, named=file.media_type)

    async def _url(self, _: Request, body: bytes) -> Brought:
        fields = _fields(body, "fileUrl", "uploadPath")
        url = fields["fileUrl"]
        if not is_url(url):
            raise UploadRefused("fileUrl is invalid")
        target = new_file(self._house, ".upload")
        named = await fetch(url, target)
        name = file_name(fields.get("fileName"), name_in(url), media_type=named)
        return Brought(target, folder_name(fields["uploadPath"]), name, media_type_of(named, name))

    async def _written(self, content: bytes, folder: str, *names: str | None, named: str) -> Brought:
        target = new_file(self._house, ".upload")
        await anyio.Path(target).write_bytes(content)
        name = file_name(*names, media_type=named)
        return Brought(target, folder_name(folder), name, media_type_of(named, name))

    def _kept(self, brought: Brought) -> dict[str, object]:
        """Puts the file on the shelf; a second one of its name takes its place. The reply's `data`."""
        file_path = f"{brought.folder}/{brought.name}".lstrip("/")
        size = brought.path.stat().st_size
        return {
            "fileName": brought.name,
            "filePath": file_path,
            "downloadUrl": self._house.files.keep(brought.path, brought.media_type, file_path),
            "fileSize": size,
            "mimeType": brought.media_type,
            "uploadedAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }

    def _refused(self, msg: str) -> Response:
        self._house.ledger.refused += 1
        body = {"success": False, "code": 400, "msg": msg, "data": None}
        return WireJSON(body, 200 if self._house.errors_as_200 else 400)


async def _body_of(request: Request, limit_bytes: int) -> bytes | None:
    """The request's body, or None when it is larger."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit_bytes:
            return None
    return bytes(body)


def _fields(body: bytes, *needed: str) -> dict[str, str]:
    """The texts in a JSON body. Raises UploadRefused where one that is needed is missing."""
    try:
        parsed: object = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise UploadRefused("The request body is not valid JSON")
    fields = {name: value for name, value in cast("dict[str, object]", parsed).items() if isinstance(value, str)}
    missing = next((name for name in needed if not fields.get(name)), None)
    if missing is not None:
        raise UploadRefused(f"{missing} cannot be null")
    return fields
