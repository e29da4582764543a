"""Playlists: the list of them, and one with its songs. Pure."""

from __future__ import annotations

from conductr.languages import Tongue
from conductr.outcomes import PlaylistShown, PlaylistsShown
from conductr.views import PlaylistView
from conductr_bot.escape import name, plain
from conductr_bot.presses import press
from conductr_bot.render import Drawn, card

from .layout import GREEN, RED, Choosable, Row, button, row, rows, select
from .paging import PAGE, pager, pages_of
from .songs import PERSON, TITLE, song_line

LINES = 40  # playlists that one card names


def playlist_list(shown: PlaylistsShown, tongue: Tongue) -> Drawn:
    every = (*shown.own, *shown.here)
    if not every:
        return card(tongue("card.playlists"), tongue("playlists.none"))
    lines = [_line(one, tongue) for one in every[:LINES]]
    options = [Choosable(plain(one.name, TITLE) or "-", one.id, _about(one, tongue)) for one in every]
    choose = select(press("playlist"), tongue("select.playlist"), options)
    return card(tongue("card.playlists"), "\n".join(lines), lines=rows(choose))


def playlist_card(shown: PlaylistShown, tongue: Tongue) -> Drawn:
    playlist, offset = shown.playlist, shown.offset
    lines = [song_line(number, song, tongue) for number, song in enumerate(shown.songs, offset + 1)]
    pages, page = pages_of(playlist.songs), offset // PAGE + 1
    turn = pager(page, pages, lambda to: press("playlist", playlist.id, (to - 1) * PAGE), tongue)
    text = "\n".join(lines) or tongue("playlists.empty")
    return card(
        name(playlist.name, 200), text, _about(playlist, tongue), lines=rows(turn, playlist_buttons(playlist, tongue))
    )


def playlist_buttons(playlist: PlaylistView, tongue: Tongue) -> Row:
    empty = not playlist.songs
    return row(
        button(tongue("button.play"), press("playlist_play", playlist.id), "▶️", style=GREEN, disabled=empty),
        button(tongue("button.shuffle"), press("playlist_play", playlist.id, "shuffle"), "🔀", disabled=empty),
        button(tongue("button.activate"), press("playlist_use", playlist.id), "📌", disabled=playlist.active),
        button(tongue("button.export"), press("playlist_names", playlist.id), "💾", disabled=empty),
        button(tongue("button.delete"), press("playlist_delete", playlist.id), "🗑️", style=RED),
    )


def sure_to_delete(playlist: PlaylistView, tongue: Tongue) -> Drawn:
    """Others may have put songs into it, so this one thing is asked first."""
    sure = button(tongue("button.delete"), press("playlist_deleted", playlist.id), "🗑️", style=RED)
    text = tongue("playlists.sure", name=name(playlist.name, TITLE), count=playlist.songs)
    return Drawn(content=text, lines=rows(row(sure, button(tongue("button.close"), press("close")))))


def _line(playlist: PlaylistView, tongue: Tongue) -> str:
    active = f" · {tongue('card.active')}" if playlist.active else ""
    return f"**{name(playlist.name, TITLE)}** · {_about(playlist, tongue)}{active}"


def _about(playlist: PlaylistView, tongue: Tongue) -> str:
    whose = tongue("playlists.here") if playlist.guild_id is not None else name(playlist.owner_name, PERSON)
    return f"{tongue('library.count', count=playlist.songs)} · {whose}"
