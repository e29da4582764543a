"""Let every task that can go on go on."""

from __future__ import annotations

import anyio.lowlevel


async def settle() -> None:
    """Thirty turns of the event loop: more than any chain of tasks here is long.

    anyio's `wait_all_tasks_blocked` sleeps 0.1 s on asyncio whenever it finds somebody awake, which
    in a random walk of hundreds of steps is a minute.
    """
    for _ in range(30):
        await anyio.lowlevel.checkpoint()
