"""Lo-fi hip hop and jazz: swung, with long chords."""

from __future__ import annotations

from suno_client.sandbox.music.form import Shape
from suno_client.sandbox.music.harmony import at_or_above, nearest
from suno_client.sandbox.music.pen import Bar, Pen
from suno_client.sandbox.music.score import Channel, Room
from suno_client.sandbox.music.styles import Style
from suno_client.sandbox.music.tunes import TuneStyle, rhythms
from suno_client.sandbox.music.wish import Plan

_LOFI_BEATS = (
    {"kick.soft": "X.....o...x.....", "snare.soft": "....X.......X..-", "hat.soft": "x.o.x.o.x.o.x.oo"},
    {"kick.soft": "X......x..x.....", "snare.soft": "....X..-....X...", "hat.soft": "x.o.xoo.x.o.x.o."},
    {"kick.soft": "X..o......x..x..", "snare.soft": "....X.......X...", "hat.soft": "x.x.o.x.x.x.o.x."},
    {"kick.soft": "X.........xo....", "snare.soft": "....X....-..X...", "hat.soft": "o.x.o.x.o.x.o.xo"},
)
_LATE = {"snare": 0.016, "hat": 0.004, "kick": 0.0, "rim": 0.012}


def _lofi(pen: Pen, bar: Bar, plan: Plan) -> None:
    force, keys = bar.force, "piano" if plan.lead == "epiano" or plan.seed % 4 == 0 else "epiano"
    if bar.plays("chords"):
        early = bar.dice.random() < 0.35
        pen.chord("keys", keys, bar.start, 2.4 if early else 3.6, bar.voicing, 0.56 * force, strum_s=0.014)
        if early:
            pen.chord(
                "keys", keys, bar.start + bar.dice.choice((2.5, 2.75)), 1.2, bar.voicing[1:], 0.44 * force, strum_s=0.01
            )
        elif bar.dice.random() < 0.4:
            pen.note("keys", keys, bar.start + 3.5, 0.5, bar.voicing[-1] + 12 * (bar.dice.random() < 0.3), 0.4 * force)
    if bar.plays("guitar") and bar.index % 2:
        for step, pitch in enumerate(bar.voicing[-3:]):
            pen.note("guitar", "nylon", bar.start + 2 + step * 0.5, 1.4, pitch + 12, 0.42 * force)
    if bar.plays("bass"):
        root = at_or_above(bar.chord.root, 31)
        pen.note("bass", "sub_bass", bar.start, 1.7, root, 0.78 * force)
        pen.note(
            "bass",
            "sub_bass",
            bar.start + bar.dice.choice((2.5, 2.5, 1.75)),
            1.0,
            bar.dice.choice((root, root + 7, root + 12)),
            0.62 * force,
        )
        if bar.dice.random() < 0.5:
            pen.note(
                "bass",
                "sub_bass",
                bar.start + 3.5,
                0.45,
                nearest(bar.following.root, root) + bar.dice.choice((-1, 2, -2)),
                0.5 * force,
            )
    if bar.plays("drums") and not plan.no_drums:
        beat = _LOFI_BEATS[(plan.seed + (bar.index % 4 == 3)) % 4]
        if bar.closing:
            beat = {**beat, "snare.soft": "....X.......X.o-", "rim": "..........-....."}
        pen.drums(bar, beat, level=0.8 + 0.2 * force, late_s=_LATE)


