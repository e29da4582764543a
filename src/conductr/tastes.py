"""Tastes: what the radio asks for next, from what a room liked, heard to its end and passed over. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from attrs import field, frozen

from .wishes import Wish

LIKED, HEARD, SKIPPED = 2.0, 1.0, -1.5
FRESH = ("lo-fi", "synthwave", "jazz", "indie pop", "ambient")  # where nothing is known of a room yet
TAGS_TOLD = 4  # of the song that stands for the taste


@frozen
class Listened:
    """A song as a room met it: how often it was heard out, passed over and liked; its genres and tags."""

    title: str
    genres: tuple[str, ...]
    tags: tuple[str, ...]
    heard: int = 0
    skipped: int = 0
    liked: int = 0

    @property
    def score(self) -> float:
        return self.liked * LIKED + self.heard * HEARD + self.skipped * SKIPPED


@frozen
class Chosen:
    wish: Wish
    reason: str
    subject: str
    tags: tuple[str, ...] = field(default=())


def choose(songs: Sequence[Listened], recent: Sequence[str], theme: str | None = None) -> Chosen:
    """The next wish. `recent` are the subjects of the last picks, the newest first: none is taken twice in a row
    where another will do. `theme` is what people asked the radio for; it comes before all taste.
    """
    if theme:
        return Chosen(Wish(theme), "fresh", theme)
    scores = _scores(songs)
    liked = [name for name, score in sorted(scores.items(), key=lambda one: (-one[1], one[0])) if score > 0]
    subject = _unlike(liked, recent)
    if subject is None:
        fresh = _unlike([name for name in FRESH if scores.get(name, 0) >= 0] or list(FRESH), recent) or FRESH[0]
        return Chosen(Wish(f"a {fresh} song", style=fresh), "fresh", fresh)
    best = max((song for song in songs if subject in song.genres), key=lambda song: (song.score, song.title))
    tags = tuple(dict.fromkeys((subject, *best.tags)))[:TAGS_TOLD]
    return Chosen(Wish(f"a new {subject} song", style=", ".join(tags)), _reason(best), subject, tags)


def _scores(songs: Sequence[Listened]) -> Mapping[str, float]:
    scores: Counter[str] = Counter()
    for song in songs:
        for name in song.genres:
            scores[name] += song.score  # pyright: ignore[reportArgumentType] - a Counter adds any number
    return scores


def _unlike(names: Sequence[str], recent: Collection[str]) -> str | None:
    """The first that was not picked lately; if all were, the first that was not picked last."""
    last = next(iter(recent), None)
    return next(
        (name for name in names if name not in recent),
        next((name for name in names if name != last), names[0] if names else None),
    )


def _reason(best: Listened) -> str:
    if best.liked:
        return "liked"
    return "heard_out" if best.heard else "played_here"
