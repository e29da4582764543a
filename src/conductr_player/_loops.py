"""How another thread calls into an event loop without waiting for it; asyncio and trio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

CallSoon = Callable[[Callable[[], None]], object]


def caller_into_this_loop() -> CallSoon:
    """A function that any thread may call with what this loop shall do next. Raises RuntimeError once the loop is over.

    anyio's own `from_thread` waits for the answer, which the pacer must not.
    """
    try:
        return asyncio.get_running_loop().call_soon_threadsafe
    except RuntimeError:
        from trio.lowlevel import current_trio_token  # noqa: PLC0415 - trio is there only if it runs us

        return current_trio_token().run_sync_soon
