"""A song taken apart: who belongs to which stem, and the stems as sound that sums to the song."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from suno_client.sandbox.music.drums import PIECES
from suno_client.sandbox.music.effects import Convolver, Limiter, Tape, hall, ping_pong, tone_response, warmed
from suno_client.sandbox.music.instruments import Rack
from suno_client.sandbox.music.mixer import BLOCK, Desk
from suno_client.sandbox.music.mixer import (
    _level as level,  # pyright: ignore[reportPrivateUsage] - stems are as loud as the song they sum to
)
from suno_client.sandbox.music.score import Channel, Note, Score
from suno_client.sandbox.music.synth import RATE, Sound, samples

VOCALS, INSTRUMENTAL, FX = "Vocals", "Instrumental", "FX"
_PLAYERS: Mapping[str, tuple[str, ...]] = {
    VOCALS: ("voice",),
    "Backing Vocals": ("choir",),
    "Bass": ("sub_bass", "synth_bass", "upright", "electric_bass"),
    "Guitar": ("nylon", "steel", "clean", "banjo", "power", "solo_guitar"),
    "Piano": ("piano",),
    "Keyboard": ("epiano", "organ", "vibes", "kalimba", "bell"),
    "Percussion": ("shaker", "tambourine"),
    "Strings": ("strings", "fiddle", "cello", "harp"),
    "Synth": ("pad", "deep_pad", "super_saw", "stab", "arp", "lead"),
    FX: ("riser",),
    "Brass": ("trumpet",),
    "Woodwinds": ("flute", "whistle", "clarinet", "sax", "harmonica"),
}
STEM_OF: Mapping[str, str] = {
    **dict.fromkeys(PIECES, "Drums"),
    **{voice: stem for stem, voices in _PLAYERS.items() for voice in voices},
}
STEMS = tuple(dict.fromkeys(STEM_OF.values()))
_PILOT = np.float32(1e-3)  # a level that no limiter touches, so that it comes out as the gain that it met


def stem_of(voice: str, *, by_instrument: bool) -> str:
    """The stem that holds a voice: its family's, or of two only the singer's or everybody else's."""
    return STEM_OF[voice] if by_instrument else VOCALS if voice == "voice" else INSTRUMENTAL


def taken_apart(score: Score, *, by_instrument: bool) -> tuple[Score, dict[str, list[str]]]:
    """The same song with a strip of its own for each stem on each channel; and the strips of each stem that sounds."""
    channels, strips = dict[str, Channel](), dict[str, list[str]]()
    notes = list[Note]()
    for note in score.notes:
        stem = stem_of(note.voice, by_instrument=by_instrument)
        strip = f"{note.channel}/{stem}"
        if strip not in channels:
            channels[strip] = score.channels[note.channel]
            strips.setdefault(stem, []).append(strip)
        notes.append(replace(note, channel=strip))
    if score.room.texture:
        strips.setdefault(FX if by_instrument else INSTRUMENTAL, [])
    return replace(score, channels=channels, notes=notes), strips


class StemDesk(Desk):
    """The song's desk with a room, an echo and a tape for each stem. The stems' sum is what `Desk` would mix."""

    def __init__(self, score: Score, rack: Rack, strips: Mapping[str, list[str]]) -> None:
        super().__init__(score, rack)
        self._strips = strips
        room = score.room
        halls = hall(room.reverb_s, room.reverb_dull_hz, 11)
        echoes = ping_pong(room.echo_beats * 60.0 / score.tempo_bpm, room.echo_again)
        self._halls = {stem: Convolver(halls, BLOCK) for stem in strips}
        self._echoes = {stem: Convolver(echoes, BLOCK) for stem in strips}
        self._tones = {stem: Convolver(tone_response(room.dull_hz), BLOCK) for stem in strips}
        self._tapes = {stem: Tape(room.wow, BLOCK, score.seed) for stem in strips}
        self._textured = next((stem for stem in (FX, INSTRUMENTAL) if stem in strips), None)

    def blocks(self) -> dict[str, Sound]:
        """The next block of each stem. What bends the sum bends each stem by the same factor."""
        self._strike()
        mixed = {stem: self._mixed(stem) for stem in self._strips}
        if self._texture is not None and self._textured is not None:
            mixed[self._textured] += self._texture.block(self._start, BLOCK)
        self._start += BLOCK
        total = sum(mixed.values(), np.zeros((2, BLOCK), np.float32))
        silent = np.abs(total) < 1e-9
        bend = np.where(silent, 1.0, warmed(total, self._score.room.warmth) / np.where(silent, 1.0, total))
        return {
            stem: self._tones[stem].run(self._tapes[stem].run((sound * bend).astype(np.float32)))
            for stem, sound in mixed.items()
        }

    def _mixed(self, stem: str) -> Sound:
        dry, room, echo = (np.zeros((2, BLOCK), np.float32) for _ in range(3))
        for name in self._strips[stem]:
            channel = self._score.channels[name]
            strip = self._strip(name, channel)
            if strip is None:
                continue
            dry += strip
            room += strip * np.float32(channel.reverb)
            echo += strip * np.float32(channel.echo)
        echoed = self._echoes[stem].run(echo + np.float32(0.5) * echo[::-1])
        return dry + echoed + self._halls[stem].run(room + np.float32(0.35) * echoed)


def render_stems(score: Score, rack: Rack, *, by_instrument: bool) -> Iterator[dict[str, Sound]]:
    """Every stem block by block, level and limited as the song is, exactly as long and faded at the same place."""
    gain = np.float32(level(score, rack))
    apart, strips = taken_apart(score, by_instrument=by_instrument)
    desk, limiter = StemDesk(apart, rack, strips), Limiter()
    total, done = samples(score.length_s), 0
    fade_s = min(3.0, score.length_s * 0.15) if score.fades else 1e-9
    held = dict[str, Sound]()  # the limiter is one block late
    while done < total:
        stems = {stem: sound * gain for stem, sound in desk.blocks().items()}
        pilot = np.full((1, BLOCK), _PILOT, np.float32)
        limited = limiter.run(np.concatenate([sum(stems.values(), np.zeros((2, BLOCK), np.float32)), pilot]))
        before, held = held, stems
        if limited is None:
            continue
        left_s = (total - done - np.arange(BLOCK, dtype=np.float64)) / RATE
        curve = limited[2] / _PILOT * np.sqrt(np.clip(left_s / fade_s, 0.0, 1.0)).astype(np.float32)
        yield {stem: (sound * curve)[:, : total - done] for stem, sound in before.items()}
        done += BLOCK
