"""What suno-client costs: a call beside bare httpx, a thousand waits, and the import.

    python benchmarks/client.py [--calls 2000] [--waits 1000] [--imports 10] [--json FILE]

How it is measured, and what it does not say:

* The gateway is a bare HTTP/1.1 server in a process of its own (client_server.py), over real sockets of 127.0.0.1 with
  keep-alive. A real gateway answers in 100 ms and more, beside which all of this vanishes.
* Calls: blocks of 50, `suno` and bare httpx by turns, so that a machine that grows slower does so for both. Bare httpx
  does the same GET or POST with the same headers and body, and reads the JSON into a dict. Medians of single calls;
  `ratio` is between them, `range` the middle half of the ratios between neighbouring blocks. CPU is this process's own.
* The client's limit of 20 calls in 10 s is lifted (`Limiter(window_s=0)`), its bookkeeping is not.
* Waits: polling at ten times the usual speed, each task complete at its fourth look; memory is the greatest RSS while
  they wait less that before them, so it holds sockets and answers too. `late`: how late another task of the same event
  loop wakes, 99th percentile.
* Import: fresh processes, by turns; the floor is what it imports of others, without which nothing goes: httpx, anyio,
  pydantic's BaseModel. Byte code is compiled already. httpx also loads rich and click where it finds them, as here.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from ast import literal_eval
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import httpx

from suno_client import Limiter, SunoClient

HERE = Path(__file__).parent
BLOCK = 50  # calls
MOST_RATIO, MOST_IMPORT_S = 1.3, 0.35  # what we hold ourselves to
HEADERS = {"Authorization": "Bearer bench", "Accept": "application/json"}
BODY = {
    "customMode": False,
    "instrumental": False,
    "model": "V5_5",
    "callBackUrl": "https://example.com/callback",
    "prompt": "a quiet piano in the rain",
}
IMPORTS = {
    "floor": "import httpx, anyio; from pydantic import BaseModel",
    "suno_client": "import suno_client",
}
Row = dict[str, Any]
Call = Callable[[], Awaitable[object]]


def main() -> None:
    options = read_options()
    machine = about_machine()
    print(machine, flush=True)
    rows = dict[str, Any]()
    with serving() as port:
        for backend in ("asyncio", "trio"):
            rows[f"calls, {backend}"] = calls = anyio.run(measure_calls, port, options.calls, backend=backend)
            columns = f"{'httpx':>8}{'suno':>8}{'ratio':>8}{'range':>14}{'CPU':>8}{'CPU ratio':>11}"
            print(f"\n{backend + ', ms a call':22}{columns}")
            for name, row in calls.items():
                print(line_of(name, row), flush=True)
        print(f"\n{options.waits:,} waits at once{'':6}{'wall s':>8}{'CPU s':>8}{'KB/wait':>9}{'late ms':>9}")
        for backend in ("asyncio", "trio"):
            argv = [sys.executable, str(HERE / "client_waits.py"), str(port), str(options.waits), backend]
            row = json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
            rows[f"waits, {backend}"] = row
            print(
                f"{backend:23}{row['wall_s']:8.1f}{row['cpu_s']:8.2f}{row['kb_a_wait']:9.1f}{row['late_p99_ms']:9.0f}"
            )
    rows["import"] = imports = measure_imports(options.imports)
    print(f"\nimport, s{'':13}{'median':>8}{'least':>8}{'CPU':>8}")
    for name, row in imports.items():
        print(f"{name:22}{row['median_s']:8.3f}{row['least_s']:8.3f}{row['cpu_s']:8.3f}")
    missed = shortcomings(rows)
    print("\n" + ("\n".join(missed) or "all within what we hold ourselves to"))
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1))
    sys.exit(1 if missed else 0)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", default=2000, type=int, help="of each kind (default 2000)")
    parser.add_argument("--waits", default=1000, type=int, help="at once (default 1000)")
    parser.add_argument("--imports", default=10, type=int, help="fresh processes of each kind (default 10)")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


@contextmanager
def serving() -> Iterator[int]:
    argv = [sys.executable, str(HERE / "client_server.py")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.stdin.close()


async def measure_calls(port: int, calls: int) -> dict[str, Row]:
    url = f"http://127.0.0.1:{port}"
    async with (
        httpx.AsyncClient(trust_env=False) as http,
        SunoClient("bench", base_url=url, limiter=Limiter(window_s=0)) as suno,
    ):

        async def get() -> object:
            return (await http.get(f"{url}/api/v1/generate/credit", headers=HEADERS)).json()

        async def post() -> object:
            return (await http.post(f"{url}/api/v1/generate", headers=HEADERS, json=BODY)).json()

        return {
            "credits()": await compare(get, suno.credits, calls),
            "generations.create()": await compare(
                post, lambda: suno.generations.create("a quiet piano in the rain"), calls
            ),
        }


async def compare(bare: Call, ours: Call, calls: int) -> Row:
    await block(bare)  # connections, caches
    await block(ours)
    took, cpu = {bare: list[float](), ours: list[float]()}, {bare: 0.0, ours: 0.0}
    ratios = list[float]()
    for number in range(calls // BLOCK):
        medians = dict[Call, float]()
        for call in (bare, ours) if number % 2 else (ours, bare):
            before = time.process_time()
            seconds = await block(call)
            cpu[call] += time.process_time() - before
            took[call] += seconds
            medians[call] = statistics.median(seconds)
        ratios.append(medians[ours] / medians[bare])
    quarter = len(ratios) // 4
    middle = sorted(ratios)[quarter : len(ratios) - quarter]
    return {
        "httpx_ms": statistics.median(took[bare]) * 1000,
        "suno_ms": statistics.median(took[ours]) * 1000,
        "ratio": statistics.median(took[ours]) / statistics.median(took[bare]),
        "ratio_low": middle[0],
        "ratio_high": middle[-1],
        "cpu_ms": cpu[ours] * 1000 / len(took[ours]),
        "cpu_ratio": cpu[ours] / cpu[bare],
    }


async def block(call: Call) -> list[float]:
    seconds = list[float]()
    for _ in range(BLOCK):
        began = time.perf_counter()
        await call()
        seconds.append(time.perf_counter() - began)
    return seconds


def measure_imports(rounds: int) -> dict[str, Row]:
    took = {name: list[tuple[float, float]]() for name in IMPORTS}
    for number in range(rounds + 1):
        for name, statement in IMPORTS.items():
            code = f"import time; w, c = time.perf_counter(), time.process_time(); {statement}"
            code += "; print((time.perf_counter() - w, time.process_time() - c))"
            argv = [sys.executable, "-c", code]
            done = subprocess.run(argv, check=True, capture_output=True, text=True)
            if number:  # the first round fills the disk's cache
                took[name].append(literal_eval(done.stdout))
    return {
        name: {
            "median_s": statistics.median(wall for wall, _ in pairs),
            "least_s": min(wall for wall, _ in pairs),
            "cpu_s": statistics.median(cpu for _, cpu in pairs),
        }
        for name, pairs in took.items()
    }


def line_of(name: str, row: Row) -> str:
    spread = f"{row['ratio_low']:.2f}-{row['ratio_high']:.2f}"
    return (
        f"{name:22}{row['httpx_ms']:8.3f}{row['suno_ms']:8.3f}{row['ratio']:8.2f}{spread:>14}"
        f"{row['cpu_ms']:8.3f}{row['cpu_ratio']:11.2f}"
    )


def shortcomings(rows: dict[str, Any]) -> list[str]:
    missed = [
        f"missed: {name} on {backend} costs {row['ratio']:.2f} x bare httpx, and {MOST_RATIO} is the most"
        for backend in ("asyncio", "trio")
        for name, row in rows[f"calls, {backend}"].items()
        if row["ratio"] > MOST_RATIO
    ]
    median = rows["import"]["suno_client"]["median_s"]
    if median > MOST_IMPORT_S:
        missed.append(f"missed: the import takes {median:.2f} s, and {MOST_IMPORT_S} is the most")
    return missed


def about_machine() -> str:
    with Path("/proc/cpuinfo").open() as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    system = f"Linux {platform.release()}, Python {platform.python_version()}, httpx {version('httpx')}"
    return f"{os.cpu_count()} x {model}, {system}, load before the run {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
