"""What is asked of the library: kinds of questions as people ask them, and some as bad as they get. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from attrs import evolve

from conductr_store import LibraryQuery, Order
from conductr_store.genres import GENRES

from .songs import BIG_GUILD, FIRST, GUILDS, MODELS, OWNERS, SPAN, owner_name, words

EVERYWHERE = LibraryQuery(everything=True)  # all songs of the database are the scope
Ask = Callable[[Random], LibraryQuery]


def _word(rng: Random, low: int, high: int) -> str:
    return rng.choice(words()[low:high])


def _slip(rng: Random, word: str) -> str:
    at = rng.randrange(1, len(word))
    return word[:at] + rng.choice("xqj") + word[at + 1 :]


def _ask(text: Callable[[Random], str], order: Order = Order.BEST, **filters: object) -> Ask:
    return lambda rng: evolve(EVERYWHERE, text=text(rng), order=order, **filters)


def common(rng: Random) -> str:
    return _word(rng, 0, 60) + " "


def usual(rng: Random) -> str:
    return _word(rng, 60, 3_000)


def rare(rng: Random) -> str:
    return _word(rng, 20_000, 60_000)


def two(rng: Random) -> str:
    return f"{_word(rng, 0, 1_000)} {_word(rng, 60, 3_000)}"


def three(rng: Random) -> str:
    return f"{_word(rng, 0, 200)} {_word(rng, 0, 1_000)} {_word(rng, 60, 3_000)}"


def beginning(rng: Random) -> str:
    return usual(rng)[: rng.randint(1, 4)]


def growing(rng: Random) -> str:
    return f"{_word(rng, 0, 1_000)} {usual(rng)[: rng.randint(1, 3)]}"


def mistyped(rng: Random) -> str:
    return " ".join((_word(rng, 60, 1_000), _slip(rng, _word(rng, 1_500, 5_000))))


def owner(rng: Random) -> str:
    return owner_name(rng.randint(1, OWNERS))


def deep(rng: Random) -> LibraryQuery:
    """A page far back: what a cursor would say, by a date."""
    return evolve(EVERYWHERE, text=_word(rng, 60, 600), until=FIRST + SPAN * rng.random())


def month(rng: Random) -> LibraryQuery:
    since = FIRST + SPAN * rng.random()
    return evolve(EVERYWHERE, text=usual(rng), since=since, until=since + timedelta(days=30))


def in_guild(ask: Ask, *, big: bool) -> Ask:
    def asked(rng: Random) -> LibraryQuery:
        guild = BIG_GUILD if big else rng.randint(BIG_GUILD + 1, GUILDS)
        return evolve(ask(rng), everything=False, guild_id=guild, viewer_id=rng.randint(1, OWNERS))

    return asked


def genre(rng: Random) -> tuple[str, ...]:
    return (rng.choice(GENRES[:60]),)


KINDS: dict[str, Ask] = {
    "newest": lambda _: EVERYWHERE,
    "longest": lambda _: evolve(EVERYWHERE, order=Order.LONGEST),
    "a word in nearly all": _ask(common),
    "a usual word": _ask(usual),
    "a usual word, newest": _ask(usual, Order.NEWEST),
    "a rare word": _ask(rare),
    "two words": _ask(two),
    "three words": _ask(three),
    "one to four letters": _ask(beginning),
    "a word and letters": _ask(growing),
    "a slip": _ask(mistyped),
    "an owner": _ask(owner),
    "a word, longest": _ask(usual, Order.LONGEST),
    "a word, far back": deep,
    "a word, one month": month,
    "genre": lambda rng: evolve(EVERYWHERE, genres=genre(rng)),
    "genre, model, length": lambda rng: evolve(
        EVERYWHERE, genres=genre(rng), models=(rng.choice(MODELS),), length_s=(120.0, 180.0)
    ),
    "a word in a genre": lambda rng: evolve(EVERYWHERE, text=usual(rng), genres=genre(rng), order=Order.BEST),
    "a length to the second": lambda rng: evolve(EVERYWHERE, text=usual(rng), length_s=(183.0, 187.0)),
    "a word, facets": _ask(usual, facets=True),
    "all, facets": lambda _: evolve(EVERYWHERE, facets=True),
    "open to all, a word": lambda rng: LibraryQuery(text=usual(rng), viewer_id=3, order=Order.BEST),
    "big guild, a word": in_guild(_ask(usual), big=True),
    "big guild, two words": in_guild(_ask(two), big=True),
    "small guild, newest": in_guild(lambda _: EVERYWHERE, big=False),
    "small guild, a word": in_guild(_ask(usual), big=False),
    "small guild, facets": in_guild(_ask(lambda _: "", facets=True), big=False),
}
