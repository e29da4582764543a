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
PRIVATE = "x"
TEN_SECONDS = "l"  # l18: from 180 s to 190 s; the last one has no end
MINUTE = "j"
UNKNOWN_LENGTH = f"{TEN_SECONDS}_"
# Of numbers, which are ms: some 50 days, 6 days, 19 hours. PostgreSQL finds in no order, so it is told where to look.
STRETCHES = (("a", 32), ("b", 29), ("c", 26))
STRETCHES_AT_MOST = 24

BEGINNING_LETTERS = 12  # a longer beginning is compared up to there
LAST_TEN = 60
VOCABULARY_LETTERS = range(4, 25)  # of words in which a slip may be mended


def tokens_of(song: Song) -> frozenset[str]:
    title = set(words_of(song.title))
    genres = song.genres
    named = title.union(*(words_of(text) for text in (*song.tags, song.style, *genres)))
    told = named.union(words_of(song.prompt))
    tokens = {ANYWHERE + word for word in told.union(words_of(song.lyrics))}
    tokens.update(NAMED + word for word in named)
    tokens.update(TITLE + word for word in title)
    tokens.update(BEGINS + beginning for beginning in _beginnings(told))
    tokens.update(TITLE_BEGINS + beginning for beginning in _beginnings(title))
    tokens.update(GENRE + label(genre) for genre in genres)
    tokens.update(STYLE + label(style) for style in styles_of(song))
    tokens |= {MODEL + label(song.model), f"{GUILD}{song.guild_id}", f"{OWNER}{song.owner_id}"}
    if song.visibility is Visibility.PUBLIC:
        tokens.add(OPEN_TO_ALL)
    if song.visibility is Visibility.PRIVATE:
        tokens.add(PRIVATE)
    if song.duration_s is None:
        tokens.add(UNKNOWN_LENGTH)
    else:
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
    """What facets count of a song: a line each, the kind first."""
    lines = [GENRE + genre for genre in song.genres]
    lines += dict.fromkeys(STYLE + style.casefold() for style in styles_of(song))
    return "\n".join((*lines, MODEL + " ".join(song.model.split())))


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


def told_by_tokens(length_s: tuple[float | None, float | None]) -> bool:
    """Whether `length_tokens` says it to the second."""
    return all(end is None or (end % 10 == 0 and 0 <= end <= LAST_TEN * 10) for end in length_s)


def stretches_of(number: int) -> tuple[str, ...]:
    """Which stretches of time the song of this number lies in, long, middling and short."""
    return tuple(f"{kind}{number >> bits}" for kind, bits in STRETCHES)


def stretch_tokens(low: int, high: int) -> tuple[str, ...]:
    """Tokens of which every song from number `low` up to `high` (not with it) has one; so may some before and after.

    The shorter the better, but few; none where that takes too many.
    """
    for kind, bits in reversed(STRETCHES):
        first, last = low >> bits, (high - 1) >> bits
        if last - first < STRETCHES_AT_MOST:
            return tuple(f"{kind}{stretch}" for stretch in range(first, last + 1))
    return ()


def _beginnings(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        for length in range(1, min(len(word), BEGINNING_LETTERS) + 1):
            yield word[:length]
