"""What changes, as server-sent events: one reader of the bus for all pages, a bounded queue for each.

snapshot    everything a page shows of the room: on connecting, every HEARTBEAT_S, and after a page lagged
queue       the queue and what plays, after each change
position    where in the song, once a second while it moves
generation  one song in the making moved on
library     a song was added or finished: look again
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from json import dumps
from logging import getLogger
from typing import Final

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from attrs import define, field

from conductr import BROWSER_ROOM, Conductr, ConductrError
from conductr.messages import Event, GenerationChanged, SessionChanged, SettingsChanged, SongReady
from conductr_player import Broadcast
from conductr_store import StoreError

from .errors import TooManyOpen
from .payloads import Json, generation_json, queue_json
from .steady import Steady

log = getLogger(__name__)

PAGE_LIMIT: Final = 32
BACKLOG: Final = 64  # events a page may lag before it gets a snapshot instead
HEARTBEAT_S: Final = 15.0
TICK_S: Final = 1.0


@define(eq=False)
class Page:
    """One page's events on their way."""

    sender: MemoryObjectSendStream[str]
    receiver: MemoryObjectReceiveStream[str]
    lagged: bool = False

    def offer(self, event: str) -> None:
        try:
            self.sender.send_nowait(event)
        except anyio.WouldBlock:
            self.lagged = True
        except anyio.ClosedResourceError:
            pass  # the server closes; the page connects again by itself


@define(eq=False)
class Live:
    conductr: Conductr
    broadcast: Broadcast
    steady: Steady = field(factory=Steady)
    _pages: list[Page] = field(factory=list[Page])
    _closed: bool = False

    async def snapshot(self) -> Json:
        """The room's queue and its latest wishes. Raises StoreError."""
        recent = await self.conductr.generations.recent(BROWSER_ROOM)
        return {"queue": await self.queue(), "generations": [generation_json(made) for made in recent]}

    async def queue(self) -> Json:
        return queue_json(await self.conductr.playback.queue(BROWSER_ROOM), self.broadcast.count)

    async def events(self) -> AsyncIterator[str]:
        """A page's events until it leaves. Raises TooManyOpen before the first."""
        if len(self._pages) >= PAGE_LIMIT:
            raise TooManyOpen(PAGE_LIMIT)
        return self._stream()

    async def _stream(self) -> AsyncIterator[str]:
        sender, receiver = anyio.create_memory_object_stream[str](BACKLOG)
        page = Page(sender, receiver)
        self._pages.append(page)
        try:
            yield "retry: 1500\n\n" + _event("snapshot", await self.steady.finish(self.snapshot))
            while not self._closed and (event := await self._next(page)) is not None:
                yield event
        finally:
            self._pages.remove(page)
            sender.close()
            receiver.close()

    async def _next(self, page: Page) -> str | None:
        """The page's next event; a snapshot where it lagged or all was quiet; None where the server closes."""
        if not page.lagged:
            with anyio.move_on_after(HEARTBEAT_S):
                try:
                    return await page.receiver.receive()
                except (anyio.EndOfStream, anyio.ClosedResourceError):
                    return None
        while page.receiver.statistics().current_buffer_used:
            page.receiver.receive_nowait()  # what the snapshot holds already
        page.lagged = False
        return _event("snapshot", await self.steady.finish(self.snapshot))

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Reads the bus and the clock for all pages, as long as the server serves."""
        async with anyio.create_task_group() as group, self.conductr.bus.subscribe() as events:
            self.broadcast.on_change = lambda: self._listeners_changed(group)
            group.start_soon(self._follow, events)
            group.start_soon(self._tick)
            yield
            self.close()
            group.cancel_scope.cancel()

    def _listeners_changed(self, group: TaskGroup) -> None:
        if self._pages and not self._closed:
            group.start_soon(self._tell_queue)

    def close(self) -> None:
        """End every page's stream, so that the server can close."""
        self._closed = True
        for page in self._pages:
            page.sender.close()

    async def _follow(self, events: AsyncIterator[Event]) -> None:
        async for event in events:
            if event.guild_id != BROWSER_ROOM or not self._pages:
                continue
            await self._safely(self._pass_on, event)

    async def _tell_queue(self) -> None:
        await self._safely(self._send_queue)

    async def _safely(self, tell: Callable[..., Awaitable[None]], *given: Event) -> None:
        try:
            await tell(*given)
        except (StoreError, ConductrError):
            log.exception("pages were not told of a change; the next snapshot tells them")

    async def _pass_on(self, event: Event) -> None:
        match event:
            case SessionChanged():
                await self._send_queue()
            case GenerationChanged(_, generation_id):
                made = await self.conductr.generations.get(generation_id)
                self._send("generation", generation_json(made))
                self._send("library", {})
            case SongReady(_, song_id):
                self._send("library", {"song_id": song_id})
                for made in await self.conductr.generations.recent(BROWSER_ROOM):
                    if any(song.id == song_id for song in made.songs):
                        self._send("generation", generation_json(made))
                await self._send_queue()
            case SettingsChanged():
                await self._send_queue()  # volume, loop and rules show in it

    async def _send_queue(self) -> None:
        self._send("queue", await self.queue())

    async def _tick(self) -> None:
        """Tells where the song is, while it moves: not where it waits for a listener or for more of itself."""
        last = -1.0
        while True:
            await anyio.sleep(TICK_S)
            now = self.conductr.bus.look(BROWSER_ROOM)
            if now is None or not self._pages or now.position_s == last:
                continue
            self._send("position", {"position_s": round(now.position_s, 2), "state": now.session.state.value})
            last = now.position_s

    def _send(self, name: str, data: Json) -> None:
        event = _event(name, data)
        for page in self._pages:
            page.offer(event)


def _event(name: str, data: Json) -> str:
    return f"event: {name}\ndata: {dumps(data, separators=(',', ':'))}\n\n"
