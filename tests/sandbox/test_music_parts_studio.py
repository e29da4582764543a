"""When rendering goes wrong: encoders that fail, renderers that die; the song fails, the studio does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import psutil
import pytest

from suno_client.sandbox.music.instruments import Rack
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.render import EncoderFailed, Unwanted, render_files
from suno_client.sandbox.music.studio import Recording, Studio, _Worker

SHORT = Order(prompt="ambient", duration_s=6)
RACK = Rack()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo first >&2; echo 'unknown encoder' >&2; exit 8", "unknown encoder"),
        ("cat >/dev/null; echo 'disk full' >&2; exit 8", "disk full"),
        ("exit 1", "FFmpeg ended early"),
    ],
)
def test_an_encoder_that_fails_is_quoted(
    script: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("CONDUCTR_FFMPEG", str(program))
    sizes = list[int]()
    with pytest.raises(EncoderFailed) as failed:
        render_files(SHORT, tmp_path / "a.mp3", tmp_path / "a.jpeg", RACK, sizes.append, lambda: False)
    assert str(failed.value) == reason
    assert sizes == []


def test_a_take_that_nobody_waits_for_is_broken_off(tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    asked = iter([False, False, True])
    with pytest.raises(Unwanted):
        render_files(
            Order(prompt="ambient", duration_s=300), tmp_path / "a.mp3", tmp_path / "a.jpeg", RACK,
            lambda size: None, lambda: next(asked),
        )  # fmt: skip
    assert [*asked] == [], "it went on after it had become unwanted"
    assert set(psutil.Process().children()) <= before, "its encoder is left"


@pytest.mark.anyio
async def test_a_renderer_that_is_killed_fails_its_take_and_the_next_take_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "takes"
    folder.mkdir()
    doomed = Recording("doomed", Order(prompt="house", duration_s=300), folder)
    spared = Recording("spared", SHORT, folder)
    strangers = set(psutil.Process().children())
    studio = Studio(folder, lanes=1)
    async with anyio.create_task_group() as lanes:
        studio.start(lanes)
        await studio.render(doomed)
        await studio.render(spared)
        with anyio.fail_after(60):
            await doomed.grown(0)
            (renderer,) = set(psutil.Process().children()) - strangers
            renderer.kill()
            await doomed.ended()
            assert (doomed.failed, doomed.whole) == ("the renderer ended early", False)
            await spared.ended()
        assert (spared.failed, spared.whole) == (None, True)
        assert spared.audio.stat().st_size >= spared.size > 24_000 * 5
        lanes.cancel_scope.cancel()
    assert set(psutil.Process().children()) <= strangers


@pytest.mark.anyio
async def test_a_take_that_is_thrown_away_makes_room_for_the_next_and_leaves_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "takes"
    folder.mkdir()
    begun, waiting, wanted = (
        Recording(name, replace(SHORT, duration_s=seconds), folder)
        for name, seconds in (("begun", 300), ("waiting", 300), ("wanted", 6))
    )
    studio = Studio(folder, lanes=1)
    async with anyio.create_task_group() as lanes:
        studio.start(lanes)
        for recording in (begun, waiting, wanted):
            await studio.render(recording)
        with anyio.fail_after(60):
            await begun.grown(0)
            begun.discard()
            waiting.discard()
            await wanted.ended()
        assert wanted.whole
        assert (begun.whole, begun.over, waiting.size) == (False, True, 0)
        assert {path.name for path in folder.iterdir()} == {"wanted.mp3", "wanted.jpeg"}
        lanes.cancel_scope.cancel()


@pytest.mark.anyio
async def test_a_renderer_tells_what_broke_and_lives_on(tmp_path: Path) -> None:
    folder = tmp_path / "takes"
    folder.mkdir()
    odd = Recording("odd", replace(SHORT, keeps={"genre": "polka"}), folder)
    sound = Recording("sound", SHORT, folder)
    worker = _Worker(folder)
    with anyio.fail_after(60):
        process, _ = await worker.open()
        await worker.render(odd)
        await worker.render(sound)
    assert (odd.whole, odd.failed) == (False, "KeyError: 'polka'")
    assert sound.whole
    assert process.returncode is None
    await worker.close()


@pytest.mark.anyio
async def test_a_renderer_that_died_at_rest_is_replaced_and_need_not_be_ended(tmp_path: Path) -> None:
    worker = _Worker(tmp_path / "takes")
    first, _ = await worker.open()
    assert (await worker.open())[0] is first
    first.kill()
    await first.wait()
    second, _ = await worker.open()
    assert second.pid != first.pid
    second.kill()
    await second.wait()
    await worker.close()
    await worker.close()  # once more changes nothing
    third, _ = await worker.open()
    assert third.returncode is None
    await worker.close()
    assert third.returncode is not None
