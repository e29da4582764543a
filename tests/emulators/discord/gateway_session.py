"""What the gateway remembers of one identified client, so that it can resume after a cut."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from attrs import Factory, define

from .wire import Wire

REPLAY_LIMIT = 2_000  # dispatches kept for a resume


@define(eq=False)
class Session:
    """One identify and all its resumes. `wire` is None while the client is away."""

    id: str
    intents: int
    shard: tuple[int, int]
    wire: Wire | None = None
    seq: int = 0
    ready: bool = False
    resumed: int = 0
    sent: deque[tuple[int, str]] = Factory(lambda: deque(maxlen=REPLAY_LIMIT))

    def dispatch(self, event: str, data: Any) -> None:
        """Sends now, or keeps for the resume."""
        self.seq += 1
        frame = json.dumps({"op": 0, "s": self.seq, "t": event, "d": data})
        self.sent.append((self.seq, frame))
        if self.wire is not None:
            self.wire.send(frame)

    def resume_on(self, wire: Wire, seen_seq: int) -> None:
        """Takes the new connection over and sends what the client has missed, then RESUMED."""
        if self.wire is not None and self.wire is not wire:
            self.wire.abort()
        self.wire = wire
        self.resumed += 1
        for seq, frame in self.sent:
            if seq > seen_seq:
                wire.send(frame)
        self.dispatch("RESUMED", {"_trace": ["emulator"]})

    def serves(self, guild_id: int | None) -> bool:
        """Direct events and guild-less ones belong to shard 0."""
        index, count = self.shard
        return index == 0 if guild_id is None else (guild_id >> 22) % count == index


def op_message(op: int, data: Any) -> str:
    return json.dumps({"op": op, "d": data, "s": None, "t": None})
