"""A play whose track is open: where it stands, and its changes of place and of sound."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from attrs import define, evolve, field

from conductr_player.core.tracks import EntryId
from conductr_player.pacing.orders import Amend, Jump, Switch, Take
from conductr_player.pacing.pacers import LineLike
from conductr_player.packets.opus import FRAME_S
from conductr_player.packets.sources import PacketSource

from ._latest import Latest
from .bridges import Spot
from .studio import THE_END, Opened, Studio, has, reached

OBEYED_AFTER: Final = 3  # packets: by then a line has obeyed what it was told, wherever it is

_log = logging.getLogger(__name__)


@define(eq=False)
class Playing:
    """`begin` gives it to the line. `work` is done one at a time, and is cancelled by whoever begins another play."""

    line: LineLike
    studio: Studio
    work: Latest
    on_change: Callable[[], None]  # it is heard from another source than before
    play_id: int
    opened: Opened
    start_s: float  # at last, where it ended
    _sought: tuple[float, int | None] | None = field(init=False, default=None)  # and the `packets_sent` that it is for
    _far_s: float | None = field(init=False, default=None)  # where a seek goes that waits for its rendition

    @property
    def position_s(self) -> float:
        if self._sought is not None and (self._sought[1] is None or self.line.packets_sent < self._sought[1]):
            return self._sought[0]
        play_id, index = self.line.place
        return index * FRAME_S * self.line.speed if play_id == self.play_id else self.start_s

    def begin(self, entry_id: EntryId) -> None:
        self.line.give(Take(self.play_id, entry_id, self.opened.heard, self.opened.index_at(self.start_s)))
        self.tune()

    async def bridge(self, spot: Spot | None, opened: Opened, position_s: float) -> None:
        """Blend what is heard into what the line was told to play: it is heard if it is ready before the next tick."""
        lead = await self.studio.blend(spot, opened, position_s)
        if lead is not None:
            self.line.give(Amend(self.play_id, lead))

    def spot(self) -> Spot | None:
        """What is heard of it at this moment, if anything is."""
        if self.studio.renditions is None or self.line.speed != self.opened.heard.speed or self.line.waiting:
            return None
        play_id, index = self.line.place
        return Spot(self.opened.heard, index) if play_id == self.play_id and has(self.opened.heard, index) else None

    async def seek(self, position_s: float, *, heard: bool) -> None:
        """At once, if it can be played from there; else when its rendition is there, and until then it plays on."""
        position_s = _within(self.opened.source, position_s)
        if self.opened.sound == self.studio.wanted and self.opened.has(position_s):
            await self._jump(self.opened, position_s, heard=heard)
            self.tune()
        else:
            self._far_s, self._sought = position_s, (position_s, None)
            self.work.put(partial(self._seek_far, position_s))

    def tune(self) -> None:
        """Bring it into the sound that is wanted, and keep it playable."""
        if self._far_s is not None:
            self.work.put(partial(self._seek_far, self._far_s))
        elif self.opened.sound != self.studio.wanted:
            self.work.put(self._change)
        else:
            self.work.put(self._watch if self.opened.is_rendered else None)

    async def _change(self) -> None:
        opened = await self.studio.render(self.opened.source, lambda: self.position_s)
        while opened.is_rendered and not await reached(opened.heard, opened.index_at(self.position_s)):
            if opened.heard.complete:
                break
            if opened.heard.error is not None:
                _log.warning("a change of sound broke off: %s", opened.heard.error)
                opened = evolve(opened, heard=self.opened.heard)
                break
        self._switch(opened)
        await self._watch()

    async def _seek_far(self, position_s: float) -> None:
        opened = await self.studio.render(self.opened.source, lambda: position_s)
        await reached(opened.heard, opened.index_at(position_s))
        await self._jump(opened, position_s, heard=True)
        await self._watch()

    async def _jump(self, opened: Opened, position_s: float, *, heard: bool) -> None:
        spot = self.spot() if heard else None
        self.line.give(Jump(self.play_id, opened.heard, opened.index_at(position_s)))
        self._sought, self._far_s = (position_s, self.line.packets_sent + OBEYED_AFTER), None
        self._hear(opened)
        await self.bridge(spot, opened, position_s)

    def _switch(self, opened: Opened) -> None:
        self.line.give(Switch(self.play_id, opened.heard))
        self._hear(opened)

    def _hear(self, opened: Opened) -> None:
        before, self.opened = self.opened, opened
        if opened.heard is not before.heard:
            self.on_change()

    async def _watch(self) -> None:
        """A rendition that breaks off is left for the track as it is, if that is sound."""
        opened = self.opened
        await reached(opened.heard, THE_END)
        if opened.is_rendered and not opened.heard.complete and opened.source.error is None:
            _log.warning("a rendition broke off, and the track goes on as it is: %s", opened.heard.error)
            self._switch(evolve(opened, heard=opened.source))


def _within(source: PacketSource, position_s: float) -> float:
    """No further than a growing song has come; how far a finished one goes the line knows."""
    if source.complete:
        return max(0.0, position_s)
    return max(0.0, min(position_s, (len(source) - 1) * FRAME_S * source.speed))
