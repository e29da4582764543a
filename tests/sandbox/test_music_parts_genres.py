"""What players of each genre write on paper: composed, not rendered, so that many songs can be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from suno_client.sandbox.music.composer import STYLES, compose
from suno_client.sandbox.music.drums import PIECES
from suno_client.sandbox.music.harmony import chord
from suno_client.sandbox.music.instruments import TONES
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.pen import Bar, Clock, Pen
from suno_client.sandbox.music.score import Note, Score, Section
from suno_client.sandbox.music.wish import Plan, understand

MOODS = ("", "fast energetic happy", "slow sad", "waltz", "epic powerful", "dark, in a minor key, no drums")
PIANO_KEYS = range(21, 109)
SILENT = Score("", 120, 4, 8, 2, STYLES["jazz"].room, {}, [], 1)


def plan(wish: str, seed: int = 0, seconds: float = 70) -> Plan:
    return understand(Order(prompt=wish, duration_s=seconds, keeps={"seed": seed}))


def song(wish: str, seed: int = 0) -> Score:
    return compose(plan(wish, seed))


def voices(score: Score, channel: str) -> set[str]:
    return {note.voice for note in score.notes if note.channel == channel}


def onsets(score: Score, voice: str) -> list[float]:
    """Where in a bar this voice is struck: beats of the straight bar, to the nearest sixteenth."""
    end_s = sum(section.bars for section in score.sections[:-1]) * score.bar_s  # before a ritard
    starts = [note.at_s / score.bar_s for note in score.notes if note.voice == voice and note.at_s < end_s]
    return sorted({round(start * score.beats_a_bar * 4) / 4 % score.beats_a_bar for start in starts})


def bar_of(wish: str, parts: Sequence[str], section: str = "A", index: int = 1, seed: int = 0) -> list[Note]:
    """What one bar gets from a genre's players when only these parts play."""
    asked = plan(wish, seed)
    style, score = STYLES[asked.genre], replace(SILENT, notes=[])
    tonic = chord("1.7", asked.key, minor=asked.minor)
    place = Section(section, 0, 4, 0.8, frozenset(parts))
    bar = Bar(4.0, 3 if asked.waltz else 4, tonic, tonic, (60, 64, 67), place, index, index, Random(seed))
    style.play(Pen(score, Clock(120), Random(1)), bar, asked)
    return score.notes


@pytest.mark.parametrize("genre", STYLES)
@pytest.mark.parametrize("mood", MOODS)
def test_every_song_can_be_played(genre: str, mood: str) -> None:
    for seed in (0, 1, 2):
        asked = replace(plan(f"{mood} song", seed), genre=genre)
        score = compose(asked)
        assert score == compose(asked), "the same plan gave another song"
        assert {note.channel for note in score.notes} <= set(score.channels)
        assert {note.voice for note in score.notes} <= {*TONES, *PIECES}
        starts = [note.at_s for note in score.notes]
        assert starts == sorted(starts)
        assert 0 <= starts[0] < 2 * score.bar_s
        assert score.length_s - 2 * score.bar_s - 8 < starts[-1] < score.length_s
        for note in score.notes:
            assert note.pitch in PIANO_KEYS or note.voice in PIECES
            assert 0.08 <= note.velocity <= 1
            assert -1 <= note.pan <= 1
            assert 0.05 <= note.length_s < score.length_s
        drums = [note for note in score.notes if note.channel == "drums" and note.voice != "riser"]
        assert not (drums and "no drums" in mood)


@pytest.mark.parametrize("wish", [*STYLES, "bossa nova", "jazz waltz", "metal", "epic orchestra", "folk waltz"])
@pytest.mark.parametrize("seed", range(3))
def test_players_whose_part_is_not_called_are_silent(wish: str, seed: int) -> None:
    assert bar_of(wish, (), seed=seed) == []
    shape = STYLES[plan(wish).genre].shape
    parts = {part for text in shape.parts.values() for part in text.split()} - {"tune"}
    alone = {part: bar_of(wish, [part], "B", 0, seed) for part in parts}
    together = bar_of(wish, sorted(parts), "B", 0, seed)
    assert {part for part, notes in alone.items() if not notes} <= {"drums", "harp", "guitar"}, "a part has no player"
    assert {note.channel for notes in alone.values() for note in notes} == {note.channel for note in together}


def test_a_tune_is_written_only_where_it_is_heard() -> None:
    score = song("rock", 3)
    singing = [section for section in score.sections if "tune" in section.parts]
    assert 0 < len(singing) < len(score.sections)
    for note in score.notes:
        if note.channel == "tune":
            bar = note.at_s / score.bar_s
            assert any(one.start_bar - 0.1 <= bar <= one.start_bar + one.bars for one in singing)


