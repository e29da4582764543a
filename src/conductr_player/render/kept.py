"""Whole renditions that may be wanted again: in a folder where there is one, else in memory; bounded in bytes."""

from __future__ import annotations

import logging
from collections import OrderedDict
from functools import partial

import anyio
import anyio.to_thread
from attrs import define, field

from conductr_player.errors import SourceError

from .rendition import Rendition
from .shelf import Shelf

_log = logging.getLogger(__name__)


@define(eq=False)
class Kept:
    """What was not asked for longest goes first. Used from the event loop."""

    memory_bytes: int
    shelf: Shelf | None
    threads: anyio.CapacityLimiter
    _held: OrderedDict[str, Rendition] = field(init=False, factory=OrderedDict[str, Rendition])
    _bytes: int = field(init=False, default=0)

    def touch(self, name: str) -> None:
        """It was asked for just now."""
        if name in self._held:
            self._held.move_to_end(name)

    async def get(self, name: str, speed: float) -> Rendition | None:
        if name in self._held:
            self.touch(name)
            return self._held[name]
        if self.shelf is None:
            return None
        file = await anyio.to_thread.run_sync(self.shelf.get, name, limiter=self.threads)
        if file is None:
            return None
        found = Rendition(speed=speed)
        found.replace_with(file)
        return found

    async def put(self, name: str, rendition: Rendition) -> None:
        """Keep one that is whole. With a folder it goes on from its file. No room is no error, and only logged."""
        if self.shelf is None:
            self._hold(name, rendition)
            return
        try:
            put = partial(self.shelf.put, name, rendition.taken_out())
            rendition.replace_with(await anyio.to_thread.run_sync(put, limiter=self.threads))
        except (OSError, SourceError) as error:
            _log.warning("a rendition cannot be kept: %s", error)

    def _hold(self, name: str, rendition: Rendition) -> None:
        if rendition.size_bytes > self.memory_bytes or name in self._held:
            return
        self._held[name] = rendition
        self._bytes += rendition.size_bytes
        while self._bytes > self.memory_bytes:
            _, oldest = self._held.popitem(last=False)
            self._bytes -= oldest.size_bytes
