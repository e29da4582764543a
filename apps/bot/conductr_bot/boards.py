"""Boards: the card of what plays, one a server, edited when something changes and by no clock."""

from __future__ import annotations

import time
from logging import getLogger
from pathlib import Path

import aiohttp
import anyio
import discord
from anyio.abc import TaskGroup
from attrs import define, field

from conductr import Conductr, ConductrError, SessionChanged
from conductr.languages import Tongue, locale_of, tongue_for
from conductr.messages import SettingsChanged
from conductr.outcomes import NowPlaying
from conductr.views import QueueView
from conductr_store import GuildSettings, MediaError

from .answers import FORESEEN
from .asked import Asked, Live, Said
from .board import Board, remember, remembered
from .cards.now_playing import ends_at, now_playing
from .escape import fit
from .render import Drawn
from .voice.news import VoiceNews

log = getLogger(__name__)

SETTLE_S = 0.5  # what changes at once is one edit


@define(eq=False)
class Boards:
    """`tasks` is where edits run; they end with it."""

    conductr: Conductr
    tasks: TaskGroup
    _bot: discord.Bot | None = None
    _boards: dict[int, Board] = field(factory=dict[int, Board])
    _homes: dict[int, int] = field(factory=dict[int, int])  # the channel where a guild asked last
    _showing: set[int] = field(factory=set[int])
    _again: set[int] = field(factory=set[int])

    async def run(self, bot: discord.Bot) -> None:
        """Until cancelled. The bot has logged in."""
        self._bot = bot
        async with self.conductr.bus.subscribe() as events:
            async for event in events:
                if isinstance(event, SessionChanged | SettingsChanged):
                    self.poke(event.guild_id)

    def seen(self, guild_id: int, channel_id: int) -> None:
        """Here somebody asked for music, so here the card may hang."""
        self._homes[guild_id] = channel_id

    def poke(self, guild_id: int) -> None:
        """Something may look otherwise: look, and show it. While it is being shown, one look follows for all pokes."""
        if guild_id in self._showing:
            self._again.add(guild_id)
        elif self._bot is not None:
            self._showing.add(guild_id)
            self.tasks.start_soon(self._keep_showing, guild_id, self._bot)

    async def answer(self, asked: Asked) -> Said:
        """/nowplaying: the card comes to where it was asked for, with the bar that only an answer has."""
        queue = await self.conductr.playback.queue(asked.guild_id)
        if queue.current is None:
            return NowPlaying(queue)
        cover = await self._cover(queue)
        drawn = now_playing(queue, asked.tongue, time.time(), cover=cover, bar=True)

        async def sent(private: bool) -> None:
            if private or self._bot is None:
                return
            board = await self._board(asked.guild_id)
            await board.take_down(self._bot)
            board.hangs(asked.interaction.channel_id or 0, (await asked.interaction.original_response()).id)
            board.play_id, board.cover_of = queue.play_id, _cover_of(queue)
            board.shows, board.ends = _looks(queue), ends_at(queue, time.time())
            board.pace.edited(time.monotonic())
            await remember(self.conductr.host.store, board)

        return Live(drawn, sent)

    async def tell_voice(self, guild_id: int, news: VoiceNews) -> None:
        """What became of the connection, once, where the card hangs or music was asked for."""
        board = await self._board(guild_id)
        channel_id = board.channel_id or self._homes.get(guild_id)
        if channel_id is None or self._bot is None:
            return
        tongue = await self._tongue(guild_id, self._bot)
        text = tongue(f"voice.told.{news.value}")
        hint = f"voice.told.{news.value}.hint"
        said = Drawn(content=fit(f"{text}\n{tongue(hint)}" if hint in tongue else text, 2_000))
        try:
            await self._bot.get_partial_messageable(channel_id).send(**said.new(), silent=True)
        except discord.HTTPException as error:
            log.info("guild %s: %s could not be told: %s", guild_id, news, error)

    async def post(self, channel_id: int, drawn: Drawn) -> None:
        """A message that stands by itself. Raises discord.HTTPException where the channel does not take it."""
        if self._bot is not None:
            await self._bot.get_partial_messageable(channel_id).send(**drawn.new(), silent=True)

    async def _keep_showing(self, guild_id: int, bot: discord.Bot) -> None:
        try:
            while True:
                board = await self._board(guild_id)
                await anyio.sleep(max(SETTLE_S, board.pace.wait_s(time.monotonic())))
                self._again.discard(guild_id)
                await self._show(board, bot)
                if guild_id not in self._again:
                    return
        except (*FORESEEN, discord.DiscordException, aiohttp.ClientError, OSError):
            log.exception("the card of guild %s could not be shown; the next change tries again", guild_id)
        except Exception:  # a fire wall: the other servers' cards go on
            log.exception("the card of guild %s could not be shown, unforeseen", guild_id)
        finally:
            self._showing.discard(guild_id)
            self._again.discard(guild_id)

    async def _show(self, board: Board, bot: discord.Bot) -> None:
        queue = await self.conductr.playback.queue(board.guild_id)
        looks, ends = _looks(queue), ends_at(queue, time.time())
        if board.says(looks, ends):
            return
        settings = await self.conductr.preferences.of(board.guild_id)
        if board.message_id is None and (queue.current is None or not settings.announce):
            return
        tongue = await self._tongue(board.guild_id, bot)
        drawn = now_playing(queue, tongue, time.time(), cover=await self._cover(queue))
        cover_of = _cover_of(queue)
        new_song = queue.current is not None and queue.play_id != board.play_id
        if new_song and board.play_id is not None and await board.is_buried(bot):
            await board.take_down(bot)
        if not await board.edit(bot, drawn, cover_of=cover_of):
            channel_id = self._home(board, settings)
            if queue.current is None or channel_id is None:
                return
            if not await board.post(bot, channel_id, drawn, cover_of=cover_of):
                return
            await remember(self.conductr.host.store, board)
        board.play_id, board.shows, board.ends = queue.play_id, looks, ends
        board.pace.edited(time.monotonic())

    def _home(self, board: Board, settings: GuildSettings) -> int | None:
        return settings.bound_channel_id or self._homes.get(board.guild_id) or board.channel_id

    async def _board(self, guild_id: int) -> Board:
        if guild_id not in self._boards:
            board = await remembered(self.conductr.host.store, guild_id)
            self._boards.setdefault(guild_id, board)
        return self._boards[guild_id]

    async def _tongue(self, guild_id: int, bot: discord.Bot) -> Tongue:
        """All see it, so it speaks the server's language."""
        guild = bot.get_guild(guild_id)
        settings = await self.conductr.preferences.of(guild_id)
        return tongue_for(locale_of(None, None, settings.language, guild.preferred_locale if guild else None))

    async def _cover(self, queue: QueueView) -> Path | None:
        """A card without its picture is a card still."""
        if queue.current is None or not queue.current.has_cover:
            return None
        try:
            return await self.conductr.library.cover_playing(queue.guild_id, queue.current.song_id)
        except (ConductrError, MediaError):
            return None


def _cover_of(queue: QueueView) -> str | None:
    return queue.current.song_id if queue.current and queue.current.has_cover else None


def _looks(queue: QueueView) -> object:
    """All that can be seen on the card, except when its song ends."""
    return (
        queue.current,
        queue.play_id,
        "playing" if queue.state == "loading" else queue.state,
        queue.paused_by,
        queue.position_s if queue.state == "paused" else None,
        queue.loop,
        queue.volume,
        queue.votes,
        queue.channel_id,
        queue.listeners,
        queue.upcoming[:1],
        queue.why,
    )
