"""Synthwave and house: machines that keep time."""

from __future__ import annotations

from suno_client.sandbox.music.form import Shape
from suno_client.sandbox.music.harmony import at_or_above
from suno_client.sandbox.music.pen import Bar, Pen
from suno_client.sandbox.music.score import Channel, Room
from suno_client.sandbox.music.styles import Style
from suno_client.sandbox.music.tunes import TuneStyle, rhythms
from suno_client.sandbox.music.wish import Plan

_RUNS = ((0, 1, 2, 3, 2, 1, 2, 1), (0, 2, 1, 3, 2, 3, 1, 2), (0, 1, 2, 1, 3, 2, 1, 2), (3, 2, 1, 0, 2, 1, 3, 1))


def _synthwave(pen: Pen, bar: Bar, plan: Plan) -> None:
    force = bar.force
    if bar.plays("pad"):
        pen.chord("pad", "super_saw" if bar.section.name == "B" else "pad", bar.start, 3.95, bar.voicing, 0.6 * force)
    if bar.plays("bass"):
        root = at_or_above(bar.chord.root, 31)
        for eighth in range(8):
            high = eighth % 2 and plan.seed % 3 == 0
            pen.note(
                "bass",
                "synth_bass",
                bar.start + eighth / 2,
                0.42,
                root + 12 * high,
                (0.85 if eighth % 2 == 0 else 0.68) * force,
            )
    if bar.plays("arp"):
        ladder = [pitch + 12 for pitch in bar.voicing] + [bar.voicing[0] + 24]
        run = _RUNS[plan.seed % len(_RUNS)]
        for step in range(16):
            place = run[step % 8] % len(ladder)
            pen.note(
                "arp",
                "arp",
                bar.start + step / 4,
                0.22,
                ladder[place],
                (0.7 if step % 4 == 0 else 0.5) * force,
                pan=0.5 if step % 2 else -0.5,
            )
    if not bar.plays("drums") or plan.no_drums:
        return
    four = plan.energy > -0.3 and plan.seed % 2 == 0
    beat = {
        "kick.big": "X...X...X...X..." if four else "X.....x.X.......",
        "snare.big": "....X.......X...",
        "hat": "x.o.x.o.x.o.x.o.",
    }
    if bar.section.name in {"B", "solo"}:
        beat["hat"] = "xoxoxoxoxoxoxoxo"
        beat["hat.half"] = "..x...x...x...x."
    if bar.last or (bar.closing and bar.dice.random() < 0.35):
        beat = {**beat, "tom.high": "........x.x.....", "tom.mid": "...........x.x..", "tom.low": "..............xX"}
    pen.drums(bar, beat, level=force)
    if bar.index == 0:
        pen.note("drums", "crash", bar.start, 1, 0, 0.6 * force)


SYNTHWAVE = Style(
    major=(("1 5 6 4", "4 5 6 5", "6 4 2 5"), ("6 4 1 5", "4 1 5 6", "2 4 6 5"), ("1 3 4 5", "6 5 4 5", "4 4 5 5")),
    minor=(("1 6 3 7", "6 7 1 1", "4 6 1 7"), ("1 7 6 7", "6 3 7 1", "4 4 6 7"), ("1 4 6 5!", "6 7 3 1", "4 1 6 5!"),
    ("6 7 1 3", "1 6 7 7", "4 4 7 7")),
    channels={
        "drums": Channel(0.61, reverb=0.1), "bass": Channel(0.62, reverb=0.0, duck=0.35), "pad": Channel(0.40,
        reverb=0.3, duck=0.45),
        "arp": Channel(0.30, reverb=0.16, echo=0.4, duck=0.25), "tune": Channel(0.53, reverb=0.26, echo=0.35),
    },
    room=Room(2.2, 5_500, 0.75, 0.42, dull_hz=15_500, warmth=0.3),
    shape=Shape(
        {"intro": "arp pad", "A": "pad bass drums arp tune", "B": "pad bass drums arp tune",
        "bridge": "pad arp tune", "solo": "pad bass drums tune",
         "outro": "pad arp bass drums"},
        {"intro": 0.5, "A": 0.75, "B": 1.0, "bridge": 0.5, "solo": 0.9, "outro": 0.6},
    ),
    tune=TuneStyle(
        rhythms("0:1.5 1.5:1.5 3:1", "0:2 2:1 3:1", "0 0.5 1:1 2:2", "0:1 1:1 2:0.5 2.5:1.5", "0.5 1 1.5:1.5 3:1"),
        rhythms("0:4", "0:3", "0:1 1:3"), 64, 84, leaps=0.3,
    ),
    leads=("lead", "lead", "bell"),
    play=_synthwave, loose_s=0.0012, chord_low=50, chord_high=67, tail_s=3.0,
)  # fmt: skip

