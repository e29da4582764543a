"""What crosses between the pacer's process and its parent: orders, reports, descriptors, where each line stands."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from conductr_player import Ended, EndReason, LinkLost, OutputError, PacketSource, Report, Started
from conductr_player.core.tracks import EntryId
from conductr_player.pacing.orders import Amend, Follow, Hush, Jump, Lead, Order, Pause, Resume, Switch, Take, Unfollow
from conductr_player.remote.board import Board, Standing
from conductr_player.remote.child import ShownLine
from conductr_player.remote.courier import Courier
from conductr_player.remote.library import Library
from conductr_player.remote.line import RemoteLine
from conductr_player.remote.link import BACKLOG, PIECE, Link, LinkBroken
from conductr_player.remote.offspring import HANGS_AFTER, Watch
from conductr_player.remote.specs import StreamSpec, packets_in
from conductr_player.remote.wire import (
    order_from_plain,
    order_to_plain,
    packed,
    report_from_plain,
    report_to_plain,
    unpacked,
)
from conductr_player.testing import HandPacer, ListSink, SilenceSource, packets, write_ogg

SOURCES: list[PacketSource] = [SilenceSource(number) for number in range(3)]
numbers, sources = st.integers(0, 1 << 30), st.sampled_from(SOURCES)
bridges = st.lists(st.binary(max_size=50), max_size=5).map(tuple)
leads = st.none() | st.builds(Lead, bridges, numbers)
names = st.text(max_size=20).map(EntryId)
reasons = st.sampled_from(EndReason)
orders: st.SearchStrategy[Order] = st.one_of(
    st.builds(Take, numbers, names, sources, numbers, leads),
    st.builds(Jump, numbers, sources, numbers, leads),
    st.builds(Amend, numbers, st.builds(Lead, bridges, numbers)),
    st.builds(Switch, numbers, sources),
    st.builds(Follow, names, sources, bridges),
    st.builds(Unfollow),
    st.builds(Pause, leads),
    st.builds(Resume),
    st.builds(Hush, reasons, leads),
)
reports: st.SearchStrategy[Report | LinkLost] = st.one_of(
    st.builds(Started, numbers),
    st.builds(Ended, numbers, reasons, st.none() | st.floats(0, 1e6)),
    st.builds(LinkLost),
)


@given(orders)
def test_every_order_arrives_as_it_was_given(order: Order) -> None:
    values, blobs = unpacked(packed(*order_to_plain(order, SOURCES.index)))
    assert order_from_plain(values, blobs, SOURCES.__getitem__) == order


@given(reports)
def test_every_report_arrives_as_it_was_made(report: Report | LinkLost) -> None:
    values, _ = unpacked(packed(report_to_plain(report)))
    assert report_from_plain(values) == report


def test_an_order_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="exec"):
        order_from_plain({"do": "exec"}, (), SOURCES.__getitem__)


@pytest.fixture
def links() -> Iterator[tuple[Link, Link]]:
    one, other = (Link(end) for end in socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
    yield one, other
    one.close()
    other.close()


def test_messages_of_any_length_arrive_in_order_and_whole(links: tuple[Link, Link]) -> None:
    near, far = links
    sent = [bytes((number,)) * size for number, size in enumerate([0, 1, PIECE, PIECE + 1, 2_300_000, 5])]
    for message in sent:
        near.send(message)
    received = list[bytes]()
    while len(received) < len(sent):
        near.flush()
        while (found := far.receive()) is not None:
            received.append(found[0])
    assert received == sent


def test_descriptors_arrive_with_their_message_however_long_it_waits(links: tuple[Link, Link]) -> None:
    near, far = links
    near.send(bytes(1_000_000))  # more than the kernel takes
    reader, writer = os.pipe()
    near.send(b"with", [writer])
    os.close(writer)
    assert far.receive() is None
    found = None
    while found is None or found[0] != b"with":
        near.flush()
        found = far.receive() or found
    os.write(found[1][0], b"it is the same pipe")
    assert os.read(reader, 100) == b"it is the same pipe"
    os.close(reader)
    os.close(found[1][0])


def test_what_is_not_read_does_not_pile_up_for_ever(links: tuple[Link, Link]) -> None:
    fits = BACKLOG // 1_000_000
    for _ in range(fits):
        links[0].send(bytes(1_000_000))
    with pytest.raises(LinkBroken, match="does not read"):
        links[0].send(bytes(1_000_000))


def test_a_link_whose_other_end_is_gone_says_so(links: tuple[Link, Link]) -> None:
    links[1].close()
    with pytest.raises(LinkBroken):
        links[0].receive()
    with pytest.raises(LinkBroken):
        links[0].send(b"")


@pytest.fixture
def board() -> Iterator[Board]:
    board = Board.create()
    yield board
    board.close()


def test_both_processes_see_where_a_line_stands(board: Board) -> None:
    far = Board(os.dup(board.fd))
    far.show(7, 0, 3_000_000, 1 << 40, waiting=True, refused=False, speed=1.25)
    far.show(8, None, 5, 6, waiting=False, refused=True, speed=0.5)
    assert board.read(7) == Standing((0, 3_000_000), 1 << 40, waiting=True, speed=1.25)
    assert board.read(8) == Standing((None, 5), 6, refused=True, speed=0.5)
    assert board.read(9).packets_sent == 0
    board.clear(7)
    assert far.read(7) == Standing()
    far.close()


def test_a_line_shows_after_each_tick_that_its_sink_refuses(board: Board) -> None:
    pacer, sink = HandPacer(), ListSink()
    line = ShownLine(pacer, sink, lambda report: None, partial(board.show, 3))
    line.give(Take(1, EntryId("e"), SOURCES[1]))
    pacer.turn(2)
    assert board.read(3) == Standing((1, 2), 2)
    sink.up = False
    pacer.turn()
    assert board.read(3) == Standing((1, 2), 2, refused=True)
    assert RemoteLine(Far(board.read(3)), lambda report: None).refused


def test_a_process_that_gives_no_sign_of_life_hangs_unless_the_look_comes_late(board: Board) -> None:
    watch = Watch(board)
    assert not any(watch.hangs(now) for now in range(HANGS_AFTER))
    board.beat(given_up=3, worst_late_s=0.5, late_p99_s=0.25)
    assert (board.given_up, board.worst_late_s, board.late_p99_s) == (3, 0.5, 0.25)
    looks = [watch.hangs(HANGS_AFTER + number) for number in range(HANGS_AFTER + 1)]
    assert looks == [False] * HANGS_AFTER + [True]
    assert not any(watch.hangs(100.0 + 60 * number) for number in range(20)), "both were stopped"


@define(eq=False)
class Far:
    standing: Standing = field(factory=Standing)
    there: bool = True

    def give(self, order: Order) -> bool:
        return self.there

    def look(self) -> Standing:
        return self.standing

    def close(self) -> None: ...


def test_a_remote_line_passes_over_what_is_said_of_plays_that_are_over() -> None:
    heard = list[Report | LinkLost]()
    line = RemoteLine(Far(Standing((2, 50), speed=2.0)), heard.append)
    line.give(Take(1, EntryId("e"), SOURCES[0]))
    line.give(Take(2, EntryId("e"), SOURCES[1]))
    ends = [Ended(1, EndReason.REPLACED, 1.0), Ended(1, EndReason.REPLACED, 1.0), Ended(9, EndReason.FINISHED)]
    for report in (Started(1), *ends, Started(1)):
        line.heard(report)
    assert heard == [Started(1), Ended(1, EndReason.REPLACED, 1.0)]
    line.close()
    line.heard(Ended(2, EndReason.FINISHED, 0.2))
    assert heard[2:] == [Ended(2, EndReason.SHUTDOWN, 2.0)]


def test_whoever_wants_sound_of_a_process_that_is_gone_is_told() -> None:
    heard = list[Report | LinkLost]()
    line = RemoteLine(Far(there=False), heard.append)
    for order in (Take(1, EntryId("e"), SOURCES[0]), Jump(1, SOURCES[0], 5), Resume()):
        heard.clear()
        line.give(order)
        assert heard == [LinkLost()]
    line.give(Pause())
    assert heard == [LinkLost()]


def test_a_source_is_told_once_and_forgotten_when_nobody_holds_it() -> None:
    said = list[dict[str, object]]()
    courier = Courier(lambda message, fds: said.append(unpacked(message)[0]))
    source = SilenceSource(30.0)
    assert courier.number_of(source) == courier.number_of(source) == 1
    assert [each["ask"] for each in said] == ["read"]
    while courier.look():
        assert courier.waits
    assert said[-1] == {"ask": "over", "source": 1}
    del source
    courier.look()
    assert said[-1] == {"ask": "forget", "source": 1}
    assert not courier.waits


def test_a_source_that_raises_is_told_as_broken() -> None:
    class Rotten(SilenceSource):
        def packet(self, index: int) -> bytes | None:
            raise ValueError("rotten")

    said = list[dict[str, object]]()
    courier = Courier(lambda message, fds: said.append(unpacked(message)[0]))
    source = Rotten(1.0)
    courier.number_of(source)
    assert said[-1] == {"ask": "broke", "source": 1, "text": "rotten"}


def test_a_file_that_is_gone_is_a_source_that_broke() -> None:
    library = Library()
    library.obey({"ask": "map", "source": 1, "path": "/nowhere/at/all.opus"}, ())
    source = library.source_of(1)
    assert (len(source), source.packet(0), source.complete) == (0, None, False)
    assert source.error is not None


def test_a_file_that_was_replaced_is_another_while_the_old_one_plays_on(tmp_path: Path) -> None:
    library, path = Library(), tmp_path / "song.opus"
    for source, label in ((1, 1), (3, 2)):
        write_ogg(tmp_path / "new", packets(3, label)).rename(path)
        library.obey({"ask": "map", "source": source, "path": str(path)}, ())
        library.obey({"ask": "map", "source": source + 1, "path": str(path)}, ())
    one, same, other = (library.source_of(number) for number in (1, 2, 3))
    assert one is same, "one map for all who play it"
    assert (one.packet(0), other.packet(0)) == (packets(1, 1)[0], packets(1, 2)[0])


def test_a_reader_that_is_slow_has_no_link_until_it_has_read() -> None:
    reader, writer = os.pipe()
    sink, sent = StreamSpec(writer).open(), packets(1) * 100_000
    taken = 0
    while sink(sent[taken]):
        taken += 1
    assert not sink(sent[taken])
    heard = os.read(reader, 1 << 20)
    assert sink(sent[taken])
    while len(packets_in(heard)) < taken + 1:
        heard += os.read(reader, 1 << 20)
        sink(b"more")
    assert packets_in(heard)[: taken + 1] == sent[: taken + 1], "none lost, none twice"
    os.close(reader)
    with pytest.raises(OSError, match="pipe"):
        sink(b"more")
    os.close(writer)


def test_only_known_sinks_cross() -> None:
    from conductr_player.remote.specs import to_plain

    with pytest.raises(OutputError, match="RtpSpec or StreamSpec"):
        to_plain(print)
