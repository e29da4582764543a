"""make_bot: a py-cord bot with this bot's commands, and no more intents than they need."""

from __future__ import annotations

import discord

from conductr import Conductr

from .cogs.generate import GenerateCommands
from .cogs.playback import PlaybackCommands
from .cogs.queue import QueueCommands
from .cogs.voice import VoiceCommands
from .notices import Notices
from .voice import Supervisor

INTENTS = 129  # guilds and voice states; neither is privileged (discord.md 6)


def make_bot(conductr: Conductr, supervisor: Supervisor, notices: Notices) -> discord.Bot:
    """A bot that has not logged in yet. To be called in a running event loop."""
    bot = discord.Bot(
        intents=discord.Intents(guilds=True, voice_states=True),
        allowed_mentions=discord.AllowedMentions.none(),
        cache_default_sounds=False,
        default_command_contexts={discord.InteractionContextType.guild},
        default_command_integration_types={discord.IntegrationType.guild_install},
    )
    voice = VoiceCommands(conductr, supervisor)
    bot.add_cog(voice)
    bot.add_cog(GenerateCommands(conductr, voice, notices))
    bot.add_cog(PlaybackCommands(conductr, voice))
    bot.add_cog(QueueCommands(conductr))
    return bot
