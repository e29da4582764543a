"""The real py-cord in the emulator's voice: it joins, plays, and every packet arrives as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulators.discord import XCHACHA, DiscordEmulator
from emulators.discord.listening import compare, decode, decode_file, ffmpeg, loudness_dbfs
from emulators.discord.measures import (
    frame_ms,
    header_packets,
    interval_statistics,
    music,
    nonce_repeats,
    payloads,
    sequence_breaks,
    timestamp_breaks,
)
from emulators.discord.ogg import read_ogg
from emulators.probe import probe_bot, suit_stock_pycord

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[DiscordEmulator]:
    async with DiscordEmulator() as emulator:
        suit_stock_pycord(emulator)
        async with probe_bot(emulator):
            await emulator.human_joins()
            yield emulator


@pytest.fixture
async def discord(server: DiscordEmulator) -> AsyncIterator[DiscordEmulator]:
    """In the human's channel, with nothing heard yet; afterwards nothing may have gone wrong."""
    call = server.call()
    if not call.is_connected:
        assert (await (await server.slash("join")).reply(timeout_s=15)).content == "joined"
    call.clear()
    yield server
    assert (server.unhandled, server.errors) == ([], [])


async def test_a_song_arrives_packet_by_packet(discord: DiscordEmulator, song: Path) -> None:
    call = discord.call()
    sent = read_ogg(song.read_bytes())
    assert {frame_ms(packet) for packet in sent} == {20.0}
    assert call.sessions[-1].mode == XCHACHA
    await (await discord.slash("play", {"path": str(song), "ffmpeg": ffmpeg()})).reply()
    await call.wait_packets(len(sent))
    await call.fell_silent()
    await call.stopped_speaking()
    assert len(header_packets(call.packets)) == 2  # what stock FFmpegOpusAudio does wrong (discord.md B8)
    heard = payloads(music(call.packets))
    assert heard[2:] == sent
    assert (sequence_breaks(call.packets), nonce_repeats(call.packets)) == ([], [])
    assert timestamp_breaks(call.packets) == []
    assert call.speaking[0].bits == 1
    assert call.speaking[0].at < call.packets[0].received_at + 0.1  # it goes another way than the audio
    match = compare(decode(heard[2:]), decode_file(song))
    assert match.worst > 0.999
    assert loudness_dbfs(decode(heard[2:])) > -20


async def test_the_grid_is_twenty_milliseconds(discord: DiscordEmulator, song: Path) -> None:
    call = discord.call()
    await (await discord.slash("play", {"path": str(song), "ffmpeg": ffmpeg()})).reply()
    await call.wait_packets(80)
    steady = interval_statistics(call.packets[30:80])  # behind stock py-cord's burst at the start
    assert steady.mean == pytest.approx(20.0, abs=0.5)
    await call.fell_silent()
    assert len(call.packets) - len(music(call.packets)) == 5


async def test_the_bot_leaves_and_joins_again_with_a_new_key(discord: DiscordEmulator, song: Path) -> None:
    call = discord.call()
    before = call.sessions[-1]
    assert discord.bot_channel() == discord.voice_channel
    assert (await (await discord.slash("leave")).reply()).content == "left"
    await call.disconnected()
    assert discord.bot_channel() is None
    assert (await (await discord.slash("join")).reply(timeout_s=15)).content == "joined"
    await call.connected()
    assert call.sessions[-1].key != before.key
    await (await discord.slash("play", {"path": str(song), "ffmpeg": ffmpeg()})).reply()
    await call.wait_packets(10)
    assert call.packets[0].ssrc == call.sessions[-1].ssrc
    assert call.join_to_first_packet_s is not None
    await call.fell_silent()


async def test_a_delay_between_the_two_updates_is_kept(discord: DiscordEmulator) -> None:
    call = discord.call()
    await (await discord.slash("leave")).reply()
    discord.voice_timing.before_state_s, discord.voice_timing.before_server_s = 0.05, 0.1
    await (await discord.slash("join")).reply(timeout_s=15)
    discord.voice_timing.before_state_s = 0.0
    suit_stock_pycord(discord)
    assert call.is_connected


async def test_a_join_into_a_closed_channel_times_out_in_silence(server: DiscordEmulator) -> None:
    await (await server.slash("leave")).reply()
    server.guild.change_channel(server.voice_channel.id, user_limit=1)
    interaction = await server.slash("join", {"timeout": 0.3})
    assert (await interaction.reply()).content == "timed out"
    assert "full" in server.remarks[-1]
