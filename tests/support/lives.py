"""The inside of a nursery: a life for each line that comes in. Said lines are whole, whenever the life is killed."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable

import anyio

from conductr_store import faults

THREADS_END_WITHIN_S = 10.0
Live = Callable[..., Awaitable[None]]


def say(*words: object) -> None:
    """In one write, which a pipe keeps whole."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def bear(live: Live, warm: Callable[[], Awaitable[None]]) -> None:
    """Until standard input ends. Each life is a fork: what `warm` has imported is there, and no thread may be."""
    anyio.run(warm)
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join(THREADS_END_WITHIN_S)
    assert threading.active_count() == 1, threading.enumerate()
    gc.freeze()  # else the first collection of each life would copy all that they share
    for line in sys.stdin:
        order = json.loads(line)
        say("born")  # what was said before was the warming up
        child = os.fork()
        if child == 0:
            os._exit(_live(live, order))
        say("pid", child)
        if order["kill_after_s"] is not None:
            time.sleep(order["kill_after_s"])  # any moment is as good as another
            os.kill(child, signal.SIGKILL)  # its number is its own until it is waited for
        say("dead", os.waitstatus_to_exitcode(_outlived(child)))


def _outlived(child: int) -> int:
    """How it ended. One that stands still does so until the next line comes in."""
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return status
        say("stopped")
        sys.stdin.readline()
        os.kill(child, signal.SIGCONT)


def _live(live: Live, order: dict[str, object]) -> int:
    plan, given = str(order["faults"]), order["given"]
    assert isinstance(given, dict)

    async def main() -> None:
        await live(**given)

    try:
        faults.arm({faults.PLAN_SETTING: plan, faults.PLACE_SETTING: "test"})
        anyio.run(main)
    except BaseException as error:  # noqa: BLE001 - it is said, and the test judges
        say("ended", *repr(error).split())
        return 1
    return 0
