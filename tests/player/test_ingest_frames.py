"""An MP3's frames follow one another; what lies between them is no sound."""

from __future__ import annotations

import time
from random import Random

import pytest

from conductr_player.ingesting.frames import chain

FRAME = b"\xff\xfb\x90\x64" + bytes(413)  # 128 kbit/s at 44,100 Hz
PADDED = b"\xff\xfb\x92\x64" + bytes(414)
FRAME_S = 1_152 / 44_100


def test_whole_frames_of_any_size_are_all_there_is() -> None:
    found = chain((FRAME + PADDED) * 100, 0)
    assert found is not None
    assert found.frames_s == pytest.approx(200 * FRAME_S)
    assert found.frame_bytes == 100 * (417 + 418)
    assert (found.stray_bytes, found.has_page, found.stray_s) == (0, False, 0)


@pytest.mark.parametrize(
    "stray", [bytes(5_000), b"\xff" * 5_000, b"sorry" * 1_000, FRAME[:4] * 1_250, FRAME[:100] * 50]
)
def test_what_lies_between_frames_is_stray(stray: bytes) -> None:
    found = chain(FRAME * 50 + stray + FRAME * 50, 0)
    assert found is not None
    assert found.stray_bytes == pytest.approx(len(stray), abs=2 * len(FRAME))
    assert found.stray_s == pytest.approx(len(stray) / 417 * FRAME_S, abs=2 * FRAME_S)


def test_noise_is_stray_although_some_of_it_looks_like_a_frame() -> None:
    noise = Random(3).randbytes(500_000)
    found = chain(FRAME * 50 + noise + FRAME * 50, 0)
    assert found is not None
    assert found.stray_bytes == pytest.approx(len(noise), rel=0.02)


def test_a_page_among_them_is_seen() -> None:
    assert (found := chain(FRAME * 50 + b"<HTML>gone</HTML>" * 99 + FRAME * 50, 0)) is not None
    assert found.has_page


def test_a_page_in_a_last_frame_that_is_cut_is_seen() -> None:
    assert (found := chain(FRAME * 50 + FRAME[:40] + b"<!doctype html>gone", 0)) is not None
    assert found.has_page


@pytest.mark.parametrize(
    "tag",
    [
        b"TAG" + bytes(125),
        b"ID3\x04\0\0\0\0\x10\0" + bytes(2_048),
        b"APETAGEX"
        + (2_000).to_bytes(4, "little")
        + (90_000).to_bytes(4, "little")
        + b"\1\0\0\0\0\0\0\xa0"
        + bytes(90_008),
    ],
)
def test_tags_are_no_strays(tag: bytes) -> None:
    for stray in (b"", bytes(100)):
        assert (found := chain(FRAME * 50 + stray + tag, 0)) is not None
        assert found.stray_bytes <= len(stray)


def test_a_last_frame_that_is_cut_is_no_stray() -> None:
    assert (found := chain(FRAME * 50 + FRAME[:200], 0)) is not None
    assert found.stray_bytes == 0


def test_a_free_bit_rate_cannot_be_followed() -> None:
    assert chain(b"\xff\xfb\x00\x64" + bytes(9_000), 0) is None


@pytest.mark.parametrize(
    "between", [b"", bytes(3_000_000), b"\xff" * 3_000_000, FRAME[:4] * 300_000, b"ID3" * 1_000_000]
)
def test_it_is_quick_whatever_the_file(between: bytes) -> None:
    song = FRAME * 3_750 + between + FRAME * 3_750
    began = time.thread_time()
    chain(song, 0)
    assert time.thread_time() - began < 1.5, "3 ms for a song; 0.4 s for the worst of these"
