"""A line whose packets leave without a tick says and sends the same as one that is ticked, whatever it is told."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_player import EndReason, IndexedPackets, LinkLost, LivePackets, Pacer, PacketSource, Started
from conductr_player.core.tracks import EntryId
from conductr_player.pacing.line import CUT_OFF_AFTER, Line
from conductr_player.pacing.orders import Amend, Follow, Hush, Jump, Lead, Order, Pause, Resume, Switch, Take, Unfollow
from conductr_player.rtp import AES, REFUSED_AFTER, RtpSender
from conductr_player.testing import packets, write_ogg

from .riding import Guild
from .wire import KEY, SSRC, built, pair

pytestmark = built
LENGTHS = (120, 70, 40, 3)
EXAMPLES = 30 if "LD_PRELOAD" in os.environ else 150  # under sanitizers each takes five times as long
FADE = tuple(packets(6, 9))


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[PacketSource]:
    """Four finished files, and a growing song that has become one."""
    folder = tmp_path_factory.mktemp("riding")
    found = list[PacketSource]()
    for label, length in enumerate(LENGTHS):
        found.append(IndexedPackets.open(write_ogg(folder / f"{label}.opus", packets(length, label))))
    grown = LivePackets()
    for packet in packets(90, 7):
        grown.append(packet)
    grown.finish()
    grown.replace_with(IndexedPackets.open(write_ogg(folder / "grown.opus", packets(90, 7))))
    return [*found, grown]


def orders(songs: list[PacketSource]) -> st.SearchStrategy[list[tuple[int, Order]]]:
    """Each with the number of turns before it. They are of a few plays, so that many of them hit."""
    song, play, place = st.sampled_from(songs), st.integers(1, 4), st.integers(0, 100)
    entry = play.map(lambda number: EntryId(f"e{number}"))
    lead = st.one_of(st.none(), st.builds(Lead, st.just(FADE), place))
    order = st.one_of(
        st.builds(Take, play, entry, song, st.one_of(st.just(0), place), lead),
        st.builds(Jump, play, song, place, lead),
        st.builds(Switch, play, song),
        st.builds(Follow, entry, song, st.sampled_from([(), FADE])),
        st.builds(Amend, play, st.builds(Lead, st.just(FADE), place)),
        st.builds(Pause, lead),
        st.builds(Hush, st.just(EndReason.STOPPED), lead),
        st.sampled_from([Unfollow(), Resume()]),
    )
    return st.lists(st.tuples(st.integers(0, 60), order), max_size=8)


@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_it_is_the_same_with_and_without_a_seat(songs: list[PacketSource], data: st.DataObject) -> None:
    told = [(2, Take(1, EntryId("e1"), songs[0])), *data.draw(orders(songs))]
    both = Guild(seated=True), Guild(seated=False)
    for turns, order in [*told, (150, Resume())]:
        for guild in both:
            guild.turn(turns)
            guild.line.give(order)
        assert both[0].line.place == both[1].line.place
        assert both[0].line.packets_sent == both[1].line.packets_sent == len(both[1].heard)
        assert (both[0].line.waiting, both[0].line.refused) == (both[1].line.waiting, both[1].line.refused)
    for guild in both:
        guild.close()
    assert both[0].heard == both[1].heard
    assert both[0].reports == both[1].reports


def test_a_song_needs_three_ticks(songs: list[PacketSource]) -> None:
    guild = Guild(seated=True)
    guild.line.give(Take(1, EntryId("e"), songs[0]))
    guild.turn(LENGTHS[0])
    assert guild.heard == packets(LENGTHS[0], 0)
    assert guild.pacer.called == 2, "the first packet, after which it is told that it sounds, and the last"
    guild.close()


def test_where_it_stands_is_known_while_it_rides(songs: list[PacketSource]) -> None:
    guild = Guild(seated=True)
    guild.line.give(Take(1, EntryId("e"), songs[0], 10))
    for turn in range(1, 60):
        guild.turn()
        assert guild.line.place == (1, 10 + turn)
        assert guild.line.packets_sent == turn
    guild.close()
    assert guild.line.packets_sent == 59
    guild.line.close()
    guild.pacer.turn(3)
    assert guild.line.packets_sent == 59, "nothing leaves after it is closed"


def test_what_is_protected_gets_a_tick_each(songs: list[PacketSource]) -> None:
    guild = Guild(seated=True, protect=lambda packet: b"sealed " + packet)
    guild.line.give(Take(1, EntryId("e"), songs[1]))
    guild.turn(30)
    assert guild.heard == [b"sealed " + packet for packet in packets(30, 1)]
    assert guild.pacer.called == 30
    guild.close()


def test_what_is_to_be_protected_from_now_on_is_from_the_next_packet(songs: list[PacketSource]) -> None:
    guild = Guild(seated=True)
    guild.line.give(Take(1, EntryId("e"), songs[0]))
    guild.turn(10)
    guild.sender.protect = lambda packet: b"sealed " + packet
    guild.turn(10)
    guild.sender.protect = None
    guild.turn(10)
    plain = packets(30, 0)
    assert guild.heard == [*plain[:10], *[b"sealed " + packet for packet in plain[10:20]], *plain[20:]]
    guild.close()


def test_a_rendition_that_is_still_being_made_is_taken_up_as_soon_as_it_is_there(songs: list[PacketSource]) -> None:
    both, grows = (Guild(seated=True), Guild(seated=False)), LivePackets()
    for guild in both:
        guild.line.give(Take(1, EntryId("e"), songs[0]))
        guild.turn(10)
        guild.line.give(Switch(1, grows))
        guild.turn(10)
    for packet in packets(60, 8):
        grows.append(packet)
    for guild in both:
        guild.turn(10)
        assert guild.heard == [*packets(21, 0), *packets(30, 8)[21:]], "but for the one that was taken out before"
        guild.close()


def fill(way: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while True:
            way.send(b"")


def test_a_network_that_takes_nothing_stops_it_and_it_goes_on_where_it_stood(songs: list[PacketSource]) -> None:
    both = Guild(seated=True), Guild(seated=False)
    for guild in both:
        guild.line.give(Take(1, EntryId("e"), songs[0]))
        guild.turn(5)
        fill(guild.ours)
        guild.pacer.turn(60)
        assert guild.line.refused
        assert guild.line.packets_sent == 5 + REFUSED_AFTER, "that many count as lost, then it waits"
        assert guild.reports == [Started(1)]
    for guild in both:
        while True:
            try:
                guild.theirs.recv(4096)
            except BlockingIOError:
                break
        stood = guild.line.place
        guild.pacer.turn(3)
        assert guild.line.place == (1, stood[1] + 3)
        assert not guild.line.refused
        guild.line.close()
    assert both[0].line.packets_sent == both[1].line.packets_sent


def test_a_socket_that_its_owner_closed_is_no_link_and_its_number_is_never_written_to(
    songs: list[PacketSource],
) -> None:
    guild = Guild(seated=True)
    guild.line.give(Take(1, EntryId("e"), songs[0]))
    guild.turn(10)
    number = guild.ours.fileno()
    guild.ours.close()
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with one, other:
        assert one.fileno() == number, "somebody else's file has it now"
        guild.pacer.turn(CUT_OFF_AFTER + 5)
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.recv(4096)
    assert guild.line.packets_sent == 10
    assert guild.line.refused
    assert LinkLost() not in guild.reports, "no link is no fault: the music waits"
    guild.listen()
    assert len(guild.heard) == 10
    guild.line.close()


def open_files() -> list[Path]:
    return list(Path("/proc/self/fd").iterdir())


def came_to(holds: Callable[[], bool]) -> bool:
    """The pacer has a thread of its own, and tells nobody what it has let go of."""
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.005)
    return holds()


def play_and_leave(pacer: Pacer, song: PacketSource, guilds: int) -> None:
    with contextlib.ExitStack() as ways:
        lines: list[Line] = []
        for _ in range(guilds):
            udp, _other = ways.enter_context(pair())
            line = pacer.line(RtpSender(udp, AES, KEY, SSRC), lambda _report: None)
            line.give(Take(1, EntryId("e"), song))
            lines.append(line)
        assert came_to(lambda: all(line.packets_sent > 3 for line in lines))
        for line in lines:
            line.close()


def test_a_pacer_that_goes_on_keeps_nothing_of_who_has_left(songs: list[PacketSource]) -> None:
    gc.collect()
    before = len(open_files())
    with Pacer() as pacer:
        for _ in range(2):
            play_and_leave(pacer, songs[0], 8)
            assert came_to(lambda: gc.collect() >= 0 and pacer.load == 0)
            assert len(open_files()) <= before


def test_no_descriptor_is_left(songs: list[PacketSource]) -> None:
    gc.collect()
    before = len(open_files())
    for _ in range(20):
        guild = Guild(seated=True)
        guild.line.give(Take(1, EntryId("e"), songs[0]))
        guild.turn(5)
        guild.close()
        del guild
    gc.collect()
    assert len(open_files()) <= before
