"""The fixtures for users' own tests: the sandbox in process and as a server, in every dialect, on both loops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpx
import pytest
from starlette.types import Receive, Scope, Send

from suno_client import BadKey, BadMedia, GenerationFailed, Stage, SunoClient, TooMany, Unanswered
from suno_client.sandbox import UnknownFault
from suno_client.testing._app_transport import AppTransport
from suno_client.testing._children import Children
from suno_client.testing._in_process import open_in_process
from suno_client.testing.sandboxes import Sandbox, SandboxSettings

pytest_plugins = ["pytester", "suno_client.testing.fixtures"]
pytestmark = pytest.mark.anyio
MINE = SandboxSettings(key="mine", dialect="gcui")


@pytest.fixture
def suno(suno_sandbox: Sandbox) -> SunoClient:
    """The fixture of this folder's conftest is another one."""
    return suno_sandbox.client()


@pytest.mark.parametrize("suno_sandbox", ["sunoapi", "kie", "gcui"], indirect=True)
async def test_a_song_in_process_is_heard_whole_in_every_dialect(suno_sandbox: Sandbox, tmp_path: Path) -> None:
    async with suno_sandbox.client() as suno:
        assert suno.dialect == suno_sandbox.dialect
        task = await suno.generations.create("a slow piano", instrumental=True)
        done = await suno.generations.wait(task, deadline_s=60)
        assert done.stage is Stage.COMPLETE
        for clip in done.clips:
            song = await suno.download(clip, tmp_path / "song.mp3")
            assert song.media_type == "audio/mpeg"
        assert await suno.credits() == 1_000 - (10 if suno_sandbox.dialect == "gcui" else 12)
    (row,) = suno_sandbox.ledger()["submissions"]
    assert row["status"] == "SUCCESS"


@pytest.mark.parametrize("suno_sandbox", ["gcui"], indirect=True)
async def test_the_self_hosted_server_does_what_its_dialect_asks(suno_sandbox: Sandbox) -> None:
    async with suno_sandbox.client() as suno:
        task = await suno.generations.create(style="folk", title="Count", lyrics="one two three")
        clips = (await suno.generations.wait(task, until="first", deadline_s=60)).clips
        first = next(clip for clip in clips if clip.audio_url)
        timed = await suno.lyrics.timed(task.id, first.id)
        assert [word.word.strip() for word in timed.words] == ["one", "two", "three"]
        more = await suno.generations.extend(
            first.id, model="V5", continue_at_s=3, prompt="four five", style="folk", title="Count"
        )
        progress = await suno.generations.wait(more, until="text", deadline_s=60)
        assert {clip.title for clip in progress.clips} == {"Count"}
        suno_sandbox.fault("submit", "cookie")
        with pytest.raises(BadKey):
            await suno.generations.create("rain")
        suno_sandbox.fault("task", "none_mp3")
        task = await suno.generations.create("rain")
        with pytest.raises(GenerationFailed):
            await suno.generations.wait(task, deadline_s=30)


async def test_the_growing_song_is_streamed_as_it_comes(suno_sandbox: Sandbox, suno: SunoClient) -> None:
    task = await suno.generations.create("a slow piano")
    progress = await suno.generations.wait(task, until="playable", deadline_s=30)
    url = next(clip.stream_url for clip in progress.clips if clip.stream_url)
    async with suno.stream(url) as chunks:
        parts = [len(chunk) async for chunk in chunks]
    assert len(parts) > 1
    assert sum(parts) > 6 * 8_000


@pytest.fixture(params=["in process", "server"])
async def either(request: pytest.FixtureRequest, suno_sandbox_children: Children) -> AsyncIterator[Sandbox]:
    settings = SandboxSettings(key="sesame", credits=24)
    if request.param == "server":
        yield suno_sandbox_children.get(settings)
        return
    async with open_in_process(settings) as sandbox:
        yield sandbox


async def test_one_face_in_process_and_as_a_server(either: Sandbox) -> None:
    sandbox = either
    async with sandbox.client() as suno, sandbox.client("wrong") as stranger:
        assert await suno.credits() == 24
        with pytest.raises(BadKey):
            await stranger.credits()
        sandbox.fault("submit", "430", retry_after_s=3)
        with pytest.raises(TooMany) as caught:
            await suno.generations.create("rain")
        assert caught.value.retry_after_s == 3
        sandbox.fault("submit", "reset_after")
        with pytest.raises(Unanswered):
            await suno.generations.create("rain")
        assert len(sandbox.ledger()["submissions"]) == 1
        assert await suno.credits() == 12
        sandbox.set_credits(0)
        assert await suno.credits() == 0
        sandbox.reset()
        sandbox.fault("task", "SENSITIVE_WORD_ERROR")
        task = await suno.generations.create("rain")
        with pytest.raises(GenerationFailed):
            await suno.generations.wait(task, deadline_s=30)
    with pytest.raises(UnknownFault):
        sandbox.fault("submit", "earthquake")


