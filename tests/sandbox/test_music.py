"""What is heard: genres told apart by measure, songs that repeat exactly, levels as on the radio."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from suno_client.sandbox.music.composer import compose
from suno_client.sandbox.music.instruments import Rack
from suno_client.sandbox.music.loudness import loudness
from suno_client.sandbox.music.mixer import render
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.score import Score
from suno_client.sandbox.music.synth import RATE
from suno_client.sandbox.music.wish import understand

GENRES = ("lofi", "synthwave", "jazz", "rock", "ambient", "classical", "house", "folk")
SONG_S = 14.0
HOP_S = 0.05
RACK = Rack()
Sound = NDArray[np.float64]


def score(genre: str, take: int = 1, seconds: float = SONG_S) -> Score:
    return compose(understand(Order(prompt=f"a {genre} song", take=take, duration_s=seconds)))


def heard(paper: Score, rack: Rack = RACK) -> Sound:
    """Left and right as rows."""
    return np.concatenate(list(render(paper, rack)), axis=1).astype(np.float64)


@cache
def song(genre: str, take: int = 1) -> Sound:
    return heard(score(genre, take))


def frames(sound: Sound) -> Sound:
    """Loudness of each twentieth of a second."""
    mono, hop = sound.mean(axis=0), round(RATE * HOP_S)
    blocks = mono[: len(mono) // hop * hop].reshape(-1, hop)
    return np.sqrt((blocks**2).mean(axis=1))


@cache
def features(genre: str) -> Sound:
    """Brightness (log of the spectral centroid), share of bass, onsets a second, air; in steps that an ear notices."""
    mono = song(genre).mean(axis=0)
    power = np.abs(np.fft.rfft(mono)) ** 2
    pitch = np.fft.rfftfreq(len(mono), 1 / RATE)
    centroid = np.log2((pitch * power).sum() / power.sum())
    bass = power[pitch < 120].sum() / power.sum()
    rises = np.maximum(0.0, np.diff(np.log10(frames(song(genre)) + 1e-4)))
    onsets = (rises > 0.12).sum() / SONG_S
    air = np.log10(power[pitch > 5_000].sum() / power.sum() + 1e-9)
    return np.array([centroid / 0.5, bass / 0.1, onsets / 0.8, air / 0.5])


@pytest.mark.parametrize(("one", "other"), [*combinations(GENRES, 2)])
def test_two_genres_sound_different(one: str, other: str) -> None:
    assert np.linalg.norm(features(one) - features(other)) > 1.0


@pytest.mark.parametrize("genre", GENRES)
def test_a_song_is_as_loud_as_others_and_neither_clips_nor_falls_silent(genre: str) -> None:
    sound = song(genre)
    assert -16 <= loudness(sound.astype(np.float32)) <= -12
    assert np.abs(sound).max() <= 0.86
    crest_db = 20 * np.log10(np.abs(sound).max() / np.sqrt((sound**2).mean()))
    assert 7 <= crest_db <= 20
    middle = frames(sound)[round(1 / HOP_S) : round(9 / HOP_S)]
    assert np.convolve(middle > 1e-3, np.ones(round(1.0 / HOP_S)), "valid").min() > 0, "a second of silence"
    assert np.abs(sound[0] - sound[1]).max() > 1e-3, "it is not stereo"
    assert np.abs(np.diff(sound, axis=1)).max() < 0.7, "a click"


@pytest.mark.parametrize("genre", GENRES)
def test_a_song_lasts_as_long_as_was_asked(genre: str) -> None:
    paper = score(genre, seconds=120)
    assert paper.length_s == pytest.approx(120, abs=4.5)
    sections = [section.name for section in paper.sections]
    assert {"intro", "A", "B", "outro"} <= set(sections)
    assert len(sections) == len([one for one in paper.sections if one.bars > 0])
    assert sum(section.bars for section in paper.sections) == pytest.approx((paper.length_s - 3) / paper.bar_s, abs=3)


def _bass_steps(paper: Score) -> Sound:
    times = np.array([note.at_s for note in paper.notes if note.channel == "bass"])
    steps = np.diff(times) / (60 / paper.tempo_bpm)
    return steps[steps < 1.5]


def test_synthwave_has_steady_eighths_in_the_bass() -> None:
    assert np.abs(_bass_steps(score("synthwave")) - 0.5).max() < 0.05


def test_jazz_walks_in_quarters_and_swings() -> None:
    paper = score("jazz", seconds=40)
    assert np.median(_bass_steps(paper)) == pytest.approx(1.0, abs=0.05)
    beats = np.array([note.at_s for note in paper.notes if note.voice == "ride"]) * paper.tempo_bpm / 60
    off = (beats % 1)[(beats % 1 > 0.4) & (beats % 1 < 0.9)]
    assert 0.58 < np.median(off) < 0.7


def test_house_has_four_kicks_a_bar_and_ambient_no_drum() -> None:
    house = score("house")
    kicks = np.array(house.kicks()) * house.tempo_bpm / 60
    assert np.abs(np.diff(kicks) - 1).max() < 0.05 or np.median(np.diff(kicks)) == pytest.approx(1, abs=0.02)
    assert not [note for note in score("ambient", seconds=100).notes if note.channel == "drums"]
    assert features("ambient")[2] < features("house")[2] / 2


def test_rock_has_power_chords_and_folk_plucked_strings() -> None:
    assert "power" in {note.voice for note in score("rock").notes}
    assert "steel" in {note.voice for note in score("folk").notes}
    assert "snare.rock" not in {note.voice for note in score("folk").notes}


def test_lofi_is_slower_than_house() -> None:
    assert score("lofi").tempo_bpm < 95 < 115 < score("house").tempo_bpm


@pytest.mark.parametrize("genre", GENRES)
def test_notes_belong_to_the_key(genre: str) -> None:
    plan = understand(Order(prompt=genre, duration_s=100))
    paper = compose(plan)
    scale = {(plan.key + step) % 12 for step in ((0, 2, 3, 5, 7, 8, 10) if plan.minor else (0, 2, 4, 5, 7, 9, 11))}
    tune = [note.pitch for note in paper.notes if note.channel == "tune"]
    assert tune
    assert np.mean([pitch % 12 in scale for pitch in tune]) > 0.9
    assert 8 <= max(tune) - min(tune) <= 30


def test_the_same_order_gives_the_same_sound() -> None:
    one, other = (heard(score("jazz", seconds=6), Rack()) for _ in range(2))
    assert np.array_equal(one, other)


def test_sound_does_not_depend_on_what_was_played_before() -> None:
    used = Rack()
    heard(score("house", seconds=6), used)
    assert np.array_equal(heard(score("lofi", seconds=6), used), heard(score("lofi", seconds=6), Rack()))


def test_the_second_take_is_another_song() -> None:
    one, two = score("folk", 1), score("folk", 2)
    assert [note.pitch for note in one.notes[:60]] != [note.pitch for note in two.notes[:60]]
    length = min(song("folk").shape[1], song("folk", 2).shape[1])
    assert np.corrcoef(song("folk")[0, :length], song("folk", 2)[0, :length])[0, 1] < 0.5


def test_another_seed_gives_another_song() -> None:
    plans = [understand(Order(prompt="folk", seed=seed)) for seed in (0, 1)]
    assert [note.pitch for note in compose(plans[0]).notes[:60]] != [
        note.pitch for note in compose(plans[1]).notes[:60]
    ]
