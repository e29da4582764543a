"""The voice gateway's and UDP's rules at their edges, as a client made by hand meets them."""

from __future__ import annotations

import socket
import time

import pytest

from emulators.discord import AES, XCHACHA, DiscordEmulator
from emulators.discord.crypto import Opened, seal_packet
from emulators.discord.udp import UdpServer
from emulators.discord.watch import Journal, Watch
from emulators.handmade_client import HandmadeGateway, HandmadeVoice

pytestmark = pytest.mark.anyio
MODES = [AES, XCHACHA]


@pytest.mark.parametrize("mode", MODES)
async def test_audio_arrives_as_it_was_sent_in_either_mode(
    discord: DiscordEmulator, voice: HandmadeVoice, mode: str
) -> None:
    assert voice.hello == {"op": 8, "d": {"v": 8, "heartbeat_interval": 13_750}}
    await voice.handshake(mode)
    assert voice.discovered == ("127.0.0.1", voice.udp.getsockname()[1])
    assert voice.description["dave_protocol_version"] == 0
    await voice.send(5, {"speaking": 1, "delay": 0, "ssrc": voice.ssrc})
    await voice.send(3, {"t": 7, "seq_ack": voice.seq})
    assert await voice.until(6) == {"t": 7}
    sent = [bytes([0xFC, number % 256]) for number in range(200)]
    voice.play(sent, first=65_500)
    packets = await discord.call().wait_packets(200)
    assert [packet.payload for packet in packets] == sent
    assert [packet.seq for packet in packets][:40] == [number & 0xFFFF for number in range(65_500, 65_540)]
    assert discord.call().speaking[0].ssrc == voice.ssrc
    assert (discord.errors, discord.remarks) == ([], [])


async def test_a_wrong_tag_a_used_nonce_and_a_stranger_are_recorded(
    discord: DiscordEmulator, voice: HandmadeVoice
) -> None:
    await voice.handshake(XCHACHA)
    voice.play([b"one"], first=1)
    voice.play([b"again"], first=1)
    voice.key = bytes(32)
    voice.play([b"wrong key"], first=2)
    voice.ssrc += 1
    voice.play([b"stranger"], first=3)
    voice.send_datagram(b"no RTP at all, but long enough to look at")
    await discord.call().until(lambda: len(discord.errors) >= 4, "four errors")
    found = " ".join(discord.errors)
    assert all(word in found for word in ("used twice", "bad tag", "unknown ssrc", "no RTP"))
    assert [packet.payload for packet in discord.call().packets] == [b"one"]


async def test_a_second_of_audio_without_speaking_is_remarked(discord: DiscordEmulator, voice: HandmadeVoice) -> None:
    await voice.handshake(AES)
    voice.play([b"mute"] * 50)
    await discord.call().wait_packets(50)
    assert "without speaking" in discord.remarks[0]


async def test_the_kernel_stamps_the_time_of_arrival(discord: DiscordEmulator, voice: HandmadeVoice) -> None:
    await voice.handshake(AES)
    before = time.time()
    voice.play([b"now"])
    (packet,) = await discord.call().wait_packets(1)
    assert before - 0.001 <= packet.received_at <= time.time()
    joined_at = discord.call().joined_at
    assert joined_at is not None
    assert joined_at < packet.received_at
    assert discord.call().join_to_first_packet_s == pytest.approx(packet.received_at - joined_at)


def test_a_listener_that_is_late_does_not_make_the_packet_late() -> None:
    """The datagram waits in the kernel while nobody reads: only the kernel knows when it came."""
    heard: list[float] = []

    class Listener:
        def take(self, datagram: bytes, received_at: float) -> None:
            heard.append(received_at)

    udp = UdpServer(Watch(), Journal())
    udp.add(42, Listener())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(seal_packet(AES, bytes(32), Opened(1, 0, 42, 1, b"opus")), ("127.0.0.1", udp.port))
    sent_at = time.time()
    time.sleep(0.1)  # the lateness itself
    udp.start()
    udp.stop()
    assert heard[0] <= sent_at


@pytest.mark.parametrize("wrong", [{"token": "old"}, {"session_id": "other"}, {"server_id": "1"}])
async def test_a_wrong_pass_is_closed_with_4006(voice: HandmadeVoice, wrong: dict[str, str]) -> None:
    await voice.identify(**wrong)
    assert await voice.receive() == {"closed": 4006}


async def test_an_unknown_mode_a_second_identify_and_haste_are_closed(
    discord: DiscordEmulator, gateway: HandmadeGateway
) -> None:
    state, server = await gateway.join(discord.voice_channel.id)
    async with HandmadeVoice(discord, state, server) as voice:
        await voice.send(5, {"speaking": 1})
        assert await voice.receive() == {"closed": 4003}
    async with HandmadeVoice(discord, state, server) as voice:
        await voice.identify()
        await voice.until(2)
        await voice.identify()
        assert await voice.receive() == {"closed": 4005}
    async with HandmadeVoice(discord, state, server) as voice:
        await voice.identify()
        await voice.until(2)
        data = {"address": "127.0.0.1", "port": 1, "mode": "xsalsa20_poly1305"}
        await voice.send(1, {"protocol": "udp", "data": data})
        assert await voice.receive() == {"closed": 4016}


