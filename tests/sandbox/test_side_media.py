"""Files that are made of a song: WAV, MP4, stems, notes, covers; measured, and told in each record's own shape."""

from __future__ import annotations

import io
import subprocess
import wave
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import numpy as np
import pytest
from PIL import Image
from sandbox.asking import Gateway
from sandbox.side_asking import NOBODY, Sides, Song, open_sides

from suno_client.sandbox import SandboxServer
from suno_client.sandbox.music.ffmpeg import find_ffmpeg

pytestmark = pytest.mark.anyio
WAV, MP4, STEMS = "/api/v1/wav/generate", "/api/v1/mp4/generate", "/api/v1/vocal-removal/generate"
MIDI, COVERS = "/api/v1/midi/generate", "/api/v1/suno/cover/generate"
URLS = {
    "instrumentalUrl", "vocalUrl", "backingVocalsUrl", "drumsUrl", "bassUrl", "guitarUrl", "pianoUrl", "keyboardUrl",
    "percussionUrl", "stringsUrl", "synthUrl", "fxUrl", "brassUrl", "woodwindsUrl",
}  # fmt: skip


@pytest.fixture(scope="module")
async def server(anyio_backend: str) -> AsyncIterator[Sides]:
    async with open_sides(music_seconds=6) as sides:
        yield sides


@pytest.fixture
async def sides(server: Sides) -> Sides:
    server.begin_again()
    return server


@pytest.fixture(scope="module")
async def parted(server: Sides) -> dict[str, Any]:
    """The records of both ways to separate the sung song."""
    server.begin_again()
    return {
        kind: await server.made(STEMS, **server.sung.about(), type=kind) for kind in ("separate_vocal", "split_stem")
    }


async def decoded(media: bytes) -> np.ndarray[Any, Any]:
    """Left and right as rows, at 48 kHz."""
    argv = [find_ffmpeg(), "-v", "error", "-i", "pipe:0", "-f", "f32le", "-ac", "2", "-ar", "48000", "pipe:1"]
    sound = await anyio.run_process(argv, input=media, stderr=subprocess.PIPE)
    return np.frombuffer(sound.stdout, "<f4").reshape(-1, 2).T.astype(np.float64)


async def heard(sides: Sides, url: str) -> np.ndarray[Any, Any]:
    return await decoded((await sides.fetched(url)).content)


