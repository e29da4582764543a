"""Lyrics: the words of a song in pages that are cut at its sections, with their times where those are known."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from conductr_store import SongState, Store, SungWord

from .access import Caller
from .catalog import song_views
from .denials import NoLyrics
from .outcomes import LyricsShown
from .resolving import song_or_current
from .steering import Steering

PAGE_LIMIT = 3_800  # characters of a page: Discord's embeds take 4,096, and escaping needs room
PAUSE_S = 1.5  # between two words: a new line, where the words themselves have no line's end

_SECTION = re.compile(r"\n(?=\s*\[[^\]\n]{1,60}\])|\n\s*\n")


@frozen
class Lyrics:
    store: Store
    steering: Steering

    async def shown(self, caller: Caller, song: str | None = None, page: int = 1) -> LyricsShown:
        """Of the song that is named, else of the one that plays. Raises NoLyrics, UnknownSong, NothingPlaying."""
        session = (await self.steering.now(caller.guild_id)).session
        async with self.store.begin() as tx:
            meant = await song_or_current(tx, caller, song, session)
            words = (meant.lyrics or "").strip()
            generation = await tx.generations.get(meant.generation_id)
            if not words:
                growing = meant.state is SongState.GROWING
                why = "instrumental" if generation.instrumental else "unwritten" if growing else "unknown"
                raise NoLyrics(meant.title, why)
            view = (await song_views(tx, (meant,)))[0]
            lines = lines_of(await tx.songs.sung(meant.id))
        pages = pages_of(words)
        return LyricsShown(view, pages, max(1, min(page, len(pages))), lines)


def pages_of(text: str, limit: int = PAGE_LIMIT) -> tuple[str, ...]:
    """Cut between sections where they fit, else between lines, else in the midst; nothing is lost but blank edges."""
    pages: list[str] = []
    page = ""
    for part in _pieces(text, limit):
        joined = f"{page}\n\n{part}" if page else part
        if len(joined) <= limit:
            page = joined
            continue
        pages.append(page)
        page = part
    return (*pages, page) if page else tuple(pages)


def lines_of(words: Iterable[SungWord]) -> tuple[tuple[float, str], ...]:
    """Lines with the second at which each begins."""
    lines: list[tuple[float, str]] = []
    said: list[str] = []
    start_s = end_s = 0.0
    for word in words:
        if said and (said[-1].endswith("\n") or word.start_s - end_s > PAUSE_S):
            lines.append((start_s, " ".join("".join(said).split())))
            said = []
        if not said:
            start_s = word.start_s
        said.append(word.text if word.text.endswith(("\n", " ")) else f"{word.text} ")
        end_s = word.end_s
    if said:
        lines.append((start_s, " ".join("".join(said).split())))
    return tuple(line for line in lines if line[1])


def _pieces(text: str, limit: int) -> Iterable[str]:
    for section in filter(None, (part.strip() for part in _SECTION.split(text))):
        if len(section) <= limit:
            yield section
            continue
        piece = ""
        for line in section.split("\n"):
            for start in range(0, max(1, len(line)), limit):
                cut = line[start : start + limit]
                joined = f"{piece}\n{cut}" if piece else cut
                if len(joined) > limit:
                    yield piece
                    joined = cut
                piece = joined
        if piece.strip():
            yield piece
