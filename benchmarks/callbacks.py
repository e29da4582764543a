"""How long a gateway waits for the answer to its callback: over a real socket, with true and with guessed nonces.

    python benchmarks/callbacks.py [--posts 500] [--at-once 4] [--database URL] [--json FILE]

How it is measured, and what it does not say:

* A whole Conductr with its page, on SQLite in a fresh folder unless a database is named. Half of the posts bear a nonce
  that nobody was given ("guessed"). The others bear a true one: nine of ten of a song whose task is known ("known":
  it is looked at, nothing is written), one of a submission whose answer was lost ("lost": what the body names is
  written down before the answer, and looked up at the gateway meanwhile). In a random order.
* `--at-once` connections post one after the other, from this process: what the sender takes is in the figures.
* From the request's first byte to the whole answer. kie.ai gives up after 15 s, and then calls again (suno.md 2A.6).
* No song is in the making meanwhile, so nothing else wants the processor.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import anyio
import httpx

from conductr import Conductr, Settings, open_conductr
from conductr.making.nonces import CALLBACK_PATH, new_nonce, nonce_hash
from conductr_store import AttemptState
from conductr_store.testing import a_generation, put_people
from conductr_web.run import run_web
from suno_client.webhooks import sample

MOST_P95_MS = 50.0
WARM_UPS = 20
SEED = 11
LOST_OF = 10  # true nonces, one is of a lost answer


def main() -> None:
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="conductr-callbacks-") as folder:
        found = anyio.run(run, Path(folder), given.posts, given.at_once, given.database)
    machine = f"{platform.system()} {platform.release()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    for kind, row in found.items():
        print(
            f"{kind:>8}: {row['posts']} posts, p50 {row['p50_ms']} ms, p95 {row['p95_ms']} ms, p99 {row['p99_ms']} ms"
        )
    print(f"machine: {machine}")
    if given.json:
        Path(given.json).write_text(json.dumps({"machine": machine, "callbacks": found}, indent=2) + "\n")
    slow = [kind for kind, row in found.items() if row["p95_ms"] > MOST_P95_MS]
    sys.exit(f"slower than {MOST_P95_MS} ms: {', '.join(slow)}" if slow else None)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How long a gateway waits for the answer to its callback.")
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--database", metavar="URL")
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


async def run(folder: Path, posts: int, at_once: int, database: str | None) -> dict[str, dict[str, Any]]:
    settings = Settings(_env_file=None, data_dir=folder, database_url=database)  # pyright: ignore[reportCallIssue] - pydantic reads it
    found: dict[str, dict[str, Any]] = {}
    async with open_conductr(settings) as conductr, anyio.create_task_group() as serving:
        turns = [
            *await attempts(conductr, WARM_UPS + posts - posts // 2),
            *(("guessed", new_nonce()) for _ in range(posts // 2)),
        ]
        urls: list[str] = []
        opened = anyio.Event()

        def ready(url: str) -> None:
            urls.append(url)
            opened.set()

        async def serve() -> None:
            await run_web(conductr, host="127.0.0.1", port=0, ready=ready)

        serving.start_soon(serve)
        await opened.wait()
        async with httpx.AsyncClient(base_url=urls[0]) as gateway:
            for _, nonce in turns[:WARM_UPS]:
                await post(gateway, nonce)
            for kind, times_s in (await measured(gateway, turns[WARM_UPS:], at_once)).items():
                found[kind] = figures(times_s)
        serving.cancel_scope.cancel()
    return found


async def attempts(conductr: Conductr, count: int) -> list[tuple[str, str]]:
    """As many true nonces, each with its kind, of songs that are over: nobody else works on them."""
    nonces = [("lost" if number % LOST_OF == LOST_OF - 1 else "known", new_nonce()) for number in range(count)]
    async with conductr.callbacks.store.begin() as tx:
        await put_people(tx)
        for kind, nonce in nonces:
            row = await tx.generations.add(a_generation(state="failed", told="failed"))
            attempt = await tx.attempts.begin(row.id, provider="sandbox", nonce_hash=nonce_hash(nonce))
            if kind == "known":
                await tx.attempts.settle(attempt.id, AttemptState.ACCEPTED, task_id=attempt.id)
    return nonces


async def measured(gateway: httpx.AsyncClient, turns: list[tuple[str, str]], at_once: int) -> dict[str, list[float]]:
    Random(SEED).shuffle(turns)
    found: dict[str, list[float]] = {"known": [], "lost": [], "guessed": []}

    async def knock() -> None:
        while turns:
            kind, nonce = turns.pop()
            began = time.perf_counter()
            status = await post(gateway, nonce)
            found[kind].append(time.perf_counter() - began)
            if (status == httpx.codes.OK) is (kind == "guessed"):
                raise AssertionError(f"a {kind} nonce was answered {status}")

    async with anyio.create_task_group() as connections:
        for _ in range(at_once):
            connections.start_soon(knock)
    return found


async def post(gateway: httpx.AsyncClient, nonce: str) -> int:
    event = sample("generation", "complete")
    answer = await gateway.post(CALLBACK_PATH + nonce, content=event.body, headers=event.headers)
    return answer.status_code


def figures(times_s: list[float]) -> dict[str, Any]:
    ordered = sorted(times_s)

    def at(share: float) -> float:
        return round(1_000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)

    return {"posts": len(ordered), "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99)}


if __name__ == "__main__":
    main()
