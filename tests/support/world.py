"""check_world: what must hold after every fault, told as findings; no finding, and the world is whole.

The names of the oracles are those of the reliability plan (2.1): M1 M2 Q1 Q2 Q3 J1 J2 A1 A2 D1.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path

from attrs import field, frozen

from .rows import Reading, reading
from .world_files import file_findings
from .world_queues import Replay, queue_findings

Said = tuple[str, ...]
Oracle = Callable[["World", Reading], AsyncIterator[str]]


@frozen
class Submission:
    """What a gateway has accepted, by its own books."""

    task_id: str
    prompt: str


@frozen
class World:
    """A database, its files, what clients were told, and what the gateway has booked.

    `said` holds acknowledgements, each a kind and what it was of. `at_rest` says that nothing works on it any more.
    `anew` are prompts that a person has asked to be submitted again.
    """

    url: str
    media: Path | None = None
    said: tuple[Said, ...] = ()
    submissions: tuple[Submission, ...] | None = None
    at_rest: bool = False
    anew: Counter[str] = field(factory=Counter[str])
    replay: Replay | None = None

    def told(self, kind: str) -> list[Said]:
        return [words[1:] for words in self.said if words[0] == kind]


async def check_world(world: World) -> list[str]:
    """Every breach that is found."""
    found: list[str] = []
    async with reading(world.url) as look:
        if not await look.has_table("alembic_version"):  # killed before there was a schema
            return ["D1: the schema is gone"] if world.said else []
        for oracle in ORACLES:
            try:
                found += [finding async for finding in oracle(world, look)]
            except sqlite3.DatabaseError as error:
                return [f"D1: {error}"]
        if world.media is not None:
            found += [finding async for finding in file_findings(look, world.media, at_rest=world.at_rest)]
        found += [finding async for finding in queue_findings(look, world.told("queue"), world.replay)]
    return found


async def _d1_the_database_is_whole(world: World, look: Reading) -> AsyncIterator[str]:
    if look.sqlite:
        for row in await look.rows("PRAGMA integrity_check"):
            if row != {"integrity_check": "ok"}:
                yield f"D1: {row}"
        for row in await look.rows("PRAGMA foreign_key_check"):
            yield f"D1: a row without the one that it belongs to: {row}"
    heads = await look.rows("SELECT version_num FROM alembic_version")
    if len(heads) != 1:
        yield f"D1: the schema has {len(heads)} versions"


async def _d1_what_was_acknowledged_is_there(world: World, look: Reading) -> AsyncIterator[str]:
    for kind, query in KEPT.items():
        if told := {key for key, *_ in world.told(kind)}:
            kept = {str(row["key"]) for row in await look.rows(query)}
            for lost in sorted(told - kept):
                yield f"D1: {kind} {lost} was acknowledged and is not there"


KEPT: Mapping[str, str] = {
    "generation": "SELECT id AS key FROM generations",
    "song": "SELECT id AS key FROM songs",
    "ready": "SELECT id AS key FROM songs WHERE state = 'ready'",
    "attempt": "SELECT id AS key FROM generation_attempts",
    "task": "SELECT task_id AS key FROM generation_attempts WHERE state = 'accepted'",
    "file": "SELECT key FROM media_files WHERE state = 'ready'",
    "job": "SELECT key FROM jobs",
    "job_done": "SELECT key FROM jobs WHERE state = 'done'",
    "commanded": "SELECT replace(command_id, ' ', '_') AS key FROM queue_events",
    "reserved": "SELECT ref AS key FROM ledger_entries WHERE kind = 'reserve'",
    "consumed": "SELECT ref AS key FROM ledger_entries WHERE kind = 'consume'",
    "released": "SELECT ref AS key FROM ledger_entries WHERE kind = 'release'",
    "notice": "SELECT dedupe AS key FROM notices",
    "sent": "SELECT dedupe AS key FROM notices WHERE message_id IS NOT NULL",
    "command": "SELECT id AS key FROM commands",
}


async def _m1_no_wish_was_submitted_twice(world: World, look: Reading) -> AsyncIterator[str]:
    if world.submissions is None:
        return
    for prompt, times in Counter(each.prompt for each in world.submissions).items():
        if times > 1 + world.anew[prompt]:
            yield f"M1: {prompt!r} was submitted {times} times"
    attempts = await look.rows(
        "SELECT a.task_id, a.state, g.prompt FROM generation_attempts a JOIN generations g ON g.id = a.generation_id"
    )
    begun = Counter(row["prompt"] for row in attempts)
    for prompt, times in Counter(each.prompt for each in world.submissions).items():
        if times > begun[prompt]:
            yield f"M1: {prompt!r} was submitted {times} times, {begun[prompt]} attempts were written before"
    booked = {each.task_id: each.prompt for each in world.submissions}
    accepted = set(booked.values())
    for row in attempts:
        if row["task_id"] and booked.get(row["task_id"]) != row["prompt"]:
            yield f"M1: the attempt for {row['prompt']!r} holds another's task"
        refused = row["state"] in ("rejected", "not_accepted")
        if refused and row["prompt"] in accepted and begun[row["prompt"]] == 1:
            yield f"M1: {row['prompt']!r} is called {row['state']}, and was accepted"


async def _m2_quota_is_conserved(world: World, look: Reading) -> AsyncIterator[str]:
    written: Counter[tuple[str, str]] = Counter()
    sums = "SELECT account, kind, sum(amount) AS amount FROM ledger_entries GROUP BY account, kind"
    for row in await look.rows(sums):
        written[row["account"], row["kind"]] = int(row["amount"])
    for row in await look.rows("SELECT * FROM ledger_accounts"):
        grant, reserve, consume, release, refund = (
            written[row["account"], kind] for kind in ("grant", "reserve", "consume", "release", "refund")
        )
        should = {
            "granted": row["base"] + grant,
            "reserved": reserve - consume - release,
            "consumed": consume - refund,
        }
        should["available"] = should["granted"] - should["reserved"] - should["consumed"]
        for name, amount in should.items():
            if row[name] != amount:
                yield f"M2: {row['account']} says {name} {row[name]}, its entries {amount}"


async def _m2_a_ref_is_settled_once(world: World, look: Reading) -> AsyncIterator[str]:
    both = "SELECT ref FROM ledger_entries WHERE kind IN ('consume', 'release') GROUP BY ref, account, line"
    for row in await look.rows(f"{both} HAVING count(*) > 1"):
        yield f"M2: {row['ref']} was both consumed and released"


async def _m2_what_is_reserved_belongs_to_a_wish_under_way(world: World, look: Reading) -> AsyncIterator[str]:
    """For refs of generations alone: a row that holds one is unfinished, or may have been paid for."""
    wishes = await look.rows("SELECT quota_ref FROM generations WHERE quota_ref IS NOT NULL")
    held = {row["quota_ref"] for row in wishes}
    reserved = "SELECT DISTINCT ref FROM ledger_entries WHERE kind = 'reserve' AND ref LIKE 'gen:%'"
    settled = "SELECT ref FROM ledger_entries WHERE kind IN ('consume', 'release')"
    open_refs = await look.rows(f"{reserved} AND ref NOT IN ({settled})")
    for ref in sorted({row["ref"] for row in open_refs} ^ held):
        yield f"M2: {ref} is {'held by a wish but not reserved' if ref in held else 'reserved for no wish'}"


async def _j1_every_job_has_a_future(world: World, look: Reading) -> AsyncIterator[str]:
    for row in await look.rows("SELECT * FROM jobs"):
        name = f"J1: job {row['kind']} {row['key']}"
        if row["state"] not in ("waiting", "running", "done", "failed"):
            yield f"{name} is {row['state']}"
        if row["state"] == "running" and (row["lease_owner"] is None or row["lease_until"] is None):
            yield f"{name} runs without a lease"
        if row["state"] in ("done", "failed") and row["lease_owner"] is not None:
            yield f"{name} is over and still leased"
        drained = world.at_rest and world.submissions is None  # hints of a gateway may wait for the next process
        if drained and row["state"] in ("waiting", "running"):
            yield f"{name} is left {row['state']}"


async def _j2_nothing_is_tried_too_often(world: World, look: Reading) -> AsyncIterator[str]:
    for row in await look.rows("SELECT kind, key FROM jobs WHERE attempt > max_attempts"):
        yield f"J2: job {row['kind']} {row['key']} was tried too often"
    live = "('submitting', 'accepted', 'unknown', 'needs_decision')"
    twice = f"SELECT generation_id FROM generation_attempts WHERE state IN {live} GROUP BY generation_id"
    for row in await look.rows(f"{twice} HAVING count(*) > 1"):
        yield f"J2: generation {row['generation_id']} has two attempts that may be paid for"
    numbers = "SELECT generation_id, count(*) AS n, max(number) AS last FROM generation_attempts GROUP BY generation_id"
    for row in await look.rows(numbers):
        if row["n"] != row["last"]:
            yield f"J2: the attempts of generation {row['generation_id']} are not numbered from 1 on"
    if world.at_rest and world.submissions is not None:
        for row in await look.rows("SELECT id FROM generation_attempts WHERE state = 'submitting'"):
            yield f"J2: attempt {row['id']} is left submitting"


ORACLES: Iterable[Oracle] = (
    _d1_the_database_is_whole,
    _d1_what_was_acknowledged_is_there,
    _m1_no_wish_was_submitted_twice,
    _m2_quota_is_conserved,
    _m2_a_ref_is_settled_once,
    _m2_what_is_reserved_belongs_to_a_wish_under_way,
    _j1_every_job_has_a_future,
    _j2_nothing_is_tried_too_often,
)
