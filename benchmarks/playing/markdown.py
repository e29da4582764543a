"""A run as Markdown, put between two marks of a page: what `docs/performance.md` shows is what was measured."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from attrs import fields

from .roster import PLAYERS
from .rows import Row, Spread, by_place, kb_a_guild, spread
from .targets import Judged

BEGIN, END = "<!-- voice: made by `--docs`; change nothing here -->", "<!-- /voice -->"
Run = dict[str, Any]  # what `--json` writes


def put_into(page: Path, run: Run, picture: Path | None) -> None:
    """`picture` is shown where it lies beside the page. Raises ValueError where the page has no marks."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page} has no place for the figures: {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n\n{told(run, shown(page, picture))}\n{END}{after}", "utf-8")


def shown(page: Path, picture: Path | None) -> str:
    if picture is None or picture.resolve().parent != page.resolve().parent:
        return ""
    return f"![Distance from the grid, and CPU, by guilds, for all players]({picture.name})\n\n"


def told(run: Run, picture: str) -> str:
    rows = rows_of(run)
    parts = [
        machine_line(run["machine"]),
        "### The targets\n\n" + table(TARGETS_HEAD, target_lines(run["targets"])),
        "### Every player\n\n" + picture + table(PLAYERS_HEAD, player_lines(rows)),
        "### From a wish to sound, ms\n\n" + table(LATENCY_HEAD, latency_lines(run["latencies_ms"])),
        "### What is done once\n\n" + once(run, rows),
    ]
    return "\n\n".join(parts) + "\n"


def rows_of(run: Run) -> list[Row]:
    known = {field.name for field in fields(Row)}
    return [Row(**{name: value for name, value in row.items() if name in known}) for row in run["rows"]]


def machine_line(machine: dict[str, str]) -> str:
    return "; ".join(f"{name} {what}" for name, what in machine.items() if name not in ("processor", "system")).join(
        [f"{machine['processor']}, {machine['system']}; ", "."]
    )


TARGETS_HEAD = "target | wanted | measured | outcome"
PLAYERS_HEAD = (
    "player | cipher | guilds | CPU ms a guild-second (min-max) | x floor | stock x | p50 / p99 / max ms | rate | "
    "PSS MB | threads | procs | verdict"
)
LATENCY_HEAD = "what | tries | min | median | p99 | max"


def table(head: str, lines: Iterable[Iterable[str]]) -> str:
    columns = head.split(" | ")
    body = [columns, ["---"] * len(columns), *lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in body)


def target_lines(targets: list[dict[str, Any]]) -> Iterable[list[str]]:
    for target in targets:
        each = Judged(**{name: value for name, value in target.items() if name != "outcome"})
        measured = "" if each.measured is None else f"{each.measured:.2f} {each.unit}"
        outcome = each.outcome if each.outcome == "ok" else f"**{each.outcome}**"
        yield [each.says, f"{each.wanted} {each.limit:g} {each.unit}", measured, outcome]


def in_order(place: tuple[tuple[str, int], list[Row]]) -> tuple[int, int]:
    """Players as in the roster, the fewest guilds first."""
    (kind, n), _ = place
    return list(PLAYERS).index(kind), n


def player_lines(rows: list[Row]) -> Iterable[list[str]]:
    for (kind, n), every in sorted(by_place(rows).items(), key=in_order):
        player = PLAYERS[kind]
        cpu = spread(every, lambda row: row.cpu_ms_per_guild_s)
        if cpu is None:
            continue
        floor, stock = spread(every, lambda row: row.floor_ratio), spread(every, lambda row: row.stock_ratio)
        wrong = [row.verdict for row in every if not row.valid]
        yield [
            player.says,
            player.cipher + (" + DAVE" if player.dave else ""),
            f"{n:,}",
            cpu.told(3),
            short(floor) if player.own_cpu else "",
            short(stock) if player.own_cpu else "",
            " / ".join(f"{median_of(every, name):.2f}" for name in ("dev_p50", "dev_p99", "dev_max")),
            f"{median_of(every, 'rate'):.3f}",
            f"{median_of(every, 'pss_mb'):.0f}",
            f"{median_of(every, 'threads'):.0f}",
            f"{median_of(every, 'procs'):.0f}",
            f"**{wrong[0]}** ({len(wrong)} of {len(every)})" if wrong else "valid",
        ]


def short(value: Spread | None) -> str:
    return f"{value.median:.1f}" if value else ""


def median_of(rows: list[Row], name: str) -> float:
    found = spread(rows, lambda row: float(getattr(row, name)))
    return found.median if found else 0.0


def latency_lines(latencies: dict[str, dict[str, list[float]]]) -> Iterable[list[str]]:
    for whose, kinds in latencies.items():
        for what, tries in kinds.items():
            figures = np.percentile(tries, [0, 50, 99, 100])
            yield [f"{whose}: {what}", str(len(tries)), *(f"{each:.2f}" for each in figures)]


def once(run: Run, rows: list[Row]) -> str:
    song_s, cpu_s = run["ingest"]["song_s"], run["ingest"]["cpu_s"]
    said = [f"Ingest: {cpu_s:.2f} CPU seconds for a song of {song_s:.0f} s, {song_s / cpu_s:.0f} times real time."]
    said += [
        f"A rendition of it, volume 50: {row.once_cpu_s:.2f} CPU seconds, {song_s / row.once_cpu_s:.0f} x real time."
        for row in rows
        if row.once_cpu_s
    ]
    said += [f"Left out: {PLAYERS[row.player].says} at {row.n}: {row.why_not}." for row in rows if row.why_not]
    for kind, says in (("engine-aes", "A guild"), ("engine-dave", "A guild with DAVE")):
        if (kb := kb_a_guild(rows, kind)) is not None:
            said.append(f"{says} more adds {kb:.1f} KB.")
    return " ".join(said)
