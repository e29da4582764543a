"""What the self-hosted server makes of clips: songs that go on, whole ones, stems, words in time (suno.md 2C.2)."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from sandbox.gcui_asking import SPEED, Clips, Gcui

from suno_client.sandbox import SandboxServer
from suno_client.sandbox.music.ffmpeg import find_ffmpeg
from suno_client.sandbox.music.wish import understand

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Scene:
    """One sung song of two clips, finished."""

    gcui: Gcui
    clips: Clips


@pytest.fixture(scope="module")
async def scene(anyio_backend: str) -> AsyncIterator[Scene]:
    async with (
        SandboxServer(dialect="gcui", speed=SPEED, music_seconds=8) as server,
        httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as http,
    ):
        gcui = Gcui(http, server)
        clips = await gcui.post(
            "/api/custom_generate", prompt="one two three four", tags="folk, 100 bpm", title="Count"
        )
        yield Scene(gcui, await gcui.whole(clips))


async def _seconds_of(gcui: Gcui, url: str) -> float:
    """How long a file sounds, by decoding it."""
    song = (await gcui.http.get(url)).content
    argv = [find_ffmpeg(), "-v", "error", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", "8000", "pipe:1"]
    return len(subprocess.run(argv, input=song, capture_output=True, check=True).stdout) / 16_000


async def test_a_song_goes_on_and_becomes_whole(scene: Scene) -> None:
    gcui, first = scene.gcui, scene.clips[0]
    more = await gcui.post("/api/extend_audio", audio_id=first["id"], prompt="five six", continue_at="00:03.5")
    assert [clip["title"] for clip in more] == ["", ""]
    more = await gcui.whole(more)
    assert [clip["title"] for clip in more] == ["Count", "Count"]
    raw = await gcui.get("/api/clip", id=more[0]["id"])
    assert raw["metadata"]["audio_prompt_id"] == first["id"]
    assert raw["metadata"]["history"][0]["continue_at"] == "00:03.5"
    whole = await gcui.post("/api/concat", clip_id=more[0]["id"])
    assert whole["status"] in {"submitted", "queued"}
    assert whole["metadata"]["concat_history"] == [{"id": first["id"], "continue_at": "00:03.5"}, {"id": more[0]["id"]}]
    (done,) = await gcui.whole([whole])
    assert done["status"] == "complete"
    assert done["title"] == "Count"
    assert done["duration"] == pytest.approx(3.5 + more[0]["duration"], abs=0.02)
    assert await _seconds_of(gcui, done["audio_url"]) == pytest.approx(done["duration"], abs=0.2)
    assert (await gcui.http.get(done["image_url"])).content.startswith(b"\xff\xd8")
    assert done["video_url"] == ""


async def test_an_extension_keeps_key_and_tempo_and_the_band_too_where_no_tags_name_another(scene: Scene) -> None:
    gcui, parent = scene.gcui, scene.clips[1]["id"]  # the first take; the newest comes first
    more = await gcui.post("/api/extend_audio", audio_id=parent, tags="jazz", title="Blue", prompt="oh")
    again = await gcui.post("/api/extend_audio", audio_id=parent, prompt="one two three four")  # the very same words
    takes = [gcui.server.book.take(clip_id) for clip_id in (parent, more[0]["id"], again[0]["id"])]
    plans = [understand(take.order) for take in takes if take]
    assert len({(plan.key, plan.minor, plan.tempo_bpm) for plan in plans}) == 1
    assert [plan.genre for plan in plans] == ["folk", "jazz", "folk"]
    assert len({plan.seed for plan in plans}) == 3
    assert plans[2].sung
    done = await gcui.whole([more[0], again[0]])
    told = {clip["title"]: clip["tags"] for clip in done}
    assert told == {"Blue": "jazz", "Count": scene.clips[0]["tags"]}


async def test_a_whole_song_may_be_one_part(scene: Scene) -> None:
    (done,) = await scene.gcui.whole([await scene.gcui.post("/api/concat", clip_id=scene.clips[1]["id"])])
    assert done["duration"] == scene.clips[1]["duration"]


@pytest.mark.parametrize("at", ["soon", [1]])
async def test_a_moment_that_is_none_is_refused(scene: Scene, at: object) -> None:
    body = {"audio_id": scene.clips[0]["id"], "continue_at": at}
    answer = await scene.gcui.http.post("/api/extend_audio", json=body)
    assert (answer.status_code, answer.json()) == (422, {"error": "API Error: [object Object]"})


async def test_a_sung_clip_is_split_into_its_voice_and_the_rest(scene: Scene) -> None:
    gcui, clip = scene.gcui, scene.clips[0]
    stems = await gcui.post("/api/generate_stems", audio_id=clip["id"])
    assert [list(stem) for stem in stems] == [["id", "status", "created_at", "title", "stem_from_id", "duration"]] * 2
    assert [stem["title"] for stem in stems] == ["Count - Vocals", "Count - Instrumental"]
    assert {stem["stem_from_id"] for stem in stems} == {clip["id"]}
    done = await gcui.whole(stems)
    assert [one["status"] for one in done] == ["complete", "complete"]
    for stem in done:
        assert await _seconds_of(gcui, stem["audio_url"]) == pytest.approx(clip["duration"], abs=0.3)
    again = await gcui.http.post("/api/extend_audio", json={"audio_id": done[0]["id"]})
    assert again.status_code == 422
    assert (await gcui.http.post("/api/generate_stems", json={"audio_id": done[0]["id"]})).status_code == 404
    rows = [row for row in (await gcui.ledger())["submissions"] if row["endpoint"] == "/api/generate_stems"]
    assert [(row["credits"], row["status"]) for row in rows] == [(0.0, "SUCCESS")]


async def test_an_instrumental_has_no_voice_to_split_off(scene: Scene) -> None:
    gcui = scene.gcui
    (one, _) = await gcui.whole(await gcui.song())
    rest, voice = await gcui.whole(await gcui.post("/api/generate_stems", audio_id=one["id"]))
    assert (voice["title"], voice["status"]) == ("Slow Piano - Vocals", "error")
    assert (rest["title"], rest["status"]) == ("Slow Piano - Instrumental", "complete")


async def test_words_have_their_seconds(scene: Scene) -> None:
    gcui, clip = scene.gcui, scene.clips[0]
    words = await gcui.get("/api/get_aligned_lyrics", song_id=clip["id"])
    assert [word["word"].strip() for word in words] == ["one", "two", "three", "four"]
    assert all(list(word) == ["word", "start_s", "end_s", "success", "p_align"] for word in words)
    moments = [moment for word in words for moment in (word["start_s"], word["end_s"])]
    assert moments == sorted(moments)
    assert 0 <= moments[0] < moments[-1] <= clip["duration"]


async def test_words_of_a_song_that_is_not_there_yet_are_not_found(scene: Scene) -> None:
    await scene.gcui.fault("task", "stuck")
    (one, _) = await scene.gcui.song()
    answer = await scene.gcui.http.get("/api/get_aligned_lyrics", params={"song_id": one["id"]})
    assert answer.status_code == 500
    assert answer.json()["error"].startswith("Internal server error. AxiosError")
    assert (await scene.gcui.http.get(f"/media/{one['id']}.mp4")).status_code == 404
