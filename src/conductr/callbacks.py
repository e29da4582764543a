"""Callbacks: a gateway says that something happened. It is a hint to look; nothing that it tells is believed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from attrs import frozen

from conductr_store import Store
from conductr_store.faults import faultpoint

from .hints import task_named_in
from .making.nonces import nonce_hash

TAKEN_AFTER_END = timedelta(hours=24)  # a nonce; later its attempt has nothing left to tell

Nudge = Callable[[str, str | None], Awaitable[None]]


@frozen
class Callbacks:
    """`nudge` is told which attempt to look at, and the task that the body names; it only takes a note, and returns."""

    store: Store
    nudge: Nudge

    async def receive(self, nonce: str, body: bytes) -> bool:
        """Whether the nonce is one of ours, and still needed. Asks no gateway: who calls wants an answer at once.

        Raises StoreError.
        May come twice, late and out of order.
        """
        async with self.store.begin() as tx:
            attempt = await tx.attempts.by_nonce_hash(nonce_hash(nonce))
        if attempt is None:
            return False
        if attempt.settled_at is not None and self.store.now() - attempt.settled_at > TAKEN_AFTER_END:
            return False
        faultpoint("gen.cb_received")
        await self.nudge(attempt.id, task_named_in(body))
        return True