async def test_a_wav_holds_the_songs_samples(sides: Sides) -> None:
    clip = sides.sung.clips[0]
    data = await sides.made(WAV, **sides.sung.about())
    assert set(data) == {
        "taskId", "musicId", "callbackUrl", "completeTime", "response", "successFlag", "createTime", "errorCode",
        "errorMessage",
    }  # fmt: skip
    assert (data["successFlag"], data["musicId"], data["callbackUrl"]) == ("SUCCESS", clip["id"], NOBODY)
    assert (data["errorCode"], data["errorMessage"]) == (None, None)
    assert [len(data[name]) for name in ("createTime", "completeTime")] == [19, 19]
    answer = await sides.fetched(data["response"]["audioWavUrl"])
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.content[:4] + answer.content[8:12] == b"RIFFWAVE"
    with wave.open(io.BytesIO(answer.content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 48_000)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T / 32_768
    assert samples.shape[1] / 48_000 == pytest.approx(clip["duration"], abs=0.15)
    song = await heard(sides, clip["audioUrl"])
    assert np.abs(samples - song[:, : samples.shape[1]]).max() < 0.001


async def test_a_wav_is_made_once(sides: Sides) -> None:
    about = sides.plain.about()
    await sides.made(WAV, **about)
    answer = await sides.post(WAV, **about)
    assert (answer["code"], answer["data"]) == (409, None)
    assert "WAV" in answer["msg"]
    assert (await sides.post(MP4, **about))["code"] == 200
    assert (await sides.post(MP4, **about))["code"] == 409
    assert (await sides.post(WAV, **sides.plain.about(2)))["code"] == 200


async def test_a_video_shows_the_cover_for_as_long_as_the_song_lasts(sides: Sides) -> None:
    clip = sides.sung.clips[0]
    data = await sides.made(MP4, **sides.sung.about(), author="Åsa; -vf \"x'", domainName="example.org")
    assert (data["successFlag"], data["audioId"], data["musicId"]) == ("SUCCESS", clip["id"], clip["id"])
    assert data["completeTime"] >= data["createTime"] > 1_700_000_000_000
    answer = await sides.fetched(data["response"]["videoUrl"])
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content[4:8] == b"ftyp"
    assert answer.content.index(b"moov") < answer.content.index(b"mdat")  # it may be played while it comes
    said = await described(answer.content)
    for word in ("Video: h264", "320x320", "yuv420p", "2 fps", "Audio: aac", "48000 Hz, stereo"):
        assert word in said
    sound = await decoded(answer.content)
    assert sound.shape[1] / 48_000 == pytest.approx(clip["duration"], abs=0.6)
    assert len(answer.content) < 400_000


async def described(media: bytes) -> str:
    async with anyio.NamedTemporaryFile(suffix=".mp4") as file:
        await file.write(media)
        await file.flush()
        argv = [find_ffmpeg(), "-hide_banner", "-i", str(file.name)]
        return (await anyio.run_process(argv, check=False, stderr=subprocess.PIPE)).stderr.decode()


async def test_the_separation_record_is_as_the_gateways(sides: Sides, parted: dict[str, Any]) -> None:
    data = parted["separate_vocal"]
    assert set(data) == {
        "taskId", "musicId", "callbackUrl", "musicIndex", "completeTime", "response", "successFlag", "createTime",
        "errorCode", "errorMessage",
    }  # fmt: skip
    assert (data["successFlag"], data["musicIndex"], data["musicId"]) == ("SUCCESS", 0, sides.sung.clips[0]["id"])
    assert data["completeTime"] >= data["createTime"] > 1_700_000_000_000
    response = data["response"]
    assert set(response) == URLS | {"id", "originUrl", "originData"}
    assert (response["id"], response["originUrl"]) == (None, None)
    assert {name for name in URLS if response[name]} == {"vocalUrl", "instrumentalUrl"}
    assert [part["stem_type_group_name"] for part in response["originData"]] == ["Vocals", "Instrumental"]
    assert set(response["originData"][0]) == {"duration", "audio_url", "stem_type_group_name", "id"}
    assert response["vocalUrl"].endswith(f"/{response['originData'][0]['id']}_Vocals.mp3")
    assert response["originData"][0]["duration"] == sides.sung.clips[0]["duration"]


@pytest.mark.parametrize("kind", ["separate_vocal", "split_stem"])
async def test_the_stem_files_sum_to_the_song(sides: Sides, parted: dict[str, Any], kind: str) -> None:
    song = await heard(sides, sides.sung.clips[0]["audioUrl"])
    stems = [await heard(sides, part["audio_url"]) for part in parted[kind]["response"]["originData"]]
    length = min(song.shape[1], *(stem.shape[1] for stem in stems))
    together = np.sum([stem[:, :length] for stem in stems], axis=0)
    assert np.corrcoef(together.ravel(), song[:, :length].ravel())[0, 1] > 0.98
    assert all(np.abs(stem).max() > 0.01 for stem in stems)
    assert all(np.corrcoef(stem[:, :length].ravel(), song[:, :length].ravel())[0, 1] < 0.97 for stem in stems)


async def test_a_split_has_a_stem_for_each_family_that_plays(sides: Sides, parted: dict[str, Any]) -> None:
    response = parted["split_stem"]["response"]
    names = [part["stem_type_group_name"] for part in response["originData"]]
    assert {"Vocals", "Drums", "Bass", "FX"} <= set(names)
    assert response["instrumentalUrl"] is None
    assert response["brassUrl"] is None
    assert sum(response[name] is not None for name in URLS) == len(names)


async def test_a_song_without_a_voice_has_no_vocals(sides: Sides) -> None:
    data = await sides.made(STEMS, **sides.plain.about(2))
    assert data["musicIndex"] == 1
    assert data["response"]["vocalUrl"] is None
    assert [part["stem_type_group_name"] for part in data["response"]["originData"]] == ["Instrumental"]


async def test_midi_has_the_notes_of_the_song(sides: Sides, parted: dict[str, Any]) -> None:
    data = await sides.made(MIDI, taskId=parted["separate_vocal"]["taskId"])
    assert set(data) == {
        "taskId", "recordTaskId", "audioId", "callbackUrl", "completeTime", "midiData", "successFlag", "createTime",
        "errorCode", "errorMessage",
    }  # fmt: skip
    assert (data["successFlag"], data["recordTaskId"], data["audioId"]) == (1, -1, None)
    assert data["completeTime"] >= data["createTime"] > 1_700_000_000_000
    assert data["midiData"]["state"] == "complete"
    parts = {part["name"]: part["notes"] for part in data["midiData"]["instruments"]}
    assert {"Drums", "Voice Oohs"} < set(parts)
    length = sides.sung.clips[0]["duration"]
    assert all(0 <= note["start"] < note["end"] <= length + 0.01 for notes in parts.values() for note in notes)
    assert all(set(note) == {"pitch", "start", "end", "velocity"} for notes in parts.values() for note in notes)


async def test_midi_of_a_stem_is_its_own(sides: Sides, parted: dict[str, Any]) -> None:
    drums = next(
        part["id"] for part in parted["split_stem"]["response"]["originData"] if part["stem_type_group_name"] == "Drums"
    )
    data = await sides.made(MIDI, taskId=parted["split_stem"]["taskId"], audioId=drums)
    assert data["audioId"] == drums
    assert [part["name"] for part in data["midiData"]["instruments"]] == ["Drums"]
    await sides.gateway.fault("task", "midi_empty", path=MIDI)
    empty = await sides.made(MIDI, taskId=parted["split_stem"]["taskId"])
    assert (empty["successFlag"], empty["midiData"]) == (1, {"state": "complete", "instruments": []})


async def test_covers_are_two_other_pictures_once_a_song(sides: Sides) -> None:
    task = await sides.begin(COVERS, taskId=sides.sung.task)
    first = await sides.record(COVERS, task)
    assert (first["successFlag"], first["response"], first["completeTime"]) == (0, None, None)
    data = await sides.over(COVERS, task)
    assert set(data) == {
        "taskId", "parentTaskId", "callbackUrl", "completeTime", "response", "successFlag", "createTime", "errorCode",
        "errorMessage",
    }  # fmt: skip
    assert (data["successFlag"], data["parentTaskId"]) == (1, sides.sung.task)
    pictures = [await sides.fetched(url) for url in data["response"]["images"]]
    own = [await sides.fetched(clip["imageUrl"]) for clip in sides.sung.clips]
    assert [picture.headers["content-type"] for picture in pictures] == ["image/png"] * 2
    thumbs = [np.asarray(Image.open(io.BytesIO(one.content)).resize((64, 64)), float) for one in (*pictures, *own)]
    assert all(np.abs(one - two).mean() > 2 for n, one in enumerate(thumbs) for two in thumbs[:n])
    again = await sides.post(COVERS, taskId=sides.sung.task)
    assert (again["code"], again["data"]) == (400, {"taskId": task})


async def test_a_cover_in_the_making_says_so(sides: Sides) -> None:
    await sides.gateway.fault("task", "stuck", path=COVERS)
    task = await sides.begin(COVERS, taskId=sides.plain.task)
    with anyio.fail_after(10):
        while (await sides.record(COVERS, task))["successFlag"] != 2:
            await anyio.sleep(0.01)


async def test_files_go_when_the_sandbox_begins_anew(gateway: Gateway) -> None:
    sides = Sides(gateway, Song("", []), Song("", []))
    song = await sides.song()
    url = (await sides.made(WAV, **song.about()))["response"]["audioWavUrl"]
    await sides.fetched(url)
    await sides.http.post("/_sandbox/reset")
    assert (await sides.http.get(url)).status_code == 404


async def test_the_sandbox_may_close_in_the_middle_of_the_work() -> None:
    async with SandboxServer(speed=60, music_seconds=6) as server:
        headers = {"Authorization": f"Bearer {server.key}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30, trust_env=False) as http:
            sides = Sides(Gateway(http, server), Song("", []), Song("", []))
            await sides.begin(STEMS, **(await sides.song()).about())
            closing = anyio.current_time()
    assert anyio.current_time() - closing < 15
