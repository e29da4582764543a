"""From the paper to the ear: a score's notes, rendered and mixed block by block."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from suno_client.sandbox.music.effects import (
    Convolver,
    Limiter,
    Tape,
    duck_curve,
    hall,
    ping_pong,
    tone_response,
    warmed,
)
from suno_client.sandbox.music.instruments import Rack
from suno_client.sandbox.music.loudness import loudness
from suno_client.sandbox.music.score import Channel, Note, Score
from suno_client.sandbox.music.synth import RATE, Sound, samples
from suno_client.sandbox.music.textures import Texture

BLOCK = 32_768  # samples mixed at a time: 0.68 s
TARGET_LUFS = -14.0
_PROBE_S = 4.2  # how much of the loudest part is heard before the song, to set its level


@dataclass
class _Sounding:
    """A note that is being played: its sound, where it began, and its level on either side."""

    sound: Sound
    start: int
    left: float
    right: float


class Desk:
    """Mixes one score from any place on. Its sum has no level yet: `render` brings it to TARGET_LUFS."""

    def __init__(self, score: Score, rack: Rack, start_s: float = 0.0, before_s: float = 0.0) -> None:
        """Begins at `start_s`; what began in the `before_s` seconds before it is sounding already."""
        self._score, self._rack = score, rack
        self._next = bisect_left([note.at_s for note in score.notes], start_s - before_s)
        self._start = samples(start_s) if start_s else 0
        self._sounding: dict[str, list[_Sounding]] = {name: [] for name in score.channels}
        self._turns: dict[tuple[str, float], int] = {}
        self._kicks = score.kicks()
        room = score.room
        self._hall = Convolver(hall(room.reverb_s, room.reverb_dull_hz, 11), BLOCK)
        self._echo = Convolver(ping_pong(room.echo_beats * 60.0 / score.tempo_bpm, room.echo_again), BLOCK)
        self._tone = Convolver(tone_response(room.dull_hz), BLOCK)
        self._tape = Tape(room.wow, BLOCK, score.seed)
        self._texture = Texture(room.texture, room.texture_gain, score.seed % 1_000) if room.texture else None

    def block(self) -> Sound:
        """The next block of the mix."""
        self._strike()
        dry, room, echo = (np.zeros((2, BLOCK), np.float32) for _ in range(3))
        for name, channel in self._score.channels.items():
            strip = self._strip(name, channel)
            if strip is None:
                continue
            dry += strip
            if channel.reverb:
                room += strip * np.float32(channel.reverb)
            if channel.echo:
                echo += strip * np.float32(channel.echo)
        sides = echo + np.float32(0.5) * echo[::-1]
        echoed = self._echo.run(sides)
        mixed = dry + echoed + self._hall.run(room + np.float32(0.35) * echoed)
        if self._texture is not None:
            mixed += self._texture.block(self._start, BLOCK)
        self._start += BLOCK
        return self._tone.run(self._tape.run(warmed(mixed, self._score.room.warmth)))

    def _strike(self) -> None:
        """Begins the notes of this block."""
        end_s = (self._start + BLOCK) / RATE
        notes = self._score.notes
        while self._next < len(notes) and notes[self._next].at_s < end_s:
            self._begin(notes[self._next])
            self._next += 1

    def _begin(self, note: Note) -> None:
        channel = self._score.channels[note.channel]
        turn = self._turns[note.voice, note.pitch] = self._turns.get((note.voice, note.pitch), -1) + 1
        sound = self._rack.play(note.voice, note.pitch, note.length_s, note.velocity, turn)
        touch = max(1, min(5, round(note.velocity * 5))) / 5
        level = channel.gain * (0.25 + 0.75 * note.velocity) * (note.velocity / touch) ** 0.5
        pan = max(-1.0, min(1.0, channel.pan + note.pan))
        self._sounding[note.channel].append(
            _Sounding(
                sound,
                samples(note.at_s) if note.at_s > 0 else 0,
                level * min(1.0, 1.0 - pan),
                level * min(1.0, 1.0 + pan),
            )
        )

    def _strip(self, name: str, channel: Channel) -> Sound | None:
        sounding = self._sounding[name]
        if not sounding:
            return None
        strip = np.zeros((2, BLOCK), np.float32)
        going = list[_Sounding]()
        for one in sounding:
            first = one.start - self._start
            begin, end = max(0, first), min(BLOCK, first + one.sound.shape[1])
            if end > begin:
                piece = one.sound[:, begin - first : end - first]
                strip[0, begin:end] += piece[0] * np.float32(one.left)
                strip[1, begin:end] += piece[1] * np.float32(one.right)
            if first + one.sound.shape[1] > BLOCK:
                going.append(one)
        self._sounding[name] = going
        if channel.duck and self._kicks:
            strip *= 1.0 - np.float32(channel.duck) * (1.0 - duck_curve(self._kicks, self._start, BLOCK))
        return strip


def _level(score: Score, rack: Rack) -> float:
    """The factor that brings the song near TARGET_LUFS, judged by a piece of its loudest section."""
    start, end = score.loudest()
    swell_s = min(score.room.swell_s, score.length_s / 4)
    start = max(0.0, min(start, score.length_s * 0.8 - _PROBE_S - swell_s))
    desk = Desk(score, rack, start + swell_s, swell_s)
    swelling = 1 + int(score.room.reverb_s / 2)  # blocks until the room has filled
    count = int(min(_PROBE_S, max(2.0, (end - start) / 2)) * RATE / BLOCK) + 1
    heard = np.concatenate([desk.block() for _ in range(swelling + count)][swelling:], axis=1)
    target = TARGET_LUFS + 0.8  # the quieter sections draw the whole down
    gain = 1.0
    for _ in range(3):
        gain *= 10.0 ** ((target - loudness(_limited(heard * np.float32(gain)))) / 20.0)
    return min(gain, 60.0)


def _limited(sound: Sound) -> Sound:
    limiter = Limiter()
    parts = [limiter.run(sound[:, at : at + BLOCK]) for at in range(0, sound.shape[1] - BLOCK + 1, BLOCK)]
    return np.concatenate([part for part in (*parts, limiter.run(None)) if part is not None], axis=1)


def render(score: Score, rack: Rack) -> Iterator[Sound]:
    """The song as stereo blocks, level and limited, exactly `score.length_s` long, faded at its end unless it loops."""
    gain = np.float32(_level(score, rack))
    desk, limiter = Desk(score, rack), Limiter()
    total, done = samples(score.length_s), 0
    fade_s = min(3.0, score.length_s * 0.15) if score.fades else 0.0
    while done < total:
        block = limiter.run(desk.block() * gain)
        if block is None:
            continue
        block = block[:, : total - done]
        left_s = (total - done - np.arange(block.shape[1], dtype=np.float64)) / RATE
        yield (block * np.sqrt(np.clip(left_s / fade_s, 0.0, 1.0)).astype(np.float32)) if left_s[-1] < fade_s else block
        done += block.shape[1]
