"""How songs are written in lines and offered in lists. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from conductr.languages import Tongue
from conductr.views import EntryView, SongView
from conductr_bot.escape import name, plain
from conductr_bot.presses import press

from .layout import GREEN, PRIMARY, Choosable, Row, button, row, rows, select

TITLE, STYLE, PERSON = 80, 60, 32  # UTF-16 units of each in a line


def song_line(number: int, song: SongView, tongue: Tongue) -> str:
    """A line of a list: number, title, length, maker."""
    length = tongue.clock(song.duration_s) if song.duration_s else tongue("card.rendering")
    return f"{number}. **{name(song.title, TITLE)}** · {length} · {name(song.owner_name, PERSON)}"


def song_choices(songs: Iterable[SongView], tongue: Tongue) -> list[Choosable]:
    return [Choosable(plain(song.title, TITLE) or "-", song.id, _about(song, tongue)) for song in songs]


def entry_choices(entries: Iterable[EntryView], first: int) -> list[Choosable]:
    return [
        Choosable(f"{number}. {plain(entry.title, TITLE)}", entry.entry_id, entry.requested_by_name)
        for number, entry in enumerate(entries, first)
    ]


def song_buttons(song_id: str, tongue: Tongue) -> tuple[Row, ...]:
    """What can be done with a song of the library."""
    playing = row(
        button(tongue("button.queue_it"), press("play", song_id, "end"), "📥", style=GREEN),
        button(tongue("button.play_next"), press("play", song_id, "next"), "⏭️"),
        button(tongue("button.play_now"), press("play", song_id, "now"), "▶️"),
        button(tongue("button.family"), press("family", song_id), "🌳"),
    )
    keeping = row(
        button(tongue("button.favorite"), press("favorite", song_id), "❤️"),
        button(tongue("button.add_to_playlist"), press("adding", song_id), "📁"),
        button(tongue("button.lyrics"), press("lyrics", song_id), "📝"),
        button(tongue("button.again"), press("again", song_id), "🔁", style=PRIMARY),
        button(tongue("button.export"), press("export", song_id), "💾"),
    )
    return rows(playing, keeping)


def song_select(verb: str, songs: Iterable[SongView], tongue: Tongue) -> Row | None:
    options = song_choices(songs, tongue)
    return select(press(verb), tongue("select.library_song"), options) if options else None


def _about(song: SongView, tongue: Tongue) -> str:
    length = tongue.clock(song.duration_s) if song.duration_s else tongue("card.rendering")
    return plain(" · ".join(part for part in (song.style, length, song.owner_name) if part), 100)
