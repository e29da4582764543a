"""A guild's queue as it was last saved, and back."""

from __future__ import annotations

from conductr_player import Session, from_plain, to_plain
from conductr_store import Guild, NotFound, QueueSnapshot, Store, UnitOfWork


async def restore(store: Store, guild_id: int, guild_name: str) -> tuple[Session, float, int]:
    """The session, its position in seconds, and the number of its save. Raises SnapshotError, StoreError."""
    async with store.begin() as tx:
        await _know_guild(tx, guild_id, guild_name)
        saved = await tx.queues.load(guild_id)
    if saved is None:
        return Session(), 0.0, 0
    session, position_s = from_plain(dict(saved.session))
    return session, position_s, saved.seq


async def write(store: Store, guild_id: int, session: Session, position_s: float, seq: int) -> None:
    """Save number `seq`. Raises StoreError."""
    async with store.begin() as tx:
        await tx.queues.save(QueueSnapshot(guild_id, seq, position_s, to_plain(session, position_s)))


async def _know_guild(tx: UnitOfWork, guild_id: int, name: str) -> None:
    """A guild's row stands before anything that points at it."""
    try:
        known = await tx.guilds.get(guild_id)
    except NotFound:
        known = None
    if known is None or (name and known.name != name):
        await tx.guilds.put(Guild(guild_id, name or (known.name if known else "")))
