"""A guild in which a song plays in the bot's voice, and all that a test may want to know of it."""

from __future__ import annotations

from itertools import pairwise

from attrs import frozen
from bot.seeded_library import Seeded
from bot.voice_house import VoiceHouse
from emulators.discord import Call, Channel, Guild
from emulators.discord.measures import music, payloads
from emulators.discord.payloads import channel_json

from conductr_bot.voice import VoiceNews
from conductr_player import PauseCause


@frozen(eq=False, repr=False)
class Room:
    """A guild in which a song plays, and its human listens."""

    house: VoiceHouse
    guild: Guild
    song: Seeded

    @property
    def call(self) -> Call:
        return self.house.discord.call(self.guild)

    @property
    def sessions(self) -> int:
        return len(self.call.sessions)

    @property
    def causes(self) -> frozenset[PauseCause]:
        room = self.house.conductr.host.room(self.guild.id)
        return room.player.session.paused_by if room else frozenset()

    @property
    def is_open(self) -> bool:
        return self.house.conductr.host.room(self.guild.id) is not None

    @property
    def joins(self) -> int:
        asked = (sent["d"] for sent in self.house.discord.gateway.received if sent.get("op") == 4)
        return sum(int(one["guild_id"]) == self.guild.id and one["channel_id"] is not None for one in asked)

    async def heard(self, more: int = 15, timeout_s: float = 10) -> None:
        """So many packets from now on."""
        await self.call.wait_packets(len(self.call.packets) + more, timeout_s)

    async def held_by(self, *causes: PauseCause) -> None:
        await self.house.until(lambda: self.causes == frozenset(causes), f"held by {causes}")

    async def told(self, *news: VoiceNews) -> None:
        await self.house.until(lambda: self.house.told_to(self.guild) == list(news), f"told {news}")

    async def closed(self) -> None:
        await self.house.until(lambda: not self.is_open, "a closed room")

    async def kept_seats(self) -> list[int]:
        async with self.house.conductr.host.store.begin() as tx:
            return [seat.channel_id for seat in await tx.voices.seats() if seat.guild_id == self.guild.id]

    def change(self, channel: Channel, **changes: object) -> None:
        changed = self.guild.change_channel(channel.id, **changes)
        self.house.discord.gateway.dispatch("CHANNEL_UPDATE", channel_json(self.guild, changed), guild_id=self.guild.id)

    def lost(self) -> list[tuple[int, int]]:
        """Where the song's packets, whatever was faded between, do not follow each other: (from, to)."""
        everything = sorted(music(self.call.packets + self.call.late), key=lambda packet: packet.received_at)
        places = {packet: place for place, packet in enumerate(self.song.packets)}
        own = [places[packet] for packet in payloads(everything) if packet in places]
        assert own
        return [(before, after) for before, after in pairwise([-1, *own]) if after != before + 1]
