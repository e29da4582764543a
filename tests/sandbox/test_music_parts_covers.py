"""Covers that are painted from the plan, and songs that are put together from parts of others."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from suno_client.sandbox.music.arrange import score_for
from suno_client.sandbox.music.composer import STYLES, compose
from suno_client.sandbox.music.covers import draw, jpeg
from suno_client.sandbox.music.order import Order, Piece
from suno_client.sandbox.music.wish import understand


def painted(genre: str, wish: str = "", seed: int = 0) -> Image.Image:
    return draw(understand(Order(prompt=f"{genre} {wish}", keeps={"genre": genre, "seed": seed})))


def small(picture: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """What is seen from afar."""
    return np.asarray(picture.resize((16, 16)), np.float64)


@pytest.mark.parametrize("genre", STYLES)
def test_a_cover_is_a_picture_and_its_takes_are_alike_but_not_the_same(genre: str) -> None:
    one, two = painted(genre), painted(genre, seed=1)
    assert (one.size, one.mode) == ((1_024, 1_024), "RGB")
    assert np.asarray(one).std() > 10, "it is blank"
    assert np.abs(small(one) - small(two)).mean() > 1


def test_a_cover_repeats_and_each_genre_has_its_own() -> None:
    pictures = {genre: small(painted(genre, "minor")) for genre in STYLES}
    assert np.array_equal(pictures["jazz"], small(painted("jazz", "minor")))
    assert len({picture.tobytes() for picture in pictures.values()}) == len(STYLES)


@pytest.mark.parametrize("genre", ["jazz", "classical", "folk"])
def test_a_dark_song_has_a_dark_cover(genre: str) -> None:
    assert small(painted(genre, "dark")).mean() < small(painted(genre, "happy")).mean()


@pytest.mark.parametrize("side", [1_024, 500])
def test_a_cover_comes_in_the_size_that_is_asked_for(side: int) -> None:
    opened = Image.open(io.BytesIO(jpeg(painted("rock"), side)))
    assert (opened.format, opened.size) == ("JPEG", (side, side))


def test_a_middle_of_a_song_is_followed_without_its_beginning() -> None:
    other = Order(prompt="house", duration_s=90)
    whole = compose(understand(other))
    bar = next(section.start_bar for section in whole.sections if section.start_bar > 0)
    start_s, end_s = bar * whole.bar_s, (bar + 6) * whole.bar_s
    score = score_for(Order(prompt="house", duration_s=20, before=Piece(other, start_s, end_s)))
    kept = [note for note in whole.notes if start_s <= note.at_s < end_s]
    assert [note.pitch for note in score.notes[: len(kept)]] == [note.pitch for note in kept]
    assert score.length_s > end_s - start_s + 10
    assert score.sections[0].start_bar == 0
    for one, following in zip(score.sections, score.sections[1:], strict=False):
        assert one.start_bar + one.bars == following.start_bar
