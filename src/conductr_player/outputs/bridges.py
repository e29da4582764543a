"""Fades and blends for a line, made in worker threads in good time, or not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

import anyio
import anyio.to_thread
from attrs import frozen

from conductr_player.errors import SourceError
from conductr_player.pacing.orders import Lead
from conductr_player.packets.sources import PacketSource, between

FADE_PACKETS: Final = 8  # 160 ms: of a pause, of a stop
BLEND_PACKETS: Final = 3  # 60 ms: of a skip, of a seek
PRE_ROLL: Final = 4  # packets from which a decoder learns how things stand

Packets = tuple[bytes, ...]
_log = logging.getLogger(__name__)


@frozen
class Patience:
    """How long is waited for a bridge before it is done without one: Opus itself blends at a cut, over some 80 ms.

    A pause and a stop wait for their fade. A skip and a seek do not: they are told to the line at once, and
    their blend is heard if it is ready before the next tick. Only the guild's next wish waits for it.
    """

    fade_s: float = 0.02
    blend_s: float = 0.01


@frozen
class Spot:
    """A place in a source."""

    source: PacketSource
    index: int

    def before(self) -> Packets:
        return packets_of(self.source, max(self.source.first, self.index - PRE_ROLL), self.index)

    def after(self, count: int) -> Packets:
        """Fewer at the end of what is there."""
        return packets_of(self.source, self.index, self.index + count)


def packets_of(source: PacketSource, start: int, stop: int) -> Packets:
    found = between(source, max(start, source.first), min(stop, len(source)))
    return tuple(packet for packet in found if packet is not None)


async def fade_out(spot: Spot, kbits: int, within_s: float) -> Lead | None:
    """What sounds from there on falls to silence. None: it cannot be had in time."""
    return await _within(within_s, spot.index, partial(_fade_out, spot, kbits))


async def blend(spot: Spot, into: Spot, kbits: int, within_s: float) -> Lead | None:
    """What sounds goes over into what comes. None: it cannot be had in time."""
    return await _within(within_s, spot.index, partial(_blend, spot, into, kbits))


async def cross(source: PacketSource, follower: PacketSource, count: int, kbits: int) -> Packets:
    """The last `count` packets of one fade into the first of the other; both must be there. Raises SourceError."""
    return await anyio.to_thread.run_sync(_cross, source, follower, count, kbits, abandon_on_cancel=True)


async def _within(seconds: float, from_index: int, make: Callable[[], Packets]) -> Lead | None:
    with anyio.move_on_after(seconds):
        try:
            packets = await anyio.to_thread.run_sync(make, abandon_on_cancel=True)
        except SourceError as error:
            _log.debug("no bridge: %s", error)
            return None
        return Lead(packets, from_index) if packets else None
    return None


def _fade_out(spot: Spot, kbits: int) -> Packets:
    from conductr_player.render import seams  # noqa: PLC0415 - heavy, and already there where renditions are made

    packets = spot.after(FADE_PACKETS)
    return seams.fade_out(spot.before(), packets, kbits=kbits) if packets else ()


def _blend(spot: Spot, into: Spot, kbits: int) -> Packets:
    from conductr_player.render import seams  # noqa: PLC0415 - as above

    leaving = spot.after(BLEND_PACKETS)
    coming = into.after(len(leaving) + 1)
    if not leaving or len(coming) < len(leaving):
        return ()
    return seams.blend(spot.before(), leaving, coming, in_before=into.before(), kbits=kbits)


def _cross(source: PacketSource, follower: PacketSource, count: int, kbits: int) -> Packets:
    from conductr_player.render import seams  # noqa: PLC0415 - as above

    end = Spot(source, len(source) - count)
    return seams.cross(end.before(), end.after(count), Spot(follower, 0).after(count + 1), kbits=kbits)
