"""/generate in Discord: sound before Suno is done, the song in the library, and no byte fetched twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from emulators.discord import DiscordEmulator, measures
from emulators.discord.listening import decode, loudness_dbfs
from support.house import rows, running_house, until
from support.suno import running_suno

from conductr_store import SongState

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

COMMANDS = {"join", "leave", "generate", "play", "pause", "skip", "stop", "queue", "nowplaying"}
SONG_S = 20.0


async def test_a_prompt_becomes_sound_and_a_song_that_is_kept(tmp_path: Path) -> None:
    async with (
        running_suno(speed=2.0, music_seconds=SONG_S) as suno,
        DiscordEmulator(dave="human") as discord,
        running_house(tmp_path, {**discord.environment(), **suno.environment}),
    ):
        await discord.wait_ready(commands=COMMANDS)
        await discord.human_joins(discord.voice_channel)
        asked = await discord.slash("generate", {"prompt": "a rainy lo-fi beat with a warm piano"})
        await asked.acknowledged(timeout_s=3)

        call = discord.call()
        await call.wait_packets(100, 60)
        assert not await suno.succeeded(1), "sound came only after Suno was done"

        async def both_kept() -> bool:
            _, songs = await rows(tmp_path, discord.guild.id)
            return [song.state for song in songs] == [SongState.READY, SongState.READY]

        await until(both_kept, 90)
        await asked.until(lambda message: "Finished" in message.text, 60)

        await discord.slash("stop", {})
        await call.fell_silent()
        served = (await suno.ledger()).media_bytes
        call.clear()
        _, songs = await rows(tmp_path, discord.guild.id)
        played = await discord.slash("play", {"song": songs[1].id})
        await played.acknowledged(timeout_s=3)
        await call.wait_packets(250, 60)
        assert (await suno.ledger()).media_bytes == served, "the second playing fetched something"
        heard = measures.music(call.packets)
        assert loudness_dbfs(decode(measures.payloads(heard))) > -40
        assert not discord.unhandled
        assert not discord.errors
