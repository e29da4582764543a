"""From an order to a whole score: its own music, between the pieces of other songs that it keeps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from suno_client.sandbox.music.composer import compose
from suno_client.sandbox.music.order import Order, Piece
from suno_client.sandbox.music.score import Note, Score, Section
from suno_client.sandbox.music.wish import Plan, understand

LOOP_BARS = 4


def score_for(order: Order) -> Score:
    """The notes of one take. Those that are kept of another song are its own, at their own moments."""
    plan = understand(order)
    score = compose(plan)
    if order.loop:
        score = replace(_filling(plan, LOOP_BARS * score.bar_s), fades=False)
    elif order.after is not None:
        score = _filling(plan, plan.duration_s)
    if order.before is not None:
        score = _joined(_cut(order.before), score)
    if order.after is not None:
        score = _joined(score, _cut(order.after))
    return score


def _filling(plan: Plan, length_s: float) -> Score:
    """Music to the last moment: no last chord, no room for it to fade away."""
    return _part(compose(replace(plan, duration_s=length_s * 1.3)), 0.0, length_s)


def _cut(piece: Piece) -> Score:
    score = score_for(piece.order)
    return _part(score, piece.start_s, score.length_s if piece.end_s is None else piece.end_s)


def _part(score: Score, start_s: float, end_s: float) -> Score:
    """What sounds from one moment to another, beginning at 0. A note that began before is not heard."""
    notes = [
        replace(note, at_s=note.at_s - start_s, length_s=min(note.length_s, end_s - note.at_s))
        for note in score.notes
        if start_s <= max(0.0, note.at_s) < end_s
    ]
    sections = _moved(score.sections, -round(start_s / score.bar_s), round(end_s / score.bar_s))
    return replace(score, notes=notes, sections=list(sections), length_s=end_s - start_s)


def _joined(one: Score, two: Score) -> Score:
    """The second after the first, in the first one's room."""
    notes = sorted([*one.notes, *_later(two.notes, one.length_s)], key=lambda note: note.at_s)
    bars = round(one.length_s / one.bar_s)
    sections = [*one.sections, *_moved(two.sections, bars, 1_000_000)]
    return replace(
        one, notes=notes, sections=sections, channels={**two.channels, **one.channels},
        length_s=one.length_s + two.length_s, fades=two.fades,
    )  # fmt: skip


def _later(notes: Iterable[Note], by_s: float) -> Iterator[Note]:
    return (replace(note, at_s=note.at_s + by_s) for note in notes)


def _moved(sections: Iterable[Section], by_bars: int, end_bar: int) -> Iterator[Section]:
    """Sections by so many bars later, as far as they begin before a bar and end after the first."""
    for section in sections:
        start, end = section.start_bar + by_bars, min(section.start_bar + section.bars, end_bar) + by_bars
        if end > max(0, start):
            yield replace(section, start_bar=max(0, start), bars=end - max(0, start))
