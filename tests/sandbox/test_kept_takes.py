"""What was composed before is not composed again: the same order, the same version, and never half of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Heard:
    """A take as it was while its studio was open: with a renderer go its files."""

    recording: Recording
    sound: bytes
    cover: bytes


async def composed(folder: Path, kept: KeptTakes, order: Order = SHORT, *, lanes: int = 1) -> tuple[Heard, Heard]:
    """Both takes; without lanes nobody composes."""
    folder.mkdir(exist_ok=True)
    second = Recording("second", replace(order, take=2), folder)
    first = Recording("first", order, folder, follower=second)
    heard: list[Heard] = []
    async with anyio.create_task_group() as group:
        studio = Studio(folder, lanes=lanes, kept=kept)
        studio.start(group)
        with anyio.fail_after(60):
            await studio.render(first)
            await first.ended()
            await second.ended()
        heard += [Heard(take, take.audio.read_bytes(), take.cover.read_bytes()) for take in (first, second)]
        group.cancel_scope.cancel()
    return heard[0], heard[1]


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
    for one, other in zip(once, again, strict=True):
        assert (other.sound, other.cover) == (one.sound, one.cover)
        assert (other.recording.size, other.recording.duration_s) == (one.recording.size, one.recording.duration_s)
    assert once[0].sound != once[1].sound
    again[0].recording.discard()
    assert await is_there(tmp_path, kept), "one sandbox's end took another one's file"
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
    first, _ = await composed(tmp_path / "one", kept_in(tmp_path / "kept"))
    assert (first.recording.whole, first.recording.failed) == (True, None)


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
