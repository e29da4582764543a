"""Title, tags and sung words where the request brings none. Pure."""

from __future__ import annotations

import re
from random import Random

from suno_client.sandbox.music.lyrics import write_lyrics
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.wish import Plan, understand

_SMALL = frozenset(
    ("a", "an", "the", "of", "in", "on", "at", "to", "for", "and", "or", "with", "by", "my", "your", "about", "some",
     "song", "music", "track", "please", "make", "me", "write", "create")
)  # fmt: skip
_GENRE_TAGS = {
    "lofi": "lo-fi hip hop, mellow keys, dusty drums",
    "synthwave": "synthwave, analog synths, pulsing bass",
    "jazz": "jazz, upright bass, ride cymbal",
    "rock": "rock, distorted guitars, live drums",
    "ambient": "ambient, evolving pads, spacious",
    "classical": "classical, expressive, dynamic",
    "house": "house, four on the floor, warm chords",
    "folk": "folk, fingerpicked guitar, organic",
}
_NAMES = {
    "lofi": ("Window Seat", "Slow Rain", "Second Cup", "Paper Lanterns", "Late Bus Home"),
    "synthwave": ("Chrome Horizon", "Midnight Lane", "Neon Harbour", "Afterglow Drive", "Signal Lost"),
    "jazz": ("Blue Corner", "Last Table", "Velvet Hour", "Walking Uptown", "Half Past Two"),
    "rock": ("Broken Signal", "Run the Wire", "Thunder Street", "Burn It Bright", "Louder Than Before"),
    "ambient": ("Weightless", "Slow Tide", "Where the Light Rests", "Quiet Orbit", "Glass Sea"),
    "classical": (
        "Nocturne for a Small Room",
        "Winter Prelude",
        "Air in Autumn",
        "Little Serenade",
        "The Garden at Dusk",
    ),
    "house": ("Open Late", "Warm Floor", "Until the Lights", "Body Clock", "Sunday Basement"),
    "folk": ("Down by the Mill", "Old Road Home", "Lanterns on the Hill", "River Letter", "Harvest Moon Song"),
}


def words_for(order: Order) -> tuple[str, str, str]:
    """Title, tags and lyrics of a request. Given words are kept as they are; an instrumental has no lyrics."""
    plan = understand(order)
    title = order.title or _title(order.prompt, plan)
    tags = order.style or f"{_GENRE_TAGS[plan.genre]}, {plan.tempo_bpm:.0f} bpm, {plan.key_name}"
    if order.instrumental:
        return title, tags, ""
    return title, tags, order.lyrics or write_lyrics(title, order.prompt, plan)


def _title(prompt: str, plan: Plan) -> str:
    """A few telling words of the prompt, or a name that suits the genre."""
    words = re.findall(r"[^\W\d_][\w'\u2019]*", prompt)
    telling = [word for word in words if word.lower() not in _SMALL]
    if not telling or len(telling) > 12:
        return Random(plan.seed).choice(_NAMES[plan.genre])
    return " ".join(word[:1].upper() + word[1:] for word in telling[:4])[:80]
