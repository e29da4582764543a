"""What a prompt and a style ask for, as a musical plan. Pure: the same words give the same plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random
from typing import Any, TypeVar

from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.vocabulary import GENRES, LEADS, MOODS, TEXTURES

KEYS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_PITCHES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SHORTEST_S, _LONGEST_S = 6.0, 360.0
_Found = TypeVar("_Found")

# genre: slowest, usual and fastest beats a minute; chance of a minor key; keys it likes
_USUAL: Mapping[str, tuple[float, float, float, float, tuple[int, ...]]] = {
    "lofi": (66, 76, 90, 0.45, (0, 2, 3, 5, 7, 8, 10)),
    "synthwave": (84, 104, 126, 0.85, (9, 4, 2, 7, 0, 5)),
    "jazz": (88, 132, 210, 0.3, (5, 10, 3, 0, 7)),
    "rock": (96, 128, 176, 0.6, (4, 9, 2, 7)),
    "ambient": (52, 60, 72, 0.35, (0, 2, 5, 7, 9)),
    "classical": (60, 84, 132, 0.4, (0, 2, 5, 7, 10)),
    "house": (118, 123, 130, 0.75, (9, 7, 5, 0, 2)),
    "folk": (76, 98, 132, 0.15, (7, 0, 2, 9)),
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """The decisions about one take that the composer works from. `key` is a pitch class, 0 for C."""

    genre: str
    tempo_bpm: float
    key: int
    minor: bool
    energy: float  # -1 calm .. 1 driving
    brightness: float  # -1 dark .. 1 bright
    duration_s: float
    waltz: bool
    variant: str  # a kind within the genre: "bossa", "piano", "metal", ...
    lead: str | None
    texture: str | None
    no_drums: bool
    sung: bool
    seed: int

    @property
    def key_name(self) -> str:
        return f"{KEYS[self.key]} {'minor' if self.minor else 'major'}"

    def dice(self, purpose: str) -> Random:
        """Random numbers for one purpose: what one part uses does not move another's."""
        return Random(f"{self.seed}:{purpose}")


def understand(order: Order) -> Plan:
    """The plan for one take. Both takes of a request share what its words say; the rest differs."""
    wish = f"{order.style} . {order.style} . {order.prompt if not order.lyrics else ''} . {order.title}".lower()
    refused = order.negative.lower()
    shared = Random(_digest(order, take=0))
    own = Random(_digest(order, take=order.take))
    energy, brightness = _mood(wish)
    genre = _genre(wish, refused, energy, brightness, shared)
    slow, usual, fast, minor_chance, keys = _USUAL[genre]
    tempo = usual + (fast - usual if energy > 0 else usual - slow) * energy + shared.uniform(-0.03, 0.03) * usual
    tempo *= 1.0 if order.take == 1 else own.choice((0.96, 0.97, 1.03, 1.04))
    variant = _variant(genre, wish)
    tempo *= {"metal": 1.2, "punk": 1.25, "bossa": 0.95, "waltz": 1.15}.get(variant, 1.0)
    key, minor = _key(wish)
    if minor is None:
        minor = brightness < 0 if abs(brightness) > 0.25 else shared.random() < minor_chance
    plan = Plan(
        genre=genre,
        tempo_bpm=round(_tempo(wish) or max(slow * 0.9, min(fast * 1.15, tempo)), 1),
        key=shared.choice(keys) if key is None else key,
        minor=minor,
        energy=energy,
        brightness=brightness,
        duration_s=max(_SHORTEST_S, min(_LONGEST_S, order.duration_s or round(own.uniform(100, 150)))),
        waltz=variant == "waltz",
        variant=variant,
        lead="voice" if order.lyrics or not order.instrumental else _first(LEADS, wish, refused),
        texture=_first(TEXTURES, wish, refused) or ("vinyl" if genre == "lofi" else None),
        no_drums=bool(re.search(r"\b(no|without) (drums|percussion|beat)", wish) or "drums" in refused),
        sung=bool(order.lyrics) or not order.instrumental,
        seed=_digest(order, take=order.take),
    )
    return _kept(plan, order) if order.keeps else plan


def kept_of(plan: Plan, *names: str) -> dict[str, object]:
    """These decisions of a plan, for the `keeps` of another order."""
    return {name: getattr(plan, name) for name in names}


