"""How another thread calls into an event loop without waiting for it; asyncio and trio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from functools import partial
from importlib import import_module

CallSoon = Callable[[Callable[[], None]], object]


def caller_into_this_loop() -> CallSoon:
    """A function that any thread may call with what this loop shall do next. Raises RuntimeError once the loop is over.

    anyio's own `from_thread` waits for the answer, which the pacer must not.
    """
    try:
        call_soon = asyncio.get_running_loop().call_soon_threadsafe
    except RuntimeError:
        from trio.lowlevel import current_trio_token  # noqa: PLC0415 - trio is there only if it runs us

        return current_trio_token().run_sync_soon
    return partial(call_soon, context=_asyncios())


def _asyncios() -> Context:
    """Where trio is installed too, anyio asks sniffio which loop this is; that looks for a task, and finds none."""
    context = copy_context()
    with suppress(ImportError):
        context.run(import_module("sniffio").current_async_library_cvar.set, "asyncio")
    return context
