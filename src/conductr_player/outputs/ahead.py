"""What comes next, made ready while something else plays: opened, rendered, and cross-faded with it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from attrs import define, field

from conductr_player.core.tracks import Entry
from conductr_player.errors import SourceError
from conductr_player.pacing.orders import Follow, Unfollow
from conductr_player.pacing.pacers import LineLike
from conductr_player.packets.sources import PacketSource

from . import bridges
from ._latest import Latest
from .studio import THE_END, Opened, OpenTrack, Studio, reached

_log = logging.getLogger(__name__)


@define(eq=False)
class Ahead:
    """Tells the line what follows. `current` is what plays, if it is open."""

    line: LineLike
    studio: Studio
    open_track: OpenTrack
    current: Callable[[], Opened | None]
    work: Latest
    _entry: Entry | None = field(init=False, default=None)
    _source: PacketSource | None = field(init=False, default=None)
    _opened: Opened | None = field(init=False, default=None)

    def want(self, entry: Entry | None) -> None:
        self._forget()
        self._entry = entry
        self.line.give(Unfollow())
        if entry is not None:
            self.work.put(partial(self._prepare, entry))

    def again(self) -> None:
        """Make it ready anew: the sound changed, or what plays before it did."""
        if self._entry is not None:
            self.work.put(partial(self._prepare, self._entry))

    def remind(self) -> None:
        """The line was told to play something since, and forgot what follows."""
        if self._opened is not None:
            self.again()

    def take(self, entry: Entry | None) -> Opened | None:
        """What was made ready, if it is for this entry. Either way it is ahead no more."""
        opened = self._opened if self._entry is not None and entry is not None and self._entry.id == entry.id else None
        self._forget()
        return opened

    def _forget(self) -> None:
        self.work.put(None)
        self._entry = self._source = self._opened = None

    async def _prepare(self, entry: Entry) -> None:
        try:
            source = self._source = self._source or await self.open_track(entry.track)
        except Exception as error:  # noqa: BLE001 - its own play will tell, if it comes to that
            _log.info("track %s cannot be opened ahead: %s", entry.track.id, error)
            return
        opened = self._opened
        if opened is None or opened.sound != self.studio.wanted:
            opened = await self.studio.render(source, lambda: 0.0)
        if self._entry is entry:
            self._opened = opened
            self.line.give(Follow(entry.id, opened.heard))
            await self._cross(entry, opened)

    async def _cross(self, entry: Entry, opened: Opened) -> None:
        """Where both are whole and long enough; else the next just follows."""
        count, current = self.studio.crossfade_packets, self.current()
        if not count or current is None:
            return
        for source in (current.heard, opened.heard):
            await reached(source, THE_END)
            if not source.complete or len(source) - source.first <= 2 * count:
                return
        try:
            lead = await bridges.cross(current.heard, opened.heard, count, self.studio.sound.bitrate_kbits)
        except SourceError as error:
            _log.warning("no cross-fade into track %s: %s", entry.track.id, error)
            return
        self.line.give(Follow(entry.id, opened.heard, lead))
