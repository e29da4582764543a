"""Packets of our own behind py-cord's connection: what the voice server opens, in either mode, under DAVE, and
after every way in which a connection goes on or begins anew."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord as pycord
import pytest
from bot.quiet_client import QuietClient, quiet_client
from discord.voice.enums import ConnectionFlowState
from emulators.discord import AES, XCHACHA, Call, Dave, DiscordEmulator, User, default_guild
from emulators.discord.measures import nonce_repeats, payloads, sequence_breaks, timestamp_breaks

from conductr_bot.voice import HealedVoiceClient
from conductr_player.testing import packets

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def in_a_call_with_dave() -> AsyncIterator[tuple[DiscordEmulator, Dave, HealedVoiceClient]]:
    guild = default_guild()
    guild.members.append(User("Late"))
    async with DiscordEmulator([guild], dave="human") as emulator, quiet_client(emulator) as quiet:
        await emulator.human_joins(emulator.voice_channel)
        voice = await quiet.join(HealedVoiceClient)
        dave = emulator.call().dave
        assert isinstance(dave, Dave)
        await emulator.call().until(lambda: dave.is_encrypted and voice.privacy_code, "established group")
        yield emulator, dave, voice
        assert (emulator.errors, dave.faults, dave.failures) == ([], [], [])


async def send(voice: HealedVoiceClient, sent: list[bytes], call: Call) -> None:
    """From another thread than the client's loop, as the pacer does; until all of them have arrived."""
    before = len(call.packets)
    assert all(voice.send(packet) for packet in sent)
    await call.wait_packets(before + len(sent), 3)


def check_order(call: Call) -> None:
    assert sequence_breaks(call.packets) == timestamp_breaks(call.packets) == nonce_repeats(call.packets) == []


@pytest.mark.parametrize(
    ("offered", "taken"),
    [((AES, XCHACHA), AES), ((XCHACHA, AES), AES), ((XCHACHA,), XCHACHA)],
    ids=["both offered", "the slow one first", "only the slow one"],
)
async def test_the_quickest_mode_that_is_offered_is_spoken(
    discord: DiscordEmulator, quiet: QuietClient, offered: tuple[str, ...], taken: str
) -> None:
    discord.voice.modes = offered
    voice, call = await quiet.join(HealedVoiceClient), discord.call()
    await send(voice, packets(40), call)
    assert call.sessions[-1].mode == taken
    assert payloads(call.packets) == packets(40)
    check_order(call)
    assert discord.errors == []


async def test_without_a_mode_in_common_joining_fails_at_once(discord: DiscordEmulator, quiet: QuietClient) -> None:
    discord.voice.modes = ("xsalsa20_poly1305",)
    with pytest.raises(pycord.ClientException, match="in common"):
        await asyncio.wait_for(quiet.join(HealedVoiceClient), 3)


async def test_under_dave_every_packet_is_encrypted_and_arrives_identical() -> None:
    async with in_a_call_with_dave() as (emulator, _, voice):
        call = emulator.call()
        await send(voice, packets(30), call)
        assert [packet.e2ee for packet in call.packets] == [True] * 30
        assert payloads(call.packets) == packets(30)
        check_order(call)


async def test_dave_goes_on_in_the_group_of_somebody_who_joins() -> None:
    async with in_a_call_with_dave() as (emulator, dave, voice):
        call, human, late = emulator.call(), emulator.human, emulator.guild.members[1]
        await send(voice, packets(5), call)
        await emulator.human_joins(emulator.voice_channel, late)
        await call.until(lambda: dave.is_encrypted and len(dave.humans) == 2, "the next group")
        dave.humans.pop(human.id)  # from here on only the late one can open anything
        await send(voice, packets(10, label=1), call)
        assert payloads(call.packets) == packets(5) + packets(10, label=1)
        assert all(packet.e2ee for packet in call.packets)
        check_order(call)


async def test_where_dave_cannot_encrypt_nothing_is_sent(discord: DiscordEmulator, quiet: QuietClient) -> None:
    class InTransition:
        ready = True

        def encrypt_opus(self, packet: bytes) -> bytes:
            raise ValueError("no group")

    voice, call = await quiet.join(HealedVoiceClient), discord.call()
    voice._connection.dave_session = InTransition()
    assert [voice.send(packet) for packet in packets(3)] == [False] * 3
    voice._connection.dave_session = None
    await send(voice, packets(3), call)
    assert payloads(call.packets) == packets(3)


