"""Words become a plan, a title, tags and lyrics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_client.sandbox.music.composer import STYLES, compose
from suno_client.sandbox.music.order import Order, order_from
from suno_client.sandbox.music.vocabulary import GENRES
from suno_client.sandbox.music.wish import KEYS, understand
from suno_client.sandbox.music.words import words_for


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
        ("something to fall asleep: sleep meditation", "ambient"),
        ("a sea shanty", "folk"),
        ("thrash metal", "rock"),
        ("bossa nova on the beach", "jazz"),
    ],
)
def test_a_genre_has_many_names(wish: str, genre: str) -> None:
    assert understand(Order(prompt=wish)).genre == genre


@pytest.mark.parametrize("genre", sorted(GENRES))
def test_the_style_outweighs_the_idea(genre: str) -> None:
    assert understand(Order(prompt="a house in the rain, piano, guitar", style=genre)).genre == genre


@pytest.mark.parametrize(
    ("wish", "key", "minor"),
    [
        ("house in d minor", "D", True), ("jazz in F# major", "F#", False), ("rock in Bb minor", "Bb", True),
        ("folk in a flat major", "Ab", False), ("lofi, c sharp minor", "C#", True),
    ],
)  # fmt: skip
def test_a_key_is_taken_at_its_word(wish: str, key: str, minor: bool) -> None:
    for take in (1, 2):
        plan = understand(Order(prompt=wish, take=take))
        assert (KEYS[plan.key], plan.minor) == (key, minor)


def test_a_tempo_is_taken_at_its_word() -> None:
    assert {understand(Order(prompt="techno at 140 bpm", take=take)).tempo_bpm for take in (1, 2)} == {140.0}
    assert understand(Order(prompt="lofi, 85bpm")).tempo_bpm == 85


def test_moods_move_tempo_and_mode() -> None:
    fast, slow = (understand(Order(prompt=f"{mood} rock song")) for mood in ("fast energetic", "slow calm"))
    assert fast.tempo_bpm > slow.tempo_bpm + 25
    assert understand(Order(prompt="sad folk song")).minor
    assert not understand(Order(prompt="happy folk song")).minor


def test_weather_instruments_and_refusals_are_heard() -> None:
    plan = understand(Order(prompt="rainy lofi with flute, no drums"))
    assert (plan.texture, plan.lead, plan.no_drums) == ("rain", "flute", True)
    assert understand(Order(prompt="rock and jazz", negative="rock")).genre == "jazz"
    drumless = compose(plan)
    assert not [note for note in drumless.notes if note.channel == "drums"]


@given(st.text(max_size=300), st.text(max_size=40), st.integers(1, 2))
def test_any_words_give_a_plan_within_bounds(prompt: str, style: str, take: int) -> None:
    plan = understand(Order(prompt=prompt, style=style, take=take))
    assert plan.genre in STYLES
    assert 40 <= plan.tempo_bpm <= 220
    assert 60 <= plan.duration_s <= 180
    title, tags, _ = words_for(Order(prompt=prompt, style=style))
    assert title
    assert tags
    assert len(title) <= 80


def test_a_request_names_its_length_or_gets_the_usual_one() -> None:
    assert order_from({"duration": 42}, take=1, seed=0, usual_s=6).duration_s == 42
    assert order_from({}, take=1, seed=0, usual_s=6).duration_s == 6


def test_lyrics_are_written_only_where_somebody_sings_and_none_were_given() -> None:
    assert words_for(Order(prompt="a song about rivers"))[2] == ""
    written = words_for(Order(prompt="a song about rivers", instrumental=False))[2]
    assert written.count("[Chorus]") == 3
    assert "[Verse 1]" in written
    assert "river" in written.lower()
    assert words_for(Order(prompt="x", lyrics="my words", instrumental=False))[2] == "my words"
    assert understand(Order(prompt="folk", instrumental=False)).lead == "voice"
