"""A restart of the bot: a hundred guilds are back in their channels, with their songs where they were."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest
from bot.seeded_library import Seeded, seed_library
from bot.voice_house import VoiceHouse, voice_house
from emulators.discord import DiscordEmulator, Guild, default_guild
from emulators.discord.measures import music, payloads

from conductr_player import PauseCause

pytestmark = [pytest.mark.anyio, pytest.mark.timed, pytest.mark.timeout(300)]

GUILDS = 100
BACK_WITHIN_S = 10.0  # of READY
MOST_LOST_S = 5.0
AT_ONCE = 8
PAUSED = range(90, GUILDS)  # by a person, before the restart


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def fill(house: VoiceHouse, guilds: Sequence[Guild], songs: Sequence[Seeded]) -> None:
    """Everybody listens; in each guild the song plays, in some it is paused."""
    for guild in guilds:
        await house.discord.human_joins(guild.voice_channels[0])
    few = anyio.Semaphore(AT_ONCE)
    async with anyio.create_task_group() as tasks:
        for guild, song in zip(guilds, songs, strict=True):
            tasks.start_soon(begin, house, guild, song, few)
    for number in PAUSED:
        await house.conductr.playback.pause(house.caller(guilds[number]))


async def begin(house: VoiceHouse, guild: Guild, song: Seeded, few: anyio.Semaphore) -> None:
    async with few:
        await house.join(guild)
        await house.play(guild, song.song_id)
    await house.discord.call(guild).wait_packets(10, 60)


def place_of(packet: bytes, song: Seeded) -> int | None:
    return song.packets.index(packet) if packet in song.packets else None


async def test_a_hundred_guilds_are_back_within_ten_seconds_where_they_were(tmp_path: Path) -> None:
    guilds = [default_guild(f"Guild {number}") for number in range(GUILDS)]
    songs = [songs[0] for songs in await seed_library(tmp_path, guilds, {"Blue Rain": 60.0})]
    async with DiscordEmulator(guilds) as emulator:
        async with voice_house(emulator, tmp_path) as house:
            await fill(house, guilds, songs)
        playing = [guild for number, guild in enumerate(guilds) if number not in PAUSED]
        last = {guild.id: music(emulator.call(guild).packets)[-1].payload for guild in guilds}
        for guild in guilds:
            assert emulator.bot_channel(guild) is None  # drained: Discord was told
            emulator.call(guild).clear()
        async with voice_house(emulator, tmp_path) as house:
            ready_at = time.monotonic()
            for guild in playing:
                await emulator.call(guild).wait_packets(1, 60)
            took_s = time.monotonic() - ready_at
            for guild, song in zip(guilds, songs, strict=True):
                await check_back(house, guild, song, last[guild.id], paused=guild not in playing)
    assert took_s <= BACK_WITHIN_S
    assert (emulator.errors, emulator.unhandled) == ([], [])


async def check_back(house: VoiceHouse, guild: Guild, song: Seeded, last: bytes, *, paused: bool) -> None:
    await house.until(lambda: house.conductr.host.room(guild.id), "an open room", 60)
    room = house.conductr.host.room(guild.id)
    assert room is not None
    current = room.player.session.queue.current
    assert current is not None
    assert (current.track.id, house.discord.bot_channel(guild)) == (song.song_id, guild.voice_channels[0])
    assert (PauseCause.USER in room.player.session.paused_by) == paused
    if paused:
        assert not house.discord.call(guild).packets
        return
    before = place_of(last, song)
    heard = [place_of(packet, song) for packet in payloads(music(house.discord.call(guild).packets))]
    first = next(place for place in heard if place is not None)
    assert before is None or abs(first - before) * 0.02 <= MOST_LOST_S
