"""Ambient and classical: music that breathes."""

from __future__ import annotations

from suno_client.sandbox.music.form import Shape
from suno_client.sandbox.music.harmony import at_or_above
from suno_client.sandbox.music.pen import Bar, Pen
from suno_client.sandbox.music.score import Channel, Room
from suno_client.sandbox.music.styles import Style
from suno_client.sandbox.music.tunes import TuneStyle, rhythms
from suno_client.sandbox.music.wish import Plan


def _ambient(pen: Pen, bar: Bar, plan: Plan) -> None:
    force = bar.force
    if bar.index % 2 == 0:
        beats = min(2, bar.section.bars - bar.index) * bar.beats + 1.5
        if bar.plays("pad"):
            pen.chord("pad", "deep_pad", bar.start, beats, bar.voicing, 0.6 * force)
        if bar.plays("choir"):
            pen.chord(
                "choir", "choir", bar.start + 0.5, beats - 1, [pitch + 12 for pitch in bar.voicing[:2]], 0.55 * force
            )
        if bar.plays("drone"):
            pen.note("drone", "sub_bass", bar.start, beats, at_or_above(bar.chord.root, 33), 0.5 * force)
        if bar.plays("strings"):
            pen.note("strings", "strings", bar.start + 1, beats - 1.5, bar.voicing[-1] + 12, 0.3 * force, pan=0.3)
    if bar.plays("drops"):
        for _ in range(bar.dice.choice((1, 2, 2, 3))):
            pitch = bar.dice.choice(bar.voicing) + bar.dice.choice((12, 12, 24))
            onset = bar.dice.choice((0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5))
            pen.note(
                "drops",
                "harp" if plan.seed % 3 == 0 else "bell",
                bar.start + onset,
                2.0,
                pitch,
                bar.dice.uniform(0.25, 0.55) * force,
                pan=bar.dice.uniform(-0.7, 0.7),
            )


AMBIENT = Style(
    major=(("1.9 4.9 6.9 4.9", "2.9 4.9 1.9 5.s", "6.9 3.7 4.9 4.9"), ("4.9 1.9 5.6 6.9", "1.a 3.7 4.9 4.9",
    "2.9 2.9 4.9 4.9"), ("1.9 5.s 2.9 4.9", "6.9 4.9 1.9 1.9", "4.9 3.7 4.9 3.7")),
    minor=(("1.9 6.9 3.9 7.6", "4.9 6.9 1.9 1.9", "6.9 6.9 4.9 4.9"), ("1.a 4.9 6.9 7.s", "3.9 7.6 6.9 4.9",
    "1.9 1.9 6.9 6.9")),
    channels={
        "pad": Channel(0.55, reverb=0.45), "choir": Channel(0.26, reverb=0.7, echo=0.1), "drone": Channel(0.62,
        reverb=0.1),
        "strings": Channel(0.40, reverb=0.7), "drops": Channel(0.51, reverb=0.75, echo=0.5), "tune": Channel(0.43,
        reverb=0.7, echo=0.45),
    },
    room=Room(4.2, 4_200, 1.5, 0.5, dull_hz=12_000, warmth=0.1, wow=0.25, swell_s=6.0),
    shape=Shape(
        {"intro": "pad drone drops", "A": "pad drone drops tune", "B": "pad drone choir strings tune drops",
        "bridge": "choir drone drops", "solo": "pad choir drone drops tune",
         "outro": "pad drone drops choir"},
        {"intro": 0.55, "A": 0.7, "B": 0.95, "bridge": 0.6, "solo": 0.85, "outro": 0.55},
    ),
    tune=TuneStyle(
        rhythms("0:3", "1:2.5", "0:2 2:2", "2:2", "0.5:1.5 2:2"), rhythms("0:4", "1:3"), 64, 84, five_tones=True,
        leaps=0.4, rests=0.5,
    ),
    leads=("piano", "flute", "bell", "vibes", "cello"),
    play=_ambient, loose_s=0.02, bars_a_chord=2, chord_low=48, chord_high=68, tail_s=6.0, ritard=0.01,
)  # fmt: skip


