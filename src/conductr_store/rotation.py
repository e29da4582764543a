"""Rotation: every sealed secret under the newest key, a batch a transaction, so that it may break off anywhere."""

from __future__ import annotations

from attrs import frozen

from .sealing import KeyRing
from .store import Store


@frozen
class Rotated:
    """`broken` are the ids of keys that do not open with the ring, and stay as they were."""

    count: int
    broken: tuple[str, ...]


async def rotate(store: Store, ring: KeyRing, *, batch: int = 100) -> Rotated:
    """Seal anew what lies under older keys. Once nothing is broken and all is done, these may leave the ring."""
    count, broken, after = 0, list[str](), ""
    while True:
        async with store.begin() as tx:
            done = await tx.provider_keys.reseal(ring, after=after, limit=batch)
        count += done.count
        broken += done.broken
        if done.last_id is None:
            return Rotated(count, tuple(broken))
        after = done.last_id
