"""Waiting for a state instead of a time, and the list of what was not as it should be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from attrs import Factory, define

Found = TypeVar("Found")


class Watch:
    """Wakes everybody who waits for something in the emulator; each looks again for himself."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Future[None]] = set()
        self._is_due = False

    def open(self) -> None:
        self._loop = asyncio.get_running_loop()

    def tell(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)

    def tell_from_thread(self) -> None:
        """As `tell`, from any thread; after the loop's end it does nothing. Many at once are one."""
        if self._loop is not None and not self._loop.is_closed() and not self._is_due:
            self._is_due = True
            self._loop.call_soon_threadsafe(self._tell_now)

    def _tell_now(self) -> None:
        self._is_due = False
        self.tell()

    async def until(self, look: Callable[[], Found], what: str | Callable[[], str], timeout_s: float) -> Found:
        """The first true value that `look` gives. TimeoutError says `what` did not happen."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while not (found := look()):
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiting.add(waiter)
            try:
                async with asyncio.timeout_at(deadline):
                    await waiter
            except TimeoutError:
                said = what if isinstance(what, str) else what()
                raise TimeoutError(f"within {timeout_s} s there was no {said}") from None
            finally:
                self._waiting.discard(waiter)
        return found


@define
class Journal:
    """What a test must find empty at its end.

    `unhandled`: requests and messages the emulator does not know. `errors`: transport and decryption faults,
    malformed messages. `remarks`: lawful but worth knowing (an ignored join, audio before `speaking`).
    """

    unhandled: list[str] = Factory(list)
    errors: list[str] = Factory(list)
    remarks: list[str] = Factory(list)
