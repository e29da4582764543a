"""Texts are cut where a reader sees a border, and piles of marks and turned lines are calmed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr_bot.escape import fit, length, name, plain
from conductr_bot.graphemes import MOST_MARKS, calm, cut_at

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
WHOLE = (FAMILY, SCOTLAND, "\U0001f1e9\U0001f1ea", "\U0001f44d\U0001f3fd", "e\u0301", "\u2764\ufe0f")


@pytest.mark.parametrize("one", WHOLE)
def test_no_character_is_cut_in_two(one: str) -> None:
    for count in range(1, len(one)):
        assert cut_at("a" + one, 1 + count) == 1
    assert cut_at("a" + one, 1 + len(one)) == 1 + len(one)


def test_of_many_flags_whole_ones_are_kept() -> None:
    flags = "\U0001f1e9\U0001f1ea" * 4
    assert [cut_at(flags, count) for count in range(1, 6)] == [1, 2, 2, 4, 4]


def test_one_that_fills_all_the_room_is_cut_all_the_same() -> None:
    assert cut_at("e" + "\u0301" * 50, 20) == 20


@given(st.text(max_size=300) | st.lists(st.sampled_from(WHOLE), max_size=40).map("".join), st.integers(2, 80))
def test_what_is_cut_fits(text: str, limit: int) -> None:
    assert length(fit(text, limit)) <= limit
    assert length(plain(text, limit)) <= limit
    assert "\n" not in plain(text, limit)


def test_piles_of_marks_are_calmed() -> None:
    assert calm("Z" + "\u0335\u0321" * 200 + "o") == "Z" + ("\u0335\u0321" * 200)[:MOST_MARKS] + "o"


def test_what_runs_from_the_right_keeps_to_itself() -> None:
    assert name("\u202eevil", 80) == "evil"
    assert name("\u05e9\u05dc\u05d5\u05dd", 80) == "\u2068\u05e9\u05dc\u05d5\u05dd\u2069"
