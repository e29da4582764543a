"""What a search is made of, without a database: words, slips, tokens, and the two languages of full text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr_store import LibraryQuery, NotACursor, Order
from conductr_store.finding import (
    All,
    AnyOf,
    But,
    Mark,
    Token,
    asked_words,
    cursor_of,
    fts5,
    read_cursor,
    slips_of,
    tsquery,
    wanted,
    within_one_slip,
    words_of,
)
from conductr_store.finding.tokens import length_tokens, tokens_of
from conductr_store.testing import a_generation, a_song

WORD = st.text(alphabet="abcd", max_size=6)


def harmless(token: str) -> bool:
    """Of ASCII nothing but letters, digits and _: no index takes anything else for a sign."""
    return all(letter == "_" or letter.isalnum() or not letter.isascii() for letter in token) and bool(token)


def distance(one: str, other: str) -> int:
    """Of Damerau and Levenshtein, by its definition."""
    rows = {(-1, -1): 0}
    for i in range(-1, len(one)):
        for j in range(-1, len(other)):
            ways = [rows[i - 1, j] + 1] if i >= 0 else []
            ways += [rows[i, j - 1] + 1] if j >= 0 else []
            if i >= 0 and j >= 0:
                ways.append(rows[i - 1, j - 1] + (one[i] != other[j]))
            if i > 0 and j > 0 and one[i] == other[j - 1] and one[i - 1] == other[j]:
                ways.append(rows[i - 2, j - 2] + 1)
            rows[i, j] = min(ways, default=0)
    return rows[len(one) - 1, len(other) - 1]


@given(one=WORD, other=WORD)
def test_one_slip_is_a_letter_wrong_missing_or_too_many_or_two_that_changed_places(one: str, other: str) -> None:
    assert within_one_slip(one, other) == (distance(one, other) <= 1)
    if within_one_slip(one, other):
        assert slips_of(one) & slips_of(other)  # so the index of slips brings them together


@given(text=st.text(max_size=40))
def test_words_are_the_same_when_they_are_read_again(text: str) -> None:
    words = list(words_of(text))
    assert list(words_of(" ".join(words))) == words
    assert all(map(harmless, words))


@given(text=st.text(max_size=30))
def test_no_text_gets_into_a_query_but_as_words(text: str) -> None:
    for expr in wanted(LibraryQuery(text=text, genres=(text,), models=(text,)), {}, {}).tiers:
        quoted = fts5(expr).split('"')[1::2]
        assert all(map(harmless, quoted))
        assert fts5(expr).count('"') == 2 * len(quoted)
        assert tsquery(expr).count("'") == 2 * len(quoted)


@given(title=st.text(max_size=30), name=st.text(max_size=30))
def test_tokens_have_no_sign_in_them_that_an_index_would_read(title: str, name: str) -> None:
    song = a_song(a_generation(), title=title, tags=(name,), model=name, prompt=title)
    assert all(map(harmless, tokens_of(song)))


@given(
    low=st.integers(0, 70),
    high=st.none() | st.integers(0, 70),
    length_s=st.floats(0, 900, allow_nan=False, allow_infinity=False),
)
def test_a_length_has_one_of_the_tokens_of_the_range_it_lies_in(low: int, high: int | None, length_s: float) -> None:
    tokens = tokens_of(a_song(a_generation(), duration_s=length_s))
    ten = min(int(length_s) // 10, 60)
    inside = low <= ten and (high is None or ten < high)
    assert len(tokens.intersection(length_tokens(low, high))) == inside


def test_both_languages_say_the_same() -> None:
    expr = But(All((Token("wa"), AnyOf((Token("wb"), Token("wc"))))), Token("td"))
    assert fts5(expr) == '(("wa" AND ("wb" OR "wc")) NOT "td")'
    assert tsquery(expr) == "(('wa' & ('wb' | 'wc')) & !'td')"


def test_a_question_has_twelve_words_at_most_and_each_once() -> None:
    assert asked_words("a b a lo-fi") == (("a",), ("b",), ("lo", "fi"))
    assert len(asked_words(" ".join(map(str, range(99))))) == 12


@given(
    order=st.sampled_from(Order),
    number=st.integers(-(2**60), 2**60),
    length_s=st.floats(0, 1e6),
    step=st.integers(0, 2),
)
def test_a_cursor_brings_back_where_a_page_ended(order: Order, number: int, length_s: float, step: int) -> None:
    mark = Mark(number, length_s, step)
    assert read_cursor(cursor_of(order, mark), order) == mark


@given(text=st.text(max_size=60))
def test_no_text_makes_a_cursor_do_anything_but_refuse(text: str) -> None:
    with pytest.raises(NotACursor):
        read_cursor(text, Order.NEWEST)
