"""What type checkers see of suno_client from outside. Never run: mypy --strict and pyright read it in `make check`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any, assert_type

import anyio
import httpx

from suno_client import (
    Answered,
    Clip,
    Download,
    Exchange,
    FileJournal,
    Job,
    Journal,
    Limiter,
    Outcome,
    Polling,
    Progress,
    Retrying,
    Stage,
    Submission,
    SunoClient,
    SunoError,
    Task,
    TaskFailed,
    TaskId,
    WaitTimeout,
    webhooks,
)
from suno_client.requests import Generate, GetCredits, GetLyrics, Request
from suno_client.results import (
    CoverImages,
    Lyrics,
    Midi,
    Persona,
    Stems,
    StyleBoost,
    TimedLyrics,
    Upload,
    Video,
    Voice,
    VoicePhrase,
    Wav,
)
from suno_client.testing import FakeSuno, envelope


class OwnJournal:
    """A journal is whatever has the two methods."""

    async def before(self, submission: Submission) -> TaskId | None:
        assert_type(submission.id, str)
        return None

    async def after(self, submission: Submission, outcome: Outcome) -> None:
        assert_type(outcome.task_id, TaskId | None)


def observe(exchange: Exchange) -> None:
    assert_type(exchange.took_s, float)
    assert_type(exchange.error, SunoError | None)


async def clients() -> None:
    async with SunoClient("key") as plain:
        assert_type(plain, SunoClient)
    journal: Journal = FileJournal(Path("journal.jsonl"))
    suno = SunoClient(
        "key",
        base_url="http://127.0.0.1:8770",
        dialect="sunoapi",
        http=httpx.AsyncClient(),
        timeout_s=5,
        polling=Polling(first_s=2),
        retrying=Retrying(),
        limiter=Limiter(calls=5, window_s=1.0),
        journal=OwnJournal(),
        observe=observe,
        headers={"X-Tenant": "7"},
    )
    assert_type(suno.with_options(timeout_s=3, journal=journal, submission_id="wish-7", observe=None), SunoClient)
    suno.with_options(time_s=3)  # type: ignore[call-arg] # no such option
    assert_type(suno.features, frozenset[str])
    assert_type(suno.supports("stems"), bool)
    assert_type(await suno.credits(), int)


async def songs(suno: SunoClient) -> None:
    task = await suno.generations.create("rain", model="V5_5", vocal_gender="f", weirdness=0.3, extra={"new": 1})
    assert_type(task, Task)
    assert_type(task.id, TaskId)
    await suno.generations.create("rain", vocal_gender="x")  # type: ignore[arg-type] # "m" or "f"
    await suno.generations.create("rain", wierdness=0.3)  # type: ignore[call-arg] # misspelt
    assert_type(await suno.generations.extend("clip", continue_at_s=30), Task)
    assert_type(await suno.generations.cover("https://example.com/a.mp3", "slower"), Task)
    assert_type(await suno.generations.get(task.id), Progress)
    await suno.generations.get("a plain string")  # type: ignore[arg-type] # a TaskId is no str
    assert_type(suno.generations.watch(task), AsyncIterator[Progress])
    async for progress in suno.generations.watch(TaskId("t")):
        assert_type(progress, Progress)
        assert_type(progress.stage, Stage)
        assert_type(progress.clips, tuple[Clip, ...])
    assert_type(await suno.generations.wait(task, until="playable"), Progress)
    assert_type(await suno.generations.wait(task, until=Stage.FIRST), Progress)
    await suno.generations.wait(task, until="done")  # type: ignore[arg-type] # no such stage
    async for clip in suno.generations.list(max_pages=2):
        assert_type(clip, Clip)
        assert_type(clip.duration_s, float | None)
        assert_type(clip.audio_urls(), tuple[str, ...])


async def side_jobs(suno: SunoClient, song: TaskId) -> None:
    assert_type(await suno.lyrics.create("rain"), Task)
    assert_type(await suno.lyrics.get(song), Job[tuple[Lyrics, ...]])
    assert_type(await suno.lyrics.wait(song), tuple[Lyrics, ...])
    assert_type(await suno.lyrics.timed(song, "clip"), TimedLyrics)
    assert_type(await suno.wav.wait(await suno.wav.create(song, "clip")), Wav)
    assert_type(await suno.videos.wait(await suno.videos.create(song, "clip", author="me")), Video)
    assert_type(await suno.stems.wait(await suno.stems.create(song, "clip", kind="split_stem")), Stems)
    assert_type(await suno.midi.wait(await suno.midi.create(song)), Midi)
    assert_type(await suno.cover_images.wait(await suno.cover_images.create(song)), CoverImages)
    assert_type(await suno.styles.boost("folk"), StyleBoost)
    assert_type(await suno.personas.create(song, "clip", name="Ada", description="alto"), Persona)
    async for job in suno.wav.watch(song):
        assert_type(job, Job[Wav])
        assert_type(job.result, Wav | None)


async def voices(suno: SunoClient) -> None:
    validation = await suno.voices.validate("https://example.com/v.mp3", vocal_start_s=0, vocal_end_s=10)
    assert_type(validation, Task)
    assert_type(await suno.voices.phrases.wait(validation), VoicePhrase)
    assert_type(await suno.voices.create(validation.id, "https://example.com/w.mp3"), Task)
    assert_type(await suno.voices.wait(validation), Voice)
    assert_type(await suno.voices.available(validation.id), bool)


async def files(suno: SunoClient, clip: Clip) -> None:
    assert_type(await suno.uploads.file(Path("song.mp3")), Upload)
    assert_type(await suno.uploads.base64(b"", folder="audio"), Upload)
    assert_type(await suno.uploads.url("https://example.com/a.mp3"), Upload)
    assert_type(await suno.download(clip, Path("song.mp3"), resume=True), Download)
    assert_type(await suno.download("https://example.com/a.mp3", BytesIO()), Download)
    async with await anyio.open_file("song.mp3", "wb") as file:
        assert_type(await suno.download(clip, file), Download)
    async with suno.download_chunks(clip) as chunks:
        assert_type(chunks, AsyncIterator[bytes])
    async with suno.stream("https://example.com/a.mp3", silence_s=5) as live:
        assert_type(live, AsyncIterator[bytes])


async def raw(suno: SunoClient, request: Request[Any]) -> None:
    answered = await suno.send(Generate(prompt="rain"))
    assert_type(answered, Answered[Task])
    assert_type(answered.parse(), Task)
    assert_type(answered.status, int)
    assert_type(answered.json(), object)
    assert_type((await suno.send(GetCredits())).parse(), int)
    assert_type((await suno.send(GetLyrics(task_id=TaskId("t")))).parse(), Job[tuple[Lyrics, ...]])


def receiver(body: bytes, headers: dict[str, str]) -> None:
    assert_type(webhooks.verify_kie(body, headers, "key", now=0.0), TaskId)
    event = webhooks.parse(body)
    assert_type(event, webhooks.Event)
    assert_type(event.task_id, TaskId)
    assert_type(event.standing, Progress | Job[Any])
    assert_type(webhooks.token_matches("/callback?token=x", "x"), bool)


async def tested() -> None:
    fake = FakeSuno()
    fake.faults["submit"].append(envelope(430, "too fast"))
    async with fake.client(timeout_s=1) as suno:
        assert_type(suno, SunoClient)


def errors(error: SunoError) -> None:
    if isinstance(error, TaskFailed):
        assert_type(error.task_id, TaskId)
    elif isinstance(error, WaitTimeout):
        assert_type(error.last, Progress | Job[Any] | None)
