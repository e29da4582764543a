"""Oracles of queues: the log holds each acknowledged command once, replays to the snapshot, and knows one owner."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from .rows import Reading, Row

# From a queue's events, oldest first, to the `session` that its snapshot must hold.
Replay = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, Any]]


async def queue_findings(look: Reading, told: Sequence[Sequence[str]], replay: Replay | None) -> AsyncIterator[str]:
    """`told` are acknowledged commands, each with its guild, its id and the version that it made."""
    logs: defaultdict[int, list[Row]] = defaultdict(list)
    for row in await look.rows("SELECT * FROM queue_events ORDER BY guild_id, version"):
        logs[row["guild_id"]].append(row)
    kept = {row["guild_id"]: row for row in await look.rows("SELECT * FROM queues")}
    for guild, command, version in told:
        at = [row["version"] for row in logs[int(guild)] if row["command_id"] == command]
        if at != [int(version)]:
            yield f"Q1: command {command} was acknowledged as version {version}, and the log has it at {at}"
    for guild, log in logs.items():
        for finding in _of_one(guild, log, kept.get(guild)):
            yield finding
        if replay is not None and guild in kept:
            try:
                should = replay([_plain(row["data"]) for row in log])
            except (IndexError, KeyError) as error:
                yield f"Q2: the log of guild {guild} does not follow from itself: {error!r}"
            else:
                if _plain(kept[guild]["session"]) != should:
                    yield f"Q2: the queue of guild {guild} is not what its log comes to: {should}"


def _of_one(guild: int, log: list[Row], kept: Row | None) -> list[str]:
    """Without gaps from 1 on, as long as nothing was pruned; and never back to an older owner."""
    found: list[str] = []
    versions = [row["version"] for row in log]
    if versions != list(range(versions[0], versions[0] + len(versions))):
        found.append(f"Q1: the log of guild {guild} has gaps: {versions}")
    if kept is None or kept["version"] != versions[-1]:
        found.append(f"Q1: the snapshot of guild {guild} is not of the log's last version {versions[-1]}")
    epochs = [row["epoch"] for row in log if row["epoch"] is not None]
    if epochs != sorted(epochs):
        found.append(f"Q3: an owner that had lost guild {guild} wrote to its queue: epochs {epochs}")
    return found


def _plain(value: Any) -> Any:
    """JSON comes as text from both drivers where nobody has told them otherwise."""
    return json.loads(value) if isinstance(value, str) else value
