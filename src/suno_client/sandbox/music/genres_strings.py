"""Rock and folk: guitars, loud and quiet."""

from __future__ import annotations

from suno_client.sandbox.music.form import Shape
from suno_client.sandbox.music.harmony import at_or_above, nearest
from suno_client.sandbox.music.pen import Bar, Pen
from suno_client.sandbox.music.score import Channel, Room
from suno_client.sandbox.music.styles import Style
from suno_client.sandbox.music.tunes import TuneStyle, rhythms
from suno_client.sandbox.music.wish import Plan

_ROCK_BEATS = (
    ("X.....x.X.x.....", "....X.......X..."),
    ("X.x...x...x...x.", "....X.......X..."),
    ("X.......XX......", "....X.......X.-."),
    ("X..x..x.X..x....", "....X.......X..."),
)


def _rock(pen: Pen, bar: Bar, plan: Plan) -> None:
    force, root = bar.force, at_or_above(bar.chord.root, 28)
    wide = bar.section.name in {"B", "solo"}
    if bar.plays("guitars"):
        pitch = at_or_above(bar.chord.root, 40)
        if wide or plan.variant == "ballad":
            for onset, beats in (
                ((0, 1.45), (1.5, 1.45), (3, 0.95)) if bar.index % 2 == 0 else ((0, 1.95), (2, 0.95), (3, 0.95))
            ):
                pen.note("guitars", "power", bar.start + onset, beats, pitch, 0.9 * force)
        else:
            chugs = 16 if plan.variant == "metal" else 8
            for step in range(chugs):
                open_one = step in ({0, 5} if chugs == 8 else {0, 6, 12}) or (bar.closing and step >= chugs - 2)
                length = 4 / chugs * (1.6 if open_one else 0.8)
                pen.note(
                    "guitars", "power", bar.start + step * 4 / chugs, length, pitch, (0.86 if open_one else 0.5) * force
                )
    if bar.plays("clean"):
        for step in range(8):
            order = (0, 2, 1, 2, 0, 1, 2, 1)
            pen.note(
                "clean",
                "clean",
                bar.start + step / 2,
                1.2,
                bar.voicing[order[step] % len(bar.voicing)],
                0.6 * force,
                pan=0.3 if step % 2 else -0.3,
            )
    if bar.plays("bass"):
        for eighth in range(8):
            pitch = (
                nearest(bar.following.root, root) - 1
                if eighth == 7 and bar.closing and plan.variant != "metal"
                else root
            )
            pen.note(
                "bass", "electric_bass", bar.start + eighth / 2, 0.45, pitch, (0.85 if eighth % 2 == 0 else 0.7) * force
            )
    if bar.plays("drums") and not plan.no_drums:
        _rock_drums(pen, bar, plan, wide=wide)


def _rock_drums(pen: Pen, bar: Bar, plan: Plan, *, wide: bool) -> None:
    kick, snare = _ROCK_BEATS[(plan.seed + wide) % len(_ROCK_BEATS)]
    if plan.variant == "metal":
        kick = "xoxoxoxoxoxoxoxo"
    if plan.variant == "punk":
        kick, snare = "X...X...X...X...", "..X...X...X...X."
    beat = {"kick.rock": kick, "snare.rock": snare, "hat.half" if wide else "hat": "X.x.X.x.X.x.X.x."}
    if bar.last:
        beat = {"kick.rock": "X...x...x...x...", "snare.rock": "....X.xxX.......", "tom.high": ".........xx.....",
        "tom.mid": "...........xx...",
                "tom.low": ".............xXX", "hat": "X.x............."}  # fmt: skip
    elif bar.closing:
        beat = {**beat, "snare.rock": "....X.......X.xX"}
    pen.drums(bar, beat, level=bar.force)
    if bar.index == 0 or (wide and bar.index % 4 == 0):
        pen.note("drums", "crash", bar.start, 1, 0, 0.85 * bar.force)


ROCK = Style(
    major=(("1 b7 4 1", "1 5 6 4", "6 4 1 5"), ("1 4 1 5", "4 1 5 6", "2 4 6 5"), ("1 5 4 4", "6 4 1 5", "b7 4 1 1")),
    minor=(("1 7 6 7", "6 3 7 1", "4 4 6 7"), ("1 1 6 7", "6 7 1 3", "4 6 7 5!"), ("1 3 7 4", "6 7 1 1", "6 6 7 7")),
    channels={
        "drums": Channel(0.58, reverb=0.1), "bass": Channel(0.51, reverb=0.0), "guitars": Channel(0.58, reverb=0.08),
        "clean": Channel(0.54, reverb=0.25, echo=0.2), "tune": Channel(0.47, reverb=0.2, echo=0.25),
    },
    room=Room(1.3, 5_500, 1.0, 0.3, dull_hz=15_000, warmth=0.35),
    shape=Shape(
        {"intro": "guitars drums bass", "A": "guitars bass drums tune", "B": "guitars bass drums tune",
        "bridge": "clean bass tune",
         "solo": "guitars bass drums tune", "outro": "guitars bass drums"},
        {"intro": 0.75, "A": 0.75, "B": 1.0, "bridge": 0.45, "solo": 0.95, "outro": 0.85},
    ),
    tune=TuneStyle(
        rhythms("0:1 1:0.5 1.5:1 2.5:1.5", "0 0.5 1 1.5:1.5 3:1", "0:1.5 1.5:0.5 2:1 3:1", "0.5 1 1.5 2:2",
        "0 0.5 1:1 2 2.5 3:1"),
        rhythms("0:3.5", "0:1 1:3", "0:0.5 0.5:3"), 62, 81, five_tones=True, leaps=0.3,
    ),
    leads=("solo_guitar",),
    play=_rock, loose_s=0.006, chord_low=52, chord_high=70, tail_s=2.5,
)  # fmt: skip


