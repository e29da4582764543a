"""The line to PostgreSQL breaks at each byte of a COMMIT and of its answer: what became of it can be looked up."""

from __future__ import annotations

from collections import Counter
from itertools import cycle, islice

import pytest
from support.proving import proof, scaled
from support.rows import reading
from support.wire_proxy import COMMIT, Break, Cut, Direction, WireProxy, before_postgres
from support.world import World, check_world

from conductr_store import CommitUnsure, QueueSnapshot, Store, StoreUnavailable
from conductr_store.testing import A_GUILD, put_people

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.service, pytest.mark.timeout(900)]

TRIALS = 66
ANSWER_BYTES = 18  # CommandComplete "COMMIT" and ReadyForQuery (PostgreSQL's protocol, 53.7)
HOWS: tuple[Break, ...] = ("close", "reset")
PLACES: tuple[tuple[Direction, int], ...] = (("request", len(COMMIT)), ("reply", ANSWER_BYTES))
ALL = [Cut(way, after, at=COMMIT, how=how) for how in HOWS for way, last in PLACES for after in range(last + 1)]
ACCOUNT = "guild:11:day"


async def write(store: Store, name: str) -> int:
    """A command and a reservation in one transaction; again under the same name, they change nothing."""
    async with store.begin() as tx:
        await tx.ledger.reserve(ACCOUNT, 1, name)
        snapshot = QueueSnapshot(A_GUILD.id, 0, 0.0, {"last": name})
        return await tx.queues.record(A_GUILD.id, command_id=name, kind="add", data={"item": name}, snapshot=snapshot)


async def is_there(url: str, name: str) -> bool:
    async with reading(url) as look:
        events = await look.rows(f"SELECT 1 FROM queue_events WHERE command_id = '{name}'")
        entries = await look.rows(f"SELECT 1 FROM ledger_entries WHERE ref = '{name}'")
    assert len(events) == len(entries), "half of a transaction is there"
    return bool(events)


async def cut_once(proxy: WireProxy, store: Store, direct: str, cut: Cut, name: str) -> tuple[str, list[str]]:
    """What the writer was told, and what is wrong with it."""
    proxy.set(cut)
    try:
        await write(store, name)
        told = "committed"
    except CommitUnsure:
        told = "unsure"
    except StoreUnavailable:
        told = "unavailable"
    proxy.cut = None
    kept = await is_there(direct, name)
    whole = cut.direction == "reply" or cut.after == len(COMMIT)  # of the order, as the server has it
    found = [f"{cut}: the server has {kept}, and had the whole order {whole}"] if kept != whole else []
    if told == "committed" and not kept:
        found.append(f"{cut}: called committed, and it is not there")
    if told == "unavailable":
        found.append(f"{cut}: it broke at the commit, and nobody said that it is unsure")
    return told, found


async def test_whatever_byte_of_a_commit_is_the_last_it_is_known_or_can_be_looked_up(bare_postgres: str) -> None:
    told: Counter[str] = Counter()
    said: list[tuple[str, ...]] = []
    with proof("commit-cuts", "Cut at any byte of COMMIT or its answer, it is applied once or not at all.") as run:
        async with before_postgres(bare_postgres) as (proxy, url), Store.open(url) as store:
            async with store.begin() as tx:
                await put_people(tx)
                await tx.ledger.ensure(ACCOUNT, 1_000_000)
            for number, cut in enumerate(islice(cycle(ALL), scaled(TRIALS, TRIALS))):
                name = f"command-{number}"
                word, found = await cut_once(proxy, store, bare_postgres, cut, name)
                version = await write(store, name)  # the look-up: it gives the version that was made, or makes it
                told[word] += 1
                said += [("queue", str(A_GUILD.id), name, str(version)), ("reserved", name)]
                run.tried(found)
            run.failures += await check_world(World(bare_postgres, said=tuple(said)))
        assert proxy.cuts_made == run.trials
        run.figures |= {"engine": "postgresql", "bytes": len(ALL) // len(HOWS), "told": dict(told)}
