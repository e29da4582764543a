"""kill -9 at the three moments where money or a song could be lost: nothing is sent twice, and the member is told."""

from __future__ import annotations

from pathlib import Path

import anyio
import httpx
import pytest
from support.house import House, rows, running_house, until
from support.suno import running_suno

from conductr_store import GenerationState, SongState

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def state_is(data: Path, *states: GenerationState) -> bool:
    made, _ = await rows(data)
    return bool(made) and made[0].state in states


async def ask(house: House, prompt: str) -> None:
    """Ask, and do not care whether an answer comes: the house may be killed meanwhile."""
    try:
        await house.generate(prompt)
    except (httpx.HTTPError, OSError) as error:
        house.output.append(repr(error))


async def test_before_the_submission_is_acknowledged(tmp_path: Path) -> None:
    async with running_suno() as suno:
        await suno.fault("submit", "hang_after")
        async with running_house(tmp_path, suno.environment) as house, anyio.create_task_group() as asking:
            asking.start_soon(ask, house, "a rainy lo-fi beat")
            await until(lambda: suno.accepted(1))
            house.kill()
            asking.cancel_scope.cancel()
        await suno.mend()

        async with running_house(tmp_path, suno.environment):
            await until(lambda: state_is(tmp_path, GenerationState.UNKNOWN))
        made, songs = await rows(tmp_path)
        assert "not known whether" in (made[0].reason or "")
        assert not songs
        assert await suno.accepted(1), "it was submitted twice"


async def test_after_the_submission_is_acknowledged(tmp_path: Path) -> None:
    async with running_suno() as suno:
        async with running_house(tmp_path, suno.environment) as house:
            assert (await house.generate("a jazz trio at night")).status_code == 202
            made, _ = await rows(tmp_path)
            assert made[0].task_id
            house.kill()

        async with running_house(tmp_path, suno.environment):
            await until(lambda: state_is(tmp_path, GenerationState.FINISHED))
        _, songs = await rows(tmp_path)
        assert [song.state for song in songs] == [SongState.READY, SongState.READY]
        assert await suno.accepted(1), "it was submitted twice"


async def test_during_the_download(tmp_path: Path) -> None:
    async with running_suno() as suno:
        await suno.fault("media", "slow", times=100)
        async with running_house(tmp_path, suno.environment) as house:
            assert (await house.generate("a synthwave drive")).status_code == 202
            await until(suno.file_is_being_served)
            house.kill()
        await suno.mend()

        async with running_house(tmp_path, suno.environment):
            await until(lambda: state_is(tmp_path, GenerationState.FINISHED))
        _, songs = await rows(tmp_path)
        assert [song.state for song in songs] == [SongState.READY, SongState.READY]
        assert all((tmp_path / "media" / str(song.opus_key)).stat().st_size > 10_000 for song in songs)
        assert await suno.accepted(1), "it was submitted twice"