def test_a_bossa_has_a_guitar_claves_and_no_walking() -> None:
    score = song("bossa nova on the beach")
    assert voices(score, "keys") - {"piano"} == {"nylon"}  # the piano has the last chord
    assert voices(score, "drums") == {"rim", "hat.soft", "kick.jazz", "shaker"}
    assert onsets(score, "upright") == [0, 1.5, 2, 3.5]
    assert voices(song("bossa nova, no drums"), "drums") == set()


def test_a_jazz_waltz_counts_to_three_and_a_ballad_is_brushed() -> None:
    waltz = song("jazz waltz")
    assert waltz.beats_a_bar == 3
    assert {0, 1, 2} <= set(onsets(waltz, "upright"))
    assert onsets(waltz, "hat.foot") == [1, 2]
    assert "ride" in voices(waltz, "drums")
    for slow in ("jazz ballad", "slow calm jazz", "slow calm jazz waltz"):
        assert {"brush"} <= voices(song(slow), "drums")
        assert "ride" not in voices(song(slow), "drums")


def test_metal_and_punk_hurry_and_a_ballad_lets_chords_ring() -> None:
    metal, punk, ballad = (song(f"{kind} rock") for kind in ("metal", "punk", "ballad"))
    assert len(onsets(metal, "kick.rock")) == 16
    assert len(onsets(metal, "power")) == 16
    assert {0.5, 1.5, 2.5, 3.5} <= set(onsets(punk, "snare.rock"))
    assert onsets(song("rock", 1), "snare.rock") != onsets(punk, "snare.rock")
    assert len(onsets(ballad, "power")) <= 5


@pytest.mark.parametrize(
    ("wish", "heard", "unheard"),
    [
        ("solo piano classical", {"piano"}, {"strings", "harp", "cello"}),
        ("string quartet", {"strings", "cello"}, {"harp", "tom.low"}),
        ("epic orchestra", {"strings", "cello", "harp", "tom.low"}, set()),
        ("epic orchestra, no drums", {"strings", "harp"}, {"tom.low"}),
        ("calm orchestra", {"strings", "harp"}, {"tom.low"}),
    ],
)
def test_an_ensemble_has_its_own_players(wish: str, heard: set[str], unheard: set[str]) -> None:
    found = {note.voice for note in song(wish).notes if note.channel != "tune"}
    assert heard <= found
    assert not unheard & found


def test_a_waltz_is_played_by_a_piano_or_by_strings() -> None:
    piano, strings = (song("classical waltz", seed) for seed in (1, 2))
    for score, low, high in ((piano, "piano", "piano"), (strings, "cello", "harp")):
        assert score.beats_a_bar == 3
        figure = [note for note in score.notes if note.channel == ("piano" if low == "piano" else "figure")]
        first, rest = ([note for note in figure if note.voice == voice] for voice in (low, high))
        assert first
        assert rest
    assert onsets(strings, "harp") == [1, 2]
    assert "strings" not in voices(piano, "strings")


def test_country_takes_the_banjo_and_a_folk_waltz_sways() -> None:
    assert voices(song("country folk", 1), "guitar") == {"steel", "banjo"}
    assert voices(song("country folk", 2), "guitar") == {"steel"}
    waltz = song("folk waltz")
    assert onsets(waltz, "kick.stomp") == [0]
    assert len(onsets(waltz, "tambourine")) == 2


def test_house_has_the_keys_of_its_kind_and_noise_before_the_drop() -> None:
    assert voices(song("deep house"), "stabs") - {"piano"} == {"organ"}
    assert voices(song("techno"), "stabs") - {"piano"} == {"stab"}
    assert voices(song("deep house"), "bass") == {"sub_bass"}
    score = song("house")
    first = score.sections[1].start_bar * score.bar_s
    risers = [note.at_s for note in score.notes if note.voice == "riser"]
    assert risers[0] == pytest.approx(first - 2.0, abs=0.1), "it is over when the drop comes"


def test_ambient_drops_are_bells_or_a_harp() -> None:
    assert {frozenset(voices(song("ambient", seed), "drops") - {"bell"}) for seed in range(6)} == {
        frozenset(),
        frozenset({"harp"}),
    }


@pytest.mark.parametrize(
    ("wish", "minor"), [("rock, minor key", True), ("sad folk, major", False), ("minor blues", True)]
)
def test_a_mode_without_a_key_is_taken_at_its_word(wish: str, minor: bool) -> None:
    plans = [understand(Order(prompt=wish, seed=seed)) for seed in range(8)]
    assert {one.minor for one in plans} == {minor}
    assert len({one.key for one in plans}) > 1, "the key is free"
