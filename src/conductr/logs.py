"""Logging for the whole house: one line an event, and no secret in it."""

from __future__ import annotations

import logging
import re
import sys

from .settings import Settings

HIDDEN = "***"
_SHAPES = re.compile(
    r"(?i)(bearer\s+)[\w.~+/=-]{6,}"  # Authorization headers
    r"|(?:[MN][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,})"  # Discord bot tokens
    r"|(/webhooks/\d+/)[\w-]{20,}"  # interaction tokens in paths
    r"|(/interactions/\d+/)[\w-]{20,}"
)


class Redaction(logging.Formatter):
    """Formats a record, its traceback included, then hides the secrets that settings hold and what looks like one."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")
        self._secrets = tuple(secret for secret in secrets if len(secret) >= 4)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _SHAPES.sub(lambda found: next((group for group in found.groups() if group), "") + HIDDEN, text)


def set_up_logs(settings: Settings) -> None:
    """Log to stderr at the level that settings name. Called by programs, never at import."""
    secrets = (settings.discord_token, settings.suno_api_key, settings.secret_key)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redaction(tuple(secret.get_secret_value() for secret in secrets if secret)))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "aiosqlite", "alembic", "hypercorn.access", "discord.voice.gateway"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
