"""What is asked of the composer: the words of a request, what is decided already, and which take of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self, cast

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
    keeps: Mapping[str, object] = field(default_factory=dict[str, object])  # fields of the plan that are decided
    before: Piece | None = None  # another song's music that this one follows
    after: Piece | None = None  # and that comes after it
    loop: bool = False  # ends where it begins: whole bars, no fade

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """An order as `asdict` made it. Unknown fields are passed over."""
        known = {one.name for one in fields(cls)}
        given = {name: value for name, value in told.items() if name in known}
        for name in ("before", "after"):
            if (piece := given.get(name)) is not None:
                given[name] = Piece(cls.from_json(piece["order"]), piece["start_s"], piece["end_s"])
        return cls(**given)


@dataclass(frozen=True)
class Piece:
    """A stretch of the music that an order gives; `end_s` None means to its end."""

    order: Order
    start_s: float = 0.0
    end_s: float | None = None


def order_from(request: Mapping[str, object], *, take: int, seed: int, usual_s: float | None) -> Order:
    """The order in an accepted request; `usual_s` is the length where the request names none."""
    custom = bool(request.get("customMode"))
    instrumental = bool(request.get("instrumental"))
    prompt, lyrics = text_in(request, "prompt"), text_in(request, "lyrics")
    if custom and not instrumental:
        lyrics = lyrics or prompt
    length = request.get("duration")
    return Order(
        prompt=prompt,
        style=text_in(request, "style"),
        title=text_in(request, "title"),
        lyrics="" if instrumental else lyrics,
        negative=text_in(request, "negativeTags"),
        instrumental=instrumental,
        duration_s=float(length) if isinstance(length, int | float) else usual_s,
        take=take,
        seed=seed + _looked_at(request),
    )


def text_in(request: Mapping[str, object], name: str) -> str:
    """A field's text; "" for anything else."""
    value = request.get(name)
    return value if isinstance(value, str) else ""


def _looked_at(request: Mapping[str, object]) -> int:
    """Pictures, videos and sounds move the seed: another picture, another song."""
    lists = (request.get(name) for name in ("imageUrls", "videoUrls", "audioUrls"))
    urls = [str(url) for one in lists if isinstance(one, list) for url in cast("list[object]", one)]
    return sum(sum(url.encode()) for url in urls)
