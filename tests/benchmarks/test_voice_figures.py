"""What the voice benchmark makes of packets that came: rate, loss, distance from the grid."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playing.figures import RECORD, heard_between
from playing.native import compiled

MS = 1_000_000
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def played(ssrc: int, count: int, *, begins_ns: int = 0, seq: int = 0, stamp: int = 0) -> np.ndarray:
    """A guild's packets, each exactly on its grid."""
    records = np.zeros(count, RECORD)
    steps = np.arange(count)
    records["ns"], records["ssrc"] = begins_ns + steps * 20 * MS, ssrc
    records["seq"], records["stamp"] = (seq + steps) % 2**16, (stamp + steps * 960) % 2**32
    return records


def test_guilds_that_keep_their_own_grids_are_never_off_it() -> None:
    heard = heard_between(np.concatenate([played(1, 50), played(2, 50, begins_ns=7 * MS)]), 0, 1_000 * MS)
    assert (heard.packets, heard.guilds, heard.lost) == (100, 2, 0)
    assert heard.max == pytest.approx(0, abs=1e-6)
    assert heard.gap == pytest.approx(20)


def test_one_late_packet_is_that_late_and_moves_no_other() -> None:
    records = played(1, 51)
    records["ns"][10] += 9 * MS
    heard = heard_between(records, 0, 2_000 * MS)
    assert heard.max == pytest.approx(9, abs=1e-6)
    assert heard.p50 == pytest.approx(0, abs=1e-6)
    assert heard.gap == pytest.approx(29)


def test_a_number_that_never_came_is_lost_and_one_that_came_twice_makes_up_for_none() -> None:
    records = played(1, 50)
    records["seq"][20] = records["seq"][21]
    assert heard_between(records, 0, 2_000 * MS).lost == 1
    assert heard_between(np.delete(records, [30, 31]), 0, 2_000 * MS).lost == 3


def test_counters_that_wrap_round_lose_nothing() -> None:
    heard = heard_between(played(1, 50, seq=2**16 - 25, stamp=2**32 - 25 * 960), 0, 2_000 * MS)
    assert heard.lost == 0
    assert heard.max == pytest.approx(0, abs=1e-6)


def test_only_what_came_in_the_window_counts() -> None:
    assert heard_between(played(1, 100), 200 * MS, 1_200 * MS).packets == 50
    assert heard_between(played(1, 100), 5_000 * MS, 6_000 * MS).packets == 0


def in_c(folder: Path) -> list[str]:
    native = compiled(folder)
    if native.sink is None:
        pytest.skip(native.why_not)
    return [str(native.sink)]


def in_python(_: Path) -> list[str]:
    return [sys.executable, str(BENCHMARKS / "playing/sink_in_python.py")]


@pytest.mark.parametrize("listener", [in_c, in_python])
def test_each_listener_notes_packets_and_tells_a_client_its_address(
    listener: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    with (
        subprocess.Popen(listener(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        assert process.stdin
        assert process.stdout
        udp.connect(("127.0.0.1", int(process.stdout.readline())))
        udp.settimeout(10)

        def say(line: str) -> int:
            assert process.stdin
            assert process.stdout
            process.stdin.write(line + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        udp.send(struct.pack(">BBHII", 0x80, 0x78, 1, 960, 7) + bytes(100))
        assert say("mark") == 0
        udp.send(struct.pack(">BBHII", 0x80, 0x78, 0x1234, 0x89ABCDEF, 8) + bytes(388))
        udp.send(struct.pack(">HHI66x", 1, 70, 9))
        _, _, ssrc, address, port = struct.unpack(">HHI64sH", udp.recv(100))
        assert (ssrc, address.rstrip(b"\0"), port) == (9, b"127.0.0.1", udp.getsockname()[1])
        assert say(f"write {tmp_path / 'heard'}") == 1
        (record,) = np.fromfile(tmp_path / "heard", RECORD)
        assert [int(record[name]) for name in ("ssrc", "seq", "stamp", "size")] == [8, 0x1234, 0x89ABCDEF, 400]
        assert record["ns"] > 1_700_000_000 * 1_000 * MS
        process.stdin.close()
        assert process.wait(10) == 0
