"""GuildVoice: the one owner of a guild's voice connection. Joins, follows, comes back, leaves; verified by effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from logging import getLogger
from math import inf

import anyio
import discord
from attrs import frozen

from conductr.host import GuildHost
from conductr_bot.errors import BotError, NotConnected, VoiceUnanswered

from .client import HealedVoiceClient
from .link import HOPELESS, LEAVE_TIMEOUT_S, Link
from .patience import Patience
from .rooms import VocalChannel, channel_of, check_can_join, listeners_in
from .sink import VoiceSink

log = getLogger(__name__)

INBOX = 64  # orders and news waiting
A_WISH = frozenset({1000, 4014, 4022})  # somebody put us out: no coming back unasked (discord.md 6)


@frozen
class _Order:
    """Something a command waits for."""

    do: Callable[[], Awaitable[object]]
    done: asyncio.Future[object]


@frozen
class _Ended:
    client: HealedVoiceClient
    close_code: int | None


@frozen
class _Look:
    """Discord says that the bot's channel changed."""


@frozen
class _Renew:
    """The gateway's session is a new one."""


class GuildVoice:
    """An inbox and one task. Only that task touches the connection; py-cord's events come in as news."""

    def __init__(self, bot: discord.Bot, guild_id: int, host: GuildHost) -> None:
        self._bot = bot
        self._guild_id = guild_id
        self._host = host
        self._sink = VoiceSink()
        self._link = Link(self._sink, lambda client, code: self._tell(_Ended(client, code)))
        self._channel: VocalChannel | None = None  # where we want to be
        self._patience = Patience()
        self._try_at = inf
        self._orders = asyncio.Semaphore(INBOX // 2)
        self._inbox: asyncio.Queue[_Order | _Ended | _Look | _Renew] = asyncio.Queue(INBOX)

    async def join(self, channel: VocalChannel) -> bool:
        """False where we are there already. Raises CannotJoin."""
        return bool(await self._ask(partial(self._join, channel)))

    async def leave(self) -> str:
        """The name of the channel that was left. Raises NotConnected."""
        return str(await self._ask(self._leave))

    def look(self) -> None:
        self._tell(_Look())

    def renew(self) -> None:
        self._tell(_Renew())

    async def run(self) -> None:
        """Until cancelled; then the channel is left."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._sink.speak)
                while True:
                    await self._turn()
        finally:
            with anyio.CancelScope(shield=True):
                await self._link.hang_up()

    async def _turn(self) -> None:
        """One message, or the next try to come back."""
        message = None
        with anyio.move_on_after(max(0.0, self._try_at - anyio.current_time())):
            message = await self._inbox.get()
        try:
            match message:
                case None:
                    await self._come_back()
                case _Order():
                    await self._carry_out(message)
                case _Ended(client, close_code):
                    if self._link.is_of(client):
                        await self._lost(close_code)
                case _Look():
                    self._follow()
                case _Renew():
                    await self._start_anew()
        except Exception:  # a fire wall: this guild's voice goes on with the next message
            log.exception("guild %s: voice met something unforeseen", self._guild_id)

    async def _carry_out(self, order: _Order) -> None:
        try:
            said = await order.do()
        except Exception as error:  # noqa: BLE001 - whoever asked gets it, and words it
            if not order.done.done():
                order.done.set_exception(error)
        else:
            if not order.done.done():
                order.done.set_result(said)

    async def _ask(self, do: Callable[[], Awaitable[object]]) -> object:
        async with self._orders:
            done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
            await self._inbox.put(_Order(do, done))
            return await done

    def _tell(self, news: _Ended | _Look | _Renew) -> None:
        with suppress(asyncio.QueueFull):  # half of it is free of orders, and Discord has little news of one seat
            self._inbox.put_nowait(news)

    # Orders.
    async def _join(self, channel: VocalChannel) -> bool:
        new = not (self._link.up and self._channel is not None and self._channel.id == channel.id)
        if new:
            check_can_join(channel)
            await self._sit_in(channel)
        if self._host.room(self._guild_id) is None:
            await self._open_room(channel)
        elif new:
            self._host.moved(self._guild_id, channel.id, channel.name)
            self._host.link(self._guild_id, up=True)
        return new

    async def _sit_in(self, channel: VocalChannel) -> None:
        """Where that fails we sit nowhere, and the music of the seat that we had stops."""
        self._try_at = inf
        try:
            await self._link.connect(channel)
        except BotError:
            await self._part()
            raise
        self._channel = channel

    async def _open_room(self, channel: VocalChannel) -> None:
        await self._host.open_room(
            self._guild_id,
            self._sink,
            channel.id,
            channel.name,
            guild_name=channel.guild.name,
            listeners=lambda: listeners_in(self._bot.get_guild(self._guild_id), self._channel),
            on_reconnect=self._doubt,
        )

    async def _doubt(self) -> None:
        """No packet leaves although one should: whatever the connection says of itself, it is made anew."""
        self._link.doubt()

    async def _leave(self) -> str:
        if self._channel is None:
            raise NotConnected
        name = self._channel.name
        await self._part()
        return name

    async def _part(self) -> None:
        """Fall silent, keep the queue, leave."""
        self._channel, self._try_at = None, inf
        await self._host.close_room(self._guild_id)
        await self._link.hang_up()

    # News.
    def _follow(self) -> None:
        """We were dragged: the music goes on there. Or we are out at last, and may come back."""
        guild = self._bot.get_guild(self._guild_id)
        if self._channel is None or guild is None:
            return
        channel = channel_of(guild)
        if channel is not None and channel.id != self._channel.id:
            self._channel = channel
            self._host.moved(self._guild_id, channel.id, channel.name)
        elif channel is None and self._try_at < inf:
            self._try_at = min(self._try_at, anyio.current_time() + self._patience.wait_s)

    async def _lost(self, close_code: int | None) -> None:
        if self._channel is None or close_code in A_WISH:
            log.info("guild %s: put out of voice; the queue is kept", self._guild_id)
            await self._part()
        elif close_code in HOPELESS:
            log.error("guild %s: Discord refuses our voice connection, close code %s", self._guild_id, close_code)
            await self._part()
        else:
            log.warning("guild %s: voice lost, close code %s; coming back", self._guild_id, close_code)
            await self._link.hang_up()
            await self._try_later()

    async def _start_anew(self) -> None:
        """Voice connections of the last gateway session are dead, whatever they say."""
        if not self._link.is_known_to(self._bot):
            await self._link.abandon()
            await self._try_later()

    async def _try_later(self) -> None:
        """Come back once Discord has us out, so that its word of that does not end the new connection."""
        if not self._patience.again(anyio.current_time()):
            log.error("guild %s: gave up coming back to voice; the queue is kept", self._guild_id)
            await self._part()
            return
        self._host.link(self._guild_id, up=False)
        guild = self._bot.get_guild(self._guild_id)
        out = guild is not None and channel_of(guild) is None
        self._try_at = anyio.current_time() + self._patience.wait_s + (0.0 if out else LEAVE_TIMEOUT_S)

    async def _come_back(self) -> None:
        self._try_at = inf
        guild = self._bot.get_guild(self._guild_id)
        channel = guild.get_channel(self._channel.id) if guild and self._channel else None
        if not isinstance(channel, VocalChannel):
            await self._part()
            return
        try:
            check_can_join(channel)
            await self._link.connect(channel)
        except VoiceUnanswered:
            await self._try_later()
        except BotError as error:
            log.warning("guild %s: not coming back to voice: %s", self._guild_id, error.text)
            await self._part()
        else:
            self._channel = channel
            self._host.link(self._guild_id, up=True)
