"""What hardly ever happens, and what comes of it all the same."""

from __future__ import annotations

from datetime import UTC, datetime

import anyio
import pytest
import trio.testing
from pydantic import ValidationError
from support.suno_requests import URL
from support.wire_gateway import Gateway, says

from suno_client import Clip, Polling, Progress, SunoClient, TaskId, TooMany, WaitTimeout
from suno_client._answers import number_of
from suno_client._poller import REMEMBERED, Poller
from suno_client._watch import LAST_LOOK_S, Watch
from suno_client.models import Stage
from suno_client.results import Stems
from suno_client.testing import silent_mp3


@pytest.mark.parametrize("odd", ["long", 10**400, float("inf"), None, True, []])
def test_what_is_no_number_is_none(odd: object) -> None:
    assert number_of(odd) is None


def test_a_title_that_is_an_object_is_no_title() -> None:
    clip = Clip.model_validate({"id": "a", "title": {"en": "Rain"}})
    assert (clip.title, clip.playable) == ("", False)


def test_a_clip_may_be_made_of_one_and_of_a_moment() -> None:
    made = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    clip = Clip.model_validate({"id": "a", "created_at": made})
    assert clip.created_at == made
    assert Clip.model_validate(clip) == clip
    with pytest.raises(ValidationError):
        Clip.model_validate("no object")


def test_stems_are_asked_for_by_name() -> None:
    stems = Stems({"vocal": URL})
    assert (stems.vocal_url, stems.instrumental_url) == (URL, None)


def test_a_look_that_never_ends_ends_with_patience() -> None:
    """On a clock that jumps: the last look may take ten seconds, and then the wait is over."""

    async def never(task_id: TaskId) -> Progress:
        await anyio.sleep_forever()
        raise AssertionError(task_id)

    async def story() -> None:
        began = anyio.current_time()
        with pytest.raises(WaitTimeout, match="no answer came at all"):
            await anext(Watch(never, TaskId("t"), Polling(), 1.0))
        assert anyio.current_time() - began == pytest.approx(LAST_LOOK_S)

    anyio.run(story, backend="trio", backend_options={"clock": trio.testing.MockClock(autojump_threshold=0)})


@pytest.mark.anyio
async def test_a_wait_until_a_day_that_is_none_is_the_usual_one(gateway: Gateway, over_http: SunoClient) -> None:
    headers = {"Retry-After": "some day", "Date": "Tue, 24 Nov 2026 10:00:00 GMT"}
    gateway.turns.append(says({"code": 430, "msg": "too fast"}, headers=headers))
    with pytest.raises(TooMany) as caught:
        await over_http.generations.create("rain")
    assert caught.value.retry_after_s == 10


@pytest.mark.anyio
async def test_the_bytes_of_a_song_may_be_taken_one_by_one(gateway: Gateway, over_http: SunoClient) -> None:
    song = silent_mp3(2)
    gateway.turns.append(says(song))
    async with over_http.download_chunks(f"{gateway.url}/song.mp3") as chunks:
        assert b"".join([chunk async for chunk in chunks]) == song


@pytest.mark.anyio
async def test_the_oldest_look_is_not_forgotten_while_it_is_under_way() -> None:
    poller, go = Poller(REMEMBERED, 0, 60), anyio.Event()

    async def slowly() -> Progress:
        await go.wait()
        return Progress(TaskId("old"), Stage.TEXT)

    async def at_once() -> Progress:
        return Progress(TaskId("new"), Stage.QUEUED)

    seen: list[Progress] = []

    async def follow() -> None:
        seen.append(await poller.look("old", slowly))

    async with anyio.create_task_group() as group:
        group.start_soon(follow)
        await anyio.wait_all_tasks_blocked()
        for number in range(REMEMBERED + 5):
            await poller.look(number, at_once)
        group.start_soon(follow)  # joins the look that is under way
        await anyio.wait_all_tasks_blocked()
        go.set()
    assert [progress.stage for progress in seen] == [Stage.TEXT, Stage.TEXT]
