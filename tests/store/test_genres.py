"""Genres: people write them in many ways, and mean few."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_store.genres import GENRES, TAGS_AT_MOST, genre, genres_of, key, nearest, tags_of

NAMES = st.sampled_from(GENRES)
APART = st.sampled_from([" ", "-", "_", "", "  ", ". "])
CASES = st.sampled_from([str.upper, str.lower, str.title, str.swapcase])


@pytest.mark.parametrize(
    "name", ["lo-fi", "lofi", "Lo Fi", "LO_FI", "lo.fi", "l\u00f2-f\u00ed", "\uff2c\uff4f-\uff26\uff49", "chillhop"]
)
def test_lo_fi_is_one_however_it_is_written(name: str) -> None:
    assert genre(name) == "lo-fi"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Hip Hop", "hip-hop"),
        ("hiphop", "hip-hop"),
        ("rap", "hip-hop"),
        ("R&B", "r&b"),
        ("rnb", "r&b"),
        ("R and B", "r&b"),
        ("D&B", "drum and bass"),
        ("drum'n'bass", "drum and bass"),
        ("8-bit", "chiptune"),
        ("rock 'n' roll", "rock and roll"),
        ("doowop", "doo-wop"),
    ],
)
def test_other_words_for_a_genre_are_known(name: str, meant: str) -> None:
    assert genre(name) == meant


def test_what_is_no_genre_is_none() -> None:
    assert [genre(name) for name in ("", "  ", "-", "rainy day", "\0", "\ud800")] == [None] * 6


def test_every_genre_is_its_own_name_and_no_two_share_a_key() -> None:
    assert [genre(name) for name in GENRES] == list(GENRES)
    assert len({key(name) for name in GENRES}) == len(GENRES)


def test_broader_genres_are_genres_too() -> None:
    for name in GENRES:
        assert set(genres_of(name)) <= set(GENRES)
        assert genres_of(name)[0] == name
        assert set(genres_of(*genres_of(name))) == set(genres_of(name)), "what is broader still is missing"


@given(name=NAMES, apart=APART, case=CASES)
def test_spaces_hyphens_and_case_make_no_difference(name: str, apart: str, case: object) -> None:
    written = apart.join(str(case(part)) for part in name.replace("-", " ").split())  # type: ignore[operator]
    assert genre(written) == name


@pytest.mark.parametrize(
    ("style", "named"),
    [
        ("dark lo-fi hip hop beats, 84 bpm", ("lo-fi", "hip-hop")),
        ("Indie Rock; dreamy", ("indie rock", "indie", "rock")),
        ("tech house", ("tech house", "house", "electronic")),
        ("post-rock / ambient", ("post-rock", "ambient", "rock")),
        ("R&B, soul\nfunk", ("r&b", "soul", "funk")),
        ("pop, no rock, not jazz", ("pop",)),
        ("soulful, housewarming, poppy", ()),
        ("electronic dance music", ("edm", "electronic")),
        ("", ()),
    ],
)
def test_a_style_names_its_genres_the_longest_first_and_the_broader_ones_last(
    style: str, named: tuple[str, ...]
) -> None:
    assert genres_of(style) == named


def test_tags_and_style_together_name_each_genre_once() -> None:
    assert genres_of("LoFi", "calm piano", None, "lo fi, jazz") == ("lo-fi", "jazz")


@given(st.lists(st.text() | NAMES | st.none(), max_size=6))
def test_any_text_gives_known_genres_each_once(texts: list[str | None]) -> None:
    found = genres_of(*texts)
    assert set(found) <= set(GENRES)
    assert len(set(found)) == len(found)
    assert genres_of(*found)[: len(found)] or not found
    assert set(genres_of(*found)) == set(found)


@given(first=NAMES, second=NAMES, noise=st.sampled_from(["warm", "95 bpm", "female vocals", "\u6b4c"]))
def test_a_genre_among_other_tags_is_found_whatever_the_order(first: str, second: str, noise: str) -> None:
    there = {*genres_of(f"{first}, {noise}, {second}")}
    assert there == {*genres_of(f"{second}|{first}\n{noise}")} == {*genres_of(first), *genres_of(second)}


def test_an_unknown_genre_is_told_the_nearest_names() -> None:
    assert nearest("syntwave")[0] == "synthwave"
    assert nearest("reggeaton")[0] == "reggaeton"
    assert nearest("blue")[0] in {"blues", "bluegrass"}
    assert nearest("Lo Fi") == ("lo-fi",)
    assert nearest("qqqqqq") == nearest("") == nearest("jaz", 0) == ()


@settings(max_examples=60)
@given(name=st.text(max_size=40) | NAMES.map(lambda name: name[:-1]), limit=st.integers(-1, 5))
def test_the_nearest_names_are_known_each_once_and_no_more_than_asked(name: str, limit: int) -> None:
    found = nearest(name, limit)
    assert set(found) <= set(GENRES)
    assert len(set(found)) == len(found) <= max(1, limit)


def test_tags_are_split_trimmed_and_each_kept_once_in_order() -> None:
    assert tags_of(" Lo-Fi ,calm   piano;lo-fi\n,, 84 bpm ") == ("Lo-Fi", "calm piano", "84 bpm")
    assert tags_of(None) == tags_of(" , ;") == ()


@given(st.text())
def test_any_text_gives_tags_of_one_line_that_come_out_the_same_again(text: str) -> None:
    tags = tags_of(text)
    assert len(tags) <= TAGS_AT_MOST
    assert all(tag and tag == " ".join(tag.split()) for tag in tags)
    assert tags_of(", ".join(tags)) == tags
