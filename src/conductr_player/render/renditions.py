"""All renditions of a process: made in worker threads, shared by the guilds, given up when nobody holds them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from math import ceil
from pathlib import Path
from typing import Final, Self, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary, finalize, ref

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup
from attrs import define, evolve, field, frozen

from conductr_player._loops import CallSoon, caller_into_this_loop
from conductr_player.core.sound import Sound
from conductr_player.core.tracks import FILE_WITHIN_S
from conductr_player.errors import SourceError
from conductr_player.packets.opus import FRAME_S
from conductr_player.packets.sources import IndexedPackets, LivePackets, PacketSource, between

from .kept import Kept
from .names import mark_of, name_of
from .renderer import Renderer
from .rendition import Rendition
from .shelf import Shelf
from .turns import Turns

BEGINNING: Final = 24  # packets of the first chunk: a tenth of a second after what leads the codecs in
CHUNK: Final = 50  # packets: a second of sound, about 8 ms of a core
HEAD_START_S: Final = 10.0  # of sound that is rendered as fast as it can be
LOOK_S: Final = 0.25
PACE: Final = 10.0  # seconds of sound a second, after that: a song takes some 7 % of a core for 20 s

_log = logging.getLogger(__name__)
T = TypeVar("T")
Whose = ref[Rendition]


@frozen
class _Job:
    """`name` is None where it is not to be kept: begun in the middle, or of a song that was still growing."""

    source: PacketSource
    sound: Sound
    first: int
    name: str | None


@define(eq=False)
class Renditions:
    """Used with `async with`. It owns its tasks and threads; what it gave out breaks off when it ends.

    Whole renditions of finished songs are kept: `memory_bytes` of them, or in `folder`, `folder_bytes`.
    """

    memory_bytes: int = 64 << 20
    folder: Path | None = None
    folder_bytes: int = 1 << 30
    workers: int = field(factory=lambda: os.cpu_count() or 1)

    _tasks: TaskGroup = field(init=False)
    _call_soon: CallSoon = field(init=False)
    _turns: Turns = field(init=False)
    _threads: anyio.CapacityLimiter = field(init=False)  # no more of ours, however many ask
    _readers: anyio.CapacityLimiter = field(init=False)
    _kept: Kept = field(init=False)
    _whole: WeakValueDictionary[tuple[str, Sound], Rendition] = field(init=False, factory=WeakValueDictionary)
    _marks: WeakKeyDictionary[PacketSource, str] = field(init=False, factory=WeakKeyDictionary)
    _numbers: count[int] = field(init=False, factory=count)

    async def __aenter__(self) -> Self:
        self._call_soon = caller_into_this_loop()
        self._turns = Turns(self.workers)
        self._threads, self._readers = anyio.CapacityLimiter(self.workers), anyio.CapacityLimiter(self.workers)
        shelf = Shelf(self.folder, self.folder_bytes) if self.folder else None
        if shelf is not None:
            await anyio.to_thread.run_sync(shelf.open, limiter=self._readers)
        self._kept = Kept(self.memory_bytes, shelf, self._readers)
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(self, *_raised: object) -> None:
        self._tasks.cancel_scope.cancel()
        await self._tasks.__aexit__(None, None, None)  # what was raised goes on as it is, not in a group

    async def of(self, source: PacketSource, sound: Sound, from_index: int = 0) -> PacketSource:
        """`source` as `sound` has it, with packet `from_index` (of the rendition) in it or coming soon.

        A plain sound is the source itself. What comes back may still grow, and may begin before `from_index`. Hold it
        as long as it may be played: what nobody holds is given up. What goes wrong later is its `error`.
        """
        if sound.is_plain:
            return source
        sound, finished = evolve(sound, crossfade_s=0.0), source.complete
        mark = await self._mark_of(source, finished=finished)
        key, name = (mark, sound), name_of(mark, sound)
        found = self._shared(key, from_index)
        if found is not None:
            self._kept.touch(name)
        elif finished:
            found = await self._kept.get(name, sound.total_speed) or self._shared(key, from_index)
        if found is not None:
            self._whole[key] = found
            return found
        whole = from_index == 0
        found = Rendition(first=from_index, speed=sound.total_speed)
        if whole:
            self._whole[key] = found
        self._begin(found, _Job(source, sound, from_index, name if finished and whole else None))
        return found

    def _shared(self, key: tuple[str, Sound], from_index: int) -> Rendition | None:
        """A whole one that another guild holds, unless it has not come so far yet."""
        whole = self._whole.get(key)
        usable = whole is not None and whole.error is None and (from_index == 0 or len(whole) > from_index)
        return whole if usable else None

    async def _mark_of(self, source: PacketSource, *, finished: bool) -> str:
        """What tells songs apart: a finished one's packets, a growing one's self."""
        if finished:
            mark = self._marks.get(source) if isinstance(source, IndexedPackets) else None
            mark = mark or await anyio.to_thread.run_sync(mark_of, source, limiter=self._readers)
        else:
            mark = self._marks.get(source) or f"growing {next(self._numbers)}"
        self._marks[source] = mark
        return mark

    def _begin(self, rendition: Rendition, job: _Job) -> None:
        scope = anyio.CancelScope()
        # The last who holds it may be the pacer's thread.
        finalize(rendition, self._give_up, scope).atexit = False
        self._tasks.start_soon(self._render, ref(rendition), scope, job)

    def _give_up(self, scope: anyio.CancelScope) -> None:
        with suppress(RuntimeError):  # the loop is over, and the work with it
            self._call_soon(scope.cancel)

    async def _render(self, whose: Whose, scope: anyio.CancelScope, job: _Job) -> None:
        with scope:
            try:
                await self._fill(whose, job)
            except anyio.get_cancelled_exc_class():
                _fail(whose, SourceError("the rendition was given up"))
                raise
            except Exception as error:  # noqa: BLE001 - it is this rendition's end, and nobody else's
                _log.warning("a rendition broke off: %r", error)
                _fail(whose, error.with_traceback(None))  # else the codecs live as long as the error

    async def _work(self, deadline: float, todo: Callable[[], T]) -> T:
        """In a worker thread, when it is its turn. Cancelled, it ends with the chunk."""
        async with self._turns.turn(deadline):
            return await anyio.to_thread.run_sync(todo, limiter=self._threads)

    async def _fill(self, whose: Whose, job: _Job) -> None:
        """Chunk by chunk; in between others have their turn. The rendition itself is not held while it waits."""
        begun, made = anyio.current_time(), 0
        renderer = await self._work(begun, partial(Renderer, job.sound, job.first))
        at, step = renderer.reads_from, ceil(max(1.0, job.sound.total_speed))
        while (ready := await _ready(whose, job.source, at)) > 0:
            await anyio.sleep_until(begun + max(0.0, made * FRAME_S - HEAD_START_S) / PACE)
            ready = min(ready, step * (CHUNK if made else BEGINNING))
            packets = await self._work(begun + made * FRAME_S, partial(_render_some, renderer, job.source, at, ready))
            at, made = at + ready, made + len(packets)
            if (rendition := whose()) is not None:
                rendition.extend(packets)
            del rendition
        packets = await self._work(begun + made * FRAME_S, partial(renderer.end, len(job.source)))
        if (rendition := whose()) is not None:
            rendition.extend(packets)
            rendition.finish()
            if job.name is not None:
                await self._kept.put(job.name, rendition)


async def _ready(whose: Whose, source: PacketSource, at: int) -> int:
    """How many packets are there from `at` on, once there are some; 0 at the end.

    A growing source that broke off may be rescued by its finished file, and is looked after for as long.
    Raises SourceError when that is over.
    """
    broken_at: float | None = None
    while True:
        complete = source.complete  # before the length: it may become complete in between
        ready = len(source) - at
        if ready > 0 or complete:
            return max(0, ready)
        if (error := source.error) is None:
            broken_at = None
            if not isinstance(source, LivePackets):
                raise SourceError("a source that still grows, but cannot be waited for")
            await source.wait_beyond(at)
            continue
        now = anyio.current_time()
        broken_at = now if broken_at is None else broken_at
        _fail(whose, error)
        if now >= broken_at + FILE_WITHIN_S:
            raise SourceError("the stream that is rendered broke off") from error
        await anyio.sleep(LOOK_S)


def _fail(whose: Whose, error: Exception) -> None:
    if (rendition := whose()) is not None:
        rendition.fail(error)


def _render_some(renderer: Renderer, source: PacketSource, start: int, count: int) -> list[bytes]:
    packets = [packet for packet in between(source, start, start + count) if packet is not None]
    if len(packets) < count:
        raise SourceError(f"a source of {len(source)} packets gave {len(packets)} of {count} from {start} on")
    return renderer.take(packets)