async def test_a_resumed_session_counts_on_and_uses_no_nonce_twice(
    discord: DiscordEmulator, quiet: QuietClient
) -> None:
    voice, call = await quiet.join(HealedVoiceClient), discord.call()
    await send(voice, packets(20), call)
    call.close(4015)
    await call.until(lambda: call.resumes, "resumed session")
    await quiet.do(voice._connection._wait_for_state(ConnectionFlowState.connected, timeout=2))
    await send(voice, packets(20, label=1), call)
    assert [(packet.seq, packet.nonce) for packet in call.packets] == [(number, number) for number in range(40)]
    check_order(call)
    assert len(call.sessions) == 1
    assert discord.errors == []


async def test_a_key_that_is_described_twice_is_no_new_key(discord: DiscordEmulator, quiet: QuietClient) -> None:
    voice, call = await quiet.join(HealedVoiceClient), discord.call()
    await send(voice, packets(20), call)
    described = len(call.speaking)  # py-cord says that it is silent at each description
    discord.voice.select(call.sessions[-1], {"protocol": "udp", "data": {"mode": AES}})
    await call.until(lambda: len(call.speaking) > described, "second description")
    await quiet.do(asyncio.sleep(0))
    await send(voice, packets(20, label=1), call)
    check_order(call)
    assert discord.errors == []


async def test_a_key_that_is_kept_for_another_socket_counts_on(discord: DiscordEmulator, quiet: QuietClient) -> None:
    voice, call = await quiet.join(HealedVoiceClient), discord.call()
    await send(voice, packets(20), call)
    state = voice._connection
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.connect(state.socket.getpeername())
        state.socket.close()
        state.socket = other
        assert not voice.send(b"into a closed socket")
        state.described()
        await send(voice, packets(20, label=1), call)
    assert payloads(call.packets) == packets(20) + packets(20, label=1)
    assert nonce_repeats(call.packets) == discord.errors == []


async def test_another_channel_is_another_key_and_a_count_of_its_own(
    discord: DiscordEmulator, quiet: QuietClient
) -> None:
    voice, call = await quiet.join(HealedVoiceClient), discord.call()
    await send(voice, packets(20), call)
    await quiet.do(voice.move_to(quiet.channel(discord.other_voice_channel), timeout=5))
    await send(voice, packets(20, label=1), call)
    first, second = call.sessions
    assert first.key != second.key
    assert [(packet.ssrc, packet.nonce) for packet in call.packets] == [
        (session.ssrc, number) for session in (first, second) for number in range(20)
    ]
    check_order(call)
    assert discord.errors == []


async def test_py_cords_own_sending_goes_through_ours(discord: DiscordEmulator, quiet: QuietClient) -> None:
    """Its count and ours would use the same nonces under the same key."""
    voice, call = await quiet.join(HealedVoiceClient), discord.call()
    await send(voice, packets(5), call)
    voice.send_audio_packet(b"by py-cord", encode=False)
    await send(voice, packets(5, label=1), call)
    assert [packet.nonce for packet in call.packets] == list(range(11))
    assert discord.errors == []
    with pytest.raises(NotImplementedError):
        voice.send_audio_packet(bytes(3_840))


async def test_a_packet_is_sent_without_letting_go_of_pythons_lock(
    discord: DiscordEmulator, quiet: QuietClient
) -> None:
    """Beside a busy loop each packet would wait for the lock (docs/decisions/0009): `socket.send` lets go of it."""
    voice, call = await quiet.join(HealedVoiceClient), discord.call()
    by_socket = list[str]()

    def note(frame: object, event: str, called: object) -> None:
        if event == "c_call":
            by_socket.append(getattr(called, "__qualname__", ""))

    sys.setprofile(note)
    try:
        voice.send(b"packet")
    finally:
        sys.setprofile(None)
    await call.wait_packets(1, 3)
    assert "socket.send" not in by_socket
