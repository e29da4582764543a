"""GuildVoice: the one owner of a guild's voice connection. Joins, follows, comes back, leaves; verified by effect."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from logging import getLogger
from random import random

import anyio
import discord
from attrs import frozen

from conductr_bot.errors import NotConnected

from . import seat_inputs as i
from .carrying_out import Hands
from .client import HealedVoiceClient
from .link import Link
from .rooms import VocalChannel, check_can_join
from .seat import Seat, step
from .surroundings import Surroundings

log = getLogger(__name__)

INBOX = 64  # orders and news waiting
DRAIN_S = 4.0  # to fall silent and say goodbye at the end of the process


@frozen
class _Order:
    """Something a command waits for."""

    do: Callable[[], Awaitable[object]]
    done: asyncio.Future[object]


@frozen
class _OfClient:
    """News of a connection; void where there is another by now."""

    client: HealedVoiceClient
    given: i.Input


class GuildVoice:
    """An inbox and one task. Only that task touches the connection; py-cord's events come in as news.

    What to do is decided by `seat.step`, which is pure; `Hands` do it.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._hands = Hands(around, lambda client, code: self._tell(_OfClient(client, i.Ended(code))))
        self._seat = Seat()
        self._orders = asyncio.Semaphore(INBOX // 2)
        self._inbox: asyncio.Queue[_Order | _OfClient | i.Input] = asyncio.Queue(INBOX)
        self._look_asked = False

    @property
    def link(self) -> Link:
        return self._hands.link

    async def join(self, channel: VocalChannel) -> bool:
        """False where we are there already. Raises CannotJoin, StoreError."""
        return bool(await self._ask(partial(self._join, channel)))

    async def leave(self) -> str:
        """The name of the channel that was left. Raises NotConnected."""
        return str(await self._ask(self._leave))

    async def come_back(self, channel_id: int) -> None:
        """After a restart: sit where we sat, unless somebody has called us elsewhere meanwhile. Tried as a loss is."""
        await self._ask(partial(self._come_back, channel_id))

    def look(self) -> None:
        """Something may be otherwise: of the room, the channel, the guild, its settings or its queue."""
        if not self._look_asked:  # a hundred events are one look
            self._look_asked = True
            self._tell(i.Looked())

    def renew(self, bot: discord.Bot) -> None:
        """The gateway's session is a new one: voice connections of the last one are dead, whatever they say."""
        self._tell(i.Looked() if self.link.is_known_to(bot) else i.Renewed())

    def taken_over(self) -> None:
        """Another process plays for this guild."""
        self._tell(i.Rose())

    async def run(self) -> None:
        """Until cancelled; then the channel is left. A restart comes back to it."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._hands.sink.speak)
                while True:
                    await self._turn()
        finally:
            with anyio.move_on_after(DRAIN_S, shield=True):
                await self._hands.drain()

    async def _turn(self) -> None:
        """One message, or the next deadline."""
        message = None
        with anyio.move_on_after(max(0.0, self._seat.deadline_s - anyio.current_time())):
            message = await self._inbox.get()
        try:
            match message:
                case _Order():
                    await self._carry_out(message)
                case _OfClient(client, given):
                    if self.link.is_of(client):
                        await self._give(given)
                case None:
                    await self._give(i.Looked())
                case _:
                    self._look_asked = self._look_asked and not isinstance(message, i.Looked)
                    await self._give(message)
        except Exception:  # a fire wall: this guild's voice goes on with the next message
            log.exception("guild %s: voice met something unforeseen", self._around.guild_id)

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

    def _tell(self, news: _OfClient | i.Input) -> None:
        with suppress(asyncio.QueueFull):  # half of it is free of orders, and looks are one
            self._inbox.put_nowait(news)

    async def _give(self, given: i.Input) -> None:
        """Decide, do, and decide again on what that came to."""
        waiting = deque([given])
        while waiting:
            facts = self._around.facts(self._seat.channel_id)
            self._seat, effects = step(self._seat, waiting.popleft(), facts, anyio.current_time(), random())
            for effect in effects:
                answer = await self._hands.do(effect)
                if answer is not None:
                    waiting.append(answer)
        self._around.tell_room(self._seat.channel_id)

    # Orders.
    async def _join(self, channel: VocalChannel) -> bool:
        await self._around.read_settings()
        if self.link.up and self._seat.channel_id == channel.id:
            await self._hands.sound_in(channel)  # its player may have crashed meanwhile
            await self._give(i.Looked())
            return False
        check_can_join(channel)
        try:
            await self.link.connect(channel)
            await self._hands.sound_in(channel)
        except Exception:  # then we sit nowhere, and the music of the seat that we had stops
            await self._give(i.Rose())
            raise
        await self._give(i.Sat(channel.id))
        return True

    async def _leave(self) -> str:
        if self._seat.channel_id is None:
            raise NotConnected
        name = self._around.name_of(self._seat.channel_id)
        await self._give(i.Rose())
        return name

    async def _come_back(self, channel_id: int) -> None:
        if self._seat.channel_id is None:
            await self._around.read_settings()
            self._seat = Seat.lost(channel_id, anyio.current_time())
            await self._give(i.Looked())
