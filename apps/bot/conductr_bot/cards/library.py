"""Pages of the library, of favourites and of what was heard; a song of them, with what can be done. Pure."""

from __future__ import annotations

from pathlib import Path

from conductr.languages import Tongue
from conductr.outcomes import FavouritesShown, LibraryShown
from conductr.views import SongView
from conductr_bot.commands.table import SEARCH
from conductr_bot.escape import defuse, fit, name
from conductr_bot.presses import press
from conductr_bot.render import Drawn, card

from .layout import button, row, rows
from .paging import PAGE, pager, pages_of
from .songs import PERSON, STYLE, song_buttons, song_line, song_select

PROMPT = 300  # UTF-16 units


def library_page(shown: LibraryShown, tongue: Tongue, owner_id: int | None = None) -> Drawn:
    """`owner_id` narrows it to one member's songs, on the next pages too."""
    songs, total, offset = shown.page.songs, shown.page.total, shown.page.offset
    lines = [song_line(number, song, tongue) for number, song in enumerate(songs, offset + 1)]
    if shown.mended and songs:
        lines.insert(0, tongue("library.mended", text=fit(shown.text, SEARCH)))
    pages, page = pages_of(total), offset // PAGE + 1
    footer = [tongue("card.page", page=page, pages=pages), tongue("library.count", count=total)]
    if shown.narrowed:
        footer.append(tongue("library.narrowed", value=shown.narrowed))
    turn = pager(page, pages, lambda to: _page_press(to, owner_id, shown.text), tongue)
    text = "\n".join(lines) or tongue("library.empty")
    return card(tongue("card.library"), text, " · ".join(footer), lines=rows(song_select("song", songs, tongue), turn))


def favourites_page(shown: FavouritesShown, tongue: Tongue) -> Drawn:
    lines = [song_line(number, song, tongue) for number, song in enumerate(shown.songs, shown.offset + 1)]
    before, after = max(0, shown.offset - PAGE), shown.offset + PAGE
    turn = row(
        button(tongue("button.back"), press("favorites", before, "back"), "◀️", disabled=not shown.offset),
        button(tongue("button.next"), press("favorites", after, "next"), "▶️", disabled=not shown.more),
    )
    text = "\n".join(lines) or tongue("library.no_favorites")
    return card(tongue("card.favorites"), text, lines=rows(song_select("song", shown.songs, tongue), turn))


def song_card(song: SongView, tongue: Tongue, cover: Path | None = None) -> Drawn:
    """One song, with all that can be done with it."""
    length = tongue.clock(song.duration_s) if song.duration_s else tongue("card.rendering")
    lines = [name(song.style or "", STYLE), f"{length} · {tongue('card.asked_by', name=name(song.owner_name, PERSON))}"]
    if song.prompt:
        lines.append(f"> {fit(' '.join(song.prompt.split()), PROMPT)}")
    made = f"<t:{round(song.created_at.timestamp())}:D>"
    lines.append(made)
    text = "\n".join(line for line in lines if line)
    alt = tongue("card.cover_alt", title=defuse(song.title))
    return card(name(song.title, 200), text, cover=cover, alt=alt, lines=song_buttons(song.id, tongue))


def _page_press(page: int, owner_id: int | None, text: str) -> str:
    """The search goes along, so that a page can be turned after a restart too."""
    return press("library", (page - 1) * PAGE, owner_id, text[:SEARCH].replace(":", " "))
