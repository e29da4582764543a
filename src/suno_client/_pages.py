"""One page after another, as an iterator of what is on them."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Pages(Generic[T]):
    """Asks for a page only when the one before is used up; ends with an empty one. No generator: see Watch."""

    def __init__(self, ask: Callable[[int], Awaitable[tuple[T, ...]]], max_pages: int | None) -> None:
        self._ask = ask
        self._max_pages = max_pages
        self._page: int = 0
        self._ready = deque[T]()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        if not self._ready:
            if self._page == self._max_pages:
                raise StopAsyncIteration
            self._ready.extend(await self._ask(self._page))
            self._page += 1
        if not self._ready:
            self._max_pages = self._page
            raise StopAsyncIteration
        return self._ready.popleft()
