"""A few words about a style, said as a producer would: what the composer understands by them. Pure."""

from __future__ import annotations

from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.wish import Plan, understand
from suno_client.sandbox.music.words import words_for

_ENERGY = ((-0.4, "calm, unhurried"), (-0.1, "laid-back"), (0.3, "steady, flowing"), (1.0, "driving, energetic"))
_LIGHT = ((-0.4, "dark, brooding"), (0.0, "wistful"), (0.4, "warm"), (1.0, "bright, uplifting"))
_PLACES = {
    "rain": "rain on the window", "vinyl": "vinyl crackle", "waves": "waves on a shore", "wind": "wind in the distance"
}  # fmt: skip
STYLE_LIMIT = 1_000  # characters: what `style` may hold (suno.md 2A.4)


def boosted(content: str, seed: int = 0) -> str:
    """The words as they are, then genre, mood, tempo, key, players and room. The same words give the same style."""
    order = Order(prompt="", style=content, seed=seed)
    plan = understand(order)
    parts = [
        content.strip().rstrip(".,"),
        words_for(Order(prompt=content, seed=seed))[1],
        f"{_word(_ENERGY, plan.energy)}, {_word(_LIGHT, plan.brightness)} mood",
        *_details(plan),
        "clear arrangement with a returning theme, wide stereo image, polished mix",
    ]
    return ", ".join(dict.fromkeys(", ".join(parts).split(", ")))[:STYLE_LIMIT]  # nothing is said twice


def _word(scale: tuple[tuple[float, str], ...], value: float) -> str:
    """The first word that reaches up to `value`, which is 1 at most."""
    return next(word for up_to, word in scale if value <= up_to)


def _details(plan: Plan) -> list[str]:
    lead = f"{plan.lead.replace('_', ' ')} carrying the melody" if plan.lead else ""
    place = _PLACES[plan.texture] if plan.texture else ""
    waltz = "three-four time" if plan.waltz else ""
    return [part for part in (plan.variant and f"{plan.variant} feel", lead, place, waltz) if part]
