"""What a use case has said, as a message in the reader's language. Pure."""

from __future__ import annotations

import time

from conductr import Reply
from conductr.errors import AlreadyAsked
from conductr.languages import Tongue
from conductr.outcomes import (
    Cleared,
    Composing,
    FavouritesShown,
    LibraryShown,
    LyricsShown,
    NowPlaying,
    Outcome,
    PlaylistDeleted,
    PlaylistShown,
    PlaylistsShown,
    QueueShown,
    Removed,
    SettingsShown,
    Shuffled,
    SkipThisToo,
    Stopped,
    TakesCompared,
    VariationOffered,
)

from .cards.generation import offer, progress, takes_card
from .cards.layout import Row, button, row
from .cards.library import favourites_page, library_page
from .cards.lyrics import lyrics_page
from .cards.now_playing import now_playing
from .cards.playlists import playlist_card, playlist_list
from .cards.queue import queue_page
from .cards.settings import settings_panel
from .presses import press
from .reader import Reader
from .render import Drawn, draw


def drawn(said: Outcome, reader: Reader) -> tuple[Drawn, Reply | None]:
    """Cards for what is a list or a picture; else a line, with the words themselves."""
    tongue = reader.tongue
    match said:
        case QueueShown(queue, page) if queue.current is not None or queue.upcoming_count:
            return queue_page(queue, page, tongue, time.time()), None
        case NowPlaying(queue) if queue.current is not None:
            return now_playing(queue, tongue, time.time(), bar=True), None
        case LibraryShown():
            return library_page(said, tongue), None
        case FavouritesShown():
            return favourites_page(said, tongue), None
        case LyricsShown():
            return lyrics_page(said, tongue), None
        case PlaylistsShown():
            return playlist_list(said, tongue), None
        case PlaylistShown():
            return playlist_card(said, tongue), None
        case SettingsShown():
            return settings_panel(said, tongue), None
        case Composing(view):
            return progress(view, reader), None
        case TakesCompared():
            return takes_card(said, reader), None
        case VariationOffered():
            return offer(said, reader), None
        case _:
            reply = reader.word(said)
            return draw(reply).with_lines(*_buttons(said, tongue)), reply


def is_undoable(said: Outcome) -> bool:
    return isinstance(said, Cleared | Removed | Shuffled | Stopped)


def refused(error: Exception, reader: Reader) -> Drawn:
    """An error in words, with the next step as a button where there is one."""
    shown = draw(reader.word(error))
    if isinstance(error, AlreadyAsked):
        return shown.with_lines(row(button(reader.tongue("button.anew"), press("anew", error.generation_id), "✨")))
    return shown


def _buttons(said: Outcome, tongue: Tongue) -> tuple[Row, ...]:
    match said:
        case Cleared() | Removed() | Shuffled() | Stopped():
            return (row(button(tongue("button.undo"), press("undo"), "↩️")),)
        case SkipThisToo(_, play_id):
            return (row(button(tongue("button.skip"), press("skip", play_id), "⏭️")),)
        case PlaylistDeleted(playlist):
            return (row(button(tongue("button.undo"), press("playlist_restored", playlist.id), "↩️")),)
        case _:
            return ()
