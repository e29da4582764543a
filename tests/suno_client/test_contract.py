"""One contract, two Sunos: what holds for FakeSuno holds for the sandbox over its real sockets, and so stays true."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar, Protocol

import httpx
import pytest

from suno_client import (
    BadKey,
    BadMedia,
    GenerationFailed,
    Limiter,
    Maintenance,
    NotSent,
    OutOfCredits,
    Polling,
    Refused,
    Retrying,
    Stage,
    SunoClient,
    SunoError,
    TooMany,
    Unanswered,
    WaitTimeout,
)
from suno_client.testing import FakeSuno, Fault, Loss, Reply, Step, envelope

pytestmark = pytest.mark.anyio
POLLING = Polling(first_s=0.05, max_s=0.05, floor_s=0)
ONCE = Retrying(submissions=1, first_s=0)

NO_LIMIT = 1_000_000


class World(Protocol):
    """A Suno, how to trouble it, and what it has accepted."""

    def client(self, key: str | None = None) -> SunoClient: ...

    async def fault(self, on: str, name: str) -> None: ...

    async def accepted(self) -> int: ...


class FakeWorld:
    FAULTS: ClassVar[dict[tuple[str, str], Fault]] = {
        ("submit", "429"): envelope(429, "The current credits are insufficient. Please top up."),
        ("submit", "430"): envelope(430, "Your call frequency is too high. Please try again later."),
        ("submit", "413"): envelope(413, "The prompt is too long."),
        ("submit", "455"): envelope(455, "maintenance"),
        ("submit", "500"): envelope(500, "Server exception"),
        ("submit", "502"): Reply(b"<html>", 502),
        ("submit", "429_html"): Reply(b"<html>", 429),
        ("submit", "reset"): Loss("reset"),
        ("submit", "reset_after"): Loss("reset", accepted=True),
        ("poll", "502"): Reply(b"<html>", 502),
        ("poll", "reset"): Loss("reset"),
        ("poll", "data_null"): envelope(200, "success", None),
        ("media", "html"): Reply(b"<html>"),
        ("media", "empty"): Reply(b""),
        ("media", "403"): Reply(b"<html>", 403),
        ("media", "reset"): Loss("reset"),
    }
    STEPS: ClassVar[dict[str, tuple[Step, ...]]] = {
        "SENSITIVE_WORD_ERROR": ({"status": "SENSITIVE_WORD_ERROR"},),
        "GENERATE_AUDIO_FAILED": ({"status": "GENERATE_AUDIO_FAILED"},),
        "stuck": ("PENDING",),
    }

    def __init__(self) -> None:
        self.fake = FakeSuno(key="sandbox", song_s=8)

    def client(self, key: str | None = None) -> SunoClient:
        http = self.fake.http()
        url = "https://suno.test"
        limiter = Limiter(NO_LIMIT, 0)
        return SunoClient(
            key or self.fake.key, base_url=url, http=http, polling=POLLING, retrying=ONCE, limiter=limiter
        )

    async def fault(self, on: str, name: str) -> None:
        if on == "task":
            self.fake.steps = self.STEPS[name]
            return
        places = {"submit": "submit", "poll": "look", "media": "media"}
        self.fake.faults[places[on]].append(self.FAULTS[on, name])  # pyright: ignore[reportArgumentType] - a Place

    async def accepted(self) -> int:
        return len(self.fake.submissions)


class SandboxWorld:
    def __init__(self, url: str) -> None:
        self.url = url

    def client(self, key: str | None = None) -> SunoClient:
        limiter = Limiter(NO_LIMIT, 0)
        return SunoClient(
            key or "sandbox", base_url=self.url, polling=POLLING, retrying=ONCE, limiter=limiter, timeout_s=5
        )

    async def fault(self, on: str, name: str) -> None:
        async with httpx.AsyncClient() as http:
            answer = await http.post(f"{self.url}/_sandbox/faults", json={"on": on, "fault": name})
            answer.raise_for_status()

    async def accepted(self) -> int:
        async with httpx.AsyncClient() as http:
            return len((await http.get(f"{self.url}/_sandbox/ledger")).json()["submissions"])


@pytest.fixture(params=["fake", "sandbox"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    url: str = request.getfixturevalue("sandbox_url")
    async with httpx.AsyncClient() as http:
        (await http.post(f"{url}/_sandbox/reset")).raise_for_status()
    yield SandboxWorld(url)


async def test_a_song_grows_stage_by_stage_and_is_fetched_whole(world: World, tmp_path: Path) -> None:
    async with world.client() as suno:
        task = await suno.generations.create("a quiet piano in the rain", instrumental=True)
        seen = [progress async for progress in suno.generations.watch(task, deadline_s=60)]
        ranks = [progress.stage.rank for progress in seen]
        assert ranks == sorted(ranks)
        assert seen[-1].stage is Stage.COMPLETE
        playable = next(progress for progress in seen if progress.playable)
        assert playable.stage.rank < Stage.COMPLETE.rank  # heard before it is whole
        clips = seen[-1].clips
        assert len({clip.id for clip in clips}) == 2
        for clip in clips:
            assert clip.audio_url
            assert clip.image_url
            assert clip.duration_s
            song = await suno.download(clip.audio_url, tmp_path / "song.mp3", expected_duration_s=clip.duration_s)
            assert song.media_type == "audio/mpeg"
            assert (await suno.download_image(clip.image_url, tmp_path / "cover")).media_type.startswith("image/")
            assert clip.created_at is not None
            assert clip.lyrics == ""
    assert await world.accepted() == 1


async def test_the_stream_is_heard_as_soon_as_it_is_named(world: World) -> None:
    async with world.client() as suno:
        task = await suno.generations.create("a quiet piano in the rain")
        progress = await suno.generations.wait(task, until="playable", deadline_s=30)
        url = next(clip.stream_url for clip in progress.clips if clip.stream_url)
        async with suno.stream(url) as chunks:
            size = sum([len(chunk) async for chunk in chunks])
    assert size > 6 * 8_000


async def test_style_title_and_lyrics_come_back(world: World) -> None:
    async with world.client() as suno:
        task = await suno.generations.create(style="lofi", title="Rain", lyrics="La la la")
        clips = (await suno.generations.wait(task, until="text", deadline_s=30)).clips
        assert clips[0].title.startswith("Rain")
        assert clips[0].lyrics == "La la la"
        assert "lofi" in clips[0].tags


async def test_the_balance_is_a_number(world: World) -> None:
    async with world.client() as suno:
        assert await suno.credits() > 0


async def test_a_wrong_key_is_a_bad_key(world: World) -> None:
    async with world.client("wrong") as suno:
        for call in (suno.credits, lambda: suno.generations.create("rain")):
            with pytest.raises(BadKey):
                await call()
    assert await world.accepted() == 0


@pytest.mark.parametrize(
    ("fault", "kind", "accepted"),
    [
        ("413", Refused, 0),
        ("429", OutOfCredits, 0),
        ("430", TooMany, 0),
        ("429_html", TooMany, 0),
        ("455", Maintenance, 0),
        ("500", Unanswered, 0),
        ("502", Unanswered, 0),
        ("reset", Unanswered, 0),
        ("reset_after", Unanswered, 1),
    ],
)
async def test_trouble_with_a_submission_is_told_and_never_sent_again(
    world: World, fault: str, kind: type[SunoError], accepted: int
) -> None:
    await world.fault("submit", fault)
    async with world.client() as suno:
        with pytest.raises(kind) as caught:
            await suno.generations.create("rain")
    assert type(caught.value) is kind
    assert await world.accepted() == accepted


@pytest.mark.parametrize("fault", ["502", "reset", "data_null"])
async def test_trouble_with_a_poll_is_outlived(world: World, fault: str) -> None:
    async with world.client() as suno:
        task = await suno.generations.create("rain")
        await world.fault("poll", fault)
        assert (await suno.generations.wait(task, until="text", deadline_s=30)).clips


@pytest.mark.parametrize(("fault", "moderated"), [("SENSITIVE_WORD_ERROR", True), ("GENERATE_AUDIO_FAILED", False)])
async def test_a_task_that_fails_says_so(world: World, fault: str, moderated: bool) -> None:
    await world.fault("task", fault)
    async with world.client() as suno:
        task = await suno.generations.create("rain")
        with pytest.raises(GenerationFailed) as caught:
            await suno.generations.wait(task, deadline_s=30)
    assert caught.value.moderated is moderated


async def test_a_task_that_is_stuck_ends_our_patience(world: World) -> None:
    await world.fault("task", "stuck")
    async with world.client() as suno:
        task = await suno.generations.create("rain")
        with pytest.raises(WaitTimeout):
            await suno.generations.wait(task, deadline_s=0.3)


async def test_a_file_that_is_none_is_refused_and_the_next_is_kept(world: World, tmp_path: Path) -> None:
    async with world.client() as suno:
        progress = await suno.generations.wait(await suno.generations.create("rain"), until="first", deadline_s=60)
        url = progress.clips[0].audio_url
        assert url
        for fault in ("html", "403"):
            await world.fault("media", fault)
            with pytest.raises(BadMedia):
                await suno.download(url, tmp_path / "song.mp3")
        for fault in ("reset", "empty"):  # outlived
            await world.fault("media", fault)
            await suno.download(url, tmp_path / "song.mp3")


async def test_a_sandbox_that_is_gone_was_never_sent_to() -> None:
    async with SunoClient("key", base_url="http://127.0.0.1:9", timeout_s=1) as suno:
        with pytest.raises(NotSent):
            await suno.generations.create("rain")
