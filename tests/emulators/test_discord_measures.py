"""The emulator's pure parts: encryption, Ogg, limits, and the measures that judge what was heard."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from emulators.discord import AES, XCHACHA, Packet
from emulators.discord.crypto import BadPacket, Opened, is_rtcp, open_packet, seal_packet, ssrc_of
from emulators.discord.errors import ApiError
from emulators.discord.limits import check_choices, check_message, check_modal
from emulators.discord.listening import RATE, compare, loudness_dbfs
from emulators.discord.measures import (
    bursts,
    frame_ms,
    gaps_ms,
    grid_deviation_ms,
    header_packets,
    interval_statistics,
    music,
    nonce_repeats,
    sequence_breaks,
    timestamp_breaks,
)
from emulators.discord.ogg import read_ogg, write_ogg

KEY = bytes(range(32))


def packets(times_ms: list[float], *, first_seq: int = 1) -> list[Packet]:
    return [
        Packet(1000 + at / 1000, (first_seq + place) & 0xFFFF, place * 960, place, 7, b"\xfc" + bytes([place % 256]))
        for place, at in enumerate(times_ms)
    ]


@pytest.mark.parametrize("mode", [AES, XCHACHA])
def test_both_modes_give_back_what_was_sealed(mode: str) -> None:
    opened = Opened(seq=65_535, timestamp=960, ssrc=42, nonce=3, payload=b"opus")
    assert open_packet(mode, KEY, seal_packet(mode, KEY, opened)) == opened


@pytest.mark.parametrize("mode", [AES, XCHACHA])
@pytest.mark.parametrize("place", [3, 12, -1])
def test_a_changed_header_payload_or_nonce_is_refused(mode: str, place: int) -> None:
    datagram = bytearray(seal_packet(mode, KEY, Opened(1, 0, 42, 1, b"opus")))
    datagram[place] ^= 1
    with pytest.raises(BadPacket, match="bad tag"):
        open_packet(mode, KEY, bytes(datagram))


@pytest.mark.parametrize("mode", [AES, XCHACHA])
def test_a_header_extension_is_authenticated_and_taken_off(mode: str) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as xchacha

    header = b"\x90\x78" + bytes([0, 5, 0, 0, 3, 192, 0, 0, 0, 9]) + b"\xbe\xde\x00\x02"
    plain, nonce = b"extended" + b"opus", b"\0\0\0\7"
    sealed = (
        AESGCM(KEY).encrypt(nonce.ljust(12, b"\0"), plain, header)
        if mode == AES
        else xchacha(plain, header, nonce.ljust(24, b"\0"), KEY)
    )
    assert open_packet(mode, KEY, header + sealed + nonce) == Opened(5, 960, 9, 7, b"opus")


def test_what_is_no_audio_is_told_apart() -> None:
    assert is_rtcp(b"\x80\xc9" + bytes(30))
    with pytest.raises(BadPacket):
        ssrc_of(b"GET / HTTP/1.1 and more than thirty bytes")


def test_ogg_gives_back_its_packets_of_every_length() -> None:
    sizes = [1, 3, 254, 255, 256, 510, 511, 1275]
    written = [bytes([size % 251]) * size for size in sizes]
    assert read_ogg(write_ogg(written)) == written
    with pytest.raises(ValueError, match="no Ogg page"):
        read_ogg(b"ID3 is no Ogg")


def test_intervals_of_a_perfect_grid() -> None:
    found = interval_statistics(packets([20.0 * place for place in range(500)]))
    assert (found.count, round(found.mean, 6), round(found.max, 3)) == (499, 20.0, 20.0)
    assert found.sd < 0.001


def test_a_gap_and_a_burst_are_found() -> None:
    late = [0.0, 20.0, 40.0, 140.0, 140.1, 140.2, 140.3, 140.4, 140.5, 160.0]
    assert [round(gap) for gap in gaps_ms(packets(late))] == [100]
    assert bursts(packets(late)) == [8, 9]
    assert bursts(packets([20.0 * place for place in range(100)])) == []


def test_the_grid_deviation_names_the_late_packet() -> None:
    times = [20.0 * place for place in range(9)]
    times[4] += 7
    deviation = grid_deviation_ms(packets(times))
    assert [place for place, off in enumerate(deviation) if abs(off) > 1] == [4]
    assert deviation[4] == pytest.approx(7, abs=0.01)


def test_lost_repeated_and_wrapped_numbers() -> None:
    grid = [20.0 * place for place in range(6)]
    whole = packets(grid, first_seq=65_533)
    assert sequence_breaks(whole) == []
    assert timestamp_breaks(whole) == []
    lost = whole[:2] + whole[3:]
    assert sequence_breaks(lost) == [(65_534, 0)]
    assert timestamp_breaks(lost) == [(960, 2880)]
    assert nonce_repeats([*whole, whole[0]]) == [0]


def test_headers_and_silence_are_no_music() -> None:
    heads = [Packet(0, 0, 0, 0, 1, payload) for payload in (b"OpusHead...", b"OpusTags...", b"\xf8\xff\xfe", b"\xfcx")]
    assert len(header_packets(heads)) == 2
    assert len(music(heads)) == 3


@pytest.mark.parametrize(
    ("toc", "ms"),
    [(b"\xf8\xff\xfe", 20.0), (b"\xfc..", 20.0), (b"\x78", 20.0), (b"\x1b\x01", 60.0), (b"\xe3\x08", 20.0), (b"", 0.0)],
)
def test_the_duration_stands_in_the_first_bytes(toc: bytes, ms: float) -> None:
    assert frame_ms(toc) == ms


def chirp(seconds: float = 3.0) -> Any:
    time_s = np.arange(int(seconds * RATE)) / RATE
    left = np.sin(2 * math.pi * (200 * time_s + 300 * time_s**2))
    right = np.sin(2 * math.pi * 440 * time_s) * (1 + np.sin(2 * math.pi * 3 * time_s)) / 2
    return (np.stack([left, right], axis=1) * 0.5).astype(np.float32)


@pytest.mark.parametrize("lag_s", [0.0, 0.35, -0.2])
def test_the_lag_is_found_either_way(lag_s: float) -> None:
    song = chirp()
    shift = int(abs(lag_s) * RATE)
    heard = np.concatenate([np.zeros((shift, 2), np.float32), song]) if lag_s >= 0 else song[shift:]
    match = compare(heard, song)
    assert match.lag_s == pytest.approx(lag_s, abs=0.001)
    assert match.worst > 0.999
    assert match.snr_db == math.inf


def test_another_song_does_not_match() -> None:
    noise = np.random.default_rng(1).normal(0, 0.2, (3 * RATE, 2)).astype(np.float32)
    assert compare(noise, chirp()).worst < 0.1


def test_swapped_channels_do_not_match() -> None:
    assert compare(chirp()[:, ::-1], chirp()).worst < 0.5


def test_silence_is_silent() -> None:
    assert loudness_dbfs(np.zeros((100, 2), np.float32)) == -math.inf
    assert loudness_dbfs(chirp()) == pytest.approx(-10, abs=2)


BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}


@pytest.mark.parametrize(
    "message",
    [
        {"content": "x" * 2001},
        {"embeds": [{"title": "x" * 257}]},
        {"embeds": [{"description": "x" * 4097}]},
        {"embeds": [{"description": "x" * 4000}, {"description": "y" * 2001}]},
        {"embeds": [{"fields": [{"name": "n", "value": ""}]}]},
        {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]},
        {"embeds": [{}] * 11},
        {"components": [{"type": 1, "components": [BUTTON | {"custom_id": str(n)} for n in range(6)]}]},
        {"components": [{"type": 1, "components": [BUTTON | {"label": "x" * 81}]}]},
        {"components": [{"type": 1, "components": [BUTTON | {"custom_id": "x" * 101}]}]},
        {"components": [{"type": 1, "components": [BUTTON, BUTTON]}]},
        {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "bare"}]}]},
        {"components": [BUTTON]},
        {"components": [{"type": 1, "components": [BUTTON | {"custom_id": str(n)}]} for n in range(6)]},
        {"flags": 1 << 15, "content": "both", "components": [{"type": 10, "content": "text"}]},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "x"}] * 41},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 4001}]},
    ],
)
def test_what_discord_refuses_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        check_message(message)
    assert (refused.value.status, refused.value.code) == (400, 50035)


def test_what_just_fits_is_taken() -> None:
    rows = [{"type": 1, "components": [BUTTON | {"custom_id": f"{row}.{n}"} for n in range(5)]} for row in range(5)]
    check_message({"content": "x" * 2000, "embeds": [{"title": "x" * 256}], "components": rows})
    check_message({"flags": 1 << 15, "components": [{"type": 17, "components": [{"type": 10, "content": "x"}] * 39}]})
    with pytest.raises(ApiError) as refused:
        check_message({"content": ""})
    assert refused.value.code == 50006


def test_choices_and_modals_have_limits() -> None:
    check_choices([{"name": "n" * 100, "value": "v"}] * 25)
    for bad in ([{"name": "n", "value": "v"}] * 26, [{"name": "n" * 101, "value": "v"}], [{"name": "", "value": "v"}]):
        with pytest.raises(ApiError):
            check_choices(bad)
    with pytest.raises(ApiError):
        check_modal({"title": "x" * 46, "custom_id": "m", "components": [{}]})
