"""Waiting for what Conductr tells: events, not time."""

from __future__ import annotations

import asyncio

import anyio

from conductr import Conductr, Event, GenerationChanged, GenerationView
from conductr_player.testing import ListSink

FINAL = frozenset({"finished", "refused", "failed", "unknown"})
WITHIN_S = 60.0


async def ended(conductr: Conductr, generation_id: str) -> GenerationView:
    """The generation once nothing more will happen to it."""
    async with conductr.bus.subscribe() as events:
        with anyio.fail_after(WITHIN_S):
            while (view := await conductr.generations.get(generation_id)).state not in FINAL:
                await anext(events)
    return view


async def state_reached(conductr: Conductr, generation_id: str, state: str) -> GenerationView:
    async with conductr.bus.subscribe() as events:
        with anyio.fail_after(WITHIN_S):
            while (view := await conductr.generations.get(generation_id)).state != state:
                assert view.state not in FINAL, view
                await anext(events)
    return view


def states(events: list[Event]) -> list[str]:
    return [event.state for event in events if isinstance(event, GenerationChanged)]


async def heard(sink: ListSink, count: int) -> None:
    """Wait until the sink has taken so many packets. It is called by the pacer's thread."""
    loop, enough = asyncio.get_running_loop(), asyncio.Event()

    def count_up(packet: bytes) -> None:
        if len(sink.sent) >= count:
            loop.call_soon_threadsafe(enough.set)

    sink.on_packet = count_up
    with anyio.fail_after(WITHIN_S):
        await enough.wait()
    sink.on_packet = None
