"""Server-sent events: all at once on connecting, then each change; and a page that lags catches up."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
from web.browser import Visitor
from web.studio import WAIT_S

from conductr import Conductr
from conductr.messages import SessionChanged, SongReady
from conductr_player.outputs.broadcast import Broadcast, Form
from conductr_web.errors import TooManyOpen
from conductr_web.live import BACKLOG, PAGE_LIMIT, Live

pytestmark = pytest.mark.anyio


@pytest.fixture
async def live(conductr: Conductr) -> AsyncIterator[Live]:
    live = Live(conductr, Broadcast())
    async with live.running():
        yield live


def read(event: str) -> tuple[str, dict[str, Any]]:
    lines = [line for line in event.splitlines() if line and not line.startswith("retry:")]
    return lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))


async def next_named(stream: AsyncIterator[str], name: str) -> dict[str, Any]:
    with anyio.fail_after(WAIT_S):
        async for event in stream:
            if (got := read(event))[0] == name:
                return got[1]
    raise AssertionError("the stream ended")


async def test_a_page_gets_everything_on_connecting(live: Live) -> None:
    stream = await live.events()
    name, data = read(await anext(stream))
    assert name == "snapshot"
    assert data["queue"]["guild"] == "0"
    assert data["generations"] == []
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator


async def test_a_song_in_the_making_is_told_step_by_step(live: Live, visitor: Visitor) -> None:
    stream = await live.events()
    await anext(stream)
    made = await (await visitor.wish("ambient steps")).get_json()
    states: list[str] = []
    while "finished" not in states:
        told = await next_named(stream, "generation")
        if told["id"] == made["id"] and told["state"] not in states:
            states.append(told["state"])
    order = ["requested", "submitting", "submitted", "composing", "playable", "finished"]
    assert states == sorted(states, key=order.index)
    assert {"submitted", "playable", "finished"} <= set(states)
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator


async def test_a_listener_who_comes_is_told(live: Live) -> None:
    stream = await live.events()
    await anext(stream)
    sound = await live.broadcast.listen(Form.WEBM)
    await anext(sound)
    assert (await next_named(stream, "queue"))["listeners"] == 1
    await sound.aclose()  # type: ignore[attr-defined]  # an async generator
    assert (await next_named(stream, "queue"))["listeners"] == 0
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator


async def test_a_page_that_lags_gets_a_snapshot_instead(live: Live) -> None:
    stream = await live.events()
    await anext(stream)
    for _ in range(BACKLOG + 8):
        live._send("library", {})
    name, _ = read(await anext(stream))
    assert name == "snapshot"
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator


async def test_other_rooms_are_not_told_of(live: Live, conductr: Conductr) -> None:
    stream = await live.events()
    await anext(stream)
    conductr.bus.publish(SessionChanged(81384788765712384, 1))
    conductr.bus.publish(SongReady(0, "a-song"))
    assert read(await anext(stream)) == ("library", {"song_id": "a-song"})
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator


async def test_there_is_a_limit_to_pages(live: Live) -> None:
    streams = [await live.events() for _ in range(PAGE_LIMIT)]
    for stream in streams:
        await anext(stream)
    with pytest.raises(TooManyOpen):
        await live.events()
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]  # an async generator


async def test_streams_end_when_the_server_closes(live: Live) -> None:
    stream = await live.events()
    await anext(stream)
    live.close()
    assert [event async for event in stream] == []
