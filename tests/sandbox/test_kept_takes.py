"""What was composed before is not composed again: the same order, the same version, and never half of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from suno_client.sandbox import SandboxServer
from suno_client.sandbox.music.kept import VARIABLE, KeptTakes
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.studio import Recording, Studio

SHORT = Order(prompt="ambient rain", duration_s=6)


def kept_in(folder: Path) -> KeptTakes:
    kept = KeptTakes.named_in({VARIABLE: str(folder)})
    assert kept is not None
    return kept


async def composed(folder: Path, kept: KeptTakes, order: Order = SHORT, *, lanes: int = 1) -> Recording:
    """A first take and, after it, its follower; without lanes nobody composes."""
    folder.mkdir(exist_ok=True)
    recording = Recording("first", order, folder)
    recording.follower = Recording("second", replace(order, take=2), folder)
    async with anyio.create_task_group() as group:
        studio = Studio(folder, lanes=lanes, kept=kept)
        studio.start(group)
        with anyio.fail_after(60):
            await studio.render(recording)
            await recording.ended()
            await recording.follower.ended()
        group.cancel_scope.cancel()
    return recording


async def is_there(tmp_path: Path, kept: KeptTakes, order: Order = SHORT) -> bool:
    """Whether it comes although nobody composes."""
    with anyio.move_on_after(0.2):
        await composed(tmp_path / "idle", kept, order, lanes=0)
        return True
    return False


@pytest.mark.anyio
async def test_an_equal_order_comes_at_once_and_is_the_same_sound(tmp_path: Path) -> None:
    kept = kept_in(tmp_path / "kept")
    once = await composed(tmp_path / "one", kept)
    again = await composed(tmp_path / "two", kept_in(tmp_path / "kept"), lanes=0)
    assert once.follower is not None
    assert again.follower is not None
    assert again.audio.read_bytes() == once.audio.read_bytes()
    assert again.cover.read_bytes() == once.cover.read_bytes()
    assert (again.size, again.duration_s) == (once.size, once.duration_s)
    assert again.follower.audio.read_bytes() == once.follower.audio.read_bytes() != once.audio.read_bytes()
    once.discard()
    assert again.audio.exists(), "one sandbox's end took another one's file"
    assert not await is_there(tmp_path, kept, replace(SHORT, seed=1)), "another order got this one's song"


@pytest.mark.anyio
async def test_half_a_take_is_not_a_take(tmp_path: Path) -> None:
    kept = kept_in(tmp_path / "kept")
    await composed(tmp_path / "one", kept)
    assert await is_there(tmp_path, kept)
    for note in (tmp_path / "kept").glob("*.json"):
        note.unlink()
    assert not await is_there(tmp_path, kept)


@pytest.mark.anyio
async def test_a_folder_that_cannot_be_used_costs_no_song(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    recording = await composed(tmp_path / "one", kept_in(tmp_path / "kept"))
    assert (recording.whole, recording.failed) == (True, None)


@pytest.mark.parametrize("environment", [{}, {VARIABLE: ""}])
def test_nothing_is_kept_unless_a_folder_is_named(environment: Mapping[str, str]) -> None:
    assert KeptTakes.named_in(environment) is None


@pytest.mark.anyio
async def test_a_sandbox_keeps_where_its_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
    async with SandboxServer() as server:
        recording = Recording("a", SHORT, server.house.studio.folder)
        with anyio.fail_after(60):
            await server.house.studio.render(recording)
            await recording.ended()
    fetched = kept_in(tmp_path / "kept").fetch(SHORT, tmp_path / "a.mp3", tmp_path / "a.jpeg")
    assert fetched == recording.duration_s
