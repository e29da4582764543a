"""The real py-cord and davey in a call with DAVE: fake humans open every packet, whoever commits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Literal

import davey
import pytest

from emulators.discord import AES, Channel, ChannelKind, Dave, DiscordEmulator, Guild, User
from emulators.discord.delivery import Delivery
from emulators.discord.listening import ffmpeg
from emulators.discord.measures import music, payloads
from emulators.discord.mls import BadMls, Reader, read_key_package, vector
from emulators.discord.ogg import read_ogg
from emulators.handmade_client import HandmadeGateway, HandmadeVoice
from emulators.probe import probe_bot, suit_stock_pycord

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def call_with(committer: Literal["bot", "human"], humans: int = 1) -> AsyncIterator[tuple[DiscordEmulator, Dave]]:
    """The probe bot in a channel with so many humans."""
    people = [User(f"Human {number}") for number in range(humans + 1)]
    guild = Guild("Private", [Channel("general"), Channel("Music", ChannelKind.VOICE)], people)
    async with DiscordEmulator([guild], dave=committer) as discord:
        suit_stock_pycord(discord)
        async with probe_bot(discord):
            for human in people[:humans]:
                await discord.human_joins(user=human)
            assert (await (await discord.slash("join")).reply(timeout_s=15)).content == "joined"
            dave = discord.call().dave
            assert isinstance(dave, Dave)
            await discord.call().until(lambda: dave.is_encrypted, "established group")
            yield discord, dave
            assert (discord.unhandled, discord.errors, dave.faults, dave.failures) == ([], [], [], [])


async def play(discord: DiscordEmulator, song: Path) -> None:
    await (await discord.slash("play", {"path": str(song), "ffmpeg": ffmpeg()})).reply()


@pytest.mark.parametrize("committer", ["bot", "human"])
async def test_everything_is_encrypted_and_arrives_identical(song: Path, committer: Literal["bot", "human"]) -> None:
    in_call: AbstractAsyncContextManager[tuple[DiscordEmulator, Dave]] = call_with(committer, humans=2)
    async with in_call as (discord, dave):
        call = discord.call()
        await play(discord, song)
        await call.fell_silent()
        audio = music(call.packets)
        assert all(packet.e2ee for packet in audio)
        assert payloads(audio)[2:] == read_ogg(song.read_bytes())
        assert len({human.privacy_code for human in dave.humans.values()}) == 1


@pytest.mark.parametrize("committer", ["bot", "human"])
async def test_a_human_who_comes_in_mid_song_hears_the_rest(song: Path, committer: Literal["bot", "human"]) -> None:
    async with call_with(committer) as (discord, dave):
        call = discord.call()
        late = discord.guild.members[1]
        await play(discord, song)
        await call.wait_packets(20)
        assert dave.delivery is not None
        winner = discord.world.bot if committer == "bot" else discord.human
        assert dave.delivery.committers == [winner.id]
        epoch = dave.delivery.epoch
        await discord.human_joins(user=late)
        await call.until(lambda: dave.is_encrypted and dave.delivery and dave.delivery.epoch > epoch, "next epoch")
        assert dave.delivery.committers == [winner.id] * 2
        await call.wait_packets(len(call.packets) + 10)  # what was on its way in the old epoch
        dave.humans.pop(discord.human.id)  # from here on only the late one can open anything
        heard = len(call.packets)
        await call.fell_silent()
        assert all(packet.e2ee for packet in music(call.packets)[heard:])


async def test_a_lonely_bot_speaks_plainly_and_a_returning_human_is_let_in_again(song: Path) -> None:
    async with call_with("human") as (discord, dave):
        call = discord.call()
        await discord.human_leaves()
        assert not dave.is_encrypted
        alone = discord.world.bot.id
        await call.until(lambda: dave.delivery and alone in dave.delivery.packages, "key package for a new group")
        await play(discord, song)
        await call.wait_packets(10)
        assert not any(packet.payload.endswith(b"\xfa\xfa") for packet in call.packets)
        await discord.human_joins()
        await call.until(lambda: dave.is_encrypted, "established group")
        call.clear()
        await call.fell_silent()
        assert all(packet.e2ee for packet in music(call.packets)[10:])


async def test_a_client_without_dave_is_turned_away_but_not_from_a_stage() -> None:
    guild = Guild(
        "Guild", [Channel("general"), Channel("Talk", ChannelKind.STAGE), Channel("Music", ChannelKind.VOICE)]
    )
    async with DiscordEmulator([guild], dave="human") as discord, HandmadeGateway(discord) as gateway:
        await gateway.ready()
        stage, music_channel = guild.voice_channels
        async with HandmadeVoice(discord, *await gateway.join(stage.id)) as voice:
            await voice.handshake(AES)
            assert voice.description["dave_protocol_version"] == 0
        discord.switchboard.repeats_server_update = True
        async with HandmadeVoice(discord, *await gateway.join(stage.id)) as voice:
            await voice.identify(max_dave_protocol_version=0)
            await voice.until(2)
        async with HandmadeVoice(discord, *await gateway.join(music_channel.id)) as voice:
            await voice.identify(max_dave_protocol_version=0)
            assert await voice.receive() == {"closed": 4017}


def test_a_key_package_is_read_and_its_signature_checked() -> None:
    package = davey.DaveSession(1, 77, 5)
    package.set_external_sender(_sender_package())
    body = package.get_serialized_key_package()
    assert read_key_package(body).user_id == 77
    with pytest.raises(BadMls, match="signature"):
        read_key_package(body[:40] + bytes([body[40] ^ 1]) + body[41:])
    with pytest.raises(BadMls):
        read_key_package(body[:-5])
    with pytest.raises(BadMls, match="key package of 77"):
        Delivery(5, lambda user, op, message: None).key_package(78, body)


class HandmadeCall:
    """A delivery service with members of davey's make, whose commits are kept until the test hands them in."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, int, object]] = []
        self.delivery = Delivery(5, lambda user, op, message: self.sent.append((user, op, message)))
        self.sessions: dict[int, davey.DaveSession] = {}

    def enter(self, user: int) -> None:
        session = self.sessions[user] = davey.DaveSession(1, user, 5)
        self.delivery.enter(user)
        package = self.sent[-1][2]
        assert isinstance(package, bytes)
        session.set_external_sender(package)
        self.delivery.key_package(user, session.get_serialized_key_package())

    def commit_of(self, user: int) -> bytes:
        proposals = next(body for to, op, body in self.sent if (to, op) == (user, 27))
        assert isinstance(proposals, bytes)
        made = self.sessions[user].process_proposals(davey.ProposalsOperationType.append, proposals[1:])
        assert made is not None
        return made.commit + (made.welcome or b"")


