"""What a process and all its children cost: CPU, memory, threads, read from /proc."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from attrs import frozen

PROC = Path("/proc")


@frozen
class Usage:
    rss_mb: float
    pss_mb: float
    threads: int
    processes: int


def tree_of(root: int) -> list[int]:
    """`root` and its descendants."""
    parents = dict[int, int]()
    for stat in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def everyone() -> list[int]:
    """Every process of the machine."""
    return [int(folder.name) for folder in PROC.glob("[0-9]*")]


def cpu_s(pids: list[int]) -> float:
    """User and system time, exact to the nanosecond: the first field of each thread's schedstat."""
    total = 0
    for pid in pids:
        for schedstat in PROC.glob(f"{pid}/task/*/schedstat"):
            with suppress(OSError):
                total += int(schedstat.read_text().split()[0])
    return total * 1e-9


def usage_of(root: int) -> Usage:
    pids = tree_of(root)
    rss_kb = pss_kb = threads = 0
    for pid in pids:
        with suppress(OSError):
            status = dict(line.split(":", 1) for line in (PROC / str(pid) / "status").read_text().splitlines())
            rss_kb += int(status["VmRSS"].split()[0])
            threads += int(status["Threads"])
            rollup = (PROC / str(pid) / "smaps_rollup").read_text()
            pss_kb += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return Usage(rss_kb / 1024, pss_kb / 1024, threads, len(pids))


def dropped_at(port: int) -> int:
    """Packets that the kernel threw away because the listener at this UDP port did not take them."""
    wanted = f":{port:04X}"
    for line in (PROC / "net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(wanted):
            return int(fields[-1])
    return 0
