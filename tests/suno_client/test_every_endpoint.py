"""Every endpoint through the client, against a running sandbox of each kind: real files, real notes, real charges."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest

from suno_client import AlreadyMade, Clip, Limiter, OutOfCredits, Polling, Progress, Stage, SunoClient, TaskId
from suno_client.results import Stems

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
READY = "Suno sandbox listening on "
POLLING = Polling(first_s=0.05, max_s=0.1, floor_s=0)
KEY = "__client=sandbox"  # for gcui a cookie, for the others a key like any


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[[str], str]]:
    """Starts a sandbox of a dialect, once; all end with this module."""
    running: dict[str, tuple[subprocess.Popen[str], str]] = {}

    def started(dialect: str) -> str:
        if dialect not in running:
            argv = [sys.executable, "-m", "suno_client.sandbox", "--until-stdin-closes", "--dialect", dialect]
            argv += ["--speed", "20", "--music-seconds", "14"]
            process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            running[dialect] = (process, process.stdout.readline().removeprefix(READY).strip())
        return running[dialect][1]

    yield started
    for process, _ in running.values():
        assert process.stdin is not None
        process.stdin.close()
        process.wait(10)


@pytest.fixture(params=[("asyncio", "sunoapi"), ("trio", "kie")], ids="-".join)
def world(request: pytest.FixtureRequest) -> tuple[str, str]:
    """An event loop and a gateway; all four pairs would tell nothing more, and render twice as many songs."""
    return request.param


@pytest.fixture
def anyio_backend(world: tuple[str, str]) -> str:  # pyright: ignore[reportRedeclaration] - instead of the room's own
    return world[0]


@pytest.fixture
async def suno(world: tuple[str, str], start: Callable[[str], str]) -> AsyncIterator[SunoClient]:
    url = start(world[1])
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        (await http.post("/_sandbox/reset")).raise_for_status()
    key, no_limit = "sandbox", Limiter(1_000, 0)
    async with SunoClient(key, base_url=url, dialect=world[1], polling=POLLING, limiter=no_limit) as client:
        yield client


async def song(suno: SunoClient, prompt: str = "a quiet piano in the rain", **wish: object) -> tuple[TaskId, Clip]:
    task = await suno.generations.create(prompt, **wish)  # pyright: ignore[reportArgumentType] - keywords of a test
    progress = await suno.generations.wait(task, deadline_s=60)
    return task.id, progress.clips[0]


async def whole(suno: SunoClient, progress: Progress, folder: Path) -> None:
    """Both takes are there, and the first is a file of its length."""
    assert progress.stage is Stage.COMPLETE
    assert len({clip.id for clip in progress.clips}) == 2
    await suno.download(progress.clips[0], folder / "song.mp3")


async def test_songs_are_made_over_from_an_uploaded_file(suno: SunoClient, tmp_path: Path) -> None:
    _, clip = await song(suno)
    await suno.download(clip, tmp_path / "source.mp3")
    upload = await suno.uploads.file(tmp_path / "source.mp3", folder="mine")
    assert upload.size_bytes == (tmp_path / "source.mp3").stat().st_size
    generations, url = suno.generations, upload.download_url
    tasks = [
        await generations.extend(clip.id),
        await generations.extend_upload(url, continue_at_s=5, style="lofi", title="On", prompt="La la la"),
        await generations.cover(url, style="jazz", title="Blue", lyrics="La la"),
        await generations.add_vocals(url, "La la", title="Sung", style="folk", negative_tags="metal"),
        await generations.add_instrumental(url, title="Band", tags="rock", negative_tags="metal"),
    ]
    for task in tasks:
        await whole(suno, await generations.wait(task, deadline_s=100), tmp_path)


async def test_songs_are_mixed_mended_and_made_of_noise(suno: SunoClient, tmp_path: Path) -> None:
    task_id, clip = await song(suno)
    assert clip.audio_url
    one = await suno.uploads.url(clip.audio_url)
    two = await suno.uploads.base64(b"ID3" + bytes(2_000), name="two.mp3")
    generations = suno.generations
    tasks = [
        await generations.mashup((one.download_url, one.download_url), "a dance of both"),
        await generations.sound("a heavy door", tempo_bpm=90, key="Am"),
        await generations.replace_section(
            prompt="La la", tags="lofi", title="Mended", start_s=1, end_s=7, task_id=task_id, clip_id=clip.id
        ),
    ]
    for task in tasks:
        await whole(suno, await generations.wait(task, deadline_s=100), tmp_path)
    assert two.download_url.startswith("http")


async def test_the_sixth_models_take_their_own_fields(suno: SunoClient) -> None:
    wish = {"model": "V6", "style": "lofi", "title": "Six", "lyrics": "La la la", "duration_s": 10, "variety": 2}
    _, clip = await song(suno, "", **wish)
    assert (clip.title, clip.lyrics) == ("Six", "La la la")


async def test_lyrics_are_written_and_timed(suno: SunoClient) -> None:
    variants = await suno.lyrics.wait(await suno.lyrics.create("a lighthouse in the fog"))
    assert len(variants) == 2
    assert all("[" in one.text for one in variants)
    task_id, clip = await song(suno)
    timed = await suno.lyrics.timed(task_id, clip.id)
    assert timed.words
    assert clip.duration_s is not None
    assert all(0 <= word.start_s <= word.end_s <= clip.duration_s for word in timed.words)


async def test_a_clip_becomes_wav_and_video(suno: SunoClient, tmp_path: Path) -> None:
    task_id, clip = await song(suno, instrumental=True)
    wav = await suno.wav.wait(await suno.wav.create(task_id, clip.id))
    kept = await suno.download(wav.url, tmp_path / "a.wav", kind="wav", expected_duration_s=clip.duration_s)
    assert kept.media_type == "audio/wav"
    with pytest.raises(AlreadyMade):
        await suno.wav.create(task_id, clip.id)
    video = await suno.videos.wait(await suno.videos.create(task_id, clip.id, author="Ann"), deadline_s=60)
    assert (await suno.download(video.url, tmp_path / "a.mp4", kind="video")).media_type == "video/mp4"


async def test_a_clip_is_parted_and_its_notes_are_told(suno: SunoClient, tmp_path: Path) -> None:
    task_id, clip = await song(suno)
    parting = await suno.stems.create(task_id, clip.id)
    stems: Stems = await suno.stems.wait(parting, deadline_s=100)
    assert stems.instrumental_url
    await suno.download(stems.instrumental_url, tmp_path / "stem.mp3")
    midi = await suno.midi.wait(await suno.midi.create(parting.id), deadline_s=60)
    notes = [note for instrument in midi.instruments for note in instrument.notes]
    assert notes
    assert clip.duration_s is not None
    assert all(0 <= note.pitch <= 127 and 0 <= note.start_s < note.end_s <= clip.duration_s + 1 for note in notes)


async def test_a_song_gets_other_covers_once(suno: SunoClient, tmp_path: Path) -> None:
    task_id, _ = await song(suno, instrumental=True)
    task = await suno.cover_images.create(task_id)
    covers = await suno.cover_images.wait(task)
    assert len(covers.urls) == 2
    assert (await suno.download_image(covers.urls[0], tmp_path / "cover")).media_type == "image/png"
    with pytest.raises(AlreadyMade) as caught:
        await suno.cover_images.create(task_id)
    assert caught.value.task_id == task.id


async def test_a_style_a_persona_and_a_voice_of_ones_own(suno: SunoClient) -> None:
    assert len((await suno.styles.boost("lofi")).text) > len("lofi")
    task_id, clip = await song(suno)
    assert clip.audio_url
    persona = await suno.personas.create(
        task_id, clip.id, name="Ann", description="warm", vocal_start_s=0, vocal_end_s=12
    )
    assert persona.id
    phrase = await suno.voices.validate(clip.audio_url, vocal_start_s=0, vocal_end_s=10, language="en")
    assert (await suno.voices.phrases.wait(phrase)).text
    assert (await suno.voices.phrases.wait(await suno.voices.regenerate(phrase.id))).text
    made = await suno.voices.create(phrase.id, clip.audio_url, name="Ann")
    assert (await suno.voices.wait(made)).id
    assert await suno.voices.available(made.id)


async def test_credits_run_down_until_there_are_none(suno: SunoClient) -> None:
    before = await suno.credits()
    await suno.generations.create("rain", instrumental=True)
    assert await suno.credits() == before - 12
    async with httpx.AsyncClient(base_url=suno._sender.transport.base_url, trust_env=False) as http:
        (await http.post("/_sandbox/credits", json={"credits": 5})).raise_for_status()
    with pytest.raises(OutOfCredits):
        await suno.generations.create("rain")


@pytest.fixture
async def gcui(start: Callable[[str], str]) -> AsyncIterator[SunoClient]:
    url = start("gcui")
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        (await http.post("/_sandbox/reset")).raise_for_status()
    async with SunoClient(KEY, base_url=url, dialect="gcui", polling=POLLING, limiter=Limiter(1_000, 0)) as client:
        yield client


async def test_a_server_of_ones_own_does_all_that_it_can(gcui: SunoClient, tmp_path: Path) -> None:
    assert await gcui.credits() > 0
    task_id, clip = await song(gcui, "a quiet piano in the rain")
    await gcui.download(clip, tmp_path / "song.mp3")
    assert clip.id in task_id.split(",")
    assert clip.id in [one.id async for one in gcui.generations.list(max_pages=3)]
    assert (await gcui.lyrics.wait(await gcui.lyrics.create("a lighthouse")))[0].text
    assert (await gcui.lyrics.timed(TaskId(""), clip.id)).words
    extended = await gcui.generations.extend(clip.id, continue_at_s=5, style="lofi", title="On", prompt="La")
    assert (await gcui.generations.wait(extended, deadline_s=100)).stage is Stage.COMPLETE
    stems = await gcui.stems.wait(await gcui.stems.create(task_id, clip.id), deadline_s=100)
    assert stems.parts
