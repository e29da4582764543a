"""Words laid under the notes of the voice: none is lost, each in its section, one after the other."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_client.sandbox.music.arrange import score_for
from suno_client.sandbox.music.karaoke import words_in_time
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.score import Score

VERSE = "[Verse 1]\nThe street is quiet, lights are low\nI count them\n\n[Chorus]\nStay with me\n\n[Bridge]\nHold on"
WORDS = st.text(alphabet="ab [\n].ü", max_size=40)


@cache
def paper(style: str, seconds: float = 6.0, lyrics: str = "la") -> Score:
    return score_for(Order(prompt=style, style=style, lyrics=lyrics, instrumental=not lyrics, duration_s=seconds))


@pytest.mark.parametrize("seconds", [8.0, 60.0, 150.0])
def test_words_follow_the_voice(seconds: float) -> None:
    score = paper("lofi", seconds, VERSE)
    sung = words_in_time(VERSE, score)
    assert "".join(word.text for word in sung) == VERSE
    assert all(word.heard for word in sung)
    assert all(0 <= word.start_s < word.end_s <= score.length_s for word in sung)
    assert all(one.end_s <= two.start_s + 0.002 for one, two in pairwise(sung))
    voice = [note for note in score.notes if note.voice == "voice"]
    starts = [round(note.at_s, 3) for note in voice]
    assert sung[0].start_s == starts[0]


def test_a_chorus_is_sung_in_the_chorus() -> None:
    score = paper("lofi", 150.0, VERSE)
    chorus = next(section for section in score.sections if section.name == "B")
    start_s, end_s = chorus.start_bar * score.bar_s, (chorus.start_bar + chorus.bars) * score.bar_s
    sung = {word.text.strip(): word for word in words_in_time(VERSE, score)}
    assert start_s - 0.3 <= sung["[Chorus]\nStay"].start_s < end_s
    verse = next(section for section in score.sections if section.name == "A")
    assert verse.start_bar * score.bar_s - 0.3 <= sung["[Verse 1]\nThe"].start_s < start_s


def test_a_song_that_begins_with_its_chorus_waits_for_it() -> None:
    lyrics = "[Chorus]\nStay\n\n[Verse]\nGone"
    score = paper("lofi", 150.0, lyrics)
    chorus, verse = words_in_time(lyrics, score)
    bars = {section.start_bar: section for section in score.sections}
    kinds = [
        max((start, one.name) for start, one in bars.items() if start * score.bar_s - 0.3 <= word.start_s)[1]
        for word in (chorus, verse)
    ]
    assert kinds == ["B", "A"]


def test_more_words_than_notes_share_the_notes() -> None:
    lyrics = "[Verse]\n" + " ".join(["extraordinary"] * 400)
    score = paper("lofi", 8.0, lyrics)
    sung = words_in_time(lyrics, score)
    assert len(sung) == 400
    assert all(one.end_s <= two.start_s + 0.002 for one, two in pairwise(sung))
    assert sung[-1].end_s <= score.length_s


def test_words_that_nobody_sings_are_said_to_be_unheard() -> None:
    score = paper("lofi", 8.0, "")
    sung = words_in_time("one two", score)
    assert [(word.heard, word.start_s) for word in sung] == [
        (False, 0.0),
        (False, pytest.approx(score.length_s / 2, abs=0.01)),
    ]


def test_marks_belong_to_words_and_alone_are_nothing() -> None:
    score = paper("lofi", 30.0)
    assert words_in_time("", score) == []
    assert words_in_time("[Intro]\n[Outro]", score) == []
    assert [word.text for word in words_in_time("[Intro]\n[Verse]\none two\n[End]", score)] == [
        "[Intro]\n[Verse]\none ",
        "two\n[End]",
    ]


@given(WORDS)
def test_no_words_are_lost(lyrics: str) -> None:
    sung = words_in_time(lyrics, paper("lofi", 40.0))
    assert "".join(word.text for word in sung) in {"", lyrics.strip()}
    assert [word.start_s for word in sung] == sorted(word.start_s for word in sung)
