"""Conductr's Discord bot: slash commands in, Opus packets out. `conductr_bot.run.run_bot` is the whole of it."""

from .errors import BotError, CannotJoin
from .run import run_bot

__all__ = ["BotError", "CannotJoin", "run_bot"]
