"""py-cord's faults B1 to B5 and B7 (discord.md 1.6): the stock client shows each, the healed one does not.

B6 stands in test_voice_dave; B7 heals the supervisor (test_sound); B8 is of sources that nobody here uses.

Where a test of the stock client fails, py-cord has been mended: see whether the healing is still needed.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from bot.quiet_client import QuietClient
from discord.voice import VoiceClient
from discord.voice.enums import ConnectionFlowState
from emulators.discord import DiscordEmulator

from conductr_bot.voice import HealedVoiceClient

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def brisk_heartbeat(discord: DiscordEmulator) -> None:
    """What wakes an idle stock client at last (B3): 5 s with the real Discord."""
    discord.voice.heartbeat_ms = 1_000


# B1: the poller dies when a human who has spoken leaves.


async def _after_a_talker_left(discord: DiscordEmulator, voice: Any) -> bool:
    """Whether the voice gateway is still read."""
    await discord.human_joins(discord.voice_channel)
    await discord.human_speaks()
    await discord.human_leaves()
    done, _ = await asyncio.to_thread(_wait_for_end, voice._connection._runner, 1.0)
    return not done


def _wait_for_end(task: asyncio.Task[None], within_s: float) -> tuple[bool, float]:
    began = time.monotonic()
    while not task.done() and time.monotonic() - began < within_s:
        time.sleep(0.01)
    return task.done(), time.monotonic() - began


async def test_b1_stock_stops_reading_when_a_talker_leaves(discord: DiscordEmulator, quiet: QuietClient) -> None:
    voice = await quiet.join(VoiceClient)
    assert not await _after_a_talker_left(discord, voice)
    assert voice.is_connected()  # and says so for ever


async def test_b1_healed_reads_on_when_a_talker_leaves(discord: DiscordEmulator, quiet: QuietClient) -> None:
    voice = await quiet.join(HealedVoiceClient)
    assert await _after_a_talker_left(discord, voice)


# B2: after a move the music does not come back.


async def test_b2_stock_is_silent_after_a_move(discord: DiscordEmulator, quiet: QuietClient) -> None:
    voice = await quiet.join(VoiceClient)
    target = quiet.channel(discord.other_voice_channel)
    await quiet.play(voice)
    call = discord.call()
    await call.wait_packets(10, 3)
    move = asyncio.ensure_future(quiet.do(voice.move_to(target, timeout=5)))
    await call.until(lambda: len(call.sessions) > 1, "session in the new channel", 3)
    with pytest.raises(TimeoutError):
        await call.until(lambda: call.first_packet_at, "packet after the move", 4)
    move.cancel()


async def test_b2_healed_goes_on_after_a_move(discord: DiscordEmulator, quiet: QuietClient) -> None:
    voice = await quiet.join(HealedVoiceClient)
    target = quiet.channel(discord.other_voice_channel)
    await quiet.play(voice)
    call = discord.call()
    await call.wait_packets(10, 3)
    began = time.time()
    await quiet.do(voice.move_to(target, timeout=5))
    await call.until(lambda: len(call.sessions) > 1 and call.first_packet_at, "packet after the move", 3)
    assert call.first_packet_at is not None
    assert call.first_packet_at - began < 1.0
    state = discord.guild.voice[discord.world.bot.id]
    assert (state.channel_id, state.self_deaf) == (discord.other_voice_channel.id, True)


# B3: on an idle loop, joining waits for the next heartbeat.


async def _slowest_join(quiet: QuietClient, kind: type[VoiceClient], joins: int, enough_s: float) -> float:
    """Seconds; stops as soon as one took `enough_s`."""
    slowest = 0.0
    for _ in range(joins):
        began = time.monotonic()
        voice = await quiet.join(kind)
        slowest = max(slowest, time.monotonic() - began)
        await quiet.do(voice.disconnect(force=True))
        if slowest >= enough_s:
            break
    return slowest


async def test_b3_stock_joins_late_on_an_idle_loop(discord: DiscordEmulator, quiet: QuietClient) -> None:
    assert await _slowest_join(quiet, VoiceClient, 6, 0.5) >= 0.5


async def test_b3_healed_joins_at_once_on_an_idle_loop(discord: DiscordEmulator, quiet: QuietClient) -> None:
    assert await _slowest_join(quiet, HealedVoiceClient, 6, 0.5) < 0.5


# B4: a state that is set in the very next turn of the loop is missed.


async def _sees_a_state_set_in_the_next_turn(voice: VoiceClient) -> bool:
    connection = voice._connection
    both = ConnectionFlowState.got_both_voice_updates
    connection.state = ConnectionFlowState.got_voice_state_update
    waiter = asyncio.ensure_future(connection._wait_for_state(both, timeout=0.3))
    asyncio.get_running_loop().call_soon(setattr, connection, "state", both)
    try:
        await waiter
    except TimeoutError:
        return False
    return True


async def _connection_of(quiet: QuietClient, discord: DiscordEmulator, kind: type[VoiceClient]) -> bool:
    async def look() -> bool:
        assert quiet.client is not None
        voice = kind(quiet.client, quiet.channel(discord.voice_channel))
        try:
            return await _sees_a_state_set_in_the_next_turn(voice)
        finally:
            voice._connection.state = ConnectionFlowState.disconnected
            voice._connection._socket_reader.stop()

    return await quiet.do(look())


async def test_b4_stock_misses_a_state_set_in_the_next_turn(discord: DiscordEmulator, quiet: QuietClient) -> None:
    assert not await _connection_of(quiet, discord, VoiceClient)


async def test_b4_healed_sees_a_state_set_in_the_next_turn(discord: DiscordEmulator, quiet: QuietClient) -> None:
    assert await _connection_of(quiet, discord, HealedVoiceClient)


# B5: Discord's voice server crashes (4015), and its session is not taken up again.


async def _resumed(discord: DiscordEmulator, quiet: QuietClient, kind: type[VoiceClient], within_s: float) -> None:
    voice = await quiet.join(kind, timeout_s=4)
    await quiet.play(voice)
    call = discord.call()
    await call.wait_packets(10, 3)
    call.close(4015)
    await call.until(lambda: call.resumes, "resumed session", within_s)
    count = len(call.packets)
    await call.wait_packets(count + 25, 2)


async def test_b5_stock_does_not_resume_after_4015(discord: DiscordEmulator, quiet: QuietClient) -> None:
    with pytest.raises(TimeoutError):
        await _resumed(discord, quiet, VoiceClient, 3.0)


async def test_b5_healed_resumes_after_4015(discord: DiscordEmulator, quiet: QuietClient) -> None:
    await _resumed(discord, quiet, HealedVoiceClient, 1.0)
    assert len(discord.call().sessions) == 1  # the same session, the same key


# B7: with a new gateway session py-cord forgets its voice clients; the one that plays says that all is well.


async def test_b7_stock_forgets_who_plays_at_a_new_session(discord: DiscordEmulator, quiet: QuietClient) -> None:
    voice, client = await quiet.join(HealedVoiceClient), quiet.client
    assert client is not None
    assert client.voice_clients == [voice]
    discord.gateway.voice_outlives_session = True
    discord.gateway.invalidate(resumable=False)
    await discord.watch.until(lambda: discord.gateway.identifies == 2, "another identify", 15)

    async def forgotten() -> None:
        while client.voice_clients:
            await asyncio.sleep(0.01)  # nobody is told

    await quiet.do(forgotten())
    assert voice.link_up
