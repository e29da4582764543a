"""Events reach all who listen; who lags loses the oldest and holds up nobody."""

from __future__ import annotations

import pytest

from conductr.bus import BACKLOG, LocalBus
from conductr.errors import PlayerUnreachable
from conductr.messages import SessionChanged, ToPlayer
from conductr_player import Pause

pytestmark = pytest.mark.anyio


async def test_everybody_who_listens_hears_an_event() -> None:
    bus = LocalBus()
    async with bus.subscribe() as one, bus.subscribe() as other:
        bus.publish(SessionChanged(1, 1))
        assert await anext(one) == await anext(other) == SessionChanged(1, 1)


async def test_who_lags_loses_the_oldest() -> None:
    bus = LocalBus()
    async with bus.subscribe() as events:
        for seq in range(BACKLOG + 10):
            bus.publish(SessionChanged(1, seq))
        assert await anext(events) == SessionChanged(1, 10)


async def test_who_left_is_forgotten() -> None:
    bus = LocalBus()
    async with bus.subscribe():
        pass
    bus.publish(SessionChanged(1, 1))  # nobody hears it, nothing breaks


async def test_a_command_without_an_owner_is_refused() -> None:
    with pytest.raises(PlayerUnreachable):
        await LocalBus().send(ToPlayer(7, Pause()))
