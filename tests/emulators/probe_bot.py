"""A small bot on the real, unchanged py-cord: it shows that the emulator is a Discord to that library.

Run as a child process: `python -m emulators.probe_bot`, told where to go by DiscordEmulator.environment().
Without `from __future__ import annotations`: py-cord reads the options' types from the annotations themselves.
"""

import logging
import os
import sys

import discord
from discord.voice import VoiceClient

discord.http.Route.API_BASE_URL = os.environ["CONDUCTR_DISCORD_API_BASE"]
GUILD_ONLY = {discord.InteractionContextType.guild}

bot = discord.Bot(
    intents=discord.Intents(guilds=True, voice_states=True),
    cache_default_sounds=False,
    default_command_contexts=GUILD_ONLY,
)


class Controls(discord.ui.View):
    @discord.ui.button(label="Update", custom_id="update")
    async def update(self, button: discord.ui.Button, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content="updated")

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, button: discord.ui.Button, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="updated later")

    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, button: discord.ui.Button, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Question(title="A question"))


class Question(discord.ui.Modal):
    def __init__(self, *, title: str) -> None:
        super().__init__(discord.ui.InputText(label="Say", custom_id="say"), title=title, custom_id="question")

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"you said {self.children[0].value}")


async def offered(ctx: discord.AutocompleteContext) -> list[str]:
    return [word for word in ("lofi", "rock", "jazz") if word.startswith(ctx.value)]


@bot.slash_command(description="Says hello")
async def hello(ctx: discord.ApplicationContext, name: str) -> None:
    await ctx.respond(f"hello {name}", ephemeral=True)


@bot.slash_command(description="Answers later, twice")
async def later(ctx: discord.ApplicationContext) -> None:
    await ctx.defer()
    await ctx.followup.send("first")
    await ctx.interaction.edit_original_response(content="second", embed=discord.Embed(title="A title"))
    await ctx.followup.send("beside", file=discord.File(os.devnull, filename="empty.txt"))


@bot.slash_command(description="Chooses a style")
async def style(
    ctx: discord.ApplicationContext,
    name: discord.Option(str, autocomplete=offered),  # pyright: ignore[reportInvalidTypeForm] - py-cord's own way
) -> None:
    await ctx.respond(f"style {name}")


@bot.slash_command(description="Shows buttons")
async def buttons(ctx: discord.ApplicationContext) -> None:
    await ctx.respond("press", view=Controls(timeout=None))


@bot.slash_command(description="Says more than fits")
async def chatter(ctx: discord.ApplicationContext) -> None:
    try:
        await ctx.respond("x" * 2001)
    except discord.HTTPException as refused:
        await ctx.respond(f"refused {refused.status} {refused.code}")


@bot.slash_command(description="Writes into the channel")
async def write(ctx: discord.ApplicationContext, text: str) -> None:
    await ctx.defer(ephemeral=True)
    assert isinstance(ctx.channel, discord.TextChannel)
    message = await ctx.channel.send(text)
    await ctx.followup.send(f"wrote {message.id}")


@bot.slash_command(description="Asks for something nobody has")
async def strange(ctx: discord.ApplicationContext) -> None:
    try:
        await ctx.bot.http.request(discord.http.Route("GET", "/strange/things"))
    except discord.NotFound as missing:
        await ctx.respond(f"missing {missing.status}")


@bot.slash_command(description="Joins the member's channel")
async def join(ctx: discord.ApplicationContext, timeout: float = 10.0) -> None:
    await ctx.defer()
    assert isinstance(ctx.author, discord.Member)
    if ctx.author.voice is None or ctx.author.voice.channel is None:
        await ctx.followup.send("you are in no voice channel")
        return
    try:
        await ctx.author.voice.channel.connect(timeout=timeout, cls=VoiceClient)
    except TimeoutError:
        await ctx.followup.send("timed out")
    else:
        await ctx.followup.send("joined")


@bot.slash_command(description="Plays an Ogg Opus file")
async def play(ctx: discord.ApplicationContext, path: str, ffmpeg: str) -> None:
    assert isinstance(ctx.voice_client, VoiceClient)
    ctx.voice_client.play(discord.FFmpegOpusAudio(path, codec="copy", executable=ffmpeg))
    await ctx.respond("playing")


@bot.slash_command(description="Leaves")
async def leave(ctx: discord.ApplicationContext) -> None:
    await ctx.defer()
    assert isinstance(ctx.voice_client, VoiceClient)
    await ctx.voice_client.disconnect(force=True)
    await ctx.followup.send("left")


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    bot.run(os.environ["CONDUCTR_DISCORD_TOKEN"])
