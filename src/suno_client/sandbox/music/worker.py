"""The renderers' process: takes orders as lines of JSON, tells how far it is, ends when its parent does."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from suno_client.sandbox.music.instruments import Rack
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.render import render_files

_NICE = 5  # players keep time in other processes; composing can wait for them


def main() -> None:
    folder = Path(sys.argv[1])
    with suppress(OSError):
        os.nice(_NICE)
    orders: SimpleQueue[dict[str, Any]] = SimpleQueue()
    dropped = set[str]()
    Thread(target=_listen, args=(orders, dropped, folder), daemon=True).start()
    rack = Rack()
    while True:
        asked = orders.get()
        clip = str(asked["id"])
        order = Order.from_json(asked["order"])
        try:
            duration_s = render_files(
                order,
                folder / f"{clip}.mp3",
                folder / f"{clip}.jpeg",
                rack,
                on_size=partial(_tell_size, clip),
                unwanted=partial(dropped.__contains__, clip),
            )
        except Exception as error:  # noqa: BLE001 - whatever broke, this take failed and the next one may not
            _say(id=clip, failed=f"{type(error).__name__}: {error}"[:300])
        else:
            _say(id=clip, duration_s=duration_s)
        dropped.discard(clip)


def _tell_size(clip: str, size: int) -> None:
    _say(id=clip, size=size)


def _listen(orders: SimpleQueue[dict[str, Any]], dropped: set[str], folder: Path) -> None:
    """Passes orders on; when the parent is gone, takes its temporary files and this process away."""
    for line in sys.stdin:
        said = json.loads(line)
        if "drop" in said:
            dropped.add(said["drop"])
        else:
            orders.put(said)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _say(**facts: object) -> None:
    os.write(1, json.dumps(facts).encode() + b"\n")


if __name__ == "__main__":  # pragma: no branch - a renderer is only ever started with -m
    main()
