"""The one switch for who wants to see what the client does: SUNO_LOG=debug (or info) in the environment."""

from __future__ import annotations

import logging
import os

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO}
FORMAT = "%(asctime)s %(name)s %(levelname)s %(message)s"


def switch_on() -> None:
    """Asked whenever a client is made. Without the variable logging stays as the program has it."""
    level = LEVELS.get(os.environ.get("SUNO_LOG", "").strip().lower())
    logger = logging.getLogger("suno_client")
    if level is None or any(isinstance(handler, _ByEnvironment) for handler in logger.handlers):
        return
    handler = _ByEnvironment()
    handler.setFormatter(logging.Formatter(FORMAT))
    logger.addHandler(handler)
    logger.setLevel(level)


class _ByEnvironment(logging.StreamHandler):  # pyright: ignore[reportMissingTypeArgument] - typeshed's has one, the class none
    """Standard error, by this switch and no other."""
