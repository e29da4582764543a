"""What a run says on the terminal: a line a row, medians over the rounds, targets."""

from __future__ import annotations

from collections.abc import Sequence

from .roster import PLAYERS
from .rows import Row, Spread, by_place, spread
from .targets import Judged

LIVE = (
    f"{'round':5} {'player':40}{'N':>5}{'CPU ms':>9}{'p50':>7}{'p99':>8}{'max':>8}{'rate':>7}{'lost':>5}"
    f"{'PSS MB':>8}{'threads':>8}{'procs':>6}{'others':>7}  verdict"
)
SUMMARY = (
    f"{'player':40}{'cipher':12}{'N':>5}{'CPU ms a guild-second':>26}{'guilds/core':>12}{'x floor':>8}{'stock x':>8}"
    f"{'p99 ms off the grid':>22}{'verdict':>14}"
)


def line_of(row: Row) -> str:
    start = f"{row.round:5} {PLAYERS[row.player].says:40}{row.n:>5}"
    if row.why_not:
        return f"{start}  left out: {row.why_not}"
    return (
        f"{start}{row.cpu_ms_per_guild_s:9.3f}{row.dev_p50:7.2f}{row.dev_p99:8.2f}{row.dev_max:8.1f}{row.rate:7.3f}"
        f"{row.lost:5}{row.pss_mb:8.0f}{row.threads:8}{row.procs:6}{row.others:7.2f}  {row.verdict}"
    )


def summary(rows: Sequence[Row]) -> list[str]:
    """A line for each player and number of guilds: the median of the rounds, and from where to where they went."""
    lines = [SUMMARY]
    for (kind, n), every in by_place(rows).items():
        player, own = PLAYERS[kind], PLAYERS[kind].own_cpu
        cpu, p99 = spread(every, lambda row: row.cpu_ms_per_guild_s), spread(every, lambda row: row.dev_p99)
        if cpu is None or p99 is None:
            continue
        floor, stock = spread(every, lambda row: row.floor_ratio), spread(every, lambda row: row.stock_ratio)
        verdicts = [row.verdict for row in every if not row.valid]
        lines.append(
            f"{player.says:40}{player.cipher:12}{n:>5}{cpu.told(3):>26}"
            f"{_short(Spread.of([1e3 / cpu.median]), own, 12, 0)}{_short(floor, own)}{_short(stock, own)}"
            f"{p99.told(2):>22}{verdicts[0] if verdicts else 'valid':>14}"
        )
    return lines


def _short(value: Spread | None, comparable: bool, width: int = 8, digits: int = 1) -> str:
    return f"{value.median:{width}.{digits}f}" if value and comparable else " " * width


def judgements(targets: Sequence[Judged]) -> list[str]:
    lines = [f"{'target':56}{'wanted':>16}{'measured':>12}"]
    for each in targets:
        wanted = f"{'>=' if each.wanted == 'at least' else '<='} {each.limit:g} {each.unit}"
        measured = "" if each.measured is None else f"{each.measured:.2f} {each.unit}"
        lines.append(f"{each.says:56}{wanted:>16}{measured:>12}  {each.outcome}")
    return lines
