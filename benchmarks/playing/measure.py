"""One row: a listener, a player in a process of its own, a warm-up, a window."""

from __future__ import annotations

import json
import os
import platform
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from attrs import frozen

from .figures import RECORD, heard_between
from .machine import SONGBIRD_VERSION, first_line
from .native import Native
from .roster import PLAYERS, Player, version_of
from .rows import Row
from .song import Song
from .tree import cpu_s, dropped_at, everyone, tree_of, usage_of

BENCHMARKS = Path(__file__).parents[1]
START_WITHIN_S = 90.0
TESTS = BENCHMARKS.parent / "tests"  # the delivery service of DAVE
PYTHONPATH = [os.environ.get("PYTHONPATH", ""), str(BENCHMARKS), str(TESTS)]
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, PYTHONPATH))}


@frozen
class Bench:
    """What all rows share. `songbird_python`: an interpreter that has discord-ext-songbird."""

    folder: Path
    native: Native
    songs: tuple[Song, Song]
    songbird_python: Path | None
    warm_up_s: float

    @property
    def errors(self) -> Path:
        """What the players complained of."""
        return self.folder / "errors.txt"


def measure(bench: Bench, kind: str, guilds: int, number: int, window_s: float) -> Row:
    """The row of round `number`."""
    player = PLAYERS[kind]
    row: dict[str, Any] = {"player": kind, "n": guilds, "round": number, "cipher": player.cipher, "dave": player.dave}
    if why_not := lacking(bench, player):
        return Row(**row, why_not=why_not)
    with listening(bench) as (sink, port), started(bench, player, guilds, port) as process:
        began = time.monotonic()
        with ended_after(START_WITHIN_S, process):
            answer, _, once_cpu_s = process.stdout.readline().strip().partition(" with ")
        start_s = time.monotonic() - began
        if answer != "ready":
            crashed = "it crashed" if start_s < START_WITHIN_S else f"it did not start within {START_WITHIN_S:.0f} s"
            return Row(**row, why_not=answer.removeprefix("cannot: ") or crashed)
        time.sleep(bench.warm_up_s)
        say(sink, "mark")
        row |= {"version": version_in(bench, player), "start_s": start_s, "once_cpu_s": float(once_cpu_s or 0)}
        return Row(**row, **watched(bench, process, sink, port, guilds, window_s))


def watched(bench: Bench, process: Any, sink: Any, port: int, guilds: int, window_s: float) -> dict[str, Any]:
    """The window: what was spent in it, and what was heard."""
    pids = tree_of(process.pid)
    strangers = [pid for pid in everyone() if pid not in {*pids, sink.pid, os.getpid()}]
    dropped, theirs, listener = dropped_at(port), cpu_s(strangers), cpu_s([sink.pid])
    cpu, start_ns = cpu_s(pids), time.time_ns()
    time.sleep(window_s)
    spent, end_ns = cpu_s(pids) - cpu, time.time_ns()
    theirs = max(0.0, cpu_s(list(set(everyone()) & set(strangers))) - theirs)
    listener = cpu_s([sink.pid]) - listener
    usage = usage_of(process.pid)
    time.sleep(0.1)  # what is still in the listener's buffer
    dropped = dropped_at(port) - dropped
    file = bench.folder / "heard"
    say(sink, f"write {file}")
    heard = heard_between(np.fromfile(file, RECORD), start_ns, end_ns)
    window_s = (end_ns - start_ns) * 1e-9
    return {
        "window_s": window_s,
        "rate": heard.packets / (50 * guilds * window_s),
        "lost": heard.lost,
        "dropped": dropped,
        "cpu_ms_per_guild_s": spent * 1e3 / guilds / window_s,
        "dev_p50": heard.p50,
        "dev_p99": heard.p99,
        "dev_max": heard.max,
        "gap_max": heard.gap,
        "pss_mb": usage.pss_mb,
        "rss_mb": usage.rss_mb,
        "threads": usage.threads,
        "procs": usage.processes,
        "others": theirs / window_s,
        "listener": listener / window_s,
    }


def lacking(bench: Bench, player: Player) -> str:
    """Why this player cannot be measured here, or nothing."""
    if player.script == "songbird" and bench.songbird_python is None:
        return "discord-ext-songbird is not here (make bench sets it up)"
    if player.script == "floor-c" and bench.native.floor is None:
        return bench.native.why_not
    return ""


def version_in(bench: Bench, player: Player) -> str:
    match player.of:
        case "python":
            return platform.python_version()
        case "OpenSSL":
            return ssl.OPENSSL_VERSION.removeprefix("OpenSSL ").partition(" ")[0]
        case "discord-ext-songbird":
            return first_line([str(bench.songbird_python), "-c", SONGBIRD_VERSION])
        case _:
            return version_of(player.of)


@contextmanager
def listening(bench: Bench) -> Iterator[tuple[Any, int]]:
    argv = [str(bench.native.sink)] if bench.native.sink else [sys.executable, "-m", "playing.sink_in_python"]
    with running(argv, bench.errors) as sink:
        yield sink, int(sink.stdout.readline())


@contextmanager
def started(bench: Bench, player: Player, guilds: int, port: int) -> Iterator[Any]:
    """The player's process."""
    song = bench.songs[0]
    match player.script:
        case "floor-c":
            with running([str(bench.native.floor), str(guilds), str(port), str(song.packets)], bench.errors) as process:
                yield process
        case "songbird":
            gate_argv = [sys.executable, "-m", "playing.gateway", str(port), str(bench.folder)]
            with running(gate_argv, bench.errors) as gateway:
                gate = gateway.stdout.readline().strip()
                script = BENCHMARKS / "playing/players/songbird.py"
                trust = {"SSL_CERT_FILE": str(bench.folder / "authority.pem")}
                argv = [str(bench.songbird_python), str(script), str(guilds), gate, str(song.opus)]
                with running(argv, bench.errors, os.environ | trust) as process:
                    yield process
        case script:
            setting = {"kind": player.kind, "guilds": guilds, "port": port}
            argv = [sys.executable, "-m", f"playing.players.{script}", json.dumps(setting | paths_of(bench))]
            with running(argv, bench.errors) as process:
                yield process


def paths_of(bench: Bench) -> dict[str, str]:
    """What a player's SETTING names, beside kind, guilds and port."""
    song, other = bench.songs
    return {"mp3": str(song.mp3), "opus": str(song.opus), "packets": str(song.packets),
            "other_mp3": str(other.mp3), "other_opus": str(other.opus)}  # fmt: skip


@contextmanager
def running(argv: list[str], errors: Path, environment: dict[str, str] = ENVIRONMENT) -> Iterator[Any]:
    """A child in a process group of its own, which is ended as a whole. What it complains of goes to `errors`."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        errors.open("a") as complaints,
        subprocess.Popen(argv, **pipes, stderr=complaints, start_new_session=True, env=environment) as child,
    ):
        try:
            yield child
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def ended_after(seconds: float, child: Any) -> Iterator[None]:
    """End the child's group, so that its pipes close, unless the `with` is over before."""
    timer = threading.Timer(seconds, os.killpg, (child.pid, signal.SIGKILL))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def say(sink: Any, line: str) -> None:
    """Tell the listener, and wait until it has done so."""
    sink.stdin.write(line + "\n")
    sink.stdin.flush()
    sink.stdout.readline()
