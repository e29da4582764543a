"""A queue that is edited while nobody plays it: edits come one after another, and none is lost."""

from __future__ import annotations

import anyio
import pytest

from conductr import Caller, Conductr
from conductr.messages import ToPlayer
from conductr_player import Enqueue, Entry, EntryId, Track, TrackId, UserId

pytestmark = pytest.mark.anyio

EDITS = 12


@pytest.fixture
def database(url: str) -> str:
    return url


async def test_edits_at_the_same_time_are_all_kept(conductr: Conductr, caller: Caller) -> None:
    async def put(number: int) -> None:
        entry = Entry(
            EntryId(f"e{number}"), Track(TrackId(f"t{number}"), f"Song {number}", 3.0), UserId(caller.user_id)
        )
        await conductr.bus.send(ToPlayer(caller.guild_id, Enqueue((entry,))))

    async with anyio.create_task_group() as members:
        for number in range(EDITS):
            members.start_soon(put, number)
    queue = await conductr.playback.queue(caller.guild_id)
    assert {entry.entry_id for entry in queue.upcoming} == {f"e{number}" for number in range(EDITS)}
