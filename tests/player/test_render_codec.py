"""Packets become samples and samples packets, in step with the original and as Discord wants them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conductr_player import SourceError
from conductr_player.packets.opus import SILENCE, check_frame
from conductr_player.render.codec import LOOKAHEAD, Decoder, Encoder, aligned, silence

from .listening import FRAME, frames, heard, lag, likeness_db, noise, song, tone

MUSIC_AT_FULL_BAND = 31  # the configuration in a TOC byte: CELT, 20 ms (RFC 6716, table 2)


def threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


@pytest.mark.parametrize("complexity", [0, 5, 10])
def test_what_is_encoded_again_sounds_at_the_same_sample(complexity: int) -> None:
    original = heard(song())
    again = heard(Encoder(complexity=complexity).encode(aligned(original)))
    assert lag(original[:48_000], again) == 0
    assert likeness_db(original[FRAME:], again[FRAME:]) > 15


def test_a_decoder_led_in_by_four_packets_hears_what_one_hears_that_was_there_from_the_start() -> None:
    whole, middle = heard(song()), heard(song()[96:150])
    assert likeness_db(frames(whole, 100, 150), frames(middle, 4, 54)) > 25


def test_an_encoder_lags_by_its_lookahead() -> None:
    hiss = noise(1.0)
    assert lag(hiss, heard(Encoder().encode(hiss))) == LOOKAHEAD


@pytest.mark.parametrize("kbits", [64, 96, 128])
def test_packets_are_20_ms_of_celt_stereo_at_the_bit_rate(kbits: int) -> None:
    packets = Encoder(kbits=kbits).encode(heard(song()))
    for packet in packets:
        check_frame(packet)
    assert {packet[0] >> 3 for packet in packets} == {MUSIC_AT_FULL_BAND}
    assert {packet[0] & 4 for packet in packets} == {4}  # stereo
    assert sum(map(len, packets)) * 8 / (len(packets) * 20) == pytest.approx(kbits, rel=0.3)


def test_it_does_not_matter_how_the_samples_come() -> None:
    samples = heard(song())[: 40 * FRAME]
    parts = Encoder()
    assert Encoder().encode(samples) == [
        *parts.encode(samples[:FRAME]),
        *parts.encode(silence(0)),
        *parts.encode(samples[FRAME:]),
    ]


def test_an_encoder_without_the_short_way_makes_the_same_packets() -> None:
    class LongWay:
        def __init__(self, context: object) -> None:
            self.encode = context.encode  # pyright: ignore[reportAttributeAccessIssue]

    long = Encoder()
    long._context = LongWay(long._context)  # pyright: ignore[reportAttributeAccessIssue]
    samples = heard(song())[: 40 * FRAME]
    assert long.encode(samples) == Encoder().encode(samples)


def test_coding_starts_no_threads() -> None:
    before = threads()
    encoder, decoder = Encoder(), Decoder()
    decoder.decode(encoder.encode(tone(440, 0.2)))
    assert threads() == before


def test_frames_are_whole() -> None:
    with pytest.raises(ValueError, match="961 samples"):
        Encoder().encode(silence(FRAME + 1))


@pytest.mark.parametrize("bad", [b"\xff", b"\xfc" + bytes(3_000)])
def test_what_is_no_opus_is_refused(bad: bytes) -> None:
    with pytest.raises(SourceError, match="packet 1 cannot be decoded"):
        Decoder().decode([song()[0], bad])


def test_a_packet_of_10_ms_is_refused() -> None:
    with pytest.raises(SourceError, match="packet 0 is of 480 samples"):
        Decoder().decode([bytes([30 << 3 | 4]) + bytes(100)])


def test_discords_silence_is_silent() -> None:
    assert not np.any(heard([SILENCE] * 3))
