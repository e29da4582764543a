"""The compiled library: built, refused and sanitised; its round served beside Python's, and what it never reads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from array import array
from mmap import mmap
from pathlib import Path

import pytest

from conductr_player import IndexedPackets, Pacer
from conductr_player.core.tracks import EntryId
from conductr_player.native import hatch_build
from conductr_player.native.library import SWITCH, Library, load
from conductr_player.native.seats import Round, Seat
from conductr_player.native.senders import NativeSender
from conductr_player.pacing.orders import Take
from conductr_player.packets.indexed import _addresses, _Index
from conductr_player.remote.board import Board
from conductr_player.rtp import AES, RtpSender
from conductr_player.testing import packets, write_ogg

from .wire import KEY, SSRC, built, opened, pair, wire

HERE = Path(__file__).parent
compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler (Debian: apt install gcc)")


@compiler
def test_it_builds_without_a_warning_and_is_used(tmp_path: Path) -> None:
    assert hatch_build.compiled(tmp_path / "round.so") == ""
    assert [each.name for each in tmp_path.iterdir()] == ["round.so"]
    assert isinstance(load(tmp_path / "round.so"), Library)


def test_what_cannot_be_built_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    program = f"from conductr_player.native.hatch_build import *; print(compiled(Path({str(tmp_path / 'round.so')!r})))"
    for setting in ({"PATH": ""}, {SWITCH: "0"}, {"CC": "/nonexistent/cc"}, {"CC": "false"}):
        argv = [sys.executable, "-c", program]
        done = subprocess.run(argv, env=os.environ | setting, capture_output=True, text=True, check=True)
        assert done.stdout.strip(), setting
        assert list(tmp_path.iterdir()) == []


@compiler
@pytest.mark.parametrize("answer", ["0", "0x10000"], ids=["no OpenSSL", "another version"])
def test_a_library_that_does_not_fit_is_not_used(answer: str, tmp_path: Path) -> None:
    (tmp_path / "old.c").write_text(f"int conductr_load(void) {{ return {answer}; }}")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", "old.so", "old.c"], cwd=tmp_path, check=True)
    assert load(tmp_path / "old.so") is None
    (tmp_path / "text.so").write_text("no library")
    assert load(tmp_path / "text.so") is None


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    program = "from conductr_player.native.library import library; print(library())"
    for value in ("0", str(tmp_path / "none.so")):
        argv = [sys.executable, "-c", program]
        done = subprocess.run(argv, env=os.environ | {SWITCH: value}, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "None"


@built
def test_both_ways_put_the_same_bytes_on_the_wire() -> None:
    with pair() as (ours, theirs):
        sent = list[list[bytes]]()
        for by_library in (True, False):
            send = RtpSender(ours, AES, KEY, SSRC, next_nonce=65_530, by_library=by_library)
            arrived = list[bytes]()
            for packet in [*packets(12), b"", b"\0" * 1_275]:
                assert send(packet)
                arrived.append(theirs.recv(4096))
            sent.append(arrived)
    assert sent[0] == sent[1]


@built
def test_a_round_leaves_to_python_who_needs_it_and_shows_the_rest(tmp_path: Path) -> None:
    source = IndexedPackets.open(write_ogg(tmp_path / "song.opus", packets(30)))
    mapped, board = source.mapped, Board.create()
    assert mapped is not None
    seats = {name: Seat(board.address(number)) for number, name in enumerate(("rides", "held", "over", "empty"))}
    for slot in range(4):
        board.show(slot, 7, 5, 100, waiting=True, refused=True, speed=1.0)
    with pair() as (ours, theirs):
        for name in ("rides", "held", "over"):
            sender = RtpSender(ours, AES, KEY, SSRC).native
            assert isinstance(sender, NativeSender)
            seats[name].mount(sender, mapped, 5, 5 if name == "over" else 29)
        seats["held"].hold()
        callers = ("held", "rides", "empty", "a stranger", "over")
        assert Round[str]().serve(callers, seats) == ("held", "empty", "a stranger", "over")
        assert opened(AES, theirs.recv(4096)).packet == source.packet(5)
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.recv(4096)
    assert [seat.index for seat in seats.values()] == [6, 5, 5, 0]
    shown = board.read(0)
    assert (shown.place, shown.packets_sent, shown.waiting, shown.refused) == ((7, 6), 101, False, False)
    assert board.read(1).place == (7, 5)


@pytest.mark.parametrize(
    ("starts", "ends"), [([0, 9], [8, 65]), ([9], [8]), ([0], [1, 2])], ids=["beyond the file", "backwards", "uneven"]
)
def test_places_that_are_not_in_the_file_are_never_read(starts: list[int], ends: list[int], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(64))
    with (tmp_path / "file").open("r+b") as file:
        found = _addresses(mmap(file.fileno(), 64), _Index(array("I", starts), array("I", ends)))
    assert found is None


@built
def test_a_real_pacer_sends_all_of_a_song_from_its_seat(tmp_path: Path) -> None:
    source = IndexedPackets.open(write_ogg(tmp_path / "song.opus", packets(60)))
    ended = list[object]()
    with wire() as (server, client), Pacer() as pacer:
        line = pacer.line(RtpSender(client, AES, KEY, SSRC), ended.append)
        line.give(Take(1, EntryId("e"), source))
        arrived = [opened(AES, server.recv(2048)) for _ in range(60)]
        line.close()
    assert [each.packet for each in arrived] == packets(60)
    assert [each.nonce for each in arrived] == list(range(60))
    assert len(ended) == 2


@compiler
@pytest.mark.slow
def test_under_sanitizers_it_does_the_same(tmp_path: Path) -> None:
    """The contract and the model once more, in a process in which a wrong address or an overflow is the end."""
    sanitizer = subprocess.run(["cc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    if not Path(sanitizer.stdout.strip()).is_absolute():
        pytest.skip("the compiler came without its sanitizers")
    flags = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-fno-omit-frame-pointer")
    assert hatch_build.compiled(tmp_path / "sane.so", *flags) == ""
    setting = {SWITCH: str(tmp_path / "sane.so"), "LD_PRELOAD": sanitizer.stdout.strip(), "PYTHONMALLOC": "malloc"}
    tests = [
        "test_riding.py",
        "test_rtp_network.py",
        "test_native.py::test_a_round_leaves_to_python_who_needs_it_and_shows_the_rest",
    ]
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *[str(HERE / test) for test in tests]]
    done = subprocess.run(
        argv, env=os.environ | setting | {"ASAN_OPTIONS": "detect_leaks=0"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "passed" in done.stdout
    assert "skipped" not in done.stdout