LOFI = Style(
    major=(
        ("2.9 5!.7 1.9 6.7", "4.9 3.7 2.9 1.9", "4.9 5.6 3.7 6.7"),
        ("1.9 6.7 2.9 5.7", "4.9 3.7 6.7 2.9", "2.9 3.7 4.9 4.9"),
        ("4.9 3.7 2.9 1.9", "6.9 2.9 5.7 1.9", "4.9 4.9 3.7 3.7"),
    ),
    minor=(
        ("1.9 4.9 6.7 5.7", "6.9 7.6 1.9 1.9", "4.9 5.7 6.7 7.6"),
        ("6.9 5.7 1.9 3.7", "4.9 7.7 3.9 6.7", "6.9 6.9 5.7 5.7"),
        ("1.9 6.9 3.9 7.6", "4.9 1.9 6.7 5!.7", "4.9 4.9 1.9 1.9"),
    ),
    channels={
        "drums": Channel(0.61, reverb=0.05), "bass": Channel(0.58, reverb=0.0, duck=0.2), "keys": Channel(0.43,
        reverb=0.2, duck=0.18),
        "guitar": Channel(0.49, pan=-0.3, reverb=0.25), "tune": Channel(0.38, pan=0.12, reverb=0.28, echo=0.22),
    },
    room=Room(1.5, 3_800, 0.75, 0.35, dull_hz=9_500, warmth=0.5, wow=0.75, texture="vinyl", texture_gain=0.75),
    shape=Shape(
        {"intro": "chords guitar", "A": "chords bass drums tune", "B": "chords bass drums tune guitar",
        "bridge": "chords tune guitar",
         "solo": "chords bass drums tune guitar", "outro": "chords guitar bass"},
        {"intro": 0.4, "A": 0.75, "B": 0.9, "bridge": 0.5, "solo": 0.85, "outro": 0.4},
    ),
    tune=TuneStyle(
        rhythms("0.5 1 2:1.5", "0 0.75 1.5:2", "1 1.5 2 2.5 3:1", "0 1.5 2:1", "0.5:1 2.5 3:1"),
        rhythms("0:3", "0 0.5 1:2.5", "0.5:3"), 62, 81, five_tones=True, rests=0.35, leaps=0.3,
    ),
    leads=("vibes", "nylon", "kalimba", "epiano", "piano", "flute"),
    play=_lofi, swing=0.585, swing_pair=0.5, loose_s=0.007, chord_low=52, chord_high=71, tail_s=3.0,
)  # fmt: skip


def _jazz(pen: Pen, bar: Bar, plan: Plan) -> None:
    force = bar.force
    if plan.variant == "bossa":
        _bossa(pen, bar, plan)
        return
    if bar.plays("bass"):
        _walking(pen, bar, force)
    if bar.plays("chords"):
        comp = bar.dice.choice(
            (
                ((0.0, 1.4), (1.5, 0.5)),
                ((1.5, 1.0), (3.5, 0.5)),
                ((0.5, 0.5), (2.5, 1.0)),
                ((1.0, 0.4), (2.5, 1.2)),
                ((0.0, 2.6),),
            )
        )
        for onset, beats in comp:
            if onset < bar.beats:
                pen.chord(
                    "keys",
                    "piano",
                    bar.start + onset,
                    beats,
                    bar.voicing,
                    bar.dice.uniform(0.42, 0.58) * force,
                    strum_s=0.004,
                )
    if plan.no_drums or not bar.plays("drums"):
        return
    waltz = bar.beats == 3
    pattern = {"ride": "X.x.x." if waltz else "x.X.x.X.", "hat.foot": "..x.x." if waltz else "..x...x."}
    if not waltz:
        pattern["ride"] = bar.dice.choice(("x.X-x.X-", "x.X-x.X.", "x.Xox.X-"))
    if plan.energy < -0.2 or plan.variant == "ballad":
        pattern = {"brush": "xoxo" if not waltz else "xoo", "hat.foot": pattern["hat.foot"]}
    pattern["kick.jazz"] = "-..-.-" if waltz else bar.dice.choice(("-...-...", "o.....-.", "-..o-...", "........"))
    if bar.closing:
        pattern["snare.jazz"] = "...-.o" if waltz else bar.dice.choice(("...-.-ox", ".....o.o", "....-o-x"))
    elif bar.dice.random() < 0.45:
        pattern["snare.jazz"] = "...-.." if waltz else bar.dice.choice(("...-....", ".......-", "...o...-"))
    pen.drums(bar, pattern, level=0.72 + 0.28 * force)
    if bar.index == 0 and bar.section.name in {"B", "solo"}:
        pen.note("drums", "crash", bar.start, 1, 0, 0.45)


