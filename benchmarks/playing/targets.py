"""What the project holds itself to, and whether a run met it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from attrs import evolve, frozen

from .roster import PLAYERS
from .rows import Row, by_place, kb_a_guild, ratio, spread

Latencies = Mapping[str, Mapping[str, Sequence[float]]]
"""Whose ("ours", "ours, 400 playing", "stock") and of what ("skip"): each try in ms."""
GATE_RATE = (0.98, 1.02)
GATE_STOCK, GATE_FLOOR = 40.0, 5.0  # at a handful of guilds, on a machine that does other things


@frozen
class Judged:
    """`measured` is None where there is no figure: nobody measured it, or, if `because` says why, in vain."""

    says: str
    wanted: Literal["at least", "at most"]
    limit: float
    measured: float | None
    unit: str = ""
    because: str = ""

    @property
    def outcome(self) -> str:
        if self.measured is None:
            return f"missed ({self.because})" if self.because else "not measured"
        met = self.measured >= self.limit if self.wanted == "at least" else self.measured <= self.limit
        return "ok" if met else "missed"

    @property
    def missed(self) -> bool:
        return self.outcome.startswith("missed")


def judged(rows: Sequence[Row], latencies: Latencies) -> list[Judged]:
    """Every target of the project, in its order."""

    def times(says: str, dear: str, cheap: str, least: float) -> Judged:
        return compared(rows, Judged(says, "at least", least, None, "x"), dear, cheap)

    ours = "engine-aes"
    return [
        times("CPU less than stock FFmpegPCMAudio", "pycord-pcm", ours, 100),
        times("CPU less than the same with fec=False", "pycord-pcm-nofec", ours, 40),
        times("CPU less than FFmpegOpusAudio, codec=copy", "pycord-copy", ours, 8),
        times("CPU less than songbird, Opus passed through", "songbird", ours, 3),
        times("CPU less than stock FFmpegPCMAudio, DAVE on in ours", "pycord-pcm", "engine-dave", 60),
        times("CPU less than stock, ours by py-cord's own sending", "pycord-pcm", "adapter-pycord", 45),
        compared(rows, Judged("CPU of the floor in C", "at most", 1.6, None, "x"), ours, "floor-c"),
        p99("p99 at 1,000 guilds, one process", rows, ours, 1000, 2),
        p99("p99 at 1,000, the bot 50 % busy, pacer process", rows, "engine-busy-proc", 1000, 5),
        p99("p99 at 1,000, the bot 50 % busy, same process", rows, "engine-busy", 1000, 5),
        p99("p99 at 3,000 guilds, two pacer processes", rows, "engine-2proc", 3000, 5),
        Judged("memory a guild", "at most", 10, kb_a_guild(rows, ours), "KB"),
        Judged("memory a guild with DAVE", "at most", 40, kb_a_guild(rows, "engine-dave"), "KB"),
        late("start, hot", latencies, "start hot", 5),
        late("start, cold", latencies, "start cold", 15),
        late("skip", latencies, "skip", 22),
        late("gap between tracks", latencies, "gap", 1),
        late("volume change heard", latencies, "volume", 300),
    ]


def gate(rows: Sequence[Row]) -> list[Judged]:
    """What CI holds a change to: ratios and rates, with wide margins; never times."""
    ours, stock, floor = (place_of(rows, kind) for kind in ("engine-aes", "pycord-pcm", "floor"))
    own = [row for row in rows if (row.player, row.n) == ours and not row.why_not]
    rate, lost = spread(own, lambda row: row.rate), spread(own, lambda row: float(row.lost))
    by_stock, by_floor = _loosely(rows, stock, ours), _loosely(rows, ours, floor)
    return [
        Judged("rate of ours, the least", "at least", GATE_RATE[0], rate.least if rate else None),
        Judged("rate of ours, the greatest", "at most", GATE_RATE[1], rate.greatest if rate else None),
        Judged("packets of ours lost", "at most", 0, lost.greatest if lost else None),
        Judged("CPU less than stock FFmpegPCMAudio", "at least", GATE_STOCK, by_stock, "x"),
        Judged("CPU of the floor in Python", "at most", GATE_FLOOR, by_floor, "x"),
    ]


def _loosely(rows: Sequence[Row], dear: tuple[str, int], cheap: tuple[str, int]) -> float | None:
    """As `ratio`, but rows that are a little behind count too: a busy machine is not what the gate looks for."""
    cost = [spread(by_place(rows).get(place, ()), lambda row: row.cpu_ms_per_guild_s) for place in (dear, cheap)]
    return cost[0].median / cost[1].median if cost[0] and cost[1] else None


def place_of(rows: Sequence[Row], kind: str) -> tuple[str, int]:
    """Where a player is compared: where it was measured most often, and of those for the most guilds."""
    found = [(len(each), n) for (player, n), each in by_place(rows).items() if player == kind]
    return kind, max(found, default=(0, 0))[1]


def compared(rows: Sequence[Row], target: Judged, dear: str, cheap: str) -> Judged:
    """`target` with how many times dearer a guild-second is."""
    places = [place_of(rows, dear), place_of(rows, cheap)]
    found = ratio(rows, *places)
    return evolve(target, measured=found.median if found else None, because=in_vain(rows, *places))


def p99(says: str, rows: Sequence[Row], kind: str, n: int, most: float) -> Judged:
    """Of the rounds in which it kept up: else there are packets that did not come at all."""
    kept_up = [row for row in by_place(rows).get((kind, n), ()) if row.valid]
    found = spread(kept_up, lambda row: row.dev_p99)
    return Judged(says, "at most", most, found.median if found else None, "ms", in_vain(rows, (kind, n)))


def in_vain(rows: Sequence[Row], *places: tuple[str, int]) -> str:
    """Why there is no figure although all of these players were measured; nothing where one was left out."""
    measured = [[row for row in by_place(rows).get(place, ()) if not row.why_not] for place in places]
    if not all(measured):
        return ""
    behind = [each[0].player for each in measured if not any(row.valid for row in each)]
    peers = [PLAYERS[kind].says for kind in behind if not PLAYERS[kind].says.startswith("ours")]
    if behind and len(peers) == len(behind):
        return f"{peers[0]} did not keep up"
    return "did not keep up"


def late(says: str, latencies: Latencies, what: str, most: float) -> Judged:
    """By the 99th percentile, of the worse of the two: alone, and while others play."""
    tries = [each[what] for whose, each in latencies.items() if whose.startswith("ours") and each.get(what)]
    measured = max((float(np.percentile(each, 99)) for each in tries), default=None)
    return Judged(f"{says}, p99 of {len(tries[0]) if tries else 0} tries", "at most", most, measured, "ms")
