"""Pause, skip, stop, seek, cross-fade and changes of sound, as a listener hears them: judged on samples."""

from __future__ import annotations

import anyio
import numpy as np
import pytest

from conductr_player import Ended, EndReason, PacketSource, Started
from conductr_player.core.sound import Sound, SoundEffect
from conductr_player.outputs.bridges import Patience, packets_of
from conductr_player.packets.opus import SILENCE
from conductr_player.testing import entries

from .heard import FRAME, PATIENT, Booth, booth, chord, heard, largest_step, level, pitch_share, record

pytestmark = pytest.mark.anyio

A, B, GONE = entries("a", "b", "gone")
LOW, HIGH = 203.7, 431.3  # no whole number of turns in a packet: a wrong one would not fit


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PacketSource]:
    """Six seconds each, of two chords."""
    folder = tmp_path_factory.mktemp("seams")
    return {name: record(folder / f"{name}.opus", chord(6.0, root)) for name, root in (("a", LOW), ("b", HIGH))}


async def playing(room: Booth, ticks: int = 50) -> None:
    await room.output.play(1, A)
    await room.turn_until(lambda: len(room.sent) >= 1)
    await room.output.preload(B)
    await room.turn_until(lambda: len(room.sent) >= ticks)


async def test_a_pause_fades_within_200_ms_without_a_click(songs: dict[str, PacketSource]) -> None:
    async with booth(songs) as room:
        await playing(room)
        at = len(room.sent)
        await room.output.pause()
        await room.turn(30)
        assert room.sent[-5:] == [SILENCE] * 5
        await room.output.resume()
        await room.turn(30)
    sound = heard(room.sent)
    before, seam = sound[10 * FRAME : at * FRAME], sound[at * FRAME : (at + 10) * FRAME]
    assert largest_step(seam) <= largest_step(before) * 1.1
    assert level(seam[:FRAME]) > level(before) * 0.5, "it does not stop dead"
    whole = heard(packets_of(songs["a"], 0, at + 1))
    assert np.corrcoef(seam[:FRAME, 0], whole[at * FRAME :, 0])[0, 1] > 0.98, "and what fades is what was to come"
    assert level(seam[9 * FRAME :]) < level(before) * 0.01, "after 200 ms it is silent"


async def test_a_stop_fades_within_200_ms_without_a_click(songs: dict[str, PacketSource]) -> None:
    async with booth(songs) as room:
        await playing(room)
        at = len(room.sent)
        await room.output.stop()
        await room.turn(30)
        assert room.reports[-1] == Ended(1, EndReason.STOPPED, at * 0.02)
        assert room.output.position_s == 0.0
    sound = heard(room.sent)
    before, seam = sound[10 * FRAME : at * FRAME], sound[at * FRAME :]
    assert largest_step(seam) <= largest_step(before) * 1.1
    assert level(seam[9 * FRAME :]) < level(before) * 0.01


@pytest.mark.parametrize("patience", [PATIENT, Patience(fade_s=0.0, blend_s=0.0)], ids=["blended", "cut"])
async def test_a_skip_is_heard_in_the_next_packet_without_a_click(
    songs: dict[str, PacketSource], patience: Patience
) -> None:
    async with booth(songs, patience=patience) as room:
        await playing(room)
        at = len(room.sent)
        await room.output.play(2, B)
        await room.turn(30)
        assert room.reports == [Started(1), Ended(1, EndReason.REPLACED, at * 0.02), Started(2)]
        assert (room.sent[at] != songs["b"].packet(0)) == (patience is PATIENT)
        assert room.sent[at + 3 :] == [songs["b"].packet(index) for index in range(3, 30)], "in step, after 60 ms"
        assert room.output.position_s == pytest.approx(0.6)
    sound = heard(room.sent)
    music = max(largest_step(sound[10 * FRAME : at * FRAME]), largest_step(sound[(at + 10) * FRAME :]))
    if patience is PATIENT:
        assert largest_step(sound[at * FRAME : (at + 10) * FRAME]) <= music * 1.1
    assert pitch_share(sound[(at + 1) * FRAME : (at + 5) * FRAME], HIGH) > 0.5, "at once"


