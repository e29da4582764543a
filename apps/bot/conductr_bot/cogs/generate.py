"""/generate: a wish in words becomes a song in the caller's channel."""

from __future__ import annotations

import discord

from conductr import Caller, Composing, Conductr, GenerationView, Wish, word
from conductr.wishes import tidy
from conductr_bot.answers import in_time, refuse, say
from conductr_bot.caller import address_of
from conductr_bot.notices import Notices
from suno_client import SunoError

from .options import option
from .voice import VoiceCommands


class GenerateCommands(discord.Cog):
    def __init__(self, conductr: Conductr, voice: VoiceCommands, notices: Notices) -> None:
        self._conductr = conductr
        self._voice = voice
        self._notices = notices

    @discord.slash_command(description="Compose a song and play it in your voice channel")
    @option("prompt", str, "What the song is like, or is about")
    @option("style", str, "Tags, such as: lofi, warm piano", default=None)
    @option("instrumental", bool, "Without singing", default=False)
    @option("lyrics", str, "Words to sing, as they stand", default=None)
    @option("title", str, "The song's name", default=None)
    @option("anew", bool, "A new song, even where the same was made here lately", default=False)
    async def generate(
        self,
        ctx: discord.ApplicationContext,
        *,
        prompt: str,
        style: str | None = None,
        instrumental: bool = False,
        lyrics: str | None = None,
        title: str | None = None,
        anew: bool = False,
    ) -> None:
        wish = Wish(prompt, style, title, lyrics, instrumental)
        try:
            async with in_time(ctx):
                tidy(wish)
                caller = await self._voice.come(ctx)
            view = await self._start(ctx, caller, wish, anew=anew)
            if view.repeated:
                await self._play_known(ctx, caller, view)
        except SunoError:
            return  # the generation is kept with its reason, and told like any other change
        except Exception as error:  # noqa: BLE001 - worded, and logged where nobody foresaw it
            await say(ctx, refuse(error))
        else:
            self._notices.poke(view.id)

    async def _play_known(self, ctx: discord.ApplicationContext, caller: Caller, view: GenerationView) -> None:
        """The same was made here lately: that song is queued, and its message is not this one."""
        await self._conductr.playback.play(caller, next(song.id for song in view.songs if song.state == "ready"))
        await say(ctx, word(Composing(view)))

    async def _start(
        self, ctx: discord.ApplicationContext, caller: Caller, wish: Wish, *, anew: bool
    ) -> GenerationView:
        """The answer is one message, which notices keep up to date: its address goes along."""
        if not ctx.interaction.response.is_done():
            await ctx.interaction.response.defer()
        reply_to = (await address_of(ctx)).to_plain()
        return await self._conductr.generations.start(caller, wish, str(ctx.interaction.id), reply_to, anew=anew)
