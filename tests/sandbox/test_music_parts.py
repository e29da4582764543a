"""The parts that music is made of: instruments, drums, weather, chords, loudness, the head of a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from suno_client.sandbox.music.drums import PIECES
from suno_client.sandbox.music.effects import ping_pong
from suno_client.sandbox.music.ffmpeg import FFmpegMissing, find_ffmpeg
from suno_client.sandbox.music.harmony import chord, voiced
from suno_client.sandbox.music.id3 import tag
from suno_client.sandbox.music.instruments import TONES, Rack
from suno_client.sandbox.music.loudness import loudness
from suno_client.sandbox.music.mixer import Desk
from suno_client.sandbox.music.score import Channel, Note, Room, Score
from suno_client.sandbox.music.synth import RATE, Sound, hertz
from suno_client.sandbox.music.textures import Texture

LOW = {"upright", "electric_bass", "synth_bass", "sub_bass", "power"}  # at home two octaves down


def struck(name: str, *, pitch: float = 0, seconds: float = 0.5, velocity: float = 0.8) -> Sound:
    return Rack().play(name, pitch, seconds, velocity, 0)


def strength(sound: Sound) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))


def spectrum(sound: Sound) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequencies in hertz, and the power at each."""
    size = max(RATE, sound.shape[1])
    power = (np.abs(np.fft.rfft(sound.astype(np.float64), size)) ** 2).sum(axis=0)
    return np.asarray(np.fft.rfftfreq(size, 1 / RATE), np.float64), power


def brightness(sound: Sound) -> float:
    """The centre of the spectrum, in hertz."""
    freqs, power = spectrum(sound)
    return float((freqs * power).sum() / power.sum())


@pytest.mark.parametrize("name", sorted(TONES))
def test_an_instrument_sounds_the_pitch_that_is_written(name: str) -> None:
    for pitch in (40, 45) if name in LOW else (62, 67):
        freqs, power = spectrum(struck(name, pitch=pitch, seconds=0.8))
        partial = freqs[power.argmax()] / hertz(pitch) * 2  # in halves: an organ and a power chord sound below
        assert partial == pytest.approx(round(partial), abs=0.08)
        assert 1 <= round(partial) <= 12


