"""What a genre is made of, in one value; the genres themselves are in genres_*.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from suno_client.sandbox.music.form import Shape
from suno_client.sandbox.music.pen import Bar, Pen
from suno_client.sandbox.music.score import Channel, Room
from suno_client.sandbox.music.tunes import TuneStyle
from suno_client.sandbox.music.wish import Plan

Players = Callable[[Pen, Bar, Plan], None]


@dataclass(frozen=True)
class Style:
    """A genre's habits. Progressions: of A and solo, of B, of the bridge; harmony.chord tells the tokens."""

    major: tuple[tuple[str, str, str], ...]
    minor: tuple[tuple[str, str, str], ...]
    channels: Mapping[str, Channel]
    room: Room
    shape: Shape
    tune: TuneStyle
    leads: tuple[str, ...]
    play: Players
    swing: float = 0.5
    swing_pair: float = 1.0  # beats: 1 swings eighths, 0.5 sixteenths
    loose_s: float = 0.006
    bars_a_chord: int = 1
    chord_low: int = 50
    chord_high: int = 69
    tail_s: float = 2.5
    ritard: float = 0.0
    improvises: bool = False
