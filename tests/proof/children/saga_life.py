"""A life of a whole Conductr: it asks for songs, plays them, and brings on what earlier lives left unfinished."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import anyio
import httpx
from support.lives import bear, say
from support.suno import Suno, settings_for

from conductr import Caller, Conductr, Wish, open_conductr
from conductr.messages import ToPlayer
from conductr_player import Enqueue, Entry, EntryId, Track, TrackId, UserId
from conductr_player.testing import ListSink
from conductr_store import LeaseLost
from conductr_store.faults import passed
from conductr_store.testing import memory_store, put_people

FINAL = frozenset({"finished", "refused", "failed", "unknown"})
LOOK_AGAIN_S = 0.3
LEASE_S = 1.0  # what a dead life held is free so soon


async def at_rest(conductr: Conductr, guilds: list[int]) -> None:
    """Wait until every wish of the guilds has come to its end."""
    async with conductr.bus.subscribe() as events:
        for guild in guilds:
            while any(view.state not in FINAL for view in await conductr.generations.recent(guild, limit=100)):
                with anyio.move_on_after(LOOK_AGAIN_S):
                    await anext(events)


async def carry_callbacks(conductr: Conductr, suno: str, world: str) -> None:
    """Hand in each callback of this world's wishes, twice, as a gateway that cannot reach us by itself would."""
    carried: set[str] = set()
    async with httpx.AsyncClient(base_url=suno, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as http:  # none is read
        while True:
            booked = (await http.get("/_sandbox/ledger")).json()["submissions"]
            for row in booked:
                nonce = str(row["request"].get("callBackUrl", "")).rpartition("/")[2]
                ours = str(row["request"].get("prompt", "")).startswith(f"{world} ")
                if ours and row["taskId"] not in carried:
                    carried.add(row["taskId"])
                    told = {"callbackType": "complete", "task_id": row["taskId"], "data": []}
                    body = json.dumps({"code": 200, "msg": "done", "data": told}).encode()
                    for _ in range(2):
                        await conductr.callbacks.receive(nonce, body)
            await anyio.sleep(LOOK_AGAIN_S)


async def live(
    url: str,
    folder: str,
    suno: list[str],
    wishes: dict[str, int],
    guilds: list[int],
    room: bool = False,
    callbacks: bool = False,
    wait: bool = True,
    linger_s: float = 0.0,
) -> None:
    """Ask for `wishes` (a prompt and its guild each), then wait until all of `guilds` are at rest, and a while more."""
    public = "http://127.0.0.1:9" if callbacks else None  # where nobody listens: they are carried by hand
    settings = settings_for(
        Path(folder), Suno(*suno), database_url=url, suno_poll_s=0.05, public_url=public, lease_s=LEASE_S
    )
    async with open_conductr(settings) as conductr, anyio.create_task_group() as group:
        if callbacks:
            world = next(iter(wishes)).rpartition(" ")[0]  # what all its prompts begin with
            group.start_soon(carry_callbacks, conductr, suno[0], world)
        if room:
            for guild in guilds:
                await conductr.host.open_room(guild, ListSink(), 5, "lounge", guild_name="Test guild")
        for prompt, guild in wishes.items():
            caller = Caller(guild, "Ada", guild, "Test guild", voice_channel_id=5)
            try:
                view = await conductr.generations.start(caller, Wish(prompt), prompt)
            except LeaseLost:  # another process has it in hand
                say("lost", "LeaseLost")
                continue
            say("generation", view.id)
            if room:
                await command(conductr, guild, f"command {prompt}")
        if wait:
            await at_rest(conductr, guilds)
            await anyio.sleep(linger_s)
        for name, times in passed().items():
            say("passed", name, times)
        say("lived")
        group.cancel_scope.cancel()


async def command(conductr: Conductr, guild: int, name: str) -> None:
    """A person's command, which stands in the queue's log before it is acknowledged. Its song is gone by then."""
    entry = Entry(EntryId(f"of {name}"), Track(TrackId("none"), "A song that was deleted", None), UserId(guild))
    await conductr.bus.send(ToPlayer(guild, Enqueue((entry,)), command_id=name))
    say("commanded", name.replace(" ", "_"))


async def warm() -> None:
    async with memory_store() as store, store.begin() as tx:
        await put_people(tx)


if __name__ == "__main__":
    bear(live, warm)
