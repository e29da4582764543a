"""A score as the gateway writes MIDI: instruments with their notes. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from suno_client.sandbox.music.drums import PIECES
from suno_client.sandbox.music.score import Note, Score
from suno_client.sandbox.music.stems import stem_of

DRUMS = "Drums"
# The key of each piece on the percussion map of General MIDI.
_KEYS: Mapping[str, int] = {
    "kick": 36, "snare": 38, "clap": 39, "brush": 38, "rim": 37, "hat": 42, "hat.foot": 44, "hat.open": 46,
    "ride": 51, "crash": 49, "shaker": 82, "tambourine": 54, "tom.high": 50, "tom.mid": 47, "tom.low": 45,
}  # fmt: skip
# The names of General MIDI's sounds.
_SOUNDS: Mapping[str, str] = {
    "epiano": "Electric Piano 1", "piano": "Acoustic Grand Piano", "vibes": "Vibraphone", "bell": "Music Box",
    "kalimba": "Kalimba", "organ": "Drawbar Organ", "nylon": "Acoustic Guitar (nylon)",
    "steel": "Acoustic Guitar (steel)", "clean": "Electric Guitar (clean)", "harp": "Orchestral Harp",
    "banjo": "Banjo", "upright": "Acoustic Bass", "electric_bass": "Electric Bass (finger)",
    "power": "Distortion Guitar", "solo_guitar": "Overdriven Guitar", "pad": "Pad 2 (warm)",
    "deep_pad": "Pad 7 (halo)", "super_saw": "Lead 2 (sawtooth)", "stab": "Synth Brass 1",
    "arp": "Lead 1 (square)", "lead": "Lead 3 (calliope)", "synth_bass": "Synth Bass 1",
    "sub_bass": "Synth Bass 2", "voice": "Voice Oohs", "choir": "Choir Aahs", "strings": "String Ensemble 1",
    "fiddle": "Fiddle", "cello": "Cello", "flute": "Flute", "whistle": "Whistle", "clarinet": "Clarinet",
    "sax": "Tenor Sax", "trumpet": "Trumpet", "harmonica": "Harmonica",
}  # fmt: skip


def instruments(score: Score, stem: str | None = None, *, by_instrument: bool = False) -> list[dict[str, object]]:
    """Each instrument with its notes in order of time, in seconds; of one stem only where one is named.

    Noise without a pitch or a key on the drums (a riser) is not written.
    """
    found = dict[str, list[dict[str, object]]]()
    for note in score.notes:
        if stem is not None and stem_of(note.voice, by_instrument=by_instrument) != stem:
            continue
        pitch = _key(note.voice) if note.voice in PIECES else round(note.pitch)
        if pitch is None:
            continue
        name = DRUMS if note.voice in PIECES else _SOUNDS[note.voice]
        found.setdefault(name, []).append(_written(note, pitch, score.length_s))
    return [{"name": name, "notes": notes} for name, notes in found.items()]


def _key(piece: str) -> int | None:
    return _KEYS.get(piece, _KEYS.get(piece.split(".", maxsplit=1)[0]))


def _written(note: Note, pitch: int, length_s: float) -> dict[str, object]:
    return {
        "pitch": pitch,
        "start": round(note.at_s, 6),
        "end": round(min(note.at_s + note.length_s, length_s), 6),
        "velocity": round(note.velocity, 3),
    }
