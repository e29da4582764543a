"""Watching and waiting: once per change, forward only, to the end, the failure or the deadline."""

from __future__ import annotations

import anyio
import pytest

from suno_client import BadKey, GenerationFailed, Polling, Stage, SunoClient, Unanswered, WaitTimeout
from suno_client.testing import BASE_URL, FakeSuno, Loss, Reply, Step, envelope

pytestmark = pytest.mark.anyio
SLOW = Polling(first_s=0.01, max_s=0.01, floor_s=0)


async def stages(suno: SunoClient) -> list[str]:
    task = await suno.generations.create("rain")
    return [progress.stage.value async for progress in suno.generations.watch(task)]


async def test_a_task_is_told_stage_by_stage(suno: SunoClient) -> None:
    assert await stages(suno) == ["queued", "text", "first", "complete"]


async def test_what_does_not_change_is_not_told_again(fake: FakeSuno, suno: SunoClient) -> None:
    fake.steps = ("PENDING", "PENDING", "TEXT_SUCCESS", "TEXT_SUCCESS", "SUCCESS")
    assert await stages(suno) == ["queued", "text", "complete"]
    assert fake.asked.count("GET /api/v1/generate/record-info") == 5


async def test_stages_may_be_skipped_and_never_go_back(fake: FakeSuno, suno: SunoClient) -> None:
    fake.steps = ("FIRST_SUCCESS", "TEXT_SUCCESS", "PENDING", "SUCCESS")
    assert await stages(suno) == ["first", "complete"]


async def test_an_address_gained_is_told_within_a_stage(fake: FakeSuno, suno: SunoClient) -> None:
    take = {"id": "a", "title": "Rain"}
    growing = take | {"streamAudioUrl": f"{BASE_URL}/media/a"}
    steps: list[Step] = [{"status": "TEXT_SUCCESS", "response": {"sunoData": [each]}} for each in (take, growing)]
    fake.steps = (*steps, "SUCCESS")
    task = await suno.generations.create("rain")
    seen = [(p.stage.value, p.playable) async for p in suno.generations.watch(task)]
    assert seen[:2] == [("text", False), ("text", True)]


async def test_waiting_for_something_to_hear_ends_before_the_song_is_whole(suno: SunoClient) -> None:
    task = await suno.generations.create("rain")
    progress = await suno.generations.wait(task, until="playable")
    assert progress.stage is Stage.TEXT
    assert (await suno.generations.wait(task, until=Stage.FIRST)).stage is Stage.FIRST
    assert (await suno.generations.wait(task)).stage is Stage.COMPLETE


async def test_another_process_waits_on_by_the_id_alone(fake: FakeSuno, suno: SunoClient) -> None:
    task = await suno.generations.create("rain")
    async with fake.client() as other:
        assert (await other.generations.wait(task.id)).is_final


async def test_waiting_for_sound_ends_with_a_complete_task_that_has_none(fake: FakeSuno, suno: SunoClient) -> None:
    fake.steps = ({"status": "SUCCESS", "response": {"sunoData": [{"id": "a"}]}},)
    progress = await suno.generations.wait(await suno.generations.create("rain"), until="playable")
    assert (progress.is_final, progress.playable) == (True, False)


async def test_a_failure_is_raised_with_its_reason(fake: FakeSuno, suno: SunoClient) -> None:
    fake.steps = ("PENDING", {"status": "SENSITIVE_WORD_ERROR", "errorCode": 400, "errorMessage": "no such words"})
    with pytest.raises(GenerationFailed, match="no such words") as caught:
        await suno.generations.wait(await suno.generations.create("rain"))
    assert caught.value.moderated


async def test_patience_ends_at_the_deadline_and_says_what_was_seen_last(fake: FakeSuno) -> None:
    fake.steps = ("TEXT_SUCCESS",)
    async with fake.client(polling=SLOW) as suno:
        task = await suno.generations.create("rain")
        with anyio.fail_after(5), pytest.raises(WaitTimeout) as caught:
            await suno.generations.wait(task, deadline_s=0.05)
    assert caught.value.task_id == task.id
    assert caught.value.last is not None
    assert caught.value.last.stage is Stage.TEXT


async def test_a_gateway_that_is_away_for_a_while_is_waited_for(fake: FakeSuno, suno: SunoClient) -> None:
    lost = [Loss("reset"), Loss("timeout"), Loss("refused"), Reply(b"<html>", 502), Reply(b"<html>", 200)]
    fake.faults["look"].extend([*lost, envelope(455, "maintenance"), envelope(500, "oops"), *lost])
    assert await stages(suno) == ["queued", "text", "first", "complete"]


async def test_a_gateway_that_stays_away_ends_in_a_timeout_with_its_cause(fake: FakeSuno) -> None:
    fake.faults["look"].extend([Loss("reset")] * 10_000)
    async with fake.client(polling=SLOW) as suno:
        task = await suno.generations.create("rain")
        with pytest.raises(WaitTimeout, match="no answer came at all") as caught:
            await suno.generations.wait(task, deadline_s=0.05)
    assert isinstance(caught.value.__cause__, Unanswered)


async def test_a_revoked_key_is_not_waited_for(fake: FakeSuno, suno: SunoClient) -> None:
    task = await suno.generations.create("rain")
    fake.key = "another"
    with pytest.raises(BadKey):
        await suno.generations.wait(task)


async def test_an_unknown_task_is_queued_until_patience_ends(fake: FakeSuno) -> None:
    async with fake.client(polling=SLOW) as suno:
        task = await suno.generations.create("rain")
        fake.steps = ({"status": "PENDING"},)
        with pytest.raises(WaitTimeout, match="it stands at queued"):
            await suno.generations.wait(task, deadline_s=0.03)


async def test_many_tasks_are_watched_at_once(suno: SunoClient) -> None:
    ends: list[str] = []

    async def follow(number: int) -> None:
        task = await suno.generations.create(f"rain {number}")
        ends.append((await suno.generations.wait(task)).task_id)

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(follow, number)
    assert len(set(ends)) == 20


async def test_a_watch_may_be_left_half_way(suno: SunoClient) -> None:
    task = await suno.generations.create("rain")
    async for progress in suno.generations.watch(task):
        if progress.playable:
            break
    assert (await suno.generations.wait(task)).is_final
