"""What the composer makes: genres are told apart by measure, songs repeat exactly, nothing clips."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from suno_client.sandbox.composer import compose
from suno_client.sandbox.instruments import Rack
from suno_client.sandbox.mixer import render
from suno_client.sandbox.order import Order
from suno_client.sandbox.synth import RATE
from suno_client.sandbox.wish import understand

GENRES = ("lofi", "synthwave", "jazz", "rock", "ambient", "classical", "house", "folk")
SONG_S = 14.0
HOP_S = 0.05
RACK = Rack()

Sound = NDArray[np.float64]


@cache
def song(genre: str, take: int = 1) -> Sound:
    """Left and right as rows."""
    plan = understand(Order(prompt=f"a {genre} song", take=take, duration_s=SONG_S))
    return np.concatenate(list(render(compose(plan), RACK)), axis=1).astype(np.float64)


def frames(sound: Sound) -> Sound:
    """Loudness of each twentieth of a second."""
    mono, hop = sound.mean(axis=0), round(RATE * HOP_S)
    blocks = mono[: len(mono) // hop * hop].reshape(-1, hop)
    return np.sqrt((blocks**2).mean(axis=1))


def features(genre: str) -> Sound:
    """Brightness (log of the spectral centroid), share of bass, beats heard, and how much the loudness moves."""
    mono = song(genre).mean(axis=0)
    power = np.abs(np.fft.rfft(mono)) ** 2
    pitch = np.fft.rfftfreq(len(mono), 1 / RATE)
    centroid = np.log2((pitch * power).sum() / power.sum())
    bass = power[pitch < 120].sum() / power.sum()
    rises = np.maximum(0.0, np.diff(np.log10(frames(song(genre)) + 1e-4)))
    beats = (rises > 0.12).sum() / SONG_S
    air = np.log10(power[pitch > 5_000].sum() / power.sum() + 1e-9)
    return np.array([centroid / 0.5, bass / 0.1, beats / 0.8, air / 0.5])


@pytest.mark.parametrize(("one", "other"), [*combinations(GENRES, 2)])
def test_two_genres_sound_different(one: str, other: str) -> None:
    assert np.linalg.norm(features(one) - features(other)) > 1.0  # each feature is in steps that an ear notices


@pytest.mark.parametrize("genre", GENRES)
def test_a_song_neither_clips_nor_falls_silent(genre: str) -> None:
    sound = song(genre)
    assert np.abs(sound).max() <= 1.0
    middle = frames(sound)[round(2 / HOP_S) : round(9 / HOP_S)]
    assert np.convolve(middle > 1e-3, np.ones(round(1.5 / HOP_S)), "valid").min() > 0, "a second and a half of silence"
    assert np.abs(sound[0] - sound[1]).max() > 1e-3, "it is not stereo"


def test_ambient_has_no_drums_and_house_has_a_kick_on_every_beat() -> None:
    assert features("ambient")[2] < features("house")[2] / 2


def test_the_same_order_gives_the_same_sound() -> None:
    plan = understand(Order(prompt="a jazz song", take=1, duration_s=6))
    one, other = (np.concatenate(list(render(compose(plan), Rack())), axis=1) for _ in range(2))
    assert np.array_equal(one, other)


def test_the_second_take_is_another_song() -> None:
    length = min(song("folk").shape[1], song("folk", 2).shape[1])
    assert np.corrcoef(song("folk")[0, :length], song("folk", 2)[0, :length])[0, 1] < 0.5


@pytest.mark.parametrize("genre", GENRES)
def test_a_song_of_no_named_length_takes_one_to_three_minutes(genre: str) -> None:
    assert 60 <= understand(Order(prompt=genre)).duration_s <= 180


@pytest.mark.parametrize(
    ("wish", "genre"),
    [
        ("chillhop to study to", "lofi"),
        ("80s neon drive, retrowave", "synthwave"),
        ("smooth bebop trio with saxophone", "jazz"),
        ("heavy distorted guitars", "rock"),
        ("slow drone soundscape", "ambient"),
        ("string quartet in the style of the baroque", "classical"),
        ("deep house club night", "house"),
        ("acoustic campfire singer-songwriter", "folk"),
    ],
)
def test_a_genre_is_understood_by_its_other_names(wish: str, genre: str) -> None:
    assert understand(Order(prompt=wish)).genre == genre


def test_tempo_and_key_are_taken_at_their_word() -> None:
    plan = understand(Order(prompt="a house track, 140 bpm, in d minor"))
    assert (plan.tempo_bpm, plan.key, plan.minor) == (140.0, 2, True)