async def test_a_voice_resume_brings_what_was_missed_and_keeps_the_key(
    discord: DiscordEmulator, gateway: HandmadeGateway
) -> None:
    state, server = await gateway.join(discord.voice_channel.id)
    async with HandmadeVoice(discord, state, server) as first:
        await first.handshake(AES)
        await first.until(11)
        seen = first.seq
        discord.call().close(4015)
        assert await first.receive() == {"closed": 4015}
        await discord.human_joins()
        async with HandmadeVoice(discord, state, server) as second:
            await second.send(7, second.pass_ | {"seq_ack": seen})
            assert (await second.receive())["op"] == 9
            assert await second.until(11) == {"user_ids": [str(discord.human.id)]}
            first.play([b"still the same key"])
            await discord.call().wait_packets(1)
            assert discord.call().resumes == 1
            discord.call().close(4006)
            assert await second.receive() == {"closed": 4006}
        async with HandmadeVoice(discord, state, server) as third:
            await third.send(7, third.pass_ | {"seq_ack": seen})
            assert await third.receive() == {"closed": 4006}


async def test_a_cut_voice_connection_is_noticed_and_may_be_resumed(
    discord: DiscordEmulator, gateway: HandmadeGateway
) -> None:
    state, server = await gateway.join(discord.voice_channel.id)
    async with HandmadeVoice(discord, state, server) as first:
        await first.handshake(AES)
        await discord.call().connected()
        discord.call().drop()
        await discord.call().disconnected()
        assert discord.call().session is not None
        async with HandmadeVoice(discord, state, server) as second:
            await second.send(7, second.pass_ | {"seq_ack": first.seq})
            await second.until(9)
            await discord.call().connected()


async def test_the_call_is_told_who_comes_speaks_and_goes(discord: DiscordEmulator, voice: HandmadeVoice) -> None:
    await voice.handshake(AES)
    human = str(discord.human.id)
    assert await voice.until(11) == {"user_ids": []}
    await discord.human_joins(discord.other_voice_channel)
    await discord.human_joins(discord.voice_channel)
    await discord.human_speaks()
    assert await voice.until(11) == {"user_ids": [human]}
    speaking = await voice.until(5)
    assert (speaking["user_id"], speaking["speaking"]) == (human, 1)
    await discord.human_leaves()
    assert await voice.until(13) == {"user_id": human}


async def test_a_move_brings_a_new_pass_and_ends_the_old_session(
    discord: DiscordEmulator, gateway: HandmadeGateway, voice: HandmadeVoice
) -> None:
    await voice.handshake(AES)
    await discord.move_bot(discord.other_voice_channel)
    state = await gateway.until("VOICE_STATE_UPDATE")
    server = await gateway.until("VOICE_SERVER_UPDATE")
    assert state["channel_id"] == str(discord.other_voice_channel.id)
    assert (await voice.until(11), await voice.receive())[1] == {"closed": 4014}
    async with HandmadeVoice(discord, state, server) as moved:
        await moved.handshake(XCHACHA)
        voice.play([b"too late"])
        moved.play([b"in time"])
        await discord.call().wait_packets(1)
        await discord.call().until(lambda: discord.call().late, "late packet")
        assert [packet.payload for packet in discord.call().packets] == [b"in time"]
        await discord.move_bot(None)
        assert (await gateway.until("VOICE_STATE_UPDATE"))["channel_id"] is None
        assert (await moved.until(11), await moved.receive())[1] == {"closed": 4014}
    assert discord.bot_channel() is None


async def test_a_new_region_may_leave_the_call_without_a_server_for_a_while(
    discord: DiscordEmulator, gateway: HandmadeGateway, voice: HandmadeVoice
) -> None:
    await voice.handshake(AES)
    await discord.change_region(without_endpoint_first=True, after_s=0.01)
    assert (await gateway.until("VOICE_SERVER_UPDATE"))["endpoint"] is None
    assert (await gateway.until("VOICE_SERVER_UPDATE"))["token"] != voice.pass_["token"]


async def test_an_op_4_for_the_same_channel_brings_no_new_server_unless_asked_to(
    discord: DiscordEmulator, gateway: HandmadeGateway, voice: HandmadeVoice
) -> None:
    again = {"guild_id": discord.guild.id, "channel_id": discord.voice_channel.id, "self_deaf": False}
    await gateway.send(4, again)
    await gateway.send(1, None)
    assert (await gateway.receive())["t"] == "VOICE_STATE_UPDATE"
    assert (await gateway.receive())["op"] == 11
    discord.switchboard.repeats_server_update = True
    await gateway.join(discord.voice_channel.id)


async def test_a_deleted_channel_or_a_lost_guild_ends_the_call(
    discord: DiscordEmulator, gateway: HandmadeGateway, voice: HandmadeVoice
) -> None:
    await voice.handshake(AES)
    await discord.delete_channel(discord.voice_channel)
    assert (await gateway.until("VOICE_STATE_UPDATE"))["channel_id"] is None
    assert (await gateway.until("CHANNEL_DELETE"))["name"] == "Music"
    assert (await voice.until(11), await voice.receive())[1] == {"closed": 4014}
    guild = discord.guild
    await discord.remove_guild(unavailable=True)
    assert (await gateway.until("GUILD_DELETE")) == {"id": str(guild.id), "unavailable": True}
    await discord.remove_guild()
    assert (await gateway.until("GUILD_DELETE")) == {"id": str(guild.id)}


async def test_a_client_that_goes_is_gone(discord: DiscordEmulator) -> None:
    async with HandmadeGateway(discord) as client:
        await client.ready()
        await discord.wait_ready()
    await discord.wait_gone()


async def test_a_new_identify_frees_the_seat_of_the_old_session(discord: DiscordEmulator) -> None:
    for outlives, seated in ((False, []), (True, [str(discord.voice_channel.id)])):
        discord.gateway.voice_outlives_session = outlives
        async with HandmadeGateway(discord) as before:
            await before.ready()
            await before.join(discord.voice_channel.id)
        async with HandmadeGateway(discord) as after:
            await after.identify()
            guild = await after.until("GUILD_CREATE")
            assert [state["channel_id"] for state in guild["voice_states"]] == seated
