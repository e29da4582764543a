"""What the radio asks for next, from what a room liked, heard out and passed over."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from conductr.tastes import FRESH, Listened, choose

RAIN = Listened("Rain", ("lo-fi",), ("lo-fi", "warm piano"), heard=3)
STORM = Listened("Storm", ("metal",), ("heavy metal",), skipped=4)
NEON = Listened("Neon", ("synthwave", "electronic"), ("synthwave",), heard=1, liked=2)


def test_what_is_liked_comes_first_and_says_why() -> None:
    chosen = choose([RAIN, STORM, NEON], [])
    assert (chosen.subject, chosen.reason) == ("electronic", "liked")
    assert choose([RAIN, STORM], []).reason == "heard_out"


def test_the_song_that_stands_for_a_taste_lends_its_tags() -> None:
    assert choose([RAIN], []).wish.style == "lo-fi, warm piano"


def test_none_is_taken_twice_in_a_row_where_another_will_do() -> None:
    recent: list[str] = []
    for _ in range(6):
        recent.insert(0, choose([RAIN, NEON], recent[:3]).subject)
    assert all(one != other for one, other in pairwise(recent))
    assert choose([RAIN], ["lo-fi"]).subject == "lo-fi"


def test_what_is_passed_over_is_not_asked_for() -> None:
    lofi = Listened("Dull", ("lo-fi",), ("lo-fi",), skipped=9)
    chosen = choose([lofi, STORM], [])
    assert chosen.reason == "fresh"
    assert chosen.subject in set(FRESH) - {"lo-fi", "metal"}


def test_what_people_asked_the_radio_for_comes_before_all_taste() -> None:
    assert choose([RAIN], [], "sea shanties").wish.prompt == "sea shanties"


COUNTS = st.integers(0, 5)
SONGS = st.builds(
    Listened,
    title=st.text(max_size=5),
    genres=st.lists(st.sampled_from(["lo-fi", "metal", "jazz"]), max_size=2, unique=True).map(tuple),
    tags=st.lists(st.text(min_size=1, max_size=5), max_size=3).map(tuple),
    heard=COUNTS,
    skipped=COUNTS,
    liked=COUNTS,
)


@given(st.lists(SONGS, max_size=6), st.lists(st.sampled_from(["lo-fi", "metal", "jazz", *FRESH]), max_size=3))
def test_there_is_always_a_wish_and_it_is_no_disliked_genre(songs: list[Listened], recent: list[str]) -> None:
    chosen = choose(songs, recent)
    assert chosen.wish.prompt
    scores = [sum(song.score for song in songs if chosen.subject in song.genres)]
    assert scores[0] >= 0 or chosen.reason == "fresh"
