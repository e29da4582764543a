"""Music made out of music, over real HTTP: accepted, told by record-info, and heard (reference: suno.md 2A.7)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sandbox.asking import Gateway

from suno_client.sandbox import SandboxServer
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.tasks import Task

pytestmark = pytest.mark.anyio
CALL = {"callBackUrl": "https://localhost/x"}
WORDS = {"prompt": "la la", "style": "jazz", "title": "T"}
FOREIGN = "https://files.example/rock-song.mp3"


@pytest.fixture(scope="module")
async def song(running: SandboxServer) -> AsyncIterator[dict[str, Any]]:
    """One finished song of the running sandbox, which stays for the whole module."""
    async with _client(running) as http:
        await http.post("/_sandbox/reset")
        gateway = Gateway(http, running)
        task = await gateway.task(prompt="jazz", model="V5", customMode=True, style="jazz", title="Night")
        done = await gateway.until(task, "SUCCESS")
        yield {"task": task, **done["response"]["sunoData"][0]}


@pytest.fixture
async def gateway(running: SandboxServer, song: dict[str, Any]) -> AsyncIterator[Gateway]:
    """A client of the running sandbox, whose books keep the song."""
    async with _client(running) as http:
        running.faults.clear()
        running.till.clear()
        yield Gateway(http, running)


def _client(server: SandboxServer) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {server.key}"}
    return httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30, trust_env=False)


async def _ask(gateway: Gateway, name: str, **fields: Any) -> Any:
    return (await gateway.http.post(f"/api/v1/generate/{name}", json={**CALL, **fields})).json()


async def _made(gateway: Gateway, name: str, **fields: Any) -> dict[str, Any]:
    """The record of a finished task."""
    answer = await _ask(gateway, name, **fields)
    assert answer["code"] == 200, answer
    assert list(answer["data"]) == ["taskId"]
    record = await gateway.until(answer["data"]["taskId"], "SUCCESS")
    assert record["status"] == "SUCCESS", record
    assert json.loads(record["param"]) == {**CALL, **fields}
    return record


async def _length(gateway: Gateway, record: dict[str, Any]) -> float:
    """The told length of the first take, whose sound is really there."""
    clip = record["response"]["sunoData"][0]
    sound = await gateway.http.get(clip["audioUrl"])
    assert sound.content.startswith(b"ID3")
    assert len(sound.content) > clip["duration"] * 20_000  # 192 kbit/s are 24,000 bytes a second
    return clip["duration"]


async def test_an_extension_is_longer_and_tells_its_parent(gateway: Gateway, song: dict[str, Any]) -> None:
    fields = {"audioId": song["id"], "defaultParamFlag": True, "model": "V5", "continueAt": 4.5, **WORDS}
    record = await _made(gateway, "extend", **fields)
    assert (record["operationType"], record["parentMusicId"]) == ("extend", song["id"])
    assert await _length(gateway, record) > 4.5 + 4
    clip = record["response"]["sunoData"][0]
    assert (clip["title"], clip["tags"], clip["modelName"]) == ("T", "jazz", "chirp-crow")
    assert clip["prompt"] == ""  # its source is an instrumental


async def test_an_extension_may_leave_everything_to_its_source(gateway: Gateway, song: dict[str, Any]) -> None:
    record = await _made(gateway, "extend", audioId=song["id"], defaultParamFlag=False, model="V5")
    assert record["response"]["sunoData"][0]["title"] == "Night"
    assert await _length(gateway, record) > song["duration"] + 4


async def test_a_cover_of_one_of_our_songs_has_its_length(gateway: Gateway, song: dict[str, Any]) -> None:
    record = await _made(
        gateway, "upload-cover", uploadUrl=song["audioUrl"], customMode=True, instrumental=False, model="V5_5",
        prompt="sing this", style="folk", title="Cover", duration=40,
    )  # fmt: skip
    assert (record["operationType"], record["parentMusicId"]) == ("upload_cover", "")
    assert await _length(gateway, record) == pytest.approx(song["duration"], abs=2)
    assert record["response"]["sunoData"][0]["prompt"] == "sing this"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("upload-extend", {"uploadUrl": FOREIGN, "defaultParamFlag": True, "continueAt": 99, "model": "V5", **WORDS}),
        ("add-instrumental", {"uploadUrl": FOREIGN, "title": "T", "tags": "folk", "negativeTags": "drums"}),
        ("add-vocals", {"uploadUrl": FOREIGN, "negativeTags": "x", "model": "V5", **WORDS}),
        ("mashup", {"uploadUrlList": [FOREIGN, FOREIGN], "customMode": False, "model": "V5", "prompt": "both"}),
        ("sounds", {"prompt": "rain on a roof", "model": "V5", "soundTempo": 100, "soundKey": "Am"}),
        (
            "replace-section",
            {"uploadUrl": FOREIGN, "model": "V6", "prompt": "a", "tags": "b", "title": "c",
             "infillStartS": 100, "infillEndS": 110},
        ),
    ],
)  # fmt: skip
async def test_each_endpoint_makes_music(gateway: Gateway, name: str, fields: dict[str, Any]) -> None:
    record = await _made(gateway, name, **fields)
    assert (record["operationType"], record["parentMusicId"]) == (name.replace("-", "_"), "")
    assert 4 < await _length(gateway, record) < 15
    row = (await gateway.ledger())["submissions"][-1]
    assert (row["endpoint"], row["credits"], row["taskId"]) == (f"/api/v1/generate/{name}", 12, record["taskId"])


async def test_tags_are_told_where_they_are_asked_for(gateway: Gateway) -> None:
    fields = {"uploadUrl": FOREIGN, "title": "T", "tags": "soft folk", "negativeTags": "drums"}
    record = await _made(gateway, "add-instrumental", **fields)
    assert record["response"]["sunoData"][0]["tags"] == "soft folk"


async def test_a_loop_is_exactly_four_bars(gateway: Gateway) -> None:
    record = await _made(gateway, "sounds", prompt="house beat", model="V5", soundLoop=True, soundTempo=120)
    assert await _length(gateway, record) == 8.0


async def test_what_comes_out_may_go_in_again(gateway: Gateway, song: dict[str, Any]) -> None:
    both = {"uploadUrlList": [song["audioUrl"], song["streamAudioUrl"]], "instrumental": True}
    mixed = await _made(gateway, "mashup", **both, customMode=True, model="V5", style="jazz", title="Both")
    clip = mixed["response"]["sunoData"][0]
    record = await _made(
        gateway, "upload-extend", uploadUrl=clip["audioUrl"], defaultParamFlag=True, continueAt=3.5,
        instrumental=True, model="V5", style="jazz", title="More",
    )  # fmt: skip
    assert await _length(gateway, record) > 3.5 + 4


async def test_a_section_is_replaced_and_the_song_stays_as_long(gateway: Gateway) -> None:
    whole = await _made(gateway, "upload-cover", uploadUrl=FOREIGN, customMode=True, instrumental=True, model="V5_5",
                        style="folk", title="Long", duration=16)  # fmt: skip
    clip = whole["response"]["sunoData"][0]
    fields = {"taskId": whole["taskId"], "audioId": clip["id"], "prompt": "a", "tags": "b", "title": "c"}
    record = await _made(gateway, "replace-section", **fields, infillStartS=2.25, infillEndS=8.5)
    assert record["operationType"] == "replace_section"
    assert await _length(gateway, record) == pytest.approx(clip["duration"], abs=0.05)
    for changes, said in (
        ({"infillEndS": 12.0}, "the section must not be longer than half of the audio."),
        ({"infillStartS": 12.0, "infillEndS": 40.0}, "infillEndS must be within the duration of the audio."),
        ({"taskId": "0" * 32}, "The audio does not exist."),
    ):
        wrong = {**fields, "infillStartS": 2, "infillEndS": 8.5, **changes}
        assert await _ask(gateway, "replace-section", **wrong) == {"code": 422, "msg": said, "data": None}


async def test_music_that_is_not_there_is_refused_or_fails(gateway: Gateway, song: dict[str, Any]) -> None:
    gone = f"{gateway.server.url}/media/nothing.mp3"
    refused = await _ask(
        gateway, "replace-section", uploadUrl=gone, model="V6", prompt="a", tags="b", title="c",
        infillStartS=1, infillEndS=12,
    )  # fmt: skip
    assert refused["code"] == 451
    for name, fields in (
        ("upload-cover", {"uploadUrl": gone, "customMode": True, "instrumental": True, "model": "V5", **WORDS}),
        ("mashup", {"uploadUrlList": [song["audioUrl"], gone], "customMode": False, "model": "V5", "prompt": "x"}),
        ("upload-extend", {"uploadUrl": gone, "defaultParamFlag": False, "model": "V5"}),
    ):
        answer = await _ask(gateway, name, **fields)
        record = await gateway.until(answer["data"]["taskId"])
        assert (record["status"], record["errorCode"], record["response"]) == ("GENERATE_AUDIO_FAILED", 451, None)
        assert record["errorMessage"].startswith("Failed to fetch the audio.")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"audioId": "nobody"}, "The audio does not exist."),
        ({"model": "V5_5"}, "model must be the same as that of the source audio."),
        ({"continueAt": 300}, "continueAt must be greater than 0 and less than the duration of the audio."),
    ],
)
async def test_an_extension_must_fit_its_source(
    gateway: Gateway, song: dict[str, Any], changes: dict[str, Any], said: str
) -> None:
    fields = {"audioId": song["id"], "defaultParamFlag": True, "model": "V5", "continueAt": 4, **WORDS, **changes}
    assert await _ask(gateway, "extend", **fields) == {"code": 400, "msg": said, "data": None}


async def test_a_song_in_the_making_cannot_be_extended(gateway: Gateway) -> None:
    await gateway.fault("task", "stuck")
    await gateway.task()
    growing = (await gateway.ledger())["submissions"][-1]["clipIds"][0]
    answer = await _ask(gateway, "extend", audioId=growing, defaultParamFlag=False, model="V5")
    assert answer["msg"] == "The audio does not exist."


async def test_an_upload_may_be_too_long_for_its_model(gateway: Gateway) -> None:
    take = Recording("long", Order("a long song"), gateway.server.house.studio.folder, duration_s=70.0)
    gateway.server.book.accept(Task("/x", {}, 0.0, "T", "", "", "chirp-crow", (take,)))
    clip = {"audioUrl": f"{gateway.server.url}/media/long.mp3"}
    fields = {"uploadUrl": clip["audioUrl"], "customMode": True, "instrumental": True, **WORDS}
    await gateway.fault("task", "stuck", times=2)
    assert (await _ask(gateway, "upload-cover", **fields, model="V5"))["code"] == 200
    answer = await _ask(gateway, "upload-cover", **fields, model="V4_5ALL")
    assert (answer["code"], answer["msg"]) == (400, "the audio must not be longer than 60 seconds.")
    extend = {"uploadUrl": clip["audioUrl"], "defaultParamFlag": True, "model": "V5", "continueAt": 71, **WORDS}
    assert (await _ask(gateway, "upload-extend", **extend))["code"] == 400
    assert (await _ask(gateway, "upload-extend", **{**extend, "defaultParamFlag": False}))["code"] == 200


async def test_a_failure_can_be_ordered_for_one_endpoint_alone(gateway: Gateway) -> None:
    await gateway.fault("task", "GENERATE_AUDIO_FAILED", path="/api/v1/generate/sounds")
    await gateway.fault("submit", "455", path="/api/v1/generate/mashup")
    await gateway.fault("task", "stuck", path="/api/v1/generate")
    assert (await gateway.submit()).json()["code"] == 200
    answer = await _ask(gateway, "sounds", prompt="x", model="V5")
    assert (await gateway.until(answer["data"]["taskId"]))["status"] == "GENERATE_AUDIO_FAILED"
    assert (await _ask(gateway, "mashup"))["code"] == 455
    assert gateway.server.faults.waiting == ()