_HOUSE_STABS = ((0, 1.5, 3), (0.5, 1.5, 2.75, 3.5), (0, 0.75, 1.5, 2.5, 3.25), (0.5, 2, 3.5))
_HOUSE_BASS = (
    ((0.5, 0), (1.5, 0), (2.5, 0), (3.25, 0), (3.5, 12)),
    ((0.5, 0), (0.75, 12), (1.5, 0), (2.5, 0), (3.5, 7)),
    ((0, 0), (0.75, 0), (1.5, 0), (2.5, 10), (3.5, 12)),
    ((0.5, 0), (1.5, 0), (2.25, 0), (2.75, 12), (3.5, 0)),
)


def _house(pen: Pen, bar: Bar, plan: Plan) -> None:
    force = bar.force
    if bar.plays("pad"):
        pen.chord("pad", "pad", bar.start, 3.95, bar.voicing, 0.55 * force)
    if bar.plays("stabs"):
        voice = {"deep": "organ", "techno": "stab"}.get(plan.variant, ("organ", "piano", "stab")[plan.seed % 3])
        for onset in _HOUSE_STABS[plan.seed % len(_HOUSE_STABS)]:
            pen.chord("stabs", voice, bar.start + onset, 0.38, bar.voicing, 0.7 * force)
    if bar.plays("bass"):
        root = at_or_above(bar.chord.root, 29)
        for onset, up in _HOUSE_BASS[(plan.seed // 3) % len(_HOUSE_BASS)]:
            pen.note(
                "bass",
                "sub_bass" if plan.variant == "deep" else "synth_bass",
                bar.start + onset,
                0.36,
                root + up,
                0.8 * force,
            )
    if bar.plays("arp"):
        for step in range(0, 16, 3):
            pen.note(
                "arp",
                "arp",
                bar.start + step / 4,
                0.2,
                bar.voicing[step % len(bar.voicing)] + 12,
                0.55 * force,
                pan=0.4 if step % 2 else -0.4,
            )
    if not plan.no_drums:
        _house_drums(pen, bar, plan)


def _house_drums(pen: Pen, bar: Bar, plan: Plan) -> None:
    force = bar.force
    if bar.plays("beat"):
        beat = {"kick.deep": "X...X...X...X..."}
        if bar.last and bar.section.name != "outro":
            beat = {"kick.deep": "X...X...X.......", "snare.house": "........o.o.xxXX"}
        pen.drums(bar, beat, level=force)
    if bar.plays("drums"):
        pen.drums(
            bar,
            {
                "clap": "....X.......X...",
                "hat.open": "..x...x...x...x.",
                "shaker": "x-o-x-o-x-o-x-oo",
                "hat": "o-.oo-.oo-.oo-.o",
            },
            level=force,
        )
        if bar.index == 0:
            pen.note("drums", "crash", bar.start, 1, 0, 0.5)
    if bar.last and bar.section.name in {"intro", "bridge"}:
        pen.note("drums", "riser", bar.start + max(0.0, 4 - 2.0 * plan.tempo_bpm / 60), 4, 0, 0.8)


HOUSE = Style(
    major=(("4.9 5.6 3.7 6.7", "2.9 3.7 4.9 5.6", "4.9 4.9 6.7 6.7"), ("1.9 6.7 4.9 5.6", "6.7 4.9 1.9 5",
    "2.9 2.9 4.9 4.9")),
    minor=(
        ("1.9 6.7 4.9 5.7", "4.9 5.7 6.7 7", "6.9 6.9 7.6 7.6"),
        ("1.9 1.9 4.9 4.9", "6.7 7.6 1.9 1.9", "4.9 4.9 6.7 6.7"),
        ("6.9 7.6 1.9 3.7", "4.9 1.9 6.7 7", "4.9 4.9 5.7 5.7"),
    ),
    channels={
        "drums": Channel(0.61, reverb=0.05), "bass": Channel(0.79, reverb=0.0, duck=0.5), "pad": Channel(0.33,
        reverb=0.25, duck=0.8),
        "stabs": Channel(0.36, reverb=0.22, echo=0.16, duck=0.4), "arp": Channel(0.36, reverb=0.2, echo=0.4, duck=0.3),
        "tune": Channel(0.36, reverb=0.24, echo=0.35, duck=0.3),
    },
    room=Room(1.6, 6_000, 0.75, 0.4, dull_hz=17_000, warmth=0.25),
    shape=Shape(
        {"intro": "beat drums stabs", "A": "beat drums bass stabs pad", "B": "beat drums bass stabs pad arp tune",
        "bridge": "pad stabs tune",
         "solo": "beat drums bass stabs arp tune", "outro": "beat drums bass stabs"},
        {"intro": 0.55, "A": 0.8, "B": 1.0, "bridge": 0.45, "solo": 0.95, "outro": 0.6},
    ),
    tune=TuneStyle(
        rhythms("0 0.75 1.5:1", "0.5 1.25 2:1", "0 0.5 1.5 2:1", "1.5 2.25 3:0.5", "0 1.5 2.75:1"),
        rhythms("0:1 1.5:1", "0:0.5 0.75:1.5", "0:2"), 65, 84, five_tones=True, leaps=0.25, rests=0.3,
    ),
    leads=("bell", "vibes", "arp", "lead"),
    play=_house, swing=0.53, swing_pair=0.5, loose_s=0.0015, chord_low=52, chord_high=70, tail_s=2.0,
)  # fmt: skip
