"""A row of the benchmark, what may be said of it, and how rows are put together. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

from attrs import asdict, evolve, frozen

RATE = (0.995, 1.005)  # packets that came by packets due
FLOOR_DIFFERS = 0.25  # a round whose floor is further from the median than this is taken again
OTHERS_DISTURB = 0.25  # cores that other programs used


@frozen
class Row:
    """One player at one number of guilds in one round. `why_not`: it was not measured, and why.

    Times in ms. CPU is of the player's whole process tree; `once_cpu_s` is what had to be rendered before.
    `lost` counts packets that never came, `dropped` those that the listener itself was too slow for.
    `others` and `listener` are the cores that other programs and the listener used meanwhile.
    """

    player: str
    n: int
    round: int
    version: str = ""
    cipher: str = ""
    dave: bool = False
    window_s: float = 0.0
    rate: float = 0.0
    lost: int = 0
    dropped: int = 0
    cpu_ms_per_guild_s: float = 0.0
    dev_p50: float = 0.0
    dev_p99: float = 0.0
    dev_max: float = 0.0
    gap_max: float = 0.0
    pss_mb: float = 0.0
    rss_mb: float = 0.0
    threads: int = 0
    procs: int = 0
    others: float = 0.0
    listener: float = 0.0
    start_s: float = 0.0
    once_cpu_s: float = 0.0
    floor_ratio: float | None = None
    stock_ratio: float | None = None
    why_not: str = ""

    @property
    def guilds_per_core(self) -> float:
        return 1_000 / self.cpu_ms_per_guild_s if self.cpu_ms_per_guild_s else 0.0

    @property
    def verdict(self) -> str:
        """ "valid" where it kept up and nothing was lost, or what was wrong."""
        if self.why_not:
            return "left out"
        if self.dropped:
            return "listener too slow"
        if not RATE[0] <= self.rate <= RATE[1]:
            return "behind" if self.rate < 1 else "too fast"
        return "lost packets" if self.lost else "valid"

    @property
    def valid(self) -> bool:
        return self.verdict == "valid"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"guilds_per_core": self.guilds_per_core, "verdict": self.verdict}


@frozen
class Spread:
    """The median over the rounds, with the least and the greatest."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread | None:
        """None of nothing."""
        found = sorted(values)
        return cls(median(found), found[0], found[-1]) if found else None

    def told(self, digits: int) -> str:
        middle = f"{self.median:.{digits}f}"
        if self.least == self.greatest:
            return middle
        return f"{middle} ({self.least:.{digits}f}-{self.greatest:.{digits}f})"


def by_place(rows: Iterable[Row]) -> dict[tuple[str, int], list[Row]]:
    """The rounds of each player at each number of guilds, in the order in which they first came."""
    found = dict[tuple[str, int], list[Row]]()
    for row in rows:
        found.setdefault((row.player, row.n), []).append(row)
    return found


def spread(rows: Iterable[Row], figure: Callable[[Row], float | None]) -> Spread | None:
    """Over what was measured; what did not keep up counts too: its verdict stands beside it."""
    measured = (figure(row) for row in rows if not row.why_not)
    return Spread.of(value for value in measured if value is not None)


def ratio(rows: Iterable[Row], dear: tuple[str, int], cheap: tuple[str, int]) -> Spread | None:
    """How many times dearer a guild-second is, each round's by that round's. Only valid rows count."""
    cpu = {(row.round, row.player, row.n): row.cpu_ms_per_guild_s for row in rows if row.valid}
    rounds = sorted({number for number, _, _ in cpu})
    pairs = [(cpu.get((number, *dear)), cpu.get((number, *cheap))) for number in rounds]
    return Spread.of(one / other for one, other in pairs if one and other)


def disturbed(rows: Iterable[Row], floor: tuple[str, int]) -> list[int]:
    """Rounds whose floor differs from the rounds' median by more than a quarter."""
    floors = {row.round: row.cpu_ms_per_guild_s for row in rows if (row.player, row.n) == floor and not row.why_not}
    if len(floors) < 2:
        return []
    middle = median(floors.values())
    return [number for number, value in floors.items() if abs(value - middle) > FLOOR_DIFFERS * middle]


def kb_a_guild(rows: Iterable[Row], player: str) -> float | None:
    """What one guild more adds to the memory, from the fewest guilds measured to the most."""
    found = {n: spread(each, lambda row: row.pss_mb) for (kind, n), each in by_place(rows).items() if kind == player}
    sizes = {n: value.median for n, value in found.items() if value}
    few, many = min(sizes, default=0), max(sizes, default=0)
    return (sizes[many] - sizes[few]) * 1024 / (many - few) if many > few else None


def with_ratios(rows: list[Row], stock: tuple[str, int], floor: tuple[str, int]) -> list[Row]:
    """Each row as a multiple of its round's floor, and its round's stock player as a multiple of it."""
    cpu = {(row.round, row.player, row.n): row.cpu_ms_per_guild_s for row in rows if not row.why_not}
    found = list[Row]()
    for row in rows:
        mine, base, dear = row.cpu_ms_per_guild_s, cpu.get((row.round, *floor)), cpu.get((row.round, *stock))
        ratios = {"floor_ratio": mine / base if base else None, "stock_ratio": dear / mine if dear and mine else None}
        found.append(row if row.why_not else evolve(row, **ratios))
    return found