def _walking(pen: Pen, bar: Bar, force: float) -> None:
    """Four to the bar: root, a way through the chord, and a step into the next."""
    root = at_or_above(bar.chord.root, 29)
    target = nearest(bar.following.root, root)
    chord = [nearest(tone, root + 5) for tone in bar.chord.tones[1:3]]
    walk = bar.dice.choice(
        (
            [root, chord[0], chord[-1]],
            [root, nearest(bar.chord.fifth(), root + 3), root + 12],
            [root, root + 2, chord[0]],
        )
    )
    approach = target + bar.dice.choice((-1, 1, -2, 7 if target < 34 else -5))
    for beat, pitch in enumerate([*walk, approach][: bar.beats] if bar.beats == 4 else [walk[0], walk[1], approach]):
        pen.note("bass", "upright", bar.start + beat, 0.92, pitch, (0.78 if beat % 2 == 0 else 0.7) * force)
    if bar.dice.random() < 0.16:
        pen.note("bass", "upright", bar.start + bar.beats - 0.5, 0.3, approach, 0.4 * force)


def _bossa(pen: Pen, bar: Bar, plan: Plan) -> None:
    force, root = bar.force, at_or_above(bar.chord.root, 31)
    if bar.plays("bass"):
        for onset, beats, pitch in (
            (0, 1.4, root),
            (1.5, 0.5, root),
            (2, 1.4, nearest(bar.chord.fifth(), root)),
            (3.5, 0.5, nearest(bar.chord.fifth(), root)),
        ):
            pen.note("bass", "upright", bar.start + onset, beats, pitch, (0.75 if beats > 1 else 0.55) * force)
    if bar.plays("chords"):
        for onset in (0, 1, 2.5, 3.5) if bar.index % 2 else (0.5, 1.5, 3):
            pen.chord("keys", "nylon", bar.start + onset, 0.7, bar.voicing, 0.52 * force, strum_s=0.006, width=0.25)
    if bar.plays("drums") and not plan.no_drums:
        claves = "x..x..x...x..x.." if bar.index % 2 == 0 else "..x...x..x..x..."
        pen.drums(
            bar,
            {
                "rim": claves,
                "hat.soft": "xoxoxoxoxoxoxoxo",
                "kick.jazz": "x..oo..ox..oo..o",
                "shaker": "o-x-o-x-o-x-o-x-",
            },
            level=0.75 * force,
        )


JAZZ = Style(
    major=(
        ("2.9 5!.9 1.9 6!.7", "3.7 6!.7 2.9 5!.7", "4.9 4.9 3.7 6!.7"),
        ("1.9 6!.7 2.9 5!.9", "4.9 5.9 3.7 6.7", "2.9 5!.9 1.9 1.9"),
        ("1.9 4.9 3.7 6!.7 2.9 5!.9 1.6 5!.7", "6.7 2.9 5!.9 1.9", "3.7 6!.7 2.9 5!.7"),
    ),
    minor=(
        ("1.9 6.7 2.7 5!.7", "4.9 7.7 3.9 6.7", "2.7 5!.7 1.9 1.9"),
        ("4.9 7.7 3.9 6.7 2.7 5!.7 1.9 1.9", "1.9 4.9 2.7 5!.7", "6.9 6.9 2.7 5!.7"),
    ),
    channels={
        "drums": Channel(0.83, reverb=0.14), "bass": Channel(0.39, reverb=0.06), "keys": Channel(0.45, pan=-0.22,
        reverb=0.18),
        "tune": Channel(0.61, pan=0.16, reverb=0.24, echo=0.05),
    },
    room=Room(1.3, 4_500, 0.66, 0.2, dull_hz=14_000, warmth=0.25),
    shape=Shape(
        {"intro": "bass chords drums", "A": "bass chords drums tune", "bridge": "bass drums tune",
        "outro": "bass chords drums tune"},
        {"intro": 0.5, "A": 0.7, "B": 0.8, "solo": 0.95, "bridge": 0.55, "outro": 0.6},
    ),
    tune=TuneStyle(
        rhythms("0 0.5 1:1 2.5 3:1", "0.5 1 1.5 2:1.5", "0:1.5 1.5 2 2.5:1", "1 1.5 2 2.5 3 3.5", "0 1 1.5:2"),
        rhythms("0:1.5 1.5:2", "0:3", "0 0.5:2.5"), 60, 82, leaps=0.32, rests=0.15,
    ),
    leads=("vibes", "trumpet", "sax", "piano", "clarinet"),
    play=_jazz, swing=0.635, swing_pair=1.0, loose_s=0.009, chord_low=52, chord_high=68, tail_s=2.5, ritard=0.02,
    improvises=True,
)  # fmt: skip