@pytest.mark.parametrize("name", sorted({*TONES, *PIECES}))
def test_a_sound_is_stereo_begins_from_silence_and_ends_in_it(name: str) -> None:
    sound = struck(name, pitch=50)
    assert sound.shape[0] == 2
    assert sound.dtype == np.float32
    loudest = float(np.abs(sound).max())
    assert 0.02 < loudest < 2.5
    assert np.abs(sound[:, -1]).max() < 0.001, "it ends with a click"
    assert strength(sound[:, -RATE // 100 :]) < 0.1 * loudest


@pytest.mark.parametrize("name", sorted(PIECES))
def test_a_harder_stroke_has_more_force(name: str) -> None:
    soft, hard = (float((struck(name, velocity=velocity) ** 2).sum()) for velocity in (0.2, 1.0))
    assert hard > soft


def test_a_riser_rises_and_a_brush_whispers() -> None:
    riser, half_second = struck("riser"), RATE // 2
    assert strength(riser[:, -half_second:]) > 5 * strength(riser[:, :half_second])
    assert brightness(riser[:, -half_second:]) > 1.2 * brightness(riser[:, :half_second])
    assert strength(struck("brush")) < strength(struck("snare.rock")) / 2


def test_drums_lie_where_a_listener_expects_them() -> None:
    assert brightness(struck("tom.low")) < brightness(struck("tom.mid")) < brightness(struck("tom.high"))
    assert brightness(struck("kick.deep")) < brightness(struck("snare.rock")) < brightness(struck("tambourine"))


def test_a_high_bell_leaves_out_what_ears_would_not_hear() -> None:
    freqs, power = spectrum(struck("bell", pitch=108))
    assert power[freqs > 16_000].sum() < 1e-4 * power.sum()
    assert freqs[power.argmax()] == pytest.approx(hertz(108), rel=0.01)


def test_a_note_that_was_over_before_the_desk_began_is_not_heard() -> None:
    def first_block(length_s: float) -> Sound:
        notes = [Note("tune", "organ", 0.0, length_s, 60, 0.8)]
        score = Score("jazz", 120, 4, 8, 2, Room(), {"tune": Channel()}, [], 1, notes)
        return Desk(score, Rack(), start_s=3.0, before_s=3.0).block()

    assert not first_block(1.0).any()
    assert strength(first_block(5.0)) > 0.01


def test_echoes_come_in_time_from_side_to_side_and_fade() -> None:
    for gap_s, again in ((0.3, 0.5), (1.9, 0.3), (3.0, 0.2)):
        echoes = np.abs(ping_pong(gap_s, again))
        near = [echoes[:, round((gap_s * tap - 0.05) * RATE) : round((gap_s * tap + 0.05) * RATE)] for tap in (1, 2)]
        (left, right), (left_again, right_again) = (part.max(axis=1) for part in near)
        assert right > 2 * left
        assert left_again >= 2 * right_again
        assert left_again < right
        assert echoes[:, : round((gap_s - 0.1) * RATE)].max() < 0.01 * right


@pytest.mark.parametrize("kind", ["rain", "vinyl", "waves", "wind"])
def test_a_place_sounds_on_without_a_seam(kind: str) -> None:
    place, count = Texture(kind, 1.0, seed=3), 12 * RATE
    whole = place.block(0, count)
    assert np.array_equal(whole, np.concatenate([place.block(0, RATE), place.block(RATE, count - RATE)], axis=1))
    assert np.array_equal(whole[:, :RATE], Texture(kind, 1.0, seed=3).block(0, RATE))
    assert not np.array_equal(whole[:, :RATE], Texture(kind, 1.0, seed=4).block(0, RATE))
    steps = np.abs(np.diff(whole, axis=1))
    joint = 11 * RATE  # where the loop returns
    assert steps[:, joint - 2 : joint + 2].max() <= np.quantile(steps, 0.9999)


def test_waves_and_wind_are_darker_than_rain_and_waves_come_and_go() -> None:
    rain, waves, wind = (Texture(kind, 1.0, seed=1).block(0, 11 * RATE) for kind in ("rain", "waves", "wind"))
    assert max(brightness(waves), brightness(wind)) < 0.6 * brightness(rain)
    seconds = [strength(waves[:, at : at + RATE]) for at in range(0, 11 * RATE, RATE)]
    assert max(seconds) > 2 * min(seconds)


@pytest.mark.parametrize("seconds", [0.25, 3.0])
def test_a_full_tone_of_one_kilohertz_has_no_loudness_units_below_full_scale(seconds: float) -> None:
    tone = np.sin(2 * np.pi * 997 * np.arange(round(seconds * RATE)) / RATE)
    assert loudness(np.stack([tone, tone])) == pytest.approx(0.0, abs=0.15)  # BS.1770: -3.01 a channel
    assert loudness(np.stack([tone, tone]) / 10) == pytest.approx(-20.0, abs=0.15)


def test_silence_is_as_quiet_as_can_be() -> None:
    assert loudness(np.zeros((2, RATE), np.float32)) == -70.0


@pytest.mark.parametrize("token", ["", "8", "1.x!", "h"])
def test_what_is_no_chord_is_refused_by_name(token: str) -> None:
    with pytest.raises(ValueError, match=f"no chord: {token}"):
        chord(token, 0, minor=False)


def test_chords_have_the_tones_that_their_names_say() -> None:
    c, e, g = 0, 4, 7
    assert chord("1", 0, minor=False).tones == (c, e, g)
    assert chord("1", 0, minor=True).tones == (c, 3, g)
    assert chord("5!.7", 0, minor=True).tones == (g, 11, 2, 5)
    assert chord("1.6", 0, minor=False).tones == (c, e, g, 9)
    assert chord("1.s", 0, minor=False).tones == (c, 5, g)
    assert chord("1.a", 0, minor=False).tones == (c, e, g, 2)
    assert chord("b7", 0, minor=False).tones == (10, 2, 5)
    assert chord("2.9", 2, minor=False).fifth() == 11


def test_a_tone_that_is_named_twice_is_not_played_twice_on_one_string() -> None:
    pitches = voiced((0, 0, 7), (), 48, 72)
    assert len(set(pitches)) == 3
    assert sorted(pitch % 12 for pitch in pitches) == [0, 0, 7]


def frames_in(head: bytes) -> Iterator[tuple[str, bytes]]:
    """Reads an ID3v2.3 tag as id3.org tells it."""
    assert head[:6] == b"ID3\x03\x00\x00"
    size = sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    assert len(head) == 10 + size
    at = 10
    while at < len(head):
        length = int.from_bytes(head[at + 4 : at + 8])
        yield head[at : at + 4].decode(), head[at + 10 : at + 10 + length]
        at += 10 + length


def test_a_file_names_what_it_knows_and_nothing_else() -> None:
    assert [*frames_in(tag({}))] == []
    plain = dict(frames_in(tag({"TIT2": "Größe ♪", "TPE1": ""})))
    assert {name: body[1:].decode("utf-16") for name, body in plain.items()} == {"TIT2": "Größe ♪"}
    full = dict(frames_in(tag({"TIT2": "x"}, lyrics="la la", cover=b"\xff\xd8" * 200)))
    assert [*full] == ["TIT2", "USLT", "APIC"]
    assert full["USLT"].endswith("la la".encode("utf-16-le"))
    assert full["APIC"] == b"\x00image/jpeg\x00\x03\x00" + b"\xff\xd8" * 200


def test_ffmpeg_is_the_one_that_was_named_then_the_one_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CONDUCTR_FFMPEG", "/opt/my-ffmpeg")
    assert find_ffmpeg() == "/opt/my-ffmpeg"
    monkeypatch.delenv("CONDUCTR_FFMPEG")
    assert find_ffmpeg() == str(program)


def test_without_any_ffmpeg_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDUCTR_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)  # as where the wheel is not installed
    with pytest.raises(FFmpegMissing, match="pip install imageio-ffmpeg, or set CONDUCTR_FFMPEG"):
        find_ffmpeg()
