"""Each oracle sees what it is there to see: a world that is broken on purpose is found to be broken."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from attrs import define, evolve
from support.store_steps import born, replay
from support.world import Submission, World, check_world

pytestmark = pytest.mark.anyio

PROMPT = "a song about rain"  # of every generation of the store's own steps


@define
class Scene:
    file: Path
    world: World

    def change(self, *statements: str) -> None:
        """Behind the store's back, without the constraints that would refuse it."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            for statement in statements:
                connection.execute(statement)

    async def found(self, **changes: object) -> list[str]:
        world = evolve(self.world, **changes)  # pyright: ignore[reportArgumentType] - fields of World
        return sorted({finding.partition(":")[0] for finding in await check_world(world)})


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    """A world in which each step was done once, and nothing is wrong."""
    said: list[tuple[str, ...]] = []

    def say(*words: object) -> None:
        said.append(tuple(str(word) for word in words))

    file = tmp_path / "conductr.db"
    media = tmp_path / "media"
    async with born(f"sqlite:///{file}", str(media), 3, say) as life:
        await life.each_once()
        await life.edit_queue()
    scene = Scene(file, World(f"sqlite:///{file}", media=media, said=tuple(said), replay=replay, at_rest=True))
    assert await scene.found() == []
    return scene


@pytest.mark.parametrize(
    ("statement", "oracle"),
    [
        ("DELETE FROM notices", "D1"),
        ("UPDATE jobs SET state = 'waiting'", "D1"),
        ("DELETE FROM generations WHERE id IN (SELECT generation_id FROM songs)", "D1"),
        ("UPDATE ledger_accounts SET available = available + 1", "M2"),
        ("UPDATE ledger_accounts SET available = available + 1, granted = granted + 1", "M2"),
        ("UPDATE ledger_accounts SET available = available - 1, reserved = reserved + 1", "M2"),
        ("UPDATE generations SET quota_ref = 'gen:1:1'", "M2"),
        ("DELETE FROM queue_events WHERE version = 1", "Q1"),
        ("UPDATE queue_events SET command_id = 'another' WHERE version = 1", "Q1"),
        ("UPDATE queues SET version = version + 1", "Q1"),
        ("""UPDATE queues SET session = '{"items": ["another"]}'""", "Q2"),
        ("UPDATE queue_events SET epoch = 99 WHERE version = 1", "Q3"),
        ("UPDATE jobs SET state = 'running', lease_owner = NULL", "J1"),
        ("UPDATE jobs SET state = 'running', lease_owner = 'x'", "J1"),
        ("UPDATE jobs SET lease_owner = 'x'", "J1"),
        ("UPDATE jobs SET attempt = max_attempts + 1", "J2"),
        ("UPDATE generation_attempts SET number = 2", "J2"),
        ("UPDATE songs SET audio_key = NULL", "A1"),
        ("UPDATE media_files SET state = 'missing'", "A2"),
        ("UPDATE songs SET audio_key = 'aa/bb/none.mp3'", "A2"),
    ],
)
async def test_what_is_wrong_in_the_database_is_found(scene: Scene, statement: str, oracle: str) -> None:
    scene.change(statement)
    assert oracle in await scene.found()


async def test_two_attempts_that_may_both_be_paid_for_are_found(scene: Scene) -> None:
    same = "generation_id, provider, state, submitted_at"
    again = f"INSERT INTO generation_attempts (id, number, nonce_hash, {same}) SELECT 'again', 2, 'n', {same}"
    scene.change("DROP INDEX uq_generation_attempts_live", f"{again} FROM generation_attempts")
    assert await scene.found() == ["J2"]


async def test_a_file_that_rots_is_found(scene: Scene) -> None:
    (kept,) = (path for path in (scene.file.parent / "media").rglob("*.mp3"))
    kept.write_bytes(b"x" + kept.read_bytes()[1:])
    assert await scene.found() == ["A1"]


async def test_a_file_that_is_gone_and_one_that_nobody_knows_are_found(scene: Scene) -> None:
    (kept,) = (path for path in (scene.file.parent / "media").rglob("*.mp3"))
    kept.rename(kept.with_suffix(".other"))
    assert await scene.found() == ["A2"]


async def test_what_was_acknowledged_and_is_not_there_is_found(scene: Scene) -> None:
    said = (*scene.world.said, ("generation", "lost"), ("queue", "11", "lost", "7"))
    assert await scene.found(said=said) == ["D1", "Q1"]


async def test_a_second_submission_and_one_without_an_attempt_are_found(scene: Scene) -> None:
    (task,) = (words[1] for words in scene.world.said if words[0] == "task")
    once = Submission(task, PROMPT)
    assert await scene.found(submissions=(once,)) == []
    assert await scene.found(submissions=(once, Submission("another", PROMPT))) == ["M1"]
    assert await scene.found(submissions=(once, Submission("another", "never asked for"))) == ["M1"]
    assert await scene.found(submissions=(Submission(task, "another prompt"),)) == ["M1"]


async def test_a_paid_task_that_is_called_refused_is_found(scene: Scene) -> None:
    (task,) = (words[1] for words in scene.world.said if words[0] == "task")
    scene.change("UPDATE generation_attempts SET state = 'not_accepted'")
    said = tuple(words for words in scene.world.said if words[0] != "task")
    assert await scene.found(submissions=(Submission(task, PROMPT),), said=said) == ["M1"]


async def test_a_damaged_page_is_found(scene: Scene) -> None:
    data = bytearray(scene.file.read_bytes())
    data[-4096:] = b"\xff" * 4096
    scene.file.write_bytes(bytes(data))
    assert "D1" in await scene.found()
