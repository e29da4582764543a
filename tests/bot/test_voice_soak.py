"""Two minutes of music in ten guilds: nothing is missed or doubled, and the slots keep their time."""

from __future__ import annotations

import os
from pathlib import Path

import anyio
import pytest
from bot.bot_process import NO_SUNO, bot_process
from bot.one_guild import OneGuild
from bot.seeded_library import Seeded, seed_library
from emulators.discord import DiscordEmulator, default_guild
from emulators.discord.measures import intervals_ms, music, nonce_repeats, payloads, sequence_breaks, timestamp_breaks

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(300)]

GUILDS = 10
MUSIC_S = 122.0
HEARD = 6_000  # packets: two minutes
WITHIN_MS = (15.0, 25.0)
QUIET, BUSY = 0.999, 0.95  # share of the slots that are in time; the packets' times are the kernel's
CPUS = os.cpu_count() or 1


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def play(room: OneGuild, song: Seeded) -> None:
    await room.human_joins()
    await (await room.slash("play", {"song": song.song_id})).reply()


async def test_two_minutes_in_ten_guilds_are_continuous(tmp_path: Path) -> None:
    guilds = [default_guild(f"Guild {number}") for number in range(GUILDS)]
    seeded = await seed_library(tmp_path, guilds, {"Long Rain": MUSIC_S})
    async with DiscordEmulator(guilds) as emulator, bot_process(emulator, tmp_path, NO_SUNO):
        rooms = [OneGuild(emulator, guild, []) for guild in guilds]
        for room, (song,) in zip(rooms, seeded, strict=True):
            await play(room, song)
        async with anyio.create_task_group() as tasks:
            for room in rooms:
                tasks.start_soon(room.call.wait_packets, HEARD, MUSIC_S + 60)
        busy = os.getloadavg()[0] > CPUS
    for room, (song,) in zip(rooms, seeded, strict=True):
        packets = room.call.packets
        assert payloads(music(packets))[:HEARD] == song.packets[:HEARD]
        assert sequence_breaks(packets) == timestamp_breaks(packets) == nonce_repeats(packets) == []
    between = [gap for room in rooms for gap in intervals_ms(room.call.packets[:HEARD])]
    in_time = sum(WITHIN_MS[0] <= gap <= WITHIN_MS[1] for gap in between) / len(between)
    assert in_time >= (BUSY if busy else QUIET), f"{in_time:.4%} of {len(between)} slots, on a busy machine: {busy}"