def _folk(pen: Pen, bar: Bar, plan: Plan) -> None:
    force, root = bar.force, at_or_above(bar.chord.root, 40)
    fifth = nearest(bar.chord.fifth(), root - 1 if root > 45 else root + 5)
    picked = "banjo" if plan.variant == "country" and plan.seed % 2 else "steel"
    if bar.plays("picking"):
        top = bar.voicing[-3:]
        order = (2, 0, 1, 2, 0, 2, 1) if plan.seed % 2 else (0, 2, 1, 0, 2, 1, 2)
        for beat in range(bar.beats):
            pen.note("guitar", "steel", bar.start + beat, 1.6, root if beat % 2 == 0 else fifth, 0.7 * force)
            pen.note("guitar", picked, bar.start + beat + 0.5, 1.6, top[order[beat] % len(top)], 0.6 * force)
            if beat % 2 == 0:
                pen.note("guitar", picked, bar.start + beat, 1.8, top[order[beat + 3] % len(top)], 0.52 * force)
    if bar.plays("strum"):
        strokes = (
            ((0, 1), (1, 1), (1.5, 0), (2.5, 0), (3, 1), (3.5, 0))
            if bar.beats == 4
            else ((0, 1), (1, 1), (1.5, 0), (2, 1), (2.5, 0))
        )
        for onset, down in strokes:
            pen.chord(
                "strum",
                "steel",
                bar.start + onset,
                0.8,
                [root, *bar.voicing],
                (0.6 if down else 0.42) * force,
                strum_s=0.009,
                down=bool(down),
            )
    if bar.plays("bass"):
        low = at_or_above(bar.chord.root, 29)
        for beat in range(0, bar.beats, 2 if bar.beats == 4 else 3):
            pen.note(
                "bass",
                "upright",
                bar.start + beat,
                1.6,
                low if beat == 0 else nearest(bar.chord.fifth(), low),
                0.72 * force,
            )
        if bar.closing and bar.beats == 4:
            pen.note("bass", "upright", bar.start + 3, 0.9, nearest(bar.following.root, low) - 2, 0.58 * force)
    if bar.plays("strings"):
        pen.chord("strings", "strings", bar.start, bar.beats * 0.98, bar.voicing[:3], 0.42 * force)
    if bar.plays("drums") and not plan.no_drums:
        if bar.beats == 3:
            pen.drums(bar, {"kick.stomp": "X.....", "shaker": "o-x-x-", "tambourine": "..o.o."}, level=force)
        else:
            pen.drums(
                bar,
                {"kick.stomp": "X.......X.......", "shaker": "o-x-o-x-o-x-o-x-", "tambourine": "....x.......x..."},
                level=force,
            )


FOLK = Style(
    major=(("1 5 6 4", "4 1 5 1", "6 4 1 5"), ("1 4 1 5", "6 4 1 5", "2 4 1 5"), ("1 6 4 5", "4 5 1 6", "4 4 1 5"),
    ("1 1 4 1 6 4 5 5", "4 1 4 5", "6 5 4 4")),
    minor=(("1 7 6 7", "3 7 4 1", "6 7 1 1"), ("1 4 1 7", "6 3 7 1", "4 4 1 7"), ("1 6 3 7", "4 1 7 1", "6 6 7 7")),
    channels={
        "drums": Channel(0.72, reverb=0.12), "bass": Channel(0.64, reverb=0.05), "guitar": Channel(0.50, pan=-0.18,
        reverb=0.16),
        "strum": Channel(0.26, pan=0.4, reverb=0.14), "strings": Channel(0.25, pan=0.1, reverb=0.35),
        "tune": Channel(0.70, pan=0.1, reverb=0.26, echo=0.06),
    },
    room=Room(1.5, 5_000, 1.0, 0.2, dull_hz=15_500, warmth=0.12),
    shape=Shape(
        {"intro": "picking", "A": "picking bass tune", "B": "picking strum bass drums tune strings",
        "bridge": "picking strings tune",
         "solo": "picking strum bass drums tune", "outro": "picking bass strings"},
        {"intro": 0.5, "A": 0.65, "B": 0.95, "bridge": 0.55, "solo": 0.85, "outro": 0.5},
    ),
    tune=TuneStyle(
        rhythms("0:1 1:1 2:0.5 2.5:0.5 3:1", "0 0.5 1:1 2:1 3:1", "0:1.5 1.5 2:1 3:1", "0:1 1 1.5 2:2",
        "0:0.5 0.5:0.5 1:0.5 1.5:0.5 2:1 3:1"),
        rhythms("0:3", "0:1 1:2", "0:1.5 1.5:0.5 2:1.5"), 64, 83, leaps=0.22,
    ),
    leads=("whistle", "fiddle", "harmonica", "nylon", "flute"),
    play=_folk, swing=0.53, loose_s=0.008, chord_low=55, chord_high=72, tail_s=3.0, ritard=0.03,
)  # fmt: skip
