"""What is known of a file while it comes: its kind, its size, its version, and whether its host is too slow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_client import BadMedia, Unanswered
from suno_client._files.intake import SLOW_BYTES_S, Intake, Pace, Stretch, source_of, still, stretch_of, validator_of
from suno_client._files.kinds import KINDS
from suno_client.testing import silent_mp3

SONG = silent_mp3(1)
DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        ({"etag": '"a"', "last-modified": DATE}, '"a"'),
        ({"etag": 'W/"a"', "last-modified": DATE}, DATE),
        ({"etag": 'W/"a"'}, None),
        ({"etag": "a"}, None),
        ({"last-modified": DATE}, DATE),
        ({"etag": '"' + "a" * 200 + '"'}, None),
        ({"etag": '"\u00e9"'}, None),
        ({"etag": '"a\x00"'}, None),
        ({"etag": ""}, None),
        ({}, None),
    ],
)
def test_a_version_is_a_strong_tag_or_a_date(headers: dict[str, str], validator: str | None) -> None:
    assert validator_of(headers) == validator


def test_a_file_is_the_same_until_it_says_otherwise() -> None:
    assert still('"a"', {"etag": '"a"', "last-modified": DATE})
    assert still('"a"', {"last-modified": DATE})
    assert still('"a"', {})
    assert still(DATE, {"etag": '"a"', "last-modified": DATE})
    assert not still('"a"', {"etag": '"b"'})
    assert not still(DATE, {"last-modified": "Thu, 22 Oct 2026 07:28:00 GMT"})


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("bytes 5-9/10", Stretch(5, 10)),
        ("bytes 0-0/1", Stretch(0, 1)),
        ("bytes 5-9/*", Stretch(5, None)),
        ("bytes */10", Stretch(None, 10)),
        (" bytes 5-9/10 ", Stretch(5, 10)),
        ("bytes */*", Stretch(None, None)),
        ("bytes 5-/10", None),
        ("bytes=5-9/10", None),
        ("items 5-9/10", None),
        ("bytes -5-9/10", None),
        ("bytes 5-9/10, bytes 0-1/10", None),
        ("bytes " + "9" * 400 + "-9/10", None),
        ("", None),
    ],
)
def test_a_stretch_is_read_or_not_at_all(text: str, stretch: Stretch | None) -> None:
    assert stretch_of({"content-range": text}) == stretch


def test_an_address_is_known_without_what_signs_it() -> None:
    one = source_of("https://cdn.test/a%20b.mp3?Expires=1&Signature=secret")
    assert one == source_of("https://CDN.test/a%20b.mp3?Expires=2&Signature=other#x")
    assert len({one, source_of("https://cdn.test/b.mp3"), source_of("https://cdn.test:8443/a%20b.mp3")}) == 3
    assert len(one) == 64
    source_of("https://cdn.test/\ud800")  # whatever it is, it is known by something


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8))
def test_what_is_passed_on_is_what_came(chunks: list[bytes]) -> None:
    intake = Intake(KINDS["audio"], 1_000)
    body = SONG[:16] + b"".join(chunks)
    passed = b"".join(map(intake.take, [SONG[:1], SONG[1:16], *chunks])) + intake.end()
    assert passed == body
    assert intake.size_bytes == len(body)
    assert intake.media_type == "audio/mpeg"


@given(st.binary(max_size=60), st.integers(1, 60))
def test_nothing_is_passed_on_before_it_is_known(body: bytes, step: int) -> None:
    intake = Intake(KINDS["image"], 1_000)
    passed = b""
    try:
        for at in range(0, len(body), step):
            passed += intake.take(body[at : at + step])
        passed += intake.end()
    except BadMedia:
        assert intake.spoilt
    assert (passed == body) if intake.media_type else (passed == b"")


def test_slowness_is_judged_over_a_while_and_by_waiting_alone() -> None:
    pace = Pace("host", 20.0)
    pace.add(1_900, 19.0)  # a slow start is no crime
    pace.add(30 * SLOW_BYTES_S, 11.0)
    pace.add(100, 19.0)
    with pytest.raises(Unanswered, match="slower than 8,000 bytes a second"):
        pace.add(20 * SLOW_BYTES_S - 101, 1.0)
    patient = Pace("host", 20.0)
    for _ in range(100):
        patient.add(20 * SLOW_BYTES_S, 20.0)