async def test_a_skip_to_what_is_not_open_yet_fades(songs: dict[str, PacketSource]) -> None:
    async with booth(songs) as room:
        await room.output.play(1, A)
        await room.turn_until(lambda: len(room.sent) >= 50)
        at = len(room.sent)
        await room.output.play(2, GONE)
        await room.turn(20)
        assert isinstance(room.reports[-1], Ended)
        assert room.reports[-1].reason is EndReason.LOAD_FAILED
    sound = heard(room.sent)
    before, fade = sound[10 * FRAME : at * FRAME], sound[at * FRAME : (at + 8) * FRAME]
    assert largest_step(fade) <= largest_step(before) * 1.1
    assert level(fade[7 * FRAME :]) < level(before) * 0.1


async def test_a_seek_is_heard_in_the_next_packet_without_a_click(songs: dict[str, PacketSource]) -> None:
    async with booth(songs) as room:
        await playing(room)
        at = len(room.sent)
        await room.output.seek(4.0)
        assert room.output.position_s == 4.0
        await room.turn(10)
        assert room.output.position_s == pytest.approx(4.2)
        assert room.sent[at] != songs["a"].packet(200), "it is blended"
        assert room.sent[at + 3 :] == [songs["a"].packet(index) for index in range(203, 210)]
        assert room.reports == [Started(1)]
    sound = heard(room.sent)
    assert largest_step(sound[at * FRAME :]) <= largest_step(sound[10 * FRAME : at * FRAME]) * 1.1


async def test_volume_is_heard_at_the_same_place_without_a_gap_and_back(songs: dict[str, PacketSource]) -> None:
    async with booth(songs) as room:
        await playing(room)
        await room.output.change_sound(Sound(volume_percent=50))
        await room.turn_until(lambda: room.sent[-1] != songs["a"].packet(len(room.sent) - 1))
        quiet_at = len(room.sent) - 1
        await room.turn(30, pause_s=0.01)
        assert room.output.position_s == pytest.approx(len(room.sent) * 0.02)
        await room.output.change_sound(Sound())
        await room.turn_until(lambda: room.sent[-1] == songs["a"].packet(len(room.sent) - 1))
        loud_at = len(room.sent) - 1
        assert loud_at - quiet_at < 36, "back is at once: nothing is to be rendered"
        await room.turn(20)
        assert SILENCE not in room.sent
    whole = heard(packets_of(songs["a"], 0, len(room.sent)))
    sound = heard(room.sent)
    for start, stop, factor in ((10, quiet_at, 1.0), (quiet_at + 5, loud_at, 0.5), (loud_at + 5, len(room.sent), 1.0)):
        here = slice(start * FRAME, stop * FRAME)
        assert np.corrcoef(sound[here, 0], whole[here, 0])[0, 1] > 0.99, "in step to the sample"
        assert level(sound[here]) / level(whole[here]) == pytest.approx(factor, rel=0.05)


async def test_a_change_of_volume_is_heard_within_300_ms(songs: dict[str, PacketSource]) -> None:
    """From the call to the packet at the sink. The middle one of three: the machine may have been busy once."""
    took = list[float]()
    async with booth(songs) as room:
        await playing(room)
        for volume in (50, 60, 70):
            before, asked = room.output.heard_from, anyio.current_time()

            def arrived(before: PacketSource | None = before) -> bool:
                now = room.output.heard_from
                return now is not None and now is not before and room.sent[-1] == now.packet(len(room.sent) - 1)

            await room.output.change_sound(Sound(volume_percent=volume))
            await room.turn_until(arrived, pause_s=0.02)
            took.append(anyio.current_time() - asked)
            await room.turn(5)
    assert sorted(took)[1] < 0.3, took


async def test_the_last_of_many_changes_of_sound_counts(songs: dict[str, PacketSource]) -> None:
    async with booth(songs) as room:
        await playing(room)
        for volume in (10, 90, 30, 50):
            await room.output.change_sound(Sound(volume_percent=volume))
            await room.turn(2)
        await room.turn_until(lambda: room.sent[-1] != songs["a"].packet(len(room.sent) - 1))
        await room.turn(40, pause_s=0.01)
    now, plain = (heard(packets)[-20 * FRAME :] for packets in (room.sent, packets_of(songs["a"], 0, len(room.sent))))
    assert level(now) / level(plain) == pytest.approx(0.5, rel=0.08)