def test_a_commit_that_comes_too_late_is_dropped() -> None:
    """Two members commit at once: the first wins, the other takes the winner's."""
    call = HandmadeCall()
    call.enter(1)
    call.enter(2)
    first, second = call.commit_of(2), call.commit_of(1)
    assert call.delivery.commit(2, first)
    assert not call.delivery.commit(1, second)
    assert call.delivery.dropped == ["commit of 1: epoch 0, the group is at 1"]
    assert call.delivery.leaves == {2: 0, 1: 1}
    assert [(user, op) for user, op, _ in call.sent[-2:]] == [(2, 29), (1, 30)]
    call.delivery.ready(1, 1)
    assert call.sent[-1][1] == 30
    call.delivery.ready(2, 1)
    assert {op for _, op, _ in call.sent[-2:]} == {22}


def test_a_commit_that_leaves_somebody_out_is_dropped() -> None:
    call = HandmadeCall()
    call.enter(1)
    call.enter(2)
    without_the_third = call.commit_of(1)
    call.enter(3)
    assert not call.delivery.commit(1, without_the_third)
    assert call.delivery.dropped == ["commit of 1: 1 proposals of 2"]
    assert call.delivery.epoch == 0


@pytest.mark.parametrize("size", [0, 63, 64, 16_383, 16_384])
def test_lengths_are_written_as_they_are_read(size: int) -> None:
    reader = Reader(vector(bytes(size)) + b"rest")
    assert reader.vector() == bytes(size)
    assert reader.take(4) == b"rest"
    with pytest.raises(BadMls):
        reader.take(1)


def _sender_package() -> bytes:
    sent: list[bytes] = []
    Delivery(5, lambda user, op, message: sent.append(message)).enter(77)
    return sent[0]
