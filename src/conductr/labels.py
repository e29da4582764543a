"""One line of a completion: title, style, length and owner, cut to what Discord shows. Pure."""

from __future__ import annotations

from conductr_store import Playlist, Song

from .replies import clock, shorten

LABEL_LIMIT = 100  # characters, of Discord's choices
TITLE_SHOWN = 48
STYLE_SHOWN = 24
NAME_SHOWN = 20


def song_label(song: Song, owner: str | None = None) -> str:
    """`Neon Rain - lo-fi, calm piano - 3:04 - Ada`, with what is not known left out."""
    parts = [
        shorten(song.title, TITLE_SHOWN) or "…",
        shorten(song.style or "", STYLE_SHOWN),
        clock(song.duration_s) if song.duration_s else "",
        shorten(owner or "", NAME_SHOWN),
    ]
    return cut(" · ".join(part for part in parts if part))


def entry_label(place: int, title: str) -> str:
    return cut(f"{place}. {title}")


def playlist_label(playlist: Playlist, songs: int) -> str:
    return cut(f"{shorten(playlist.name, 80)} · {songs:,}")


def cut(text: str) -> str:
    """One line of at most LABEL_LIMIT units of UTF-16, as Discord counts; never empty, no letter halved."""
    line = " ".join(text.split()) or "…"
    while len(line.encode("utf-16-le")) // 2 > LABEL_LIMIT:
        line = line[:-2].rstrip() + "…"
    return line


def song_line(song: Song) -> str:
    """`Neon Rain - lo-fi, calm piano (3:04)`, of any length."""
    length = f" ({clock(song.duration_s)})" if song.duration_s else ""
    style = f" - {song.style}" if song.style else ""
    return " ".join(f"{song.title}{style}{length}".split())
