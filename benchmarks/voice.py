"""What a guild-second of music costs, how evenly it is paced, and how soon it is heard: ours beside its peers.

    python benchmarks/voice.py [--quick | --gate] [--json FILE] [--plot FILE.svg] [--docs PAGE.md] [--help]

How it is measured, and what it does not say:

* Each player runs in a process of its own against a UDP listener in another, all in one run, on 127.0.0.1.
  Rounds interleave the players; medians with least and greatest; ratios are taken within a round only.
* CPU: user and system time of the player's whole process tree (/proc schedstat, so FFmpeg counts),
  divided by guilds and seconds. Over loopback `sendto` also runs the receiving side within the
  sender's time, for all players alike: ratios carry over to a real network, absolute figures do not.
* p50, p99, max: kernel receive time (SO_TIMESTAMPNS) minus RTP time, against the guild's own median, ms.
* A row is valid where 0.995-1.005 of the due packets came and none was lost. `others`: cores that
  other programs used meanwhile; above 0.1 the jitter is theirs as much as the player's.
* A round whose floor differs from the median by more than a quarter is taken again, if time is left.
* Ours is the product's path: Players, GuildPlayer, VoiceOutput, Renditions, Pacer, RtpSender; or py-cord's
  `send_audio_packet` instead of the sender. DAVE: a real MLS group of two for each guild. Peers: py-cord's
  AudioPlayer as documented, its handshake stubbed; discord-ext-songbird, which shakes hands itself, with a
  voice gateway of ours. None of the peers has DAVE on. Floors: bare loops that send, in C with AES-256-GCM.
* Ours was transcoded before (once a song: printed as ingest); stock transcodes at each play.
* Memory a guild: what one guild more adds to PSS, without what the kernel keeps for a socket.
* One synthetic song; loopback only; no DAVE server, no loss, no real network.

The exit code tells the gate's outcome with --gate (ratios and rate, never times), and nothing otherwise.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import asdict, evolve
from playing.latencies import latencies, told
from playing.machine import about_machine
from playing.markdown import put_into
from playing.measure import Bench, measure
from playing.native import compiled
from playing.plans import FULL, GATE, QUICK, Place, Plan, planned
from playing.players.setting import raise_limits
from playing.report import LIVE, judgements, line_of, summary
from playing.roster import PLAYERS
from playing.rows import Row, disturbed, with_ratios
from playing.song import Song, make_song
from playing.targets import Latencies, gate, judged, place_of

SECONDS_A_TRY = 5.5  # of all latencies together
BENCH_PYTHON = Path(__file__).parents[1] / ".venv-bench/bin/python"


def main() -> int:
    options = read_options()
    if options.read:
        return show(options, options.read)
    raise_limits()
    plan = plan_of(options)
    machine = about_machine(options.bench_python)
    songbird_python = options.bench_python if machine.get("discord-ext-songbird") else None
    print("\n".join(f"{name}: {what}" for name, what in machine.items()), flush=True)
    with TemporaryDirectory(prefix="conductr-bench-") as folder:
        bench = prepared(Path(folder), songbird_python, plan)
        print(f"\n{LIVE}", flush=True)
        rows = all_rounds(bench, plan)
        if options.gate:
            return gated(bench, plan, rows)
        found = latencies(bench, plan.tries, plan.beside) if plan.tries else {}
        finish(bench, plan, rows, found, machine, options)
    return 0


def read_options() -> argparse.Namespace:
    def words(text: str) -> list[str]:
        return text.split(",")

    def numbers(text: str) -> list[int]:
        return [int(each) for each in text.split(",")]

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three minutes; few guilds, one round")
    parser.add_argument("--gate", action="store_true", help="for CI: ratios and rates, wide margins, under a minute")
    parser.add_argument("--players", default=[], type=words, help=", ".join(PLAYERS))
    parser.add_argument("--guilds", default=[], type=numbers, help="1,10,100 (default: what suits each player)")
    parser.add_argument("--rounds", default=0, type=int)
    parser.add_argument("--minutes", default=18.0, type=float, help="begin no row that can be spared after this")
    parser.add_argument("--window", default=0.0, type=float, help="seconds of each row")
    parser.add_argument("--tries", type=int, help="of each latency; 0: none")
    parser.add_argument("--json", type=Path, metavar="FILE", help="everything that was measured")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="p99 and CPU by guilds, as .svg or .png")
    parser.add_argument("--docs", type=Path, metavar="PAGE.md", help="put the tables between the marks of this page")
    parser.add_argument("--read", type=Path, metavar="FILE", help="measure nothing; show this --json of another run")
    parser.add_argument("--bench-python", type=Path, default=BENCH_PYTHON if BENCH_PYTHON.exists() else None)
    options = parser.parse_args()
    if unknown := set(options.players) - set(PLAYERS):
        parser.error(f"no such player: {', '.join(sorted(unknown))}")
    return options


def plan_of(options: argparse.Namespace) -> Plan:
    preset = GATE if options.gate else QUICK if options.quick else FULL
    plan = planned(preset, options.players, options.guilds, options.rounds, options.window)
    tries = options.tries if options.tries is not None else 0 if options.players or options.guilds else plan.tries
    return evolve(plan, tries=tries, seconds_at_most=60 * options.minutes - SECONDS_A_TRY * tries)


def prepared(folder: Path, songbird_python: Path | None, plan: Plan) -> Bench:
    native = compiled(folder)
    if native.why_not:
        print(f"without the floor in C, and with a listener in Python, good for 400 guilds: {native.why_not}")
    songs = make_song(folder, seconds=plan.song_s), make_song(folder, "other", plan.song_s, seed=2)
    print("\n" + ingest_told(songs[0]))
    return Bench(folder, native, songs, songbird_python, plan.warm_up_s)


def ingest_told(song: Song) -> str:
    times = song.seconds / song.ingest_cpu_s
    return f"ingest: {song.ingest_cpu_s:.2f} CPU s for a song of {song.seconds:.0f} s, {times:.0f} x real time"


def all_rounds(bench: Bench, plan: Plan) -> list[Row]:
    """Rounds that were disturbed are measured again, once."""
    begun, rows = time.monotonic(), list[Row]()
    for number in range(1, plan.rounds + 1):
        rows += one_round(bench, plan, number, plan.order(number), begun + plan.seconds_at_most)
    floor = place_of(rows, "floor-c" if any(row.player == "floor-c" and row.valid for row in rows) else "floor")
    for number in disturbed(rows, floor):
        took = (time.monotonic() - begun) / plan.rounds
        if time.monotonic() - begun + took > plan.seconds_at_most:
            print(f"round {number} was disturbed, and there is no time to measure it again")
            break
        print(f"round {number} was disturbed: again")
        rows = [row for row in rows if row.round != number or (row.player, row.n) in plan.once]
        rows += one_round(bench, plan, number, plan.compared, begun + plan.seconds_at_most)
    return with_ratios(rows, place_of(rows, "pycord-pcm"), floor)


def one_round(bench: Bench, plan: Plan, number: int, places: tuple[Place, ...], end: float = inf) -> list[Row]:
    """Rows that are measured once are left out where it is too late for them."""
    rows = list[Row]()
    for kind, guilds in places:
        if (kind, guilds) in plan.once and time.monotonic() > end:
            rows.append(Row(kind, guilds, number, why_not="no time was left"))
            continue
        window_s = plan.window_once_s if (kind, guilds) in plan.once else plan.window_s
        rows.append(measure(bench, kind, guilds, number, window_s))
        print(line_of(rows[-1]), flush=True)
    return rows


def gated(bench: Bench, plan: Plan, rows: list[Row]) -> int:
    """What was missed is measured once more: other programs may have had the machine."""
    if any(each.missed for each in gate(rows)):
        rows = one_round(bench, plan, 2, plan.compared)
    targets = gate(rows)
    print("\n" + "\n".join(judgements(targets)))
    engine_ran = any(row.player == "engine-aes" and not row.why_not for row in rows)
    return 0 if engine_ran and not any(each.missed for each in targets) else 1


def finish(
    bench: Bench, plan: Plan, rows: list[Row], found: Latencies, machine: dict[str, str], options: argparse.Namespace
) -> None:
    targets = judged(rows, found)
    print("\n" + "\n".join(summary(rows)))
    for row in rows:
        if row.once_cpu_s:
            print(f"\na rendition of the whole song, volume 50: {row.once_cpu_s:.2f} CPU s, once for all who hear it")
    if found:
        print("\n" + "\n".join(told(found)))
    print("\n" + ingest_told(bench.songs[0]))
    print("\n" + "\n".join(judgements(targets)))
    if complaints := bench.errors.read_text().strip().splitlines() if bench.errors.exists() else []:
        print("\nplayers complained, last of:\n" + "\n".join(complaints[-5:]))
    song = bench.songs[0]
    told_all = {
        "machine": machine,
        "plan": asdict(plan),
        "ingest": {"cpu_s": song.ingest_cpu_s, "song_s": song.seconds},
        "rows": [row.as_json() for row in rows],
        "latencies_ms": found,
        "targets": [asdict(each) | {"outcome": each.outcome} for each in targets],
    }
    file = options.json or bench.folder / "voice.json"
    file.write_text(json.dumps(told_all, indent=1) + "\n")
    show(options, file)


def show(options: argparse.Namespace, measured: Path) -> int:
    """The page and the plot that were asked for; the plot with matplotlib, of the benchmark's own environment."""
    if options.docs:
        put_into(options.docs, json.loads(measured.read_text()), options.plot)
    if options.plot is None:
        return 0
    if not BENCH_PYTHON.exists():
        print("a plot needs what `make bench` sets up", file=sys.stderr)
        return 2
    script = Path(__file__).parent / "playing/plot.py"
    return subprocess.run([str(BENCH_PYTHON), str(script), str(measured), str(options.plot)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
