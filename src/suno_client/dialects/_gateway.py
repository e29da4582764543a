"""The endpoints that sunoapi.org and kie.ai share, given a gateway's codes and where it tells the balance. Pure."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import TypeVar

from suno_client import _readings as readings
from suno_client._answers import int_of, object_of
from suno_client._records import progress_of
from suno_client._wire import Answer, Call, Family, File
from suno_client.models import Progress, Task
from suno_client.requests import (
    AddInstrumental,
    AddVocals,
    Cover,
    Extend,
    ExtendUpload,
    Generate,
    GetCredits,
    GetProgress,
    Mashup,
    ReplaceSection,
    Request,
    Sound,
    UploadBase64,
    UploadFile,
    UploadUrl,
)
from suno_client.requests.uploads import Uploading
from suno_client.results import Upload

from . import _sides, _songs
from ._dialect import Endpoint, Endpoints
from ._envelope import Codes, data_of, nothing, read_task

Asked = TypeVar("Asked", bound=Request[Task])


def endpoints(codes: Codes, *, credit_path: str) -> Endpoints:
    def song(build: Callable[[Asked, str], Call], family: Family = "A") -> Endpoint[Asked, Task]:
        return Endpoint(build, lambda _, answer: read_task(codes, answer, family=family))

    def read_upload(_: Uploading, answer: Answer) -> Upload:
        upload = readings.upload_of(object_of(data_of(codes, answer, family="upload")))
        if upload is None:
            raise nothing(answer, "the gateway says success but not where the file is", spends=False)
        return upload

    return {
        Generate: song(_songs.generate),
        Extend: song(_songs.extend),
        ExtendUpload: song(_songs.extend_upload),
        Cover: song(_songs.cover),
        Mashup: song(_songs.mashup),
        AddInstrumental: song(_songs.add_instrumental),
        AddVocals: song(_songs.add_vocals),
        ReplaceSection: song(_songs.replace_section, "B"),
        Sound: song(_songs.sound),
        GetProgress: Endpoint(_record, lambda q, answer: _read_progress(codes, q, answer)),
        GetCredits: Endpoint(lambda _, __: Call("GET", credit_path), lambda _, answer: _read_credits(codes, answer)),
        UploadFile: Endpoint(_upload_file, read_upload),
        UploadBase64: Endpoint(_upload_base64, read_upload),
        UploadUrl: Endpoint(_upload_url, read_upload),
        **_sides.endpoints(codes),
    }


def _record(request: GetProgress, _: str) -> Call:
    return Call("GET", "/api/v1/generate/record-info", params={"taskId": request.task_id})


def _read_progress(codes: Codes, request: GetProgress, answer: Answer) -> Progress:
    return progress_of(object_of(data_of(codes, answer)), request.task_id)


def _read_credits(codes: Codes, answer: Answer) -> int:
    balance = int_of(data_of(codes, answer))
    if balance is None:
        raise nothing(answer, "the balance is no number", spends=False)
    return balance


def _upload_file(request: UploadFile, _: str) -> Call:
    file = File(request.filename, request.content)
    return Call("POST", "/api/file-stream-upload", body=_place(request), family="upload", upload=True, file=file)


def _upload_base64(request: UploadBase64, _: str) -> Call:
    return _upload("/api/file-base64-upload", request, base64Data=b64encode(request.content).decode())


def _upload_url(request: UploadUrl, _: str) -> Call:
    return _upload("/api/file-url-upload", request, fileUrl=request.url)


def _upload(path: str, request: Uploading, **more: object) -> Call:
    return Call("POST", path, body={**more, **_place(request)}, family="upload", upload=True)


def _place(request: Uploading) -> dict[str, object]:
    place: dict[str, object] = {"uploadPath": request.folder}
    return place | ({"fileName": request.name} if request.name else {})
