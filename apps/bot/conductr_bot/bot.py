"""make_bot: a py-cord bot with this bot's commands, and no more intents than they need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import discord

from conductr import Conductr

from .asked import Handler
from .boards import Boards
from .cogs.generate import GenerateCommands
from .cogs.library import LibraryCommands
from .cogs.playback import PlaybackCommands
from .cogs.playlists import PlaylistCommands
from .cogs.queue import QueueCommands
from .cogs.settings import SettingsCommands
from .cogs.voice import VoiceCommands
from .commands.building import on_message, slash
from .commands.table import COMMANDS, QUEUE_THIS
from .desk import Desk, Pressed
from .forgetting import Forgetting
from .notices import Notices
from .offers import offers_of
from .queue_this import QueueThis
from .voice import Supervisor, VoiceEvents

INTENTS = 129  # guilds and voice states; neither is privileged (discord.md 6)
PRESSES = (discord.InteractionType.component, discord.InteractionType.modal_submit)


class Bot(discord.Bot):
    """Presses go to the desk by their `custom_id`: py-cord's views would forget them at a restart."""

    desk: Desk

    def take(self, command: discord.SlashCommand | discord.MessageCommand) -> None:
        cast("Any", self).add_application_command(command)  # py-cord leaves it untyped

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type in PRESSES:
            await self.desk.pressed(interaction)
        else:
            await self.process_application_commands(interaction)


def make_bot(conductr: Conductr, supervisor: Supervisor, notices: Notices, boards: Boards) -> Bot:
    """A bot that has not logged in yet. To be called in a running event loop."""
    bot = Bot(
        intents=discord.Intents(guilds=True, voice_states=True),
        allowed_mentions=discord.AllowedMentions.none(),
        cache_default_sounds=False,
        default_command_contexts={discord.InteractionContextType.guild},
        default_command_integration_types={discord.IntegrationType.guild_install},
    )
    voice = VoiceCommands(conductr, supervisor)
    cogs = (
        voice,
        GenerateCommands(conductr, voice, notices),
        PlaybackCommands(conductr, voice, boards),
        QueueCommands(conductr),
        LibraryCommands(conductr),
        PlaylistCommands(conductr, voice),
        SettingsCommands(conductr, boards),
    )
    desk = bot.desk = Desk(
        conductr, handlers_of(cogs), presses_of(cogs), offers_of(conductr), boards.seen, boards.tasks
    )
    for command in COMMANDS:
        bot.take(slash(command, desk.command, desk.offer))
    queue_this = QueueThis(conductr, voice)

    async def queue_it(interaction: discord.Interaction) -> None:
        await desk.message_command(interaction, queue_this.run)

    bot.take(on_message(f"context.{QUEUE_THIS}.name", queue_it))
    bot.add_cog(VoiceEvents(bot, supervisor))
    bot.add_cog(Forgetting(conductr))
    return bot


def handlers_of(cogs: Iterable[object]) -> Mapping[str, Handler]:
    """Each command's method. Raises StopIteration where a command of the table has none."""
    known = tuple(cogs)

    def handler(name: str) -> Handler:
        return cast("Handler", next(getattr(cog, name) for cog in known if hasattr(cog, name)))

    return {command.name: handler(command.handler) for command in COMMANDS}


def presses_of(cogs: Iterable[object]) -> Mapping[str, Pressed]:
    """Every verb of every cog. Raises ValueError where two of them mean the same word."""
    found: dict[str, Pressed] = {}
    for cog in cogs:
        for verb, pressed in cast("Mapping[str, Pressed]", cast("Any", getattr(cog, "presses", {}))).items():
            if verb in found:
                raise ValueError(f"two buttons are called {verb}")
            found[verb] = pressed
    return found
