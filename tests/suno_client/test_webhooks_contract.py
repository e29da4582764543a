"""What the running sandbox posts is read as what its record says at that moment, and kie's signature holds."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream
from sandbox.hooks import listening

from suno_client import BadSignature, Clip, Job, Polling, Progress, Stage, SunoClient, Task, Unanswered
from suno_client.jobs import Jobs
from suno_client.results import Midi, Stems, Voice
from suno_client.sandbox import SandboxServer
from suno_client.sandbox.faults import Fault
from suno_client.webhooks import (
    Event,
    EventKind,
    parse,
    submission_of,
    token_matches,
    verify_kie,
    with_submission,
    with_token,
)

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
BOTH = pytest.mark.parametrize("running", ["sunoapi", "kie"], indirect=True)
ONE = pytest.mark.parametrize("running", ["sunoapi"], indirect=True)
POLLING = Polling(first_s=0.02, max_s=0.02, floor_s=0, keep_s=0)
KEY = "a webhook key"
TOKEN = "0123456789abcdef"
PATIENCE_S = 60


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The server lives as long as its module, and so must its loop."""
    return "asyncio"


@pytest.fixture(scope="module")
async def running(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[SandboxServer]:
    dialect: Literal["sunoapi", "kie"] = request.param
    async with SandboxServer(dialect=dialect, speed=30, music_seconds=6, webhook_key=KEY) as server:
        yield server


@dataclass
class Hook:
    """A client whose callbacks come here, and where they come in."""

    suno: SunoClient
    bodies: Any
    heads: list[dict[str, str]]
    signed: bool

    async def event(self, kind: EventKind | None = None) -> Event:
        """The next callback. One of kie must be signed."""
        with anyio.fail_after(PATIENCE_S):
            body = await self.bodies.receive()
        if self.signed:
            assert verify_kie(body, self.heads[-1], KEY, now=time.time())
        else:
            with pytest.raises(BadSignature, match="is missing"):
                verify_kie(body, self.heads[-1], KEY, now=time.time())
        return parse(body, kind=kind)


@pytest.fixture
async def hook(running: SandboxServer) -> AsyncIterator[Hook]:
    running.faults.clear()
    async with opened(running) as hook:
        yield hook


@asynccontextmanager
async def opened(running: SandboxServer) -> AsyncIterator[Hook]:
    heads: list[dict[str, str]] = []
    dialect = "kie" if running._dialect == "kie" else "sunoapi"
    async with (
        listening(heads=heads) as (url, bodies),
        SunoClient(running.key, base_url=running.url, dialect=dialect, callback_url=url, polling=POLLING) as suno,
    ):
        yield Hook(suno, bodies, heads, signed=dialect == "kie")


async def whole_song(hook: Hook) -> tuple[Task, Clip]:
    """A finished song, whose callbacks have all come."""
    task = await hook.suno.generations.create("a rainy lofi evening", instrumental=True)
    while not (event := await hook.event()).final:
        pass
    assert isinstance(event.standing, Progress)
    return task, event.standing.clips[0]


@pytest.mark.parametrize(
    ("running", "quirk"),
    [("kie", ""), *(("sunoapi", quirk) for quirk in ("", "epoch_time", "null_urls"))],
    indirect=["running"],
)
async def test_a_songs_callbacks_say_what_its_record_says(running: SandboxServer, hook: Hook, quirk: str) -> None:
    if quirk:
        running.faults.add(Fault("task", quirk))
    task = await hook.suno.generations.create("a rainy lofi evening", instrumental=True)
    seen: list[Stage] = []
    for callback_type in ("text", "first", "complete"):
        event = await hook.event()
        record = await hook.suno.generations.get(task.id)
        assert isinstance(event.standing, Progress)
        assert (event.kind, event.callback_type, event.task_id) == ("generation", callback_type, task.id)
        seen.append(event.standing.stage)
        assert record.stage.rank >= event.standing.stage.rank
        if record.stage is event.standing.stage:  # a slow machine may have let the record go on
            assert event.standing == record
    assert seen == [Stage.TEXT, Stage.FIRST, Stage.COMPLETE]
    assert event.standing == record
    assert event.final


@BOTH
@pytest.mark.parametrize("fault", ["SENSITIVE_WORD_ERROR", "GENERATE_AUDIO_FAILED", "531", "451"])
async def test_a_songs_failure_is_told_as_its_record_tells_it(running: SandboxServer, hook: Hook, fault: str) -> None:
    running.faults.add(Fault("task", fault))
    task = await hook.suno.generations.create("house", instrumental=True)
    event = await hook.event()
    assert (event.kind, event.callback_type, event.final) == ("generation", "error", True)
    assert event.standing == await hook.suno.generations.get(task.id)


@ONE
async def test_a_song_that_was_not_taken_up_fails_with_the_same_words(running: SandboxServer, hook: Hook) -> None:
    """Its callback does not say that it was not even begun."""
    running.faults.add(Fault("task", "CREATE_TASK_FAILED"))
    task = await hook.suno.generations.create("house", instrumental=True)
    event, record = await hook.event(), await hook.suno.generations.get(task.id)
    assert (event.final, record.failed, event.standing.code) == (True, True, record.code)
    assert (event.reason or "").endswith("Failed to create the task.")
    assert (record.reason or "").endswith("Failed to create the task.")


@ONE
async def test_callbacks_that_come_twice_have_one_key(running: SandboxServer, hook: Hook) -> None:
    running.faults.add(Fault("callback", "duplicate"))
    await hook.suno.lyrics.create("rain")
    first, second = await hook.event(), await hook.event()
    assert first.key == second.key
    assert first == second


Ask = Callable[[SunoClient, Task, Clip], Awaitable[Task]]
Side = tuple[EventKind, Callable[[SunoClient], Jobs[Any]], Ask]
SIDES: list[Side] = [
    ("lyrics", lambda suno: suno.lyrics, lambda suno, _, __: suno.lyrics.create("rain")),
    ("wav", lambda suno: suno.wav, lambda suno, task, clip: suno.wav.create(task.id, clip.id)),
    ("video", lambda suno: suno.videos, lambda suno, task, clip: suno.videos.create(task.id, clip.id)),
    ("cover_image", lambda suno: suno.cover_images, lambda suno, task, _: suno.cover_images.create(task.id)),
    (
        "voice_phrase",
        lambda suno: suno.voices.phrases,
        lambda suno, _, clip: suno.voices.validate(clip.audio_url or "", vocal_start_s=0, vocal_end_s=5),
    ),
]


async def same(hook: Hook, jobs: Jobs[Any], task: Task, kind: EventKind, *, told: bool = True) -> Job[Any]:
    """The job as event and record agree on it; `told`: the body says its kind by itself."""
    event = await hook.event(None if told else kind)
    assert (event.task_id, event.kind) == (task.id, kind)
    assert event.final
    assert event.callback_type == ("error" if event.standing.failed else "complete")
    record = await jobs.get(task.id)
    if isinstance(record.result, Stems):  # the callback has no ids of the parts
        record = replace(record, result=Stems(record.result.urls))
    assert event.standing == record
    return record


@BOTH
async def test_each_side_jobs_callback_says_what_its_record_says(hook: Hook) -> None:
    task, clip = await whole_song(hook)
    for kind, jobs, ask in SIDES:
        made = await same(hook, jobs(hook.suno), await ask(hook.suno, task, clip), kind)
        assert made.result, kind
    voices = hook.suno.voices
    phrase = await voices.validate(clip.audio_url or "", vocal_start_s=0, vocal_end_s=5)
    await same(hook, voices.phrases, phrase, "voice_phrase")
    voice = await same(hook, voices, await voices.create(phrase.id, clip.audio_url or ""), "voice")
    assert isinstance(voice.result, Voice)


@ONE
async def test_stems_and_their_notes_come_as_their_records_say(running: SandboxServer, hook: Hook) -> None:
    task, clip = await whole_song(hook)
    stems = await hook.suno.stems.create(task.id, clip.id)
    assert (await same(hook, hook.suno.stems, stems, "stems")).result
    notes = await same(hook, hook.suno.midi, await hook.suno.midi.create(stems.id), "midi")
    assert isinstance(notes.result, Midi)
    assert notes.result.instruments
    running.faults.add(Fault("task", "GENERATE_MIDI_FAILED"))
    assert (await same(hook, hook.suno.midi, await hook.suno.midi.create(stems.id), "midi", told=False)).failed
    running.faults.add(Fault("task", "GENERATE_AUDIO_FAILED"))
    again = await hook.suno.stems.create(task.id, clip.id)
    assert (await same(hook, hook.suno.stems, again, "stems")).failed


FAILURES = {
    "lyrics": ("GENERATE_LYRICS_FAILED", "SENSITIVE_WORD_ERROR"),
    "wav": ("GENERATE_WAV_FAILED",),
    "video": ("GENERATE_MP4_FAILED",),
    "cover_image": ("GENERATE_COVER_FAILED",),
    "voice_phrase": ("processing_validate_fail", "fail"),
}


@ONE
async def test_each_side_jobs_failure_is_told_as_its_record_tells_it(running: SandboxServer, hook: Hook) -> None:
    task, clip = await whole_song(hook)
    for kind, jobs, ask in SIDES:
        for fault in FAILURES[kind]:
            running.faults.add(Fault("task", fault))
            failed = await same(hook, jobs(hook.suno), await ask(hook.suno, task, clip), kind, told=kind != "lyrics")
            assert failed.failed, kind
    for kind, jobs, ask in SIDES[:2]:
        running.faults.add(Fault("task", "old_edition"))  # the spelling of early 2025
        assert (await same(hook, jobs(hook.suno), await ask(hook.suno, task, clip), kind)).result, kind


@ONE
async def test_a_callback_brings_the_task_of_an_answer_that_was_lost(running: SandboxServer) -> None:
    """The client never sees the task's id; the address that is called says whose it is."""
    running.faults.add(Fault("submit", "reset_after"))
    send, calls = anyio.create_memory_object_stream[tuple[str, bytes]](1)

    async def take(stream: SocketStream) -> None:
        async with stream:
            asked = await stream.receive()
            while asked.count(b"{") == 0 or asked.count(b"{") > asked.count(b"}"):
                asked += await stream.receive()
            await stream.send(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            head, _, body = asked.partition(b"\r\n\r\n")
            send.send_nowait((head.split(b" ")[1].decode(), body))

    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        SunoClient(running.key, base_url=running.url) as suno,
        anyio.create_task_group() as group,
    ):
        group.start_soon(listener.serve, take)
        hook = f"http://127.0.0.1:{listener.extra(SocketAttribute.local_port)}/hook"
        address = with_submission(with_token(hook, TOKEN), "wish-7")
        with pytest.raises(Unanswered):
            await suno.with_options(callback_url=address).lyrics.create("rain")
        with anyio.fail_after(PATIENCE_S):
            path, body = await calls.receive()
        assert token_matches(path, TOKEN)
        assert submission_of(path) == "wish-7"
        event = parse(body)
        assert (await suno.lyrics.get(event.task_id)) == event.standing
        group.cancel_scope.cancel()
