"""Songs that nobody wrote: as long and as alike as people's, the same for the same seed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from conductr_store import Song
from conductr_store.genres import GENRES

WORDS = 60_000  # that occur, by Zipf's law: the first in nearly every song, most in a few
LINES = 40_000
TITLES = (60, None)  # titles hold fewer of the little words
GUILDS = 3_000
BIG_GUILD = 1  # a tenth of all songs; the others share the rest
OWNERS = 20_000
MODELS = ("V5_5", "V5", "V4_5PLUS", "V4_5", "V4")
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=700)
DRAWN = 1 << 21
CHUNK = 5_000  # songs made from one seed


@cache
def words() -> tuple[str, ...]:
    rng = Random(7)
    found: dict[str, None] = {}
    while len(found) < WORDS:
        syllables = min(4, 1 + len(found) // 300) if len(found) < 1_200 else rng.choice((2, 3, 3, 4))
        word = "".join(rng.choice("bcdfghklmnprstvwz") + rng.choice("aeiou") for _ in range(syllables))
        found[word + rng.choice(("", "n", "r", "s", "t"))] = None
    return tuple(found)


@cache
def weights(count: int) -> tuple[float, ...]:
    return tuple(accumulate(1 / (place + 1) for place in range(count)))


@cache
def lines() -> tuple[str, ...]:
    """Of lyrics: songs share their turns of phrase."""
    rng = Random(8)
    return tuple(" ".join(some(rng, 5, 8)) for _ in range(LINES))


@cache
def heap(of: tuple[int | None, int | None]) -> list[str]:
    """Many draws by Zipf's law, to take stretches from: some thousand times quicker than a draw a word."""
    book = words()[slice(*of)]
    return Random(9).choices(book, cum_weights=weights(len(book)), k=DRAWN)


def some(rng: Random, low: int, high: int, of: tuple[int | None, int | None] = (None, None)) -> list[str]:
    at = int(rng.random() * (DRAWN - high))
    return heap(of)[at : at + rng.randint(low, high)]


def owner_name(owner_id: int) -> str:
    rng = Random(owner_id)
    return " ".join(rng.choices(words()[500:], k=2)).title()


def owners_of(count: int) -> int:
    """How many members have made so many songs."""
    return min(OWNERS, count)


def song(number: int, of: int, rng: Random) -> Song:
    genre = rng.choices(GENRES, cum_weights=weights(len(GENRES)))[0]
    chosen = rng.random()
    return Song(
        id=f"song-{number:07}",
        generation_id=f"generation-{number // 2:07}",
        take=number % 2,
        clip_id=f"clip-{number}",
        guild_id=BIG_GUILD if rng.random() < 0.1 else rng.randint(BIG_GUILD + 1, GUILDS),
        owner_id=rng.randint(1, owners_of(of)),
        title=" ".join(some(rng, 1, 4, TITLES)).title(),
        style=None,
        lyrics="\n".join(rng.choices(lines(), k=rng.randint(9, 18))) if rng.random() < 0.6 else None,
        prompt=" ".join(some(rng, 6, 18)),
        model=rng.choice(MODELS),
        state="ready",
        duration_s=round(min(max(rng.gauss(185, 45), 20.0), 480.0), 2),
        tags=(genre, *some(rng, 1, 4, (300, 700))),
        visibility="private" if chosen < 0.02 else "public" if chosen < 0.2 else "guild",
        created_at=FIRST + SPAN * (number / of),
    )


def chunk(first: int, of: int) -> Iterator[Song]:
    """Songs `first` .. `first + CHUNK` of `of`."""
    rng = Random(first)
    for number in range(first, min(first + CHUNK, of)):
        yield song(number, of, rng)
