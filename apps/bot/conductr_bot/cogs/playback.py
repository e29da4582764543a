"""/play, /pause, /skip and /stop."""

from __future__ import annotations

from logging import getLogger

import discord

from conductr import Conductr, Outcome, SongView, UnknownSong, clock, shorten
from conductr_bot.answers import answer
from conductr_bot.caller import caller_of

from .options import option
from .voice import VoiceCommands

log = getLogger(__name__)

CHOICES = 25  # choices, and
CHOICE_NAME = 100  # characters of one (discord.md 6)


class PlaybackCommands(discord.Cog):
    def __init__(self, conductr: Conductr, voice: VoiceCommands) -> None:
        self._conductr = conductr
        self._voice = voice

    async def offer_songs(self, ctx: discord.AutocompleteContext) -> list[discord.OptionChoice]:
        """Songs of this server's library. Nothing where they cannot be had: completion must not fail."""
        try:
            page = await self._conductr.library.search(ctx.interaction.guild_id or 0, str(ctx.value or ""), CHOICES)
        except Exception:  # an error here would leave the member with a broken list
            log.exception("songs could not be offered")
            return []
        return [discord.OptionChoice(_label(song), song.id) for song in page.songs if song.state != "failed"]

    @discord.slash_command(description="Go on playing, or play a song of this server's library")
    @option("song", str, "Type a few letters of its name", autocomplete=offer_songs, default=None)
    async def play(self, ctx: discord.ApplicationContext, song: str | None = None) -> None:
        await answer(ctx, self._play(ctx, song))

    @discord.slash_command(description="Hold the music; /play goes on")
    async def pause(self, ctx: discord.ApplicationContext) -> None:
        await answer(ctx, self._conductr.playback.pause(caller_of(ctx)))

    @discord.slash_command(description="Go on to the next song")
    @option("count", int, "How many songs to pass over", default=1, min_value=1, max_value=100)
    async def skip(self, ctx: discord.ApplicationContext, count: int = 1) -> None:
        await answer(ctx, self._conductr.playback.skip(caller_of(ctx), count))

    @discord.slash_command(description="Stop, and clear the queue")
    async def stop(self, ctx: discord.ApplicationContext) -> None:
        await answer(ctx, self._conductr.playback.stop(caller_of(ctx)))

    async def _play(self, ctx: discord.ApplicationContext, song: str | None) -> Outcome:
        song_id = await self._resolve(ctx.guild_id or 0, song) if song else None
        caller = await self._voice.come(ctx)
        return await self._conductr.playback.play(caller, song_id)

    async def _resolve(self, guild_id: int, typed: str) -> str:
        """A song's id: what completion sends, or what was typed before its list came. Raises UnknownSong."""
        try:
            return (await self._conductr.library.song(guild_id, typed)).id
        except UnknownSong:
            found = await self._conductr.library.search(guild_id, typed, limit=1)
            if not found.songs:
                raise
            return found.songs[0].id


def _label(song: SongView) -> str:
    """Title, length and maker, as a line of the list."""
    length = clock(song.duration_s) if song.duration_s else "still growing"
    tail = f" · {length} · {shorten(song.owner_name, 20)}"
    return shorten(song.title, CHOICE_NAME - len(tail)) + tail
