"""Supervisor: which guilds we have a voice in, one actor for each, and all of them again after a restart."""

from __future__ import annotations

from logging import getLogger

import anyio
import discord
from anyio.abc import TaskGroup

from conductr import Conductr
from conductr.messages import SessionChanged, SettingsChanged
from conductr.seats import Seats
from conductr_bot.errors import NotConnected
from conductr_store import GuildSettings, StoreError, VoiceSeat

from .actor import GuildVoice
from .news import TellGuild, VoiceNews, tell_the_log
from .rooms import VocalChannel
from .surroundings import Surroundings

log = getLogger(__name__)

PULSE_S = 5.0  # how often each connection is looked at
AT_ONCE = 16  # guilds that come back at a time: joining is work
BURST, BURST_EVERY_S = 100, 60.0  # joins that a gateway connection takes: 120 messages a minute, with some to spare
STORE_AGAIN_S = 5.0


class Supervisor:
    """Its own registry: py-cord forgets its voice clients at a new gateway session (discord.md 1.6, B7).

    `tell` is given what a guild should know of its voice; nobody waits for it. `minute_s` is shorter in tests.
    """

    def __init__(self, conductr: Conductr, tell: TellGuild = tell_the_log, *, minute_s: float = 60.0) -> None:
        self._minute_s = minute_s
        self._host = conductr.host
        self._bus = conductr.bus
        self._tell = tell
        self.seats = Seats(conductr.host.store, self._taken_over)
        self._actors: dict[int, GuildVoice] = {}
        self._around: dict[int, Surroundings] = {}
        self._tasks: TaskGroup | None = None
        self._coming_back = anyio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Until cancelled; then every channel is left, and each seat is kept for the next process."""
        try:
            async with anyio.create_task_group() as self._tasks:
                for keep in (self.seats.run, self._hear, self._pulse):
                    self._tasks.start_soon(keep)
                await anyio.sleep_forever()
        finally:
            self._tasks = None

    async def join(self, bot: discord.Bot, channel: VocalChannel) -> bool:
        """Sit in that channel, and let its music be heard. False where we are there already. Raises CannotJoin."""
        return await self._actor(bot, channel.guild.id).join(channel)

    async def leave(self, guild_id: int) -> str:
        """Leave, and keep the queue. Returns the channel's name. Raises NotConnected."""
        actor = self._actors.get(guild_id)
        if actor is None:
            raise NotConnected
        return await actor.leave()

    def look(self, guild_id: int) -> None:
        """Something of that guild may be otherwise than it was."""
        if (actor := self._actors.get(guild_id)) is not None:
            actor.look()

    def ready(self, bot: discord.Bot) -> None:
        """The gateway's session is a new one: what sat in the last one comes back, and what sat before a restart."""
        for actor in self._actors.values():
            actor.renew(bot)
        if self._tasks is not None:
            self._tasks.start_soon(self._restore, bot)

    async def _restore(self, bot: discord.Bot) -> None:
        seats = [seat for seat in await self._kept() if seat.guild_id not in self._actors]
        for number, seat in enumerate(seats):
            if number and number % BURST == 0:
                await anyio.sleep(BURST_EVERY_S)
            if self._tasks is not None and bot.get_guild(seat.guild_id) is not None:
                self._tasks.start_soon(self._come_back, bot, seat)

    async def _kept(self) -> tuple[VoiceSeat, ...]:
        while True:
            try:
                return await self.seats.kept()
            except StoreError:
                log.warning("where we sat cannot be read; tried again in %g s", STORE_AGAIN_S)
                await anyio.sleep(STORE_AGAIN_S)

    async def _come_back(self, bot: discord.Bot, seat: VoiceSeat) -> None:
        async with self._coming_back:
            try:
                await self._actor(bot, seat.guild_id).come_back(seat.channel_id)
            except Exception:  # a fire wall: the others come back
                log.exception("guild %s: not back in voice", seat.guild_id)

    async def _hear(self) -> None:
        """A queue that fell silent, and settings that changed, may end a stay or let it go on."""
        async with self._bus.subscribe() as events:
            async for event in events:
                match event:
                    case SettingsChanged(guild_id):
                        if (around := self._around.get(guild_id)) is not None:
                            await around.read_settings()
                        self.look(guild_id)
                    case SessionChanged():
                        self.look(event.guild_id)
                    case _:
                        pass

    async def _pulse(self) -> None:
        while True:
            await anyio.sleep(PULSE_S)
            for actor in self._actors.values():
                actor.link.pulse()

    def _taken_over(self, guild_id: int) -> None:
        log.warning("guild %s: another process plays for it now", guild_id)
        if (actor := self._actors.get(guild_id)) is not None:
            actor.taken_over()

    async def _settings_of(self, guild_id: int) -> GuildSettings:
        async with self._host.store.begin() as tx:
            return await tx.guilds.settings(guild_id)

    async def _tell_later(self, guild_id: int, news: VoiceNews) -> None:
        if self._tasks is not None:
            self._tasks.start_soon(self._tell_safely, guild_id, news)

    async def _tell_safely(self, guild_id: int, news: VoiceNews) -> None:
        try:
            await self._tell(guild_id, news)
        except Exception:  # a fire wall
            log.exception("guild %s: %s could not be told", guild_id, news)

    def _actor(self, bot: discord.Bot, guild_id: int) -> GuildVoice:
        if self._tasks is None:
            raise RuntimeError("the supervisor does not run")
        actor = self._actors.get(guild_id)
        if actor is None:
            around = Surroundings(
                bot, guild_id, self._host, self.seats, self._tell_later, self._settings_of, minute_s=self._minute_s
            )
            self._around[guild_id] = around
            actor = self._actors[guild_id] = GuildVoice(around)
            self._tasks.start_soon(actor.run)
        return actor
