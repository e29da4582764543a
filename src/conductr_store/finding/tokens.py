"""Tokens: what a search index keeps of a song. A letter that tells the kind, then a word. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from conductr_store.genres import tags_of
from conductr_store.records import Song, Visibility

from .words import label, words_of

ANYWHERE = "w"
NAMED = "n"  # a word of the title, the tags, the style or the genres
TITLE = "t"
BEGINS = "p"  # the beginning of a word, not of the lyrics
TITLE_BEGINS = "q"
GENRE = "k"
STYLE = "y"
MODEL = "m"
GUILD = "g"
OWNER = "o"
OPEN_TO_ALL = "v"
TEN_SECONDS = "l"  # l18: from 180 s to 190 s; the last one has no end
MINUTE = "j"

BEGINNING_LETTERS = 12  # a longer beginning is compared up to there
LAST_TEN = 60
VOCABULARY_LETTERS = range(4, 25)  # of words in which a slip may be mended


def tokens_of(song: Song) -> frozenset[str]:
    title = set(words_of(song.title))
    named = title.union(*(words_of(text) for text in (*song.tags, song.style, *song.genres)))
    told = named.union(words_of(song.prompt))
    tokens = {ANYWHERE + word for word in told.union(words_of(song.lyrics))}
    tokens.update(NAMED + word for word in named)
    tokens.update(TITLE + word for word in title)
    tokens.update(BEGINS + beginning for beginning in _beginnings(told))
    tokens.update(TITLE_BEGINS + beginning for beginning in _beginnings(title))
    tokens.update(GENRE + label(genre) for genre in song.genres)
    tokens.update(STYLE + label(style) for style in styles_of(song))
    tokens |= {MODEL + label(song.model), f"{GUILD}{song.guild_id}", f"{OWNER}{song.owner_id}"}
    if song.visibility is Visibility.PUBLIC:
        tokens.add(OPEN_TO_ALL)
    if song.duration_s is not None:
        ten = min(int(song.duration_s) // 10, LAST_TEN)
        tokens |= {f"{TEN_SECONDS}{ten}", f"{MINUTE}{ten // 6}"}
    return frozenset(tokens)


def styles_of(song: Song) -> tuple[str, ...]:
    return song.tags or tags_of(song.style)


def owner_tokens(name: str) -> frozenset[str]:
    """What a user's songs are found by besides their own words."""
    words = set(words_of(name))
    return frozenset({ANYWHERE + word for word in words} | {BEGINS + beginning for beginning in _beginnings(words)})


def vocabulary(tokens: Iterable[str]) -> frozenset[str]:
    """The words among tokens in which a slip may be mended."""
    words = (token[1:] for token in tokens if token[0] == ANYWHERE)
    return frozenset(word for word in words if len(word) in VOCABULARY_LETTERS and word.isalpha())


def labels_of(song: Song) -> str:
    """What facets count of a song, as `facets_in` reads it."""
    lines = [GENRE + genre for genre in song.genres]
    lines += dict.fromkeys(STYLE + style.casefold() for style in styles_of(song))
    return "\n".join((*lines, MODEL + " ".join(song.model.split())))


def facets_in(labels: str) -> Iterable[tuple[str, str]]:
    """Kind (GENRE, STYLE, MODEL) and name of each label."""
    return ((line[0], line[1:]) for line in labels.split("\n") if line)


def length_tokens(low: int, high: int | None) -> tuple[str, ...]:
    """Tokens of which exactly those songs have one whose ten seconds lie in `low` .. `high` (not with it)."""
    end = LAST_TEN + 1 if high is None else min(high, LAST_TEN + 1)
    tokens: list[str] = []
    while low < end:
        if low % 6 == 0 and low + 6 <= end:
            tokens.append(f"{MINUTE}{low // 6}")
            low += 6
        else:
            tokens.append(f"{TEN_SECONDS}{low}")
            low += 1
    return tuple(tokens)


def _beginnings(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        for length in range(1, min(len(word), BEGINNING_LETTERS) + 1):
            yield word[:length]
