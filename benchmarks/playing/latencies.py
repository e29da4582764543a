"""Runs the latency players, one after the other, and the price of a song: ingest, and a rendition."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from .measure import Bench, ended_after, listening, paths_of, running
from .targets import Latencies

WITHIN_S = 240.0


def latencies(bench: Bench, tries: int, beside: int) -> dict[str, dict[str, list[float]]]:
    """Each try in ms. A player that breaks is left out."""
    wanted = [("ours", "latency", 0), ("stock FFmpegPCMAudio", "latency_stock", 0)]
    if beside:
        wanted.insert(1, (f"ours, {beside} playing", "latency", beside))
    found = dict[str, dict[str, list[float]]]()
    for whose, script, guilds in wanted:
        said = answer(bench, script, guilds, str(tries))
        if said:
            found[whose] = said
    return found


def answer(bench: Bench, script: str, guilds: int, *arguments: str) -> dict[str, Any]:
    """What a player that measures itself says, or nothing."""
    with listening(bench) as (_, port):
        setting = json.dumps({"kind": script, "guilds": guilds, "port": port} | paths_of(bench))
        argv = [sys.executable, "-m", f"playing.players.{script}", setting, *arguments]
        with running(argv, bench.errors) as player, ended_after(WITHIN_S, player):
            line = player.stdout.readline()
    return json.loads(line) if line else {}


def told(found: Latencies) -> list[str]:
    """A table of them."""
    lines = [f"{'from a wish to sound, ms':44}{'tries':>6}{'min':>8}{'median':>8}{'p99':>8}{'max':>8}"]
    for whose, kinds in found.items():
        for what, tries in kinds.items():
            least, middle, p99, most = np.percentile(tries, [0, 50, 99, 100])
            lines.append(f"{whose + ': ' + what:44}{len(tries):6}{least:8.2f}{middle:8.2f}{p99:8.2f}{most:8.2f}")
    return lines