@pytest.mark.parametrize("suno_sandbox_server", [MINE], indirect=True)
def test_a_server_serves_tests_that_have_no_loop(suno_sandbox_server: Sandbox) -> None:
    assert suno_sandbox_server.key == "__client=mine"
    with httpx.Client(base_url=suno_sandbox_server.url, headers={"Cookie": suno_sandbox_server.key}) as http:
        assert http.get("/api/get_limit").json()["credits_left"] == 1_000
        suno_sandbox_server.fault("submit", "cookie")
        assert http.post("/api/generate", json={"prompt": "x"}).status_code == 500
        assert suno_sandbox_server.ledger()["refused"] == 1


@pytest.mark.parametrize("suno_sandbox_server", [MINE], indirect=True)
def test_a_server_is_kept_but_emptied_between_two_tests(suno_sandbox_server: Sandbox) -> None:
    assert suno_sandbox_server.ledger()["refused"] == 0


@pytest.mark.parametrize("suno_sandbox_server", [SandboxSettings("kie", speed=30)], indirect=True)
async def test_a_server_is_told_by_a_parameter_what_it_shall_be(suno_sandbox_server: Sandbox) -> None:
    assert (suno_sandbox_server.dialect, suno_sandbox_server.settings.speed) == ("kie", 30)
    async with suno_sandbox_server.client() as suno:
        assert suno.dialect == "kie"
        assert await suno.credits() == 1_000


async def test_a_cut_connection_is_a_read_error_and_silence_a_timeout(suno_sandbox: Sandbox) -> None:
    http = suno_sandbox.http()
    assert http is not None
    for fault, error in (("reset", httpx.ReadError), ("hang", httpx.ReadTimeout)):
        suno_sandbox.fault("credit", fault)
        with pytest.raises(error):
            await http.get("/api/v1/generate/credit", timeout=0.2)
    suno_sandbox.fault("credit", "hang")
    with anyio.move_on_after(0.1) as patience:
        await http.get("/api/v1/generate/credit", timeout=None)
    assert patience.cancelled_caught
    answer = await http.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, 404)


async def test_a_file_that_breaks_off_is_no_song(suno_sandbox: Sandbox, suno: SunoClient, tmp_path: Path) -> None:
    done = await suno.generations.wait(await suno.generations.create("a slow piano"), deadline_s=60)
    url = done.clips[0].audio_url
    assert url
    suno_sandbox.fault("media", "truncated", times=9)
    with pytest.raises((BadMedia, Unanswered)):
        await suno.download(url, tmp_path / "song.mp3")
    http = suno_sandbox.http()
    assert http is not None
    async with http.stream("GET", url) as answer:  # leaves in the middle
        async for _ in answer.aiter_raw():
            break


async def test_an_app_that_falls_over_is_a_cut_connection_and_its_neighbours_live() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("a bug")

    async with anyio.create_task_group() as group:
        http = httpx.AsyncClient(transport=AppTransport(app, group), base_url="http://app")
        for _ in range(2):
            with pytest.raises(httpx.ReadError):
                await http.get("/")


async def test_an_app_whose_client_has_left_may_go_on_speaking_and_is_told() -> None:
    told = list[str]()
    done = anyio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not told:
            await send({"type": "http.response.body", "body": b"x" * 9, "more_body": True})
            if len(asked) > 2:
                told.append((await receive())["type"])
        await send({"type": "http.response.body", "body": b"x", "more_body": False})
        done.set()

    asked = list[bytes]()
    async with anyio.create_task_group() as group:
        http = httpx.AsyncClient(transport=AppTransport(app, group), base_url="http://app")
        async with http.stream("GET", "/") as answer:
            async for part in answer.aiter_raw():
                asked.append(part)
                if len(asked) > 2:
                    break
        with anyio.fail_after(5):
            await done.wait()
    assert told == ["http.disconnect"]


USERS_TESTS = """
import pytest

pytestmark = pytest.mark.suno_sandbox(speed=200, dialect="kie")


@pytest.mark.anyio
@pytest.mark.suno_sandbox(credits=24)
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_mine(suno, suno_sandbox):
    assert (suno.dialect, suno_sandbox.settings.speed) == ("kie", 200)
    task = await suno.generations.create("rain")
    assert (await suno.generations.wait(task, until="text", deadline_s=30)).clips
    assert len(suno_sandbox.ledger()["submissions"]) == 1
    assert await suno.credits() == 12


@pytest.mark.parametrize("suno_sandbox_server", ["gcui"], indirect=True)
def test_without_a_loop(suno_sandbox_server):
    assert (suno_sandbox_server.dialect, suno_sandbox_server.settings.speed) == ("gcui", 200)
    assert suno_sandbox_server.ledger()["submissions"] == []
"""


def test_a_users_tests_need_one_line_and_say_by_a_marker_what_they_want(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["suno_client.testing.fixtures"]')
    pytester.makepyfile(USERS_TESTS)
    result = pytester.runpytest_inprocess("--strict-markers", "-W", "error", "-p", "no:cacheprovider", "-p", "no:respx")
    result.assert_outcomes(passed=3)
