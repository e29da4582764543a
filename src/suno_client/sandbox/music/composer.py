"""From a plan to a score: form, chords, tunes, and each player's bar. Pure and seeded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from suno_client.sandbox.music.form import sections
from suno_client.sandbox.music.genres_electric import HOUSE, SYNTHWAVE
from suno_client.sandbox.music.genres_mellow import JAZZ, LOFI
from suno_client.sandbox.music.genres_still import AMBIENT, CLASSICAL
from suno_client.sandbox.music.genres_strings import FOLK, ROCK
from suno_client.sandbox.music.harmony import Chord, at_or_above, progression, voiced
from suno_client.sandbox.music.pen import Bar, Clock, Pen
from suno_client.sandbox.music.score import Channel, Score, Section
from suno_client.sandbox.music.styles import Style
from suno_client.sandbox.music.tunes import TuneNote, running, theme
from suno_client.sandbox.music.wish import Plan

STYLES: Mapping[str, Style] = {
    "lofi": LOFI, "synthwave": SYNTHWAVE, "jazz": JAZZ, "rock": ROCK,
    "ambient": AMBIENT, "classical": CLASSICAL, "house": HOUSE, "folk": FOLK,
}  # fmt: skip


_HIGHEST = {"cello": 70, "trumpet": 79, "sax": 77, "voice": 77, "clarinet": 82, "steel": 79, "clean": 79, "banjo": 79}


def compose(plan: Plan) -> Score:
    """The whole song. The same plan gives the same score."""
    style = STYLES[plan.genre]
    beats = 3 if plan.waltz else 4
    tail_s = min(style.tail_s, plan.duration_s * 0.16)
    bars = max(1, round((plan.duration_s - tail_s) * plan.tempo_bpm / 60.0 / beats))
    bar_s = beats * 60.0 / plan.tempo_bpm
    straight = plan.variant == "bossa"
    clock = Clock(
        plan.tempo_bpm, 0.5 if straight else style.swing, style.swing_pair,
        ritard_beat=(bars - 1.5) * beats, ritard=style.ritard if bars >= 8 else 0.0,
    )  # fmt: skip
    score = Score(
        plan.genre, plan.tempo_bpm, beats, clock.seconds(bars * beats) + tail_s, bar_s,
        replace(style.room, texture=plan.texture, texture_gain=style.room.texture_gain),
        _channels(style, plan), sections(bars, style.shape), plan.seed,
    )  # fmt: skip
    pen = Pen(score, clock, plan.dice("hand"), style.loose_s)
    dice = plan.dice("choices")
    sets = dice.choice(style.minor if plan.minor else style.major)
    chords = [progression(text, plan.key, minor=plan.minor) for text in sets]
    _play(pen, style, plan, chords)
    _sing(pen, style, plan, chords, dice)
    _close(pen, style, plan, chords[0][0], bars * beats)
    score.notes.sort(key=lambda note: note.at_s)
    return score


def _channels(style: Style, plan: Plan) -> dict[str, Channel]:
    """The style's channels; a singer stands a little in front."""
    tune = style.channels["tune"]
    return {**style.channels, "tune": replace(tune, gain=tune.gain * (1.15 if plan.sung else 1.0))}


def _lead(style: Style, plan: Plan) -> str:
    return plan.lead or plan.dice("lead").choice(style.leads)


def _chords_of(section: Section, chords: list[list[Chord]], bars_a_chord: int) -> list[Chord]:
    """A chord for each bar of a section, and one more for what follows."""
    kind = {"B": 1, "bridge": 2}.get(section.name, 0)
    return [chords[kind][(bar // bars_a_chord) % len(chords[kind])] for bar in range(section.bars + 1)]


def _play(pen: Pen, style: Style, plan: Plan, chords: list[list[Chord]]) -> None:
    voicing: tuple[int, ...] = ()
    for section in pen.score.sections:
        dice = plan.dice(f"{section.name}:{section.start_bar}")
        line = _chords_of(section, chords, style.bars_a_chord)
        for index in range(section.bars):
            voicing = voiced(_upper(line[index]), voicing, style.chord_low, style.chord_high)
            number = section.start_bar + index
            beats = pen.score.beats_a_bar
            style.play(
                pen,
                Bar(number * beats, beats, line[index], line[index + 1], voicing, section, index, number, dice),
                plan,
            )


def _upper(chord: Chord) -> tuple[int, ...]:
    """What the chord players have when a bass plays the root: of five tones, all but the root."""
    return chord.tones[1:] if len(chord.tones) >= 5 else chord.tones


def _sing(pen: Pen, style: Style, plan: Plan, chords: list[list[Chord]], dice: Random) -> None:
    """Writes the tune of each section; a section that returns brings its tune back, a little changed."""
    lead, beats = _lead(style, plan), pen.score.beats_a_bar
    known: dict[str, list[TuneNote]] = {}
    for section in pen.score.sections:
        if "tune" not in section.parts:
            continue
        name = section.tune or "a"
        line = _chords_of(section, chords, style.bars_a_chord)[:-1]
        if name == "solo" and style.improvises:
            low, high = style.tune.low, style.tune.high
            notes = running(line, beats, low, high, dice)
        elif name in known and len(line) <= 8:
            notes = [note for note in known[name] if note.beat < len(line) * beats]
        else:
            high = name in {"b", "solo"}
            notes = theme(
                style.tune,
                (line * 2)[: max(4, min(8, len(line)))] if len(line) < 4 else line[:8],
                beats,
                plan.key,
                dice,
                minor=plan.minor,
                high=high,
            )
            known[name] = notes
        start = section.start_bar * beats
        down = 12 if max((note.pitch for note in notes), default=0) > _HIGHEST.get(lead, 99) else 0
        for note in notes:
            if note.beat < section.bars * beats:
                force = note.velocity * (0.8 + 0.2 * section.intensity)
                pen.note("tune", lead, start + note.beat, note.beats, note.pitch - down, force)


def _close(pen: Pen, style: Style, plan: Plan, chord: Chord, beat: float) -> None:
    """The last chord, on the bar after the last one, left to ring."""
    if plan.duration_s < 12:
        return
    bass = {"lofi": "sub_bass", "jazz": "upright", "rock": "electric_bass", "folk": "upright"}.get(plan.genre)
    tonic = at_or_above(chord.root if chord.root == plan.key else plan.key, 33)
    if bass and "bass" in pen.score.channels:
        pen.note("bass", bass, beat, 3.0, tonic, 0.7)
    voices = {
        "lofi": ("keys", "epiano"), "jazz": ("keys", "piano"), "rock": ("guitars", "power"), "ambient": ("drops",
        "bell"),
        "synthwave": ("pad", "pad"), "house": ("stabs", "piano"), "folk": ("guitar", "steel"), "classical": ("piano",
        "piano"),
    }  # fmt: skip
    channel, voice = voices[plan.genre]
    third = 3 if plan.minor else 4
    home = voiced(tuple((plan.key + step) % 12 for step in (0, third, 7)), (), style.chord_low, style.chord_high)
    pitches = [at_or_above(plan.key, 40)] if voice == "power" else home
    pen.chord(channel, voice, beat, 3.0, pitches, 0.62, strum_s=0.03)