async def test_nightcore_goes_on_at_the_same_moment_and_counts_seconds_of_the_track(
    songs: dict[str, PacketSource],
) -> None:
    async with booth(songs) as room:
        await playing(room)
        await room.output.change_sound(Sound(effects=frozenset({SoundEffect.NIGHTCORE})))
        await room.turn_until(lambda: room.sent[-1] != songs["a"].packet(len(room.sent) - 1))
        position_s = room.output.position_s
        assert position_s == pytest.approx(len(room.sent) * 0.02, abs=0.04)
        await room.turn(40, pause_s=0.01)
        assert room.output.position_s == pytest.approx(position_s + 40 * 0.02 * 1.25, abs=0.001)
        assert pitch_share(heard(room.sent)[-30 * FRAME :], LOW * 1.25) > 0.8


async def test_a_seek_in_another_sound_keeps_it(songs: dict[str, PacketSource]) -> None:
    async with booth(songs) as room:
        await room.output.change_sound(Sound(volume_percent=50, speed=1.25))
        await playing(room, 20)
        for place in (4.0, 1.0):
            await room.output.seek(place)
            assert room.output.position_s == place
            await room.turn_until(lambda place=place: abs(room.output.position_s - place - 0.5) < 0.3)
            assert room.reports == [Started(1)]
        await room.turn(10)
        assert SILENCE not in room.sent
        quiet, loud = (
            heard(room.sent)[-8 * FRAME :],
            heard([songs["a"].packet(index) or b"" for index in range(60, 70)]),
        )
        assert level(quiet) < level(loud) * 0.7


async def test_what_follows_is_in_the_same_sound_and_without_a_gap(songs: dict[str, PacketSource]) -> None:
    async with booth(songs) as room:
        await room.output.change_sound(Sound(volume_percent=50))
        await playing(room, 5)
        await room.turn_until(lambda: room.output.position_s > 5.9, pause_s=0.002)
        await room.turn_until(lambda: len(room.sent) >= 330)
        assert room.reports == [Started(1), Ended(1, EndReason.FINISHED, 6.0)]
        await room.output.play(2, B)
        await room.turn(10)
        assert SILENCE not in room.sent
        assert room.reports[2:] == [Started(2)]
        assert room.output.position_s == pytest.approx((len(room.sent) - 300) * 0.02)
    sound = heard(room.sent)
    assert level(sound[305 * FRAME :]) / level(sound[: 295 * FRAME]) == pytest.approx(1.0, abs=0.2)
    assert pitch_share(sound[305 * FRAME :], HIGH) > 0.9


async def test_a_cross_fade_mixes_the_end_with_the_beginning(songs: dict[str, PacketSource]) -> None:
    async with booth(songs) as room:
        await room.output.change_sound(Sound(crossfade_s=1.0))
        await playing(room, 5)
        await anyio.sleep(0.5)
        await room.turn_until(lambda: len(room.sent) >= 310, pause_s=0.0)
        assert room.reports == [Started(1), Ended(1, EndReason.FINISHED, 5.0)]
        await room.output.play(2, B)
        await room.turn(2)
        assert room.output.position_s == pytest.approx((len(room.sent) - 250) * 0.02)
        assert room.sent[300:310] == [songs["b"].packet(index) for index in range(50, 60)]
    sound = heard(room.sent)
    shares = [pitch_share(sound[at * FRAME : (at + 10) * FRAME], HIGH) for at in (240, 255, 270, 285, 302)]
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert shares[-1] > 0.9
    alone = max(largest_step(sound[10 * FRAME : 240 * FRAME]), largest_step(heard(packets_of(songs["b"], 0, 300))))
    assert largest_step(sound[245 * FRAME : 305 * FRAME]) <= alone * 1.42, "two songs at equal power"


async def test_songs_too_short_for_a_cross_fade_follow_without_a_gap(songs: dict[str, PacketSource]) -> None:
    async with booth(songs) as room:
        await room.output.change_sound(Sound(crossfade_s=3.0))
        await playing(room, 5)
        await room.turn_until(lambda: len(room.sent) >= 310, pause_s=0.0)
        assert room.sent[298:302] == [songs["a"].packet(298), songs["a"].packet(299), *_first_two(songs["b"])]


def _first_two(source: PacketSource) -> list[bytes | None]:
    return [source.packet(0), source.packet(1)]
