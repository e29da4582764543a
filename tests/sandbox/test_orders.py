"""What is kept of a song when another is made of it, in notes: not in words."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_client.sandbox import orders
from suno_client.sandbox.music.arrange import score_for
from suno_client.sandbox.music.instruments import Rack
from suno_client.sandbox.music.mixer import RATE, render
from suno_client.sandbox.music.order import Order, Piece, order_from
from suno_client.sandbox.music.score import Note, Score
from suno_client.sandbox.music.wish import understand
from suno_client.sandbox.orders import Source

JAZZ = Order("a rainy jazz evening in d minor", duration_s=40.0)
HOUSE = Order("a house party at 124 bpm", duration_s=30.0)
SONG = Source(JAZZ, score_for(JAZZ).length_s)
STRANGER = Source.from_url("https://files.example/rock-anthem.mp3", 0)


def _heard(score: Score, start_s: float, end_s: float, moved_s: float = 0.0) -> list[tuple[str, float, float]]:
    return [
        (note.voice, round(note.at_s + moved_s, 6), note.pitch) for note in score.notes if start_s <= note.at_s < end_s
    ]  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.floats(5.0, 38.0))
def test_an_extension_begins_as_its_source_does_and_goes_on(at_s: float) -> None:
    body = {"defaultParamFlag": True, "continueAt": at_s}
    order = orders.extension(body, SONG, Order("and then the sun", duration_s=20.0))
    score, source = score_for(order), score_for(JAZZ)
    assert _heard(score, 0, at_s) == _heard(source, 0, at_s)
    assert score.length_s == pytest.approx(at_s + 20, abs=2.5)
    assert any(note.at_s > at_s + 10 for note in score.notes)
    assert [note.at_s for note in score.notes] == sorted(note.at_s for note in score.notes)
    assert score.tempo_bpm == source.tempo_bpm
    assert score.fades


def test_an_extension_without_words_of_its_own_goes_on_in_those_of_its_source_from_the_end() -> None:
    order = orders.extension({"defaultParamFlag": False, "continueAt": 3}, SONG, Order("x", duration_s=10.0))
    assert (order.prompt, order.before) == (JAZZ.prompt, Piece(JAZZ, 0.0, SONG.duration_s))
    assert understand(order).seed == understand(JAZZ).seed


def test_an_extension_can_be_extended() -> None:
    once = orders.extension({"defaultParamFlag": True, "continueAt": 10}, SONG, Order("x", duration_s=10.0))
    length_s = score_for(once).length_s
    twice = orders.extension({"defaultParamFlag": False}, Source(once, length_s), Order("y", duration_s=10.0))
    score = score_for(twice)
    assert _heard(score, 0, 10) == _heard(score_for(JAZZ), 0, 10)
    assert score.length_s == pytest.approx(30, abs=4)
    assert twice.before is not None
    assert twice.before.order == once


def test_the_takes_of_an_extension_differ_after_its_beginning() -> None:
    one = orders.extension({"defaultParamFlag": True, "continueAt": 10}, SONG, Order("x", duration_s=20.0))
    two = Order(**{**{name: getattr(one, name) for name in asdict(one)}, "take": 2})
    first, second = score_for(one), score_for(two)
    assert _heard(first, 0, 10) == _heard(second, 0, 10)
    assert _heard(first, 10, 30) != _heard(second, 10, 30)


def test_of_a_song_from_elsewhere_only_the_new_part_is_made() -> None:
    order = orders.extension({"defaultParamFlag": True, "continueAt": 10}, STRANGER, Order("x", duration_s=20.0))
    assert order.before is None
    assert understand(order).genre == "rock"


def test_a_section_is_new_and_the_rest_is_as_it_was() -> None:
    body = {"prompt": "a storm", "tags": "loud", "title": "T", "negativeTags": ""}
    order = orders.infill(body, SONG, 12.0, 20.0)
    score, source = score_for(order), score_for(JAZZ)
    assert _heard(score, 0, 12) == _heard(source, 0, 12)
    assert _heard(score, 20, 99) == _heard(source, 20, 99)
    assert _heard(score, 12, 20) != _heard(source, 12, 20)
    assert _heard(score, 12, 20)
    assert score.length_s == pytest.approx(source.length_s)
    assert (score.tempo_bpm, understand(order).key) == (source.tempo_bpm, understand(JAZZ).key)


def test_a_section_at_the_beginning_or_of_a_stranger_has_nothing_before_it() -> None:
    assert orders.infill({"prompt": "a storm"}, SONG, 0.0, 8.0).before is None
    stranger = orders.infill({"prompt": "a storm"}, STRANGER, 10.0, 18.0)
    assert (stranger.before, stranger.after, stranger.duration_s) == (None, None, 8.0)


def test_a_section_of_a_sung_song_is_sung() -> None:
    sung = Source(Order("x", lyrics="la la", instrumental=False, duration_s=30.0), 30.0)
    body = {"prompt": "one line", "fullLyrics": "all lines"}
    assert orders.infill(body, sung, 5.0, 12.0).lyrics == "all lines"
    assert orders.infill({"prompt": "one line"}, sung, 5.0, 12.0).lyrics == "one line"


def test_a_cover_has_another_style_in_the_same_key_and_pace() -> None:
    order = orders.cover(SONG, Order("x", style="synthwave", duration_s=99.0))
    plan, source = understand(order), understand(JAZZ)
    assert plan.genre == "synthwave"
    assert (plan.key, plan.minor, plan.tempo_bpm) == (source.key, source.minor, source.tempo_bpm)
    assert plan.duration_s == SONG.duration_s
    assert understand(orders.cover(SONG, Order("x"))).genre == "jazz"
    assert orders.cover(STRANGER, Order("x", duration_s=9.0)).duration_s == 9.0


def test_an_accompaniment_sings_not() -> None:
    order = orders.accompaniment(SONG, Order("x", style="folk", lyrics="la", instrumental=False))
    assert (order.instrumental, order.lyrics, understand(order).genre) == (True, "", "folk")
    assert understand(order).key == understand(JAZZ).key


def test_a_voice_joins_the_band_of_the_source() -> None:
    order = orders.singing(SONG, Order("la la la", style="opera"))
    plan, source = understand(order), understand(JAZZ)
    assert (plan.genre, plan.seed, plan.tempo_bpm) == (source.genre, source.seed, source.tempo_bpm)
    assert (plan.lead, plan.sung, order.lyrics) == ("voice", True, "la la la")
    assert orders.singing(STRANGER, Order("x", lyrics="given", duration_s=7.0)).lyrics == "given"


def test_a_mashup_is_a_child_of_both() -> None:
    order = orders.mixture(SONG, Source(HOUSE, 30.0), Order("both"))
    plan, jazz, house = understand(order), understand(JAZZ), understand(HOUSE)
    assert (plan.genre, plan.key, plan.tempo_bpm) == (jazz.genre, jazz.key, jazz.tempo_bpm)
    assert (plan.seed, plan.lead) == (house.seed, house.lead)


@pytest.mark.parametrize(
    ("asked", "name", "minor"),
    [("C", "C major", False), ("C#m", "C# minor", True), ("D#", "Eb major", False), ("A#m", "Bb minor", True)],
)
def test_a_sound_is_in_the_key_that_is_asked_for(asked: str, name: str, minor: bool) -> None:
    plan = understand(orders.sound({"prompt": "drops", "soundKey": asked}, 0))
    assert (plan.key_name, plan.minor) == (name, minor)


def test_a_sound_is_short_and_free_where_nothing_is_asked() -> None:
    order = orders.sound({"prompt": "drops", "soundKey": "Any"}, 3)
    assert (order.keeps, order.loop, order.seed) == ({}, False, 3)
    assert score_for(order).length_s < 12


@pytest.mark.parametrize(("asked", "played"), [(120, 120), (1, 64), (45, 90), (300, 150), (200, 200), (61, 61)])
def test_a_sound_keeps_the_beat_that_is_asked_for(asked: int, played: float) -> None:
    assert understand(orders.sound({"prompt": "x", "soundTempo": asked}, 0)).tempo_bpm == played


@pytest.mark.parametrize("tempo", [1, 60, 95, 120, 299])
def test_a_loop_is_four_bars_and_does_not_fade(tempo: int) -> None:
    order = orders.sound({"prompt": "house beat", "soundLoop": True, "soundTempo": tempo}, 0)
    score = score_for(order)
    assert score.length_s == pytest.approx(16 * 60 / understand(order).tempo_bpm)
    assert not score.fades
    assert score.length_s < 20
    assert all(note.at_s + note.length_s <= score.length_s + 1e-6 for note in score.notes)


def test_a_loop_is_as_loud_at_its_end_as_before() -> None:
    loop = orders.sound({"prompt": "techno beat", "soundLoop": True, "soundTempo": 150}, 0)
    once = Order("techno beat", duration_s=6.4, keeps=loop.keeps)
    assert _end(loop) > 4 * _end(once)


def _end(order: Order) -> float:
    """The strongest moment in the last twentieth of a second."""
    last: list[Any] = [block[:, -RATE // 20 :] for block in render(score_for(order), Rack())]
    return float(abs(last[-1]).max())


def test_what_is_seen_and_heard_moves_the_seed() -> None:
    def seed(**fields: object) -> int:
        return order_from({"prompt": "x", **fields}, take=1, seed=5, usual_s=None).seed

    assert seed() == 5
    assert seed(imageUrls=["https://a/1.png"]) not in {5, seed(imageUrls=["https://a/2.png"])}
    assert seed(imageUrls="no list") == 5


@settings(max_examples=25, deadline=None)
@given(st.recursive(st.builds(Order, st.text(), take=st.integers(1, 2), loop=st.booleans()), lambda inner: st.builds(
    Order, st.text(), keeps=st.just({"key": 3}),
    before=st.none() | st.builds(Piece, inner, st.just(0.0), st.none() | st.floats(1, 9)),
    after=st.none() | st.builds(Piece, inner, st.floats(0, 9)),
), max_leaves=4))  # fmt: skip
def test_an_order_survives_the_way_to_the_renderer(order: Order) -> None:
    told = json.loads(json.dumps({**asdict(order), "from": "a later version"}))
    assert Order.from_json(told) == order


def test_sections_are_where_their_bars_are() -> None:
    order = orders.extension({"defaultParamFlag": True, "continueAt": 20}, SONG, Order("x", duration_s=30.0))
    score = score_for(order)
    starts = [section.start_bar for section in score.sections]
    assert starts == sorted(starts)
    assert all(section.bars > 0 for section in score.sections)
    ends = max(section.start_bar + section.bars for section in score.sections)
    assert ends * score.bar_s == pytest.approx(score.length_s, abs=3 * score.bar_s)
    later = score_for(orders.infill({"prompt": "x"}, SONG, 0.0, 8.0)).sections
    assert [section.start_bar for section in later] == sorted(section.start_bar for section in later)


def test_a_note_that_is_cut_ends_at_the_cut() -> None:
    order = Order("x", duration_s=20.0, keeps={"tempo_bpm": 60.0}, before=Piece(JAZZ, 0.0, 10.1))
    before: list[Note] = [note for note in score_for(order).notes if note.at_s < 10.1]
    assert all(note.at_s + note.length_s <= 10.1 + 1e-9 for note in before[: len(_heard(score_for(JAZZ), 0, 10.1))])
