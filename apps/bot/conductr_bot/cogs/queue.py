"""/queue and /nowplaying."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import discord

from conductr import Conductr, ConductrError, NowPlaying, QueueShown
from conductr_bot.answers import answer
from conductr_store import MediaError

from .options import option


class QueueCommands(discord.Cog):
    def __init__(self, conductr: Conductr) -> None:
        self._conductr = conductr

    @discord.slash_command(description="What plays now, and what follows")
    @option("page", int, "Ten songs a page", default=1, min_value=1)
    async def queue(self, ctx: discord.ApplicationContext, page: int = 1) -> None:
        await answer(ctx, self._queue(ctx.guild_id or 0, page))

    @discord.slash_command(description="The song that plays now")
    async def nowplaying(self, ctx: discord.ApplicationContext) -> None:
        guild_id = ctx.guild_id or 0
        await answer(ctx, self._now_playing(guild_id), partial(self._cover, guild_id))

    async def _queue(self, guild_id: int, page: int) -> QueueShown:
        return QueueShown(await self._conductr.playback.queue(guild_id), page)

    async def _now_playing(self, guild_id: int) -> NowPlaying:
        return NowPlaying(await self._conductr.playback.queue(guild_id))

    async def _cover(self, guild_id: int) -> Path | None:
        """A card without its picture is a card still."""
        current = (await self._conductr.playback.queue(guild_id)).current
        if current is None or not current.has_cover:
            return None
        try:
            return await self._conductr.library.cover(guild_id, current.song_id)
        except (ConductrError, MediaError):
            return None
