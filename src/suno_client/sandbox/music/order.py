"""What is asked of the composer: the words of a request, and which take of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TAKES = 2


@dataclass(frozen=True)
class Order:
    """One take of one request. Equal orders give equal sound, byte for byte."""

    prompt: str
    style: str = ""
    title: str = ""
    lyrics: str = ""  # sung text; "" for an instrumental
    negative: str = ""
    instrumental: bool = True
    duration_s: float | None = None  # None: the composer chooses 60-180 s
    take: int = 1
    seed: int = 0


def order_from(request: Mapping[str, object], *, take: int, seed: int, usual_s: float | None) -> Order:
    """The order in an accepted request; `usual_s` is the length where the request names none."""
    custom = bool(request.get("customMode"))
    instrumental = bool(request.get("instrumental"))
    prompt, lyrics = _text(request, "prompt"), _text(request, "lyrics")
    if custom and not instrumental:
        lyrics = lyrics or prompt
    length = request.get("duration")
    return Order(
        prompt=prompt,
        style=_text(request, "style"),
        title=_text(request, "title"),
        lyrics="" if instrumental else lyrics,
        negative=_text(request, "negativeTags"),
        instrumental=instrumental,
        duration_s=float(length) if isinstance(length, int | float) else usual_s,
        take=take,
        seed=seed,
    )


def _text(request: Mapping[str, object], field: str) -> str:
    value = request.get(field)
    return value if isinstance(value, str) else ""
