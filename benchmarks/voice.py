"""What a guild-second of music costs, and how evenly it is paced: ours beside stock py-cord, in the same run.

    python benchmarks/voice.py --guilds 1,10,100,1000 --seconds 10 [--json FILE]

How it is measured, and what it does not say:

* Each player runs in a process of its own against a UDP listener in another; all traffic stays on
  127.0.0.1. First every guild has to be heard, then a warm-up, then the window of `--seconds`.
* CPU: user and system time of the player's whole process tree (/proc schedstat, so FFmpeg counts),
  divided by guilds and seconds. Over loopback `sendto` also runs the receiving side within the
  sender's time, for all players alike: ratios carry over to a real network, absolute figures do not.
* Deviation: kernel receive time (SO_TIMESTAMPNS) minus RTP timestamp, against the guild's own median;
  in ms over all packets. `gap`: the longest pause between two packets of one guild.
* `rate`: packets that arrived over packets due. Outside 0.995-1.005 the player could not keep up; its
  CPU is then understated and is marked with `!`.
* `others`: cores that other programs used meanwhile (those that ran through the whole window). Above
  0.1 the row's jitter is theirs as much as the player's, and CPU is dearer by cold caches.
* `ours, py-cord sender` is what the bot does: GuildPlayer, VoiceOutput, one Pacer, py-cord's
  `send_audio_packet` (XChaCha20). `ours, own AES sender` is the same with AES-256-GCM of our own; the
  bot does not use it. The stock players are py-cord's AudioPlayer as documented, `FFmpegPCMAudio` with
  its defaults (which switch FEC on) and with `fec=False`, `FFmpegOpusAudio` encoding and `codec="copy"`.
* py-cord's handshake and websocket are stubbed for all alike, DAVE is off. Stock is flattered a little:
  the real client has a voice websocket as well.
* Ours has been transcoded before (once a song, about 2 CPU seconds for 3 minutes); stock transcodes at
  each play. That is the point, but a song that is played only once costs ours those 2 seconds too:
  printed as `ingest`.
* Stock is left out above 100 guilds: it would need as many FFmpeg processes.
* One synthetic song; two runs differ by some 10 % in CPU and by far more in p99 on a shared machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
import numpy as np
from voice_tree import cpu_s, everyone, tree_of, usage_of

from conductr_player import find_ffmpeg, ingest

HERE = Path(__file__).parent
MOST_STOCK_GUILDS = 100
PLAYERS = {
    "ours-pycord": "ours, py-cord sender",
    "ours-aes": "ours, own AES sender",
    "pycord-pcm": "stock FFmpegPCMAudio (default)",
    "pycord-pcm-nofec": "stock FFmpegPCMAudio fec=False",
    "pycord-opus": "stock FFmpegOpusAudio (default)",
    "pycord-copy": "stock FFmpegOpusAudio codec=copy",
}
Row = dict[str, Any]


def main() -> None:
    options = read_options()
    raise_limits()
    machine = about_machine()
    with TemporaryDirectory(prefix="conductr-bench-") as folder:
        mp3, opus, ingest_s = make_song(Path(folder), options.seconds + options.warm_up + 90)
        print(f"{machine}; ingest {ingest_s:.2f} CPU s a minute of music\n")
        rows = list[Row]()
        print(HEADER)
        for _ in range(options.rounds):
            for guilds in options.guilds:
                for kind in options.players:
                    row = measure(kind, guilds, options, mp3, opus)
                    rows.append(row)
                    print(line_of(row), flush=True)
    print("\n" + "\n".join(ratios(rows)))
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--guilds", default="1,10,100,1000", type=lambda text: [int(n) for n in text.split(",")])
    parser.add_argument("--seconds", default=10.0, type=float, help="the window (default 10)")
    parser.add_argument("--warm-up", default=3.0, type=float, help="seconds before the window (default 3)")
    parser.add_argument("--rounds", default=1, type=int, help="repeat everything, players interleaved")
    parser.add_argument("--players", default=list(PLAYERS), type=lambda text: text.split(","), help=", ".join(PLAYERS))
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def raise_limits() -> None:
    """A socket a guild."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def make_song(folder: Path, seconds: float) -> tuple[Path, Path, float]:
    """Music of that length as MP3 (192k) and as what `ingest` makes of it; CPU seconds of that, a minute."""
    rate = 48_000
    time_s = np.arange(int(seconds * rate)) / rate
    rng = np.random.default_rng(1)
    chord = sum(np.sin(2 * np.pi * hertz * time_s + hertz) for hertz in (110.0, 220.0, 277.2, 329.6, 1_245.0)) / 5
    beat = 0.3 + 0.7 * np.exp(-4 * (time_s * 2 % 1))
    left = chord * beat + 0.04 * rng.standard_normal(len(time_s))
    right = chord * np.roll(beat, rate // 4) + 0.04 * rng.standard_normal(len(time_s))
    samples = (np.clip(np.stack([left, right], 1) * 0.5, -1, 1) * 32_767).astype("<i2").tobytes()
    raw = ["-f", "s16le", "-ar", str(rate), "-ac", "2", "-i", "pipe:0"]
    argv = [find_ffmpeg(), "-v", "error", *raw, "-b:a", "192k", str(folder / "song.mp3")]
    subprocess.run(argv, input=samples, check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    anyio.run(lambda: ingest(folder / "song.mp3", folder / "song.opus"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return folder / "song.mp3", folder / "song.opus", spent * 60 / seconds


def measure(kind: str, guilds: int, options: argparse.Namespace, mp3: Path, opus: Path) -> Row:
    row: Row = {"player": PLAYERS[kind], "kind": kind, "guilds": guilds}
    if not kind.startswith("ours") and guilds > MOST_STOCK_GUILDS:
        return row | {"skipped": f"would need {guilds} FFmpeg processes"}
    with running("voice_sink.py") as sink:
        port = json.loads(sink.stdout.readline())["port"]
        with running("voice_players.py", kind, str(guilds), str(port), str(mp3), str(opus)) as player:
            answer = player.stdout.readline().strip()
            if answer != "ready":
                return row | {"skipped": answer.removeprefix("cannot: ") or "the player crashed"}
            time.sleep(options.warm_up)
            pids, strangers = tree_of(player.pid), everyone()
            strangers = [pid for pid in strangers if pid not in {*pids, sink.pid, os.getpid()}]
            theirs = cpu_s(strangers)
            cpu, start = cpu_s(pids), time.time()
            time.sleep(options.seconds)
            spent, end = cpu_s(pids) - cpu, time.time()
            theirs = max(0.0, cpu_s([pid for pid in everyone() if pid in set(strangers)]) - theirs)
            usage = usage_of(player.pid)
        time.sleep(0.2)  # what is still in the socket's buffer
        sink.stdin.write(json.dumps({"from": start, "to": end}) + "\n")
        sink.stdin.flush()
        heard = json.loads(sink.stdout.readline())
    return row | {
        "cpu_ms": spent * 1e3 / guilds / (end - start),
        **{name: heard[name] for name in ("p50", "p99", "max", "gap")},
        "rate": heard["packets"] / (50 * guilds * (end - start)),
        "others": theirs / (end - start),
        "rss_mb": usage.rss_mb,
        "pss_mb": usage.pss_mb,
        "threads": usage.threads,
        "processes": usage.processes,
    }


@contextmanager
def running(script: str, *arguments: str) -> Iterator[Any]:
    """A child in a process group of its own, which is ended as a whole."""
    argv = [sys.executable, str(HERE / script), *arguments]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        try:
            yield child
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


HEADER = (
    f"{'player':34}{'guilds':>7}{'CPU ms':>9}{'p50':>8}{'p99':>8}{'max':>8}{'gap':>8}{'rate':>7}"
    f"{'RSS MB':>9}{'PSS MB':>9}{'threads':>8}{'procs':>6}{'others':>8}\n"
    f"{'':34}{'':7}{'/guild-s':>9}{'ms from the grid':>24}{'ms':>8}"
)


def line_of(row: Row) -> str:
    start = f"{row['player']:34}{row['guilds']:>7}"
    if "skipped" in row:
        return f"{start}  left out: {row['skipped']}"
    mark = "" if sound(row) else "!"
    return (
        f"{start}{mark + format(row['cpu_ms'], '.3f'):>9}{row['p50']:8.2f}{row['p99']:8.2f}{row['max']:8.1f}"
        f"{row['gap']:8.1f}{row['rate']:7.3f}{row['rss_mb']:9.0f}{row['pss_mb']:9.0f}{row['threads']:8}{row['processes']:6}"
        f"{row['others']:8.2f}"
    )


def sound(row: Row) -> bool:
    """It kept up."""
    return "skipped" not in row and 0.995 <= row["rate"] <= 1.005


def ratios(rows: list[Row]) -> list[str]:
    """Each player's cheapest guild-second at a count that it kept up with, as a multiple of ours."""
    best = dict[str, Row]()
    for row in filter(sound, rows):
        if row["kind"] not in best or row["cpu_ms"] < best[row["kind"]]["cpu_ms"]:
            best[row["kind"]] = row
    if "ours-pycord" not in best:
        return []
    base = best.pop("ours-pycord")
    said = [f"{base['player']}: {base['cpu_ms']:.3f} ms a guild-second at {base['guilds']} guilds; against that"]
    for row in best.values():
        times = row["cpu_ms"] / base["cpu_ms"]
        said.append(f"  {row['player']:34} {times:6.1f} x  ({row['cpu_ms']:.3f} ms at {row['guilds']} guilds)")
    return said


def about_machine() -> str:
    with Path("/proc/cpuinfo").open() as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    system = f"Linux {platform.release()}, Python {platform.python_version()}, py-cord {version('py-cord')}"
    return f"{os.cpu_count()} x {model}, {system}, load before the run {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
