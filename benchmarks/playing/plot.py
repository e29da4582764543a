"""Draws a run: `python plot.py VOICE.json PICTURE.svg` (needs matplotlib, and nothing else of the project's)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl  # pyright: ignore[reportMissingImports] - it lives in .venv-bench
from matplotlib.figure import Figure  # pyright: ignore[reportMissingImports] - as above

STYLES = {
    "engine-aes": ("ours, AES", "#0b6e4f", "o-"),
    "engine-dave": ("ours, AES + DAVE", "#3aa17e", "o--"),
    "engine-2proc": ("ours, two pacer processes", "#075e9b", "s-"),
    "engine-busy-proc": ("ours, pacer process, busy bot", "#5aa9e6", "s--"),
    "adapter-pycord": ("ours, py-cord's own sending", "#8fbf3f", "^-"),
    "pycord-pcm": ("py-cord FFmpegPCMAudio", "#b3261e", "x-"),
    "pycord-pcm-nofec": ("the same, fec=False", "#e0796f", "x--"),
    "pycord-opus": ("py-cord FFmpegOpusAudio", "#8c4a9e", "+-"),
    "pycord-copy": ("the same, codec=copy", "#c08bd0", "+--"),
    "pycord-threads": ("py-cord, packets in memory", "#a0702a", "d-"),
    "songbird": ("songbird, passed through", "#e59400", "D-"),
    "floor-c": ("floor in C, AES", "#777777", ".:"),
}


def main(measured: Path, picture: Path) -> None:
    run = json.loads(measured.read_text())
    mpl.rcParams["svg.hashsalt"] = "conductr"  # the same run gives the same file
    mpl.rcParams["svg.fonttype"] = "none"
    figure = Figure(figsize=(12, 5.2))
    jitter, cost = figure.subplots(1, 2)
    for kind, (says, colour, style) in STYLES.items():
        for axes, field in ((jitter, "dev_p99"), (cost, "cpu_ms_per_guild_s")):
            if axes is cost and kind == "engine-busy-proc":
                continue  # the busy bot's own CPU is in it
            points = places(run["rows"], kind, field, only_valid=axes is cost)
            axes.plot([n for n, _ in points], [value for _, value in points], style, color=colour, label=says, ms=5)
    for axes, title in ((jitter, "p99, ms off each guild's own 20 ms grid"), (cost, "CPU, ms a guild-second")):
        axes.set(xscale="log", yscale="log", xlabel="guilds", title=title)
        axes.grid(visible=True, which="major", alpha=0.3)
    jitter.axhline(5, color="#999999", lw=0.8, ls=":")
    cost.legend(fontsize=7.5, loc="upper right")
    machine = run["machine"]
    figure.suptitle(f"{machine['processor']}, {machine['system']}, Python {machine['Python']}; loopback", fontsize=9)
    figure.tight_layout()
    figure.savefig(picture, metadata={"Date": None} if picture.suffix == ".svg" else None)


def places(rows: list[dict[str, Any]], kind: str, field: str, *, only_valid: bool) -> list[tuple[int, float]]:
    """The median over the rounds at each number of guilds; the CPU of a player that did not keep up says nothing."""
    found = dict[int, list[float]]()
    for row in rows:
        if row["player"] == kind and not row["why_not"] and (row["verdict"] == "valid" or not only_valid):
            found.setdefault(row["n"], []).append(row[field])
    return [(n, median(found[n])) for n in sorted(found)]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
