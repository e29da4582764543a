"""What a proof was run with and what it came to, written where CONDUCTR_PROOF=1 asks for it: docs/proof/<name>.json."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from attrs import define, field

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "proof"
SEED = int(os.environ.get("CONDUCTR_PROOF_SEED", "20261127"))
RECORDS = os.environ.get("CONDUCTR_PROOF") == "1"
SCALE = float(os.environ.get("CONDUCTR_PROOF_SCALE") or (1 if RECORDS else 0.5))  # of the trials; a release takes 10
LIBRARIES = ("sqlalchemy", "aiosqlite", "asyncpg", "anyio", "obstore", "conductr-store", "conductr", "suno-client")


def scaled(trials: int, at_least: int = 1) -> int:
    return max(at_least, round(trials * SCALE))


def on(name: str, engine: str) -> str:
    """What a proof is called that is run on each engine."""
    return name if engine == "sqlite" else f"{name}-{engine}"


@define(eq=False)
class Proof:
    """`trials` independent ones with `failures`; whatever else is counted stands in `figures`."""

    name: str
    says: str
    trials: int = 0
    failures: list[str] = field(factory=list)
    figures: dict[str, object] = field(factory=dict)

    def tried(self, findings: list[str]) -> None:
        self.trials += 1
        self.failures += findings


@contextmanager
def proof(name: str, says: str) -> Iterator[Proof]:
    """Fails with the findings at the end; what was found is written down in any case."""
    run, began = Proof(name, says), time.monotonic()
    try:
        yield run
    except BaseException as error:
        run.failures.append(f"it ended before its time: {type(error).__name__}")
        raise
    finally:
        if RECORDS:
            _write(run, time.monotonic() - began)
    assert not run.failures, run.failures[:5]


def _write(run: Proof, wall_s: float) -> None:
    FOLDER.mkdir(exist_ok=True)
    told: dict[str, object] = {
        "proof": run.says,
        "trials": run.trials,
        "failures": run.failures,
        # With no failure in n independent trials, the rate is below 3/n at 95 %.
        "failure_rate_below": round(3 / run.trials, 6) if run.trials and not run.failures else None,
        "seed": SEED,
        **run.figures,
        "wall_time_s": round(wall_s, 1),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "versions": _versions(),
        "machine": {"system": platform.system(), "processors": os.cpu_count(), "architecture": platform.machine()},
    }
    (FOLDER / f"{run.name}.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in LIBRARIES},
    }


def _commit() -> str:
    """The one that is checked out; with a plus where the code differs from it."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--", "src", "apps", "tests")
    return git("rev-parse", "HEAD") + ("+" if changed else "")
