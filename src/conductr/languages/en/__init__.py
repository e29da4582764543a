"""Conductr in English."""

from collections.abc import Mapping
from typing import Final

from . import cards, collecting, commands, errors, foreign, making, playing

ENGLISH_TEXTS: Final[Mapping[str, str]] = {
    **commands.TEXTS,
    **errors.TEXTS,
    **foreign.TEXTS,
    **playing.TEXTS,
    **making.TEXTS,
    **collecting.TEXTS,
    **cards.TEXTS,
}
