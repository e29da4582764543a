"""Uploads: three ways to bring a file, the reply, and the file at its address (reference: suno.md 2A.9)."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox.asking import Gateway
from sandbox.test_media import BROKEN

from suno_client.sandbox.sides.fetching import Unfetched, fetch
from suno_client.sandbox.sides.files import decoded, file_name, folder_name
from suno_client.sandbox.sides.forms import BadForm, form_parts

pytestmark = pytest.mark.anyio
BASE64, STREAM, URL = "/api/file-base64-upload", "/api/file-stream-upload", "/api/file-url-upload"
SOUND = b"ID3" + bytes(range(256)) * 40


async def brought(gateway: Gateway, path: str, **body: Any) -> Any:
    answer = await gateway.http.post(path, json=body)
    assert answer.status_code == 200
    return answer.json()


async def sent(gateway: Gateway, content: bytes = SOUND, name: str = "song.mp3", **fields: str) -> Any:
    files = {"file": (name, content, "audio/mpeg")}
    return (await gateway.http.post(STREAM, files=files, data={"uploadPath": "audio", **fields})).json()


async def test_a_file_comes_as_base64(gateway: Gateway) -> None:
    answer = await brought(
        gateway, BASE64, base64Data=base64.b64encode(SOUND).decode(), uploadPath="/audio/mine/", fileName="a b.mp3"
    )
    assert set(answer) == {"success", "code", "msg", "data"}
    assert (answer["success"], answer["code"]) == (True, 200)
    data = answer["data"]
    assert set(data) == {"fileName", "filePath", "downloadUrl", "fileSize", "mimeType", "uploadedAt"}
    assert data["fileName"].endswith("-a_b.mp3")
    assert data["filePath"] == f"audio/mine/{data['fileName']}"
    assert data["downloadUrl"] == f"{gateway.server.url}/media/files/{data['filePath']}"
    assert (data["fileSize"], data["mimeType"]) == (len(SOUND), "audio/mpeg")
    assert data["uploadedAt"].endswith("Z")
    assert data["uploadedAt"][10] == "T"
    file = await gateway.http.get(data["downloadUrl"])
    assert (file.content, file.headers["content-type"]) == (SOUND, "audio/mpeg")


async def test_a_data_url_names_its_type(gateway: Gateway) -> None:
    text = "data:image/png;charset=x;base64," + base64.encodebytes(SOUND).decode()
    data = (await brought(gateway, BASE64, base64Data=text, uploadPath="p"))["data"]
    assert (data["mimeType"], data["fileName"][-4:], data["fileSize"]) == ("image/png", ".png", len(SOUND))


async def test_a_file_comes_as_a_form(gateway: Gateway) -> None:
    data = (await sent(gateway, name="Über uns.mp3", fileName="take.mp3"))["data"]
    assert (data["fileName"], data["filePath"], data["fileSize"]) == ("take.mp3", "audio/take.mp3", len(SOUND))
    assert (await gateway.http.get(data["downloadUrl"])).content == SOUND
    unnamed = (await sent(gateway, name="Über uns.mp3"))["data"]
    assert unnamed["fileName"].endswith("-_ber_uns.mp3")
    other = (await sent(gateway, name="Äber uns.mp3"))["data"]
    assert other["fileName"] != unnamed["fileName"]


async def test_a_second_file_of_one_name_takes_its_place(gateway: Gateway) -> None:
    first = (await sent(gateway))["data"]
    second = (await sent(gateway, SOUND[::-1]))["data"]
    assert first["downloadUrl"] == second["downloadUrl"]
    assert (await gateway.http.get(first["downloadUrl"])).content == SOUND[::-1]


async def test_a_file_is_fetched_from_its_address(gateway: Gateway) -> None:
    source = (await sent(gateway, name="far.mp3"))["data"]["downloadUrl"]
    data = (await brought(gateway, URL, fileUrl=source, uploadPath="near"))["data"]
    assert (data["filePath"], data["mimeType"], data["fileSize"]) == ("near/far.mp3", "audio/mpeg", len(SOUND))
    assert (await gateway.http.get(data["downloadUrl"])).content == SOUND
    named = (await brought(gateway, URL, fileUrl=source, uploadPath="near", fileName="x.mp3"))["data"]
    assert named["fileName"] == "x.mp3"


async def test_what_was_uploaded_can_be_made_into_music(gateway: Gateway) -> None:
    url = (await sent(gateway))["data"]["downloadUrl"]
    answer = await gateway.http.post(
        "/api/v1/generate/upload-cover",
        json={
            "uploadUrl": url, "customMode": False, "instrumental": True, "model": "V5", "prompt": "folk",
            "callBackUrl": "https://localhost/x",
        },
    )  # fmt: skip
    assert answer.json()["code"] == 200


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (BASE64, {"uploadPath": "x"}, "base64Data cannot be null"),
        (BASE64, {"base64Data": "AAAA"}, "uploadPath cannot be null"),
        (BASE64, {"base64Data": "!!!", "uploadPath": "x"}, "base64Data is not base64."),
        (BASE64, {"base64Data": "A" * 13_333_340, "uploadPath": "x"}, "The file is larger than 10 MB."),
        (BASE64, {"base64Data": "A" * 14_000_000, "uploadPath": "x"}, "The file is larger than 10 MB."),
        (URL, {"uploadPath": "x" * 200_000}, "The file is larger than 100 MB."),
        (URL, {"uploadPath": "x"}, "fileUrl cannot be null"),
        (URL, {"fileUrl": "song.mp3", "uploadPath": "x"}, "fileUrl is invalid"),
        (URL, {"fileUrl": "http://127.0.0.1:9/x", "uploadPath": "x"}, "The file could not be fetched: ConnectError."),
    ],
)
async def test_what_cannot_be_taken_is_refused(gateway: Gateway, path: str, body: dict[str, str], said: str) -> None:
    assert await brought(gateway, path, **body) == {"success": False, "code": 400, "msg": said, "data": None}
    assert (await gateway.ledger())["refused"] == 1


async def test_a_form_needs_a_file_and_a_folder(gateway: Gateway) -> None:
    no_file = await gateway.http.post(STREAM, files={"file": (None, b"text")}, data={"uploadPath": "x"})
    assert no_file.json()["msg"] == "file cannot be null"
    no_folder = await gateway.http.post(STREAM, files={"file": ("a.mp3", b"text")})
    assert no_folder.json()["msg"] == "uploadPath cannot be null"
    no_form = await gateway.http.post(STREAM, content=b"{}")
    assert no_form.json() == {
        "success": False, "code": 400, "msg": "not multipart/form-data with a boundary", "data": None
    }  # fmt: skip
    assert (await gateway.http.post(URL, content=b"{")).json()["msg"] == "The request body is not valid JSON"


async def test_an_upload_needs_a_key(gateway: Gateway) -> None:
    async with httpx.AsyncClient(base_url=gateway.server.url, trust_env=False) as stranger:
        answer = await stranger.post(BASE64, json={"base64Data": "AAAA", "uploadPath": "x"})
    assert answer.json()["code"] == 401


@pytest.mark.parametrize("path", [BASE64, STREAM, URL])
async def test_an_upload_may_go_wrong(gateway: Gateway, path: str) -> None:
    await gateway.fault("upload", "500", path=path)
    assert (await gateway.http.post(path, json={})).json()["code"] == 500
    await gateway.fault("upload", "502")
    assert (await gateway.http.post(path, json={})).status_code == 502
    await gateway.fault("upload", "reset")
    with pytest.raises(BROKEN):
        await gateway.http.post(path, json={})
    await gateway.fault("upload", "data_null")
    assert (await gateway.http.post(path, json={})).json()["data"] is None


async def test_a_file_that_is_too_large_or_too_slow_is_not_fetched(tmp_path: Path, gateway: Gateway) -> None:
    url = (await sent(gateway))["data"]["downloadUrl"]
    target = tmp_path / "fetched"
    assert await fetch(url, target) == "audio/mpeg"
    assert target.read_bytes() == SOUND
    with pytest.raises(Unfetched, match="larger than 0 MB"):
        await fetch(url, target, limit_bytes=5_000)
    assert not target.exists()
    await gateway.fault("media", "slow", seconds=5)
    with pytest.raises(Unfetched, match="TimeoutError"):
        await fetch(url, target, within_s=0.3)
    assert not target.exists()


@given(st.binary(max_size=200), st.text(max_size=30))
def test_a_form_gives_back_what_was_put_in(content: bytes, name: str) -> None:
    request = httpx.Request(
        "POST", "http://x/", files={"file": ("a.mp3", content, "audio/mpeg")}, data={"fileName": name}
    )
    parts = form_parts(request.headers["content-type"], request.read())
    assert parts["file"].content == content
    assert (parts["file"].filename, parts["file"].media_type) == ("a.mp3", "audio/mpeg")
    assert parts["fileName"].text == name
    assert parts["fileName"].filename is None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x--"),
        ("text/plain; boundary=x", b"--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\ncontent-disposition: form-data; name=a\r\n\r\nhalf"),
        ("multipart/form-data; boundary=x", b"--x\r\ncontent-disposition: form-data\r\n\r\nb\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\ncontent-disposition: form-data; name=a\r\n--x--"),
    ],
)
def test_what_is_no_form_is_refused(kind: str, body: bytes) -> None:
    with pytest.raises(BadForm):
        form_parts(kind, body)


@given(st.text())
def test_names_are_safe_in_an_address(name: str) -> None:
    for safe in (file_name(name, media_type=""), *folder_name(name).split("/")):
        assert set(safe) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
        assert safe not in {".", ".."}
    assert file_name(name, media_type="")


def test_a_folder_leads_nowhere_else() -> None:
    assert folder_name("../a/./b//..") == "a/b"
    assert len(file_name("..", media_type="audio/mpeg")) == 36


def test_base64_may_be_in_lines() -> None:
    assert decoded("QUJD\nREVG") == (b"ABCDEF", "")
    assert decoded("data:audio/wav;base64,QUJD") == (b"ABC", "audio/wav")