def _classical(pen: Pen, bar: Bar, plan: Plan) -> None:
    force = bar.force
    band = plan.variant or ("piano", "strings", "orchestra")[plan.seed % 3]
    band = "piano" if band == "waltz" and plan.seed % 2 else "strings" if band == "waltz" else band
    if bar.plays("figure"):
        _figure(pen, bar, band, force, plan)
    if bar.plays("strings") and band != "piano":
        swell = 0.45 + 0.15 * (bar.index % 4)
        low = at_or_above(bar.chord.root, 36)
        pen.chord("strings", "strings", bar.start, bar.beats * 0.99, bar.voicing, swell * force, width=0.5)
        pen.note("cellos", "cello", bar.start, bar.beats * 0.98, low, 0.6 * force)
        if bar.section.name == "B" and band == "orchestra":
            pen.note("cellos", "strings", bar.start, bar.beats * 0.98, low - 12 if low > 40 else low, 0.7 * force)
    elif bar.plays("strings"):
        pen.note("piano", "piano", bar.start, bar.beats, at_or_above(bar.chord.root, 33), 0.62 * force)
    if bar.plays("harp") and band == "orchestra" and bar.index % 2 == 0:
        run = [pitch + 12 * octave for octave in (0, 1) for pitch in bar.voicing]
        for step, pitch in enumerate(run[:8]):
            pen.note("harp", "harp", bar.start + step * 0.25, 1.5, pitch, 0.42 * force, pan=-0.4 + step * 0.1)
    if bar.plays("drums") and band == "orchestra" and not plan.no_drums and plan.energy > 0.2:
        pen.drums(bar, {"tom.low": "X.....o.x.....oo"}, level=0.7 * force)


def _figure(pen: Pen, bar: Bar, band: str, force: float, plan: Plan) -> None:
    """The accompaniment that moves: broken chords on the piano, or plucked and bowed eighths."""
    low = at_or_above(bar.chord.root, 40)
    chord = [low, *bar.voicing[-3:]]
    if bar.beats == 3:
        pen.note(
            "piano" if band == "piano" else "figure",
            "piano" if band == "piano" else "cello",
            bar.start,
            0.9,
            low,
            0.66 * force,
        )
        for beat in (1, 2):
            pen.chord(
                "piano" if band == "piano" else "figure",
                "piano" if band == "piano" else "harp",
                bar.start + beat,
                0.7,
                bar.voicing[-3:],
                0.45 * force,
            )
        return
    orders = ((0, 2, 1, 2, 3, 2, 1, 2), (0, 1, 2, 3, 2, 3, 2, 1), (0, 3, 2, 3, 1, 3, 2, 3))
    order = orders[plan.seed % 3]
    voice, channel = (
        ("piano", "piano") if band == "piano" else ("harp", "figure") if band == "orchestra" else ("strings", "figure")
    )
    for eighth in range(8):
        velocity = (0.56 if eighth == 0 else 0.42 if eighth % 2 == 0 else 0.36) * force
        pen.note(
            channel,
            voice,
            bar.start + eighth / 2,
            0.9 if voice != "strings" else 0.4,
            chord[order[eighth] % len(chord)],
            velocity,
        )


CLASSICAL = Style(
    major=(("1 5 6 3 4 1 4 5!", "6 3 4 1 2 6 5 5!.7", "4 1 2 6 2 5 5!.7 5!.7"), ("1 4 2 5!.7", "6 2 5!.7 1",
    "4 1 2 5!.7"), ("1 6 4 5!.7", "4 5 3 6", "2 5!.7 1 1")),
    minor=(("1 4 7 3 6 2 5! 1", "6 3 4 1 2 5! 1 5!", "4 1 2 5!"), ("1 6 4 5!.7", "3 7 1 5!", "6 4 2 5!.7"),
    ("1 5! 1 4 1 6 2 5!", "3 7 4 1", "4 4 5! 5!")),
    channels={
        "piano": Channel(0.46, reverb=0.24), "strings": Channel(0.29, reverb=0.34), "cellos": Channel(0.46, pan=0.25,
        reverb=0.3),
        "figure": Channel(0.59, pan=-0.25, reverb=0.3), "harp": Channel(0.38, pan=-0.3, reverb=0.35),
        "drums": Channel(0.36, reverb=0.5),
        "tune": Channel(0.66, pan=0.05, reverb=0.3),
    },
    room=Room(2.4, 4_800, 1.0, 0.0, dull_hz=15_000, warmth=0.0),
    shape=Shape(
        {"intro": "figure", "A": "figure tune strings", "B": "figure tune strings harp drums",
        "bridge": "strings tune", "solo": "figure tune strings harp",
         "outro": "figure strings"},
        {"intro": 0.45, "A": 0.65, "B": 0.95, "bridge": 0.55, "solo": 0.8, "outro": 0.4},
    ),
    tune=TuneStyle(
        rhythms("0:1.5 1.5:0.5 2:1 3:1", "0:2 2:1 3:1", "0:1 1:1 2:1.5 3.5:0.5", "0:1 1:0.5 1.5:0.5 2:2",
        "0:0.5 0.5:0.5 1:1 2:1 3:1"),
        rhythms("0:3", "0:1 1:2", "0:2 2:1.5"), 65, 86, leaps=0.24,
    ),
    leads=("piano", "fiddle", "flute", "cello", "clarinet"),
    play=_classical, loose_s=0.011, chord_low=52, chord_high=69, tail_s=3.5, ritard=0.045,
)  # fmt: skip