def _kept(plan: Plan, order: Order) -> Plan:
    """The plan with what was decided already. A seed that is kept moves on by one from take to take."""
    decided: dict[str, Any] = dict(order.keeps)
    if "seed" in decided:
        decided["seed"] += order.take - 1
    return replace(plan, **decided)


def _digest(order: Order, *, take: int) -> int:
    words = "\x1f".join((order.prompt, order.style, order.title, str(take), str(order.seed)))
    return int.from_bytes(sha256(words.encode()).digest()[:8], "big")


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def _first(words: Mapping[str, _Found], wish: str, refused: str) -> _Found | None:
    """The value of the word that comes first in the wish; the longer word wins at one place."""
    found = [(wish.index(word), -len(word), word) for word in words if _has(wish, word) and not _has(refused, word)]
    return words[min(found)[2]] if found else None


def _mood(wish: str) -> tuple[float, float]:
    moods = [mood for word, mood in MOODS.items() if _has(wish, word)]
    if not moods:
        return 0.0, 0.0
    energy, brightness = (sum(part) / len(moods) ** 0.6 for part in zip(*moods, strict=True))
    return max(-1.0, min(1.0, energy)), max(-1.0, min(1.0, brightness))


def _genre(wish: str, refused: str, energy: float, brightness: float, dice: Random) -> str:
    style = wish.split(" . ", maxsplit=1)[0]
    scores = {
        genre: sum(weight * (3 if _has(style, word) else 1) for word, weight in words.items() if _has(wish, word))
        for genre, words in GENRES.items()
        if not _has(refused, genre)
    }
    best = max(scores, key=lambda genre: scores[genre], default="lofi")
    if scores.get(best):
        return best
    if energy > 0.35:
        return dice.choice(("synthwave", "house") if brightness > -0.5 else ("rock", "synthwave"))
    if energy < -0.45:
        return "ambient" if brightness >= 0 else "classical"
    return dice.choice(("lofi", "folk")) if brightness > 0.3 else "lofi"


def _tempo(wish: str) -> float | None:
    found = re.search(r"\b(\d{2,3}(?:\.\d)?)\s*-?\s*bpm\b", wish)
    return max(40.0, min(220.0, float(found[1]))) if found else None


def _key(wish: str) -> tuple[int | None, bool | None]:
    """Pitch class and whether minor, each None where the words do not say."""
    found = re.search(r"\b([a-g])\s?(#|♯|♭|b(?=[\s-])|sharp|-sharp|flat|-flat)?[\s-]*(major|minor|maj|min)\b", wish)
    if found:
        shift = {"#": 1, "♯": 1, "♭": -1, "b": -1}.get(found[2] or "", 0) or (
            1 if "sharp" in (found[2] or "") else -1 if "flat" in (found[2] or "") else 0
        )
        return (_PITCHES[found[1]] + shift) % 12, found[3].startswith("min")
    if _has(wish, "minor key") or _has(wish, "minor"):
        return None, True
    return None, False if _has(wish, "major") else None


def _variant(genre: str, wish: str) -> str:
    kinds: Mapping[str, Mapping[str, str]] = {
        "jazz": {"bossa": "bossa", "bossa nova": "bossa", "samba": "bossa", "latin": "bossa", "waltz": "waltz",
        "ballad": "ballad"},
        "rock": {"metal": "metal", "thrash": "metal", "punk": "punk", "ballad": "ballad", "shoegaze": "ballad"},
        "classical": {
            "waltz": "waltz", "piano": "piano", "nocturne": "piano", "sonata": "piano", "chopin": "piano",
            "string quartet": "strings",
            "chamber": "strings", "strings": "strings", "violin": "strings", "cello": "strings",
            "orchestra": "orchestra",
            "orchestral": "orchestra", "symphony": "orchestra", "epic": "orchestra", "cinematic": "orchestra",
            "lullaby": "piano",
        },
        "folk": {"waltz": "waltz", "irish": "jig", "celtic": "jig", "shanty": "jig", "country": "country",
        "bluegrass": "country"},
        "house": {"deep house": "deep", "techno": "techno", "trance": "trance", "disco": "disco"},
    }  # fmt: skip
    return _first(kinds.get(genre, {}), wish, "") or ""
