"""What a button says when it comes back, also after a restart, and from whoever sends whatever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr_bot.presses import LIMIT, Press, press, read_press

words = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=12)


@given(st.sampled_from(("skip", "play")), st.lists(words, max_size=4))
def test_what_is_said_is_read(verb: str, about: list[str]) -> None:
    read = read_press(press(verb, *about))
    assert read == Press(verb, tuple(about))


@given(st.text(max_size=100))
def test_whatever_comes_back_is_read_or_refused(custom_id: str) -> None:
    read = read_press(custom_id)
    assert read is None or read.number(0) is None or read.number(0) == int(read.about[0])


@pytest.mark.parametrize("custom_id", ["", "c1", "c1:", "c0:skip:1", "skip", "x:c1:skip"])
def test_of_another_version_nothing_is_believed(custom_id: str) -> None:
    assert read_press(custom_id) is None


def test_what_is_missing_is_none() -> None:
    read = read_press(press("library", 10, None, "a"))
    assert read is not None
    assert (read.number(0), read.number(1), read.argument(2), read.argument(3)) == (10, None, "a", None)
    assert Press("x", ("\u0663", "9" * 20)).number(1) is None


def test_one_that_discord_would_not_take_is_never_made() -> None:
    with pytest.raises(ValueError, match="at most"):
        press("play", "x" * LIMIT)
