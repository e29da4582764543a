"""Many waits in one process, which prints what they cost it as JSON: memory, CPU and time.

python benchmarks/client_waits.py PORT WAITS BACKEND
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from pathlib import Path

import anyio

from suno_client import Polling, SunoClient, TaskId

PAGE = os.sysconf("SC_PAGE_SIZE")
# A tenth of the usual times, so that the run ends soon; looks and answers are as many.
POLLING = Polling().at_speed(10)


def rss_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


async def main(port: int, waits: int, backend: str) -> None:
    most = 0
    late = list[float]()

    async def wait(suno: SunoClient, name: str) -> None:
        progress = await suno.generations.wait(TaskId(name))
        assert len(progress.clips) == 2

    async def watch_memory() -> None:
        """Also how late this process wakes: what a program would feel that has other things to do."""
        nonlocal most
        while True:
            due = anyio.current_time() + 0.02
            await anyio.sleep_until(due)
            late.append(anyio.current_time() - due)
            most = max(most, rss_bytes())

    async with SunoClient("bench", base_url=f"http://127.0.0.1:{port}", polling=POLLING) as suno:
        await wait(suno, f"{backend}-warm-up")
        gc.collect()
        before = rss_bytes()
        began, cpu = time.perf_counter(), time.process_time()
        async with anyio.create_task_group() as watchers:
            watchers.start_soon(watch_memory)
            async with anyio.create_task_group() as group:
                for number in range(waits):
                    group.start_soon(wait, suno, f"{backend}-{number}")
            watchers.cancel_scope.cancel()
        row = {
            "wall_s": time.perf_counter() - began,
            "cpu_s": time.process_time() - cpu,
            "kb_a_wait": (most - before) / waits / 1024,
            "late_p99_ms": sorted(late)[int(len(late) * 0.99)] * 1000,
        }
    print(json.dumps(row))


if __name__ == "__main__":
    anyio.run(main, int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], backend=sys.argv[3])
