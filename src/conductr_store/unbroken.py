"""Work that goes on to its end although its caller is cancelled: by a scope of anyio, or by asyncio's Task.cancel()."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """What `work` gives. A caller that was cancelled meanwhile goes once it is done.

    A shield of anyio does not stop a native Task.cancel(), which would cut a driver in the midst of a conversation and
    leave its connection unusable. So the work has a task of its own, which is always awaited here.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    with anyio.CancelScope(shield=True):
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError as error:
                cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # seen, else asyncio would report it as forgotten
    raise cancelled
