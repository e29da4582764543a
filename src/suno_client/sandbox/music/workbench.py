"""One piece of work in a process of its own: JSON on standard input says what, JSON on standard output what came."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anyio

from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.pictures import other_cover
from suno_client.sandbox.music.stem_files import write_stems

_NICE = 5  # players keep time in other processes; stems and pictures can wait for them


async def stems_of(order: Order, folder: Path, name: str, *, by_instrument: bool) -> tuple[dict[str, Path], float]:
    """The stem files of a take, and their length in seconds. Raises CalledProcessError where that cannot be."""
    made = await _ask({"stems": {"folder": str(folder), "name": name, "by_instrument": by_instrument}}, order)
    return {stem: Path(path) for stem, path in made["files"].items()}, float(made["seconds"])


async def paint_covers(order: Order, targets: list[Path]) -> None:
    """Writes a PNG to each target. Raises CalledProcessError where that cannot be."""
    await _ask({"covers": [str(target) for target in targets]}, order)


async def _ask(work: Mapping[str, object], order: Order) -> dict[str, Any]:
    argv = [sys.executable, "-m", "suno_client.sandbox.music.workbench"]
    done = await anyio.run_process(argv, input=json.dumps({**work, "order": asdict(order)}).encode())
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def main() -> None:
    with suppress(OSError):
        os.nice(_NICE)
    asked: dict[str, Any] = json.load(sys.stdin)
    order, made = Order.from_json(asked["order"]), dict[str, object]()
    if "stems" in asked:
        wish = asked["stems"]
        files, seconds = write_stems(order, Path(wish["folder"]), wish["name"], by_instrument=wish["by_instrument"])
        made = {"files": {stem: str(path) for stem, path in files.items()}, "seconds": seconds}
    for number, target in enumerate(asked.get("covers", ()), 1):
        Path(target).write_bytes(other_cover(order, number))
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main()
