"""Work that ends once it has begun, though the browser that asked for it has left.

The server cancels the task of a request whose browser is gone. A wish must not be cut between paying and remembering,
nor a transaction in its midst; so the work has a task of its own, and only the waiting for it is cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from logging import getLogger
from typing import Any, Final, TypeVar

import anyio
from anyio.abc import TaskGroup
from attrs import define

log = getLogger(__name__)

END_WITHIN_S: Final = 5.0  # how long begun work may take once the server closes

Result = TypeVar("Result")


@define(eq=False)
class Steady:
    _tasks: TaskGroup | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        async with anyio.create_task_group() as self._tasks:
            yield
            self._tasks.cancel_scope.deadline = anyio.current_time() + END_WITHIN_S

    async def finish(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """What `work` gives or raises. Cancelled, it leaves the work to end by itself."""
        if self._tasks is None:
            return await work()
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._tasks.start_soon(_settle, work, done)
        return await done

    def view(self, view: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """A request's handler that is finished in any case; it keeps the request's context."""

        @wraps(view)
        async def finished(**given: object) -> Any:
            return await self.finish(lambda: view(**given))

        return finished


async def _settle(work: Callable[[], Awaitable[Result]], done: asyncio.Future[Result]) -> None:
    try:
        result = await work()
    except Exception as error:  # noqa: BLE001 - handed to whoever waits, and logged where nobody does
        if done.done():
            log.warning("a request whose browser had left ended with %s", type(error).__name__)
        else:
            done.set_exception(error)
    else:
        if not done.done():
            done.set_result(result)
    finally:
        done.cancel()  # whoever still waits, where the server closes and the work was cancelled
