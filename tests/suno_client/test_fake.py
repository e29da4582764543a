"""FakeSuno as its users meet it: what it answers when nobody scripted anything, and how kie's ways differ."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from suno_client import NotSent, OutOfCredits, Stage, SunoClient, TaskId, TooMany, Unanswered
from suno_client.testing import BASE_URL, FakeSuno, Loss, Reply, envelope

pytestmark = pytest.mark.anyio


@pytest.fixture
async def kie() -> AsyncIterator[tuple[FakeSuno, SunoClient]]:
    fake = FakeSuno(dialect="kie")
    async with fake.client() as client:
        yield fake, client


async def test_a_song_is_scripted_from_the_first_look_to_the_last(fake: FakeSuno, suno: SunoClient) -> None:
    task = await suno.generations.create("rain")
    stages = [progress.stage async for progress in suno.generations.watch(task)]
    assert stages == [Stage.QUEUED, Stage.TEXT, Stage.FIRST, Stage.COMPLETE]
    assert [body["prompt"] for body in fake.submissions] == ["rain"]
    assert await suno.credits() == 500
    assert fake.asked[0] == "POST /api/v1/generate"
    assert fake.asked[-1] == "GET /api/v1/generate/credit"


async def test_kie_tells_its_balance_elsewhere(kie: tuple[FakeSuno, SunoClient]) -> None:
    fake, suno = kie
    assert suno.dialect == "kie"
    assert await suno.credits() == 500
    assert fake.asked == ["GET /api/v1/chat/credit"]


async def test_kie_has_codes_of_its_own(kie: tuple[FakeSuno, SunoClient]) -> None:
    fake, suno = kie
    fake.faults["submit"] += [envelope(402, "Credits insufficient"), envelope(429, "Too many requests")]
    for kind in (OutOfCredits, TooMany):
        with pytest.raises(kind):
            await suno.generations.create("rain")
    assert fake.submissions == []


async def test_to_kie_an_unknown_task_is_an_error_and_to_sunoapi_nothing(kie: tuple[FakeSuno, SunoClient]) -> None:
    path = f"{BASE_URL}/api/v1/generate/record-info?taskId=nobody"
    headers = {"Authorization": "Bearer test-key"}
    told = [(await fake.http().get(path, headers=headers)).json() for fake in (kie[0], FakeSuno())]
    assert [answer["code"] for answer in told] == [422, 200]
    assert (told[0]["msg"], told[1]["data"]) == ("recordInfo is null", None)
    assert (await kie[1].generations.get(TaskId("nobody"))).stage is Stage.QUEUED


async def test_kie_takes_nothing_without_a_callback(kie: tuple[FakeSuno, SunoClient]) -> None:
    fake, suno = kie
    bare = {"prompt": "rain"}
    answer = await fake.http().post(
        f"{BASE_URL}/api/v1/generate", json=bare, headers={"Authorization": "Bearer test-key"}
    )
    assert answer.json() == {"code": 422, "msg": "Please enter callBackUrl", "data": None}
    assert fake.submissions == []
    await suno.generations.create("rain")
    assert len(fake.submissions) == 1


async def test_the_network_may_fail_before_and_after(fake: FakeSuno, suno: SunoClient) -> None:
    fake.faults["submit"] += [Loss("refused"), Loss("timeout"), Loss("reset", accepted=True)]
    for kind in (NotSent, Unanswered, Unanswered):
        with pytest.raises(kind):
            await suno.generations.create("rain")
    assert len(fake.submissions) == 1


async def test_what_it_does_not_know_is_not_found_and_a_stranger_is_refused(fake: FakeSuno) -> None:
    http = fake.http()
    assert (await http.get(f"{BASE_URL}/api/v1/wav/record-info")).status_code == 404
    assert (await http.get(f"{BASE_URL}/api/v1/generate/credit")).json()["code"] == 401


async def test_files_are_silence_and_a_pixel_or_what_was_put_there(fake: FakeSuno) -> None:
    http = fake.http()
    assert (await http.get(f"{BASE_URL}/media/x.mp3")).content.startswith(b"\xff\xfb")
    assert (await http.get(f"{BASE_URL}/media/x.png")).content.startswith(b"\x89PNG")
    fake.faults["media"].append(Reply("<html>", 403, {"Retry-After": "3"}))
    answer: httpx.Response = await http.get(f"{BASE_URL}/media/x.mp3")
    assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (403, "<html>", "3")
