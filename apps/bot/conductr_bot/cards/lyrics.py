"""Pages of a song's words. Pure."""

from __future__ import annotations

from conductr.languages import Tongue
from conductr.outcomes import LyricsShown
from conductr_bot.escape import fit, name
from conductr_bot.presses import press
from conductr_bot.render import DESCRIPTION, Drawn, card

from .layout import rows
from .paging import pager
from .songs import TITLE


def lyrics_page(shown: LyricsShown, tongue: Tongue) -> Drawn:
    """One page of them; pages are cut where sections end."""
    pages = max(1, len(shown.pages))
    page = max(1, min(shown.page, pages))
    text = fit(shown.pages[page - 1], DESCRIPTION) if shown.pages else tongue("lyrics.none")
    turn = pager(page, pages, lambda to: press("lyrics_page", shown.song.id, to), tongue)
    footer = tongue("card.page", page=page, pages=pages) if pages > 1 else None
    return card(tongue("card.lyrics", title=name(shown.song.title, TITLE)), text, footer, lines=rows(turn))
