"""A moment of a song as people write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr.denials import BadMoment
from conductr.moments import moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1:30", 90),
        ("0:01:30", 90),
        ("1m30s", 90),
        ("1m30", 90),
        ("1h", 3600),
        ("2m", 120),
        ("90s", 90),
        ("1.5", 1.5),
        ("1,5", 1.5),
        ("75:00", 4500),
        (" +15 ", 55),
        ("-10", 30),
        ("\N{MINUS SIGN}10", 30),
        ("-90", 0),
        ("+1:30", 130),
        ("- 10", 30),
        ("50%", 100),
        ("0", 0),
        ("100%", 200),
    ],
)
def test_every_way_to_write_it_is_read(text: str, seconds: float) -> None:
    assert moment(text, position_s=40.0, duration_s=200.0) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "soon",
        "1:60",
        "1:75:00",
        "-",
        "+",
        "%",
        "101%",
        "1:2:3:4",
        "१:३०",
        "0x10",
        "nan",
        "inf",
        "1e9",
        "9" * 40,
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadMoment):
        moment(text, position_s=40.0, duration_s=200.0)


def test_a_share_of_a_song_of_unknown_length_is_refused() -> None:
    with pytest.raises(BadMoment):
        moment("50%", position_s=0.0, duration_s=None)


@given(st.text(max_size=40), st.floats(0, 10_000))
def test_nothing_written_is_before_the_start(text: str, position_s: float) -> None:
    try:
        found = moment(text, position_s=position_s, duration_s=300.0)
    except BadMoment:
        return
    assert 0 <= found < 10_000_000
