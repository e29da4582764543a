"""Conductr's Discord bot: slash commands in, Opus packets out."""

from .bot import make_bot
from .errors import BotError, CannotJoin
from .run import run_bot

__all__ = ["BotError", "CannotJoin", "make_bot", "run_bot"]
