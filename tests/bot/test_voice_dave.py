"""DAVE in a call that changes: whoever commits, comes, goes or spoils, every packet can be opened by who listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from bot.quiet_client import QuietClient, quiet_client
from discord.voice import VoiceClient
from emulators.discord import Dave, DiscordEmulator, User, default_guild
from emulators.discord.measures import payloads

from conductr_bot.voice import HealedVoiceClient
from conductr_player.testing import packets

pytestmark = pytest.mark.anyio

Committer = Literal["bot", "human"]
BOTH = pytest.mark.parametrize("committer", ["bot", "human"])


class InCall:
    """A healed client with one human, and others who may come."""

    def __init__(self, emulator: DiscordEmulator, quiet: QuietClient, dave: Dave) -> None:
        self.emulator, self.quiet, self.dave = emulator, quiet, dave
        self.voice: HealedVoiceClient | None = None
        self._label = 0

    @property
    def epoch(self) -> int:
        return self.dave.delivery.epoch if self.dave.delivery else 0

    async def established(self, humans: int, after_epoch: int = -1) -> None:
        await self.emulator.call().until(
            lambda: self.dave.is_encrypted and len(self.dave.humans) == humans and self.epoch != after_epoch,
            f"a group with {humans} humans",
        )

    async def heard_by(self, *listeners: User) -> None:
        """Each of them alone opens every packet that is sent now."""
        assert self.voice is not None
        call, everybody = self.emulator.call(), dict(self.dave.humans)
        await call.until(lambda: self.voice and self.voice.privacy_code, "a code")
        for listener in listeners:
            self._label += 1
            self.dave.humans = {listener.id: everybody[listener.id]}
            sent, before = packets(8, label=self._label), len(call.packets)
            assert all(self.voice.send(packet) for packet in sent)
            await call.wait_packets(before + len(sent), 5)
            assert payloads(call.packets[before:]) == sent
            assert all(packet.e2ee for packet in call.packets[before:])
        self.dave.humans = everybody


@asynccontextmanager
async def in_call(committer: Committer, *, early_sender: bool = False) -> AsyncIterator[InCall]:
    guild = default_guild()
    guild.members += [User("Late"), User("Later")]
    async with DiscordEmulator([guild], dave=committer) as emulator, quiet_client(emulator) as quiet:
        dave = emulator.call().dave
        assert isinstance(dave, Dave)
        dave.early_sender = early_sender
        await emulator.human_joins(emulator.voice_channel)
        call = InCall(emulator, quiet, dave)
        call.voice = await quiet.join(HealedVoiceClient)
        await call.established(1)
        yield call
        assert (emulator.errors, dave.failures) == ([], [])


@BOTH
async def test_members_who_come_talk_go_and_come_back_hear_everything(committer: Committer) -> None:
    async with in_call(committer) as call:
        ada, late, _ = call.emulator.guild.members
        await call.heard_by(ada)
        before = call.epoch
        await call.emulator.human_joins(user=late)
        await call.established(2, before)
        await call.emulator.human_speaks(late)
        await call.heard_by(ada, late)
        before = call.epoch
        await call.emulator.human_leaves(late)
        await call.established(1, before)
        await call.heard_by(ada)
        before = call.epoch
        await call.emulator.human_joins(user=late)
        await call.established(2, before)
        await call.heard_by(late, ada)
        assert call.dave.faults == []


@BOTH
async def test_a_group_of_four_ends_and_begins_anew(committer: Committer) -> None:
    async with in_call(committer) as call:
        members = call.emulator.guild.members
        for number, member in enumerate(members[1:], 2):
            before = call.epoch
            await call.emulator.human_joins(user=member)
            await call.established(number, before)
        await call.heard_by(*members)
        for member in members:
            await call.emulator.human_leaves(member)
        alone = call.emulator.world.bot.id
        await call.emulator.call().until(
            lambda: call.dave.delivery and alone in call.dave.delivery.packages, "a key package for a new group"
        )
        await call.emulator.human_joins(user=members[2])
        await call.established(1)
        await call.heard_by(members[2])
        assert call.dave.faults == []


async def test_a_commit_that_cannot_be_read_is_said_and_another_is_asked_for() -> None:
    async with in_call("human") as call:
        ada, late, _ = call.emulator.guild.members
        call.dave.spoils = 1
        before = call.epoch
        await call.emulator.human_joins(user=late)
        await call.emulator.call().until(lambda: call.dave.faults, "the word that it cannot be read")
        await call.established(2, before)
        await call.emulator.call().until(lambda: call.epoch >= before + 2, "an epoch with the bot in it again")
        await call.established(2)
        await call.heard_by(ada, late)


# B6: the external sender comes before the description.


async def test_b6_healed_takes_an_external_sender_that_comes_early() -> None:
    async with in_call("bot", early_sender=True) as call:
        await call.heard_by(call.emulator.human)
        before = call.epoch
        await call.emulator.human_joins(user=call.emulator.guild.members[1])
        await call.established(2, before)
        await call.heard_by(*call.emulator.guild.members[:2])


async def test_b6_stock_dies_of_an_external_sender_that_comes_early() -> None:
    async with DiscordEmulator([default_guild()], dave="bot") as emulator, quiet_client(emulator) as quiet:
        emulator.voice.heartbeat_ms, emulator.voice_timing.before_server_s = 200, 0.05  # B3, B4
        dave = emulator.call().dave
        assert isinstance(dave, Dave)
        dave.early_sender = True
        await emulator.human_joins(emulator.voice_channel)
        voice = await quiet.join(VoiceClient)

        async def ended() -> bool:
            done, _ = await asyncio.wait([voice._connection._runner], timeout=5)
            return bool(done) and voice.is_connected()  # and says so for ever

        assert await quiet.do(ended())
        assert not dave.is_encrypted
