"""Tracks as a guild hears them: opened, and rendered where its sound is not plain."""

from __future__ import annotations

import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, runtime_checkable

from attrs import define, evolve, frozen

from conductr_player.core.sound import PLAIN, Sound
from conductr_player.core.tracks import Track
from conductr_player.pacing.orders import Lead
from conductr_player.packets.opus import FRAME_S
from conductr_player.packets.sources import PacketSource

from .bridges import Patience, Spot, blend, fade_out

OpenTrack = Callable[[Track], Awaitable[PacketSource]]
THE_END: Final = sys.maxsize  # an index that no source reaches: `reached` waits until no more will come

_log = logging.getLogger(__name__)


class Renders(Protocol):
    """Makes renditions: `render.Renditions`, or what stands in for it."""

    async def of(self, source: PacketSource, sound: Sound, from_index: int = 0) -> PacketSource:
        """`source` as `sound` has it; it may still grow. `from_index` counts in the rendition, and is in it."""
        ...


@runtime_checkable
class _Grows(Protocol):
    async def wait_beyond(self, index: int) -> None: ...


async def reached(source: PacketSource, index: int) -> bool:
    """Wait until packet `index` is there (True), or no more will come (False)."""
    if isinstance(source, _Grows):
        await source.wait_beyond(index)
    return has(source, index)


def has(source: PacketSource, index: int) -> bool:
    return source.first <= index < len(source)


@frozen
class Opened:
    """A track that can be played."""

    source: PacketSource  # as it is
    heard: PacketSource  # as the guild hears it
    sound: Sound  # that it was made for

    @property
    def is_rendered(self) -> bool:
        return self.heard is not self.source

    def index_at(self, position_s: float) -> int:
        return max(0, round(position_s / FRAME_S / self.heard.speed))

    def has(self, position_s: float) -> bool:
        """It can be played from there at once; beyond the end is the end."""
        index = self.index_at(position_s)
        return has(self.heard, index) or (self.heard.complete and self.heard.first <= index)


@define(eq=False)
class Studio:
    """Knows how a guild wants to hear. Without `renditions` all is heard as it is."""

    renditions: Renders | None
    patience: Patience
    sound: Sound = PLAIN

    async def fade(self, spot: Spot | None) -> Lead | None:
        """From what is heard to silence, if anything is heard."""
        return await fade_out(spot, self.sound.bitrate_kbits, self.patience.fade_s) if spot is not None else None

    async def blend(self, spot: Spot | None, opened: Opened, position_s: float) -> Lead | None:
        """From what is heard into what comes, if anything is heard."""
        if spot is None:
            return None
        into = Spot(opened.heard, opened.index_at(position_s))
        return await blend(spot, into, self.sound.bitrate_kbits, self.patience.blend_s)

    @property
    def wanted(self) -> Sound:
        """What of the sound a rendition has in it."""
        return PLAIN if self.renditions is None else evolve(self.sound, crossfade_s=0.0)

    @property
    def crossfade_packets(self) -> int:
        return 0 if self.renditions is None else round(self.sound.crossfade_s / FRAME_S)

    async def render(self, source: PacketSource, at: Callable[[], float]) -> Opened:
        """`source` in the sound that is wanted when this returns; playable from the position `at` on, soon.

        What cannot be rendered is heard as it is.
        """
        while True:
            sound, position_s = self.wanted, at()
            heard = await self._of(source, sound, round(position_s / FRAME_S / sound.total_speed))
            begins_late = heard.first > Opened(source, heard, sound).index_at(at())
            if sound == self.wanted and not begins_late:
                return Opened(source, heard, sound)

    async def _of(self, source: PacketSource, sound: Sound, from_index: int) -> PacketSource:
        if self.renditions is None or sound.is_plain:
            return source
        try:
            return await self.renditions.of(source, sound, from_index)
        except Exception:  # noqa: BLE001 - logged; better heard as it is than not at all
            _log.exception("a track cannot be rendered, and is heard as it is")
            return source
