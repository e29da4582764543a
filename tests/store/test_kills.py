"""SQLite is whole after a kill -9 at any moment, and every row that was acknowledged is there."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from conductr_store import Store

pytestmark = pytest.mark.anyio

COMMITTER = Path(__file__).parent / "children" / "committer.py"
KILLS = 20


@pytest.fixture
def committers(sqlite: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Two at a time on one file, so that a kill also meets one that waits for the other."""
    argv = [sys.executable, str(COMMITTER), sqlite]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with subprocess.Popen(argv, **pipes) as one, subprocess.Popen(argv, **pipes) as two:
        yield [one, two]
        for committer in (one, two):
            assert committer.stdin
            committer.stdin.close()


async def test_after_twenty_kills_every_acknowledged_row_is_there(
    sqlite: str, tmp_path: Path, committers: list[subprocess.Popen[str]]
) -> None:
    rng = random.Random(20)
    acknowledged: set[str] = set()

    def live_and_die(committer: subprocess.Popen[str], after_rows: int, delay_s: float) -> None:
        assert committer.stdin
        assert committer.stdout
        committer.stdin.write("live\n")
        pid, rows = 0, 0
        for line in committer.stdout:
            match line.split():
                case ["pid", number]:
                    pid = int(number)
                case ["row", row]:
                    acknowledged.add(row)
                    rows += 1
                    if rows == after_rows:
                        time.sleep(delay_s)  # the moment within a transaction is what varies
                        os.kill(pid, signal.SIGKILL)
                case _:
                    return

    for _ in range(KILLS // 2):
        async with anyio.create_task_group() as group:
            for committer in committers:
                moment = rng.randint(1, 6), rng.uniform(0, 0.03)
                group.start_soon(anyio.to_thread.run_sync, live_and_die, committer, *moment)
    async with Store.open(sqlite):
        pass
    with closing(sqlite3.connect(tmp_path / "conductr.db")) as connection:
        kept = {row[0] for row in connection.execute("SELECT id FROM generations")}
        takes = dict(connection.execute("SELECT generation_id, count(*) FROM songs GROUP BY generation_id"))
        queue = connection.execute("SELECT session FROM queues").fetchone()[0]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert len(acknowledged) >= KILLS
    assert acknowledged <= kept
    assert takes == dict.fromkeys(kept, 2)  # nothing is half there
    assert any(row in queue for row in kept)
