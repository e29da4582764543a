"""How a wish is checked and put to Suno."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr import BadWish, Wish
from conductr.wishes import PROMPT_LIMIT, TITLE_LIMIT, request_for, tidy, title_from


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t", "\x00\x07", "\u200b"])
def test_an_empty_wish_is_refused_with_an_example(prompt: str) -> None:
    with pytest.raises(BadWish) as refused:
        tidy(Wish(prompt))
    assert refused.value.field == "prompt"
    assert "rainy lo-fi" in refused.value.why


def test_a_prompt_of_ten_thousand_characters_is_refused_with_both_numbers() -> None:
    with pytest.raises(BadWish) as refused:
        tidy(Wish("x" * 10_000))
    assert refused.value.limit == PROMPT_LIMIT
    assert "10,000" in refused.value.why
    assert "3,000" in refused.value.why


def test_a_title_beyond_every_models_limit_is_refused() -> None:
    with pytest.raises(BadWish) as refused:
        tidy(Wish("a song", title="t" * (TITLE_LIMIT + 1)))
    assert refused.value.field == "title"


def test_an_idea_alone_is_told_and_not_sung() -> None:
    request = request_for(Wish("a rainy beat", style="lofi"), "V5")
    assert request.prompt == "a rainy beat, lofi"
    assert request.style is None
    assert request.lyrics is None


def test_lyrics_are_sung_and_the_prompt_becomes_the_style() -> None:
    request = request_for(Wish("slow and sad", lyrics="La la la"), "V5")
    assert request.lyrics == "La la la"
    assert request.style == "slow and sad"
    assert request.title == "Slow and sad"


def test_a_styled_instrumental_keeps_its_title() -> None:
    request = request_for(Wish("rain", style="jazz", title="Blue", instrumental=True), "V5")
    assert (request.style, request.title, request.instrumental) == ("jazz, rain", "Blue", True)


def test_a_model_of_ones_own_wins() -> None:
    assert request_for(Wish("rain", model="V6"), "V5").model == "V6"


@given(st.text())
def test_a_made_title_is_never_empty_nor_too_long(prompt: str) -> None:
    title = title_from(prompt)
    assert 0 < len(title) <= TITLE_LIMIT + 1  # one letter may grow when it is made great, as ß does


@given(st.text(max_size=300))
def test_tidying_twice_changes_nothing(prompt: str) -> None:
    try:
        once = tidy(Wish(prompt))
    except BadWish:
        return
    assert tidy(once) == once
