"""A guild's queue as it was last saved, and back; and the log of the commands that changed it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from logging import getLogger
from typing import cast
from uuid import uuid4

from attrs import AttrsInstance, asdict

from conductr_player import Session, from_plain, to_plain
from conductr_store import Guild, LeaseLost, NotFound, QueueSnapshot, Store, StoreError, UnitOfWork

from .errors import PlayerUnreachable
from .messages import ToPlayer
from .room import Heard

log = getLogger(__name__)

EDITOR = "saved queue"  # holds a guild's lease for no longer than its transaction
ENDED = timedelta(minutes=-1)


async def restore(store: Store, guild_id: int, guild_name: str) -> tuple[Session, float, int]:
    """The session, its position in seconds, and the number of its save. Raises SnapshotError, StoreError."""
    async with store.begin() as tx:
        await know_guild(tx, guild_id, guild_name)
        return await _load(tx, guild_id)


async def _load(tx: UnitOfWork, guild_id: int) -> tuple[Session, float, int]:
    saved = await tx.queues.load(guild_id)
    if saved is None:
        return Session(), 0.0, 0
    session, position_s = from_plain(dict(saved.session))
    return session, position_s, saved.seq


async def write(
    store: Store, guild_id: int, session: Session, position_s: float, seq: int, *, epoch: int | None = None
) -> None:
    """Save number `seq`, under the lease of that epoch where there is one. Raises LeaseLost, StoreError."""
    async with store.begin() as tx:
        await _write(tx, guild_id, session, position_s, seq, epoch=epoch)


async def _write(
    tx: UnitOfWork, guild_id: int, session: Session, position_s: float, seq: int, *, epoch: int | None = None
) -> None:
    await tx.queues.save(QueueSnapshot(guild_id, seq, position_s, to_plain(session, position_s)), epoch=epoch)


async def was_carried_out(store: Store, guild_id: int, command_id: str) -> bool:
    """Whether the log has this command. Raises StoreError."""
    async with store.begin() as tx:
        return await tx.queues.known(guild_id, command_id) is not None


async def record(
    store: Store, message: ToPlayer, session: Session, position_s: float, seq: int, *, epoch: int | None = None
) -> None:
    """Save number `seq`, and that this command, which has an id, led to it, in one transaction. Raises StoreError."""
    async with store.begin() as tx:
        await _record(tx, message, session, position_s, seq, epoch=epoch)


async def _record(
    tx: UnitOfWork, message: ToPlayer, session: Session, position_s: float, seq: int, *, epoch: int | None = None
) -> None:
    snapshot = QueueSnapshot(message.guild_id, seq, position_s, to_plain(session, position_s))
    kind, data = type(message.command).__name__, plain_command(message.command)
    command_id = message.command_id or uuid4().hex
    await tx.queues.record(
        message.guild_id, command_id=command_id, kind=kind, data=data, snapshot=snapshot, epoch=epoch
    )


async def edit(
    store: Store, message: ToPlayer, change: Callable[[Session], Session], *, epoch: int | None = None
) -> tuple[Session, int | None]:
    """What `change` makes of a queue that nobody plays, and the number of its save: None, where the command is known.

    It is read and saved in one transaction, in which nobody else edits or begins to play. `epoch` is of the lease under
    which it was played here last. Raises PlayerUnreachable where another process has the guild, StoreError, and
    whatever `change` raises: then nothing is saved.
    """
    guild_id, command_id = message.guild_id, message.command_id

    async def work(tx: UnitOfWork) -> tuple[Session, int | None]:
        await know_guild(tx, guild_id, "")
        ours = await _hold(tx, guild_id, epoch)
        saved, _, seq = await _load(tx, guild_id)
        if command_id is not None and await tx.queues.known(guild_id, command_id) is not None:
            return saved, None
        if not ours:
            raise PlayerUnreachable(guild_id)
        session = change(saved)
        if command_id is None:
            await _write(tx, guild_id, session, session.start_at_s, seq + 1)
        else:
            await _record(tx, message, session, session.start_at_s, seq + 1)
        return session, seq + 1

    return await store.run(work)


async def _hold(tx: UnitOfWork, guild_id: int, epoch: int | None) -> bool:
    """Whether the guild is ours or free; then it stays so until this transaction ends."""
    if epoch is not None:
        try:
            await tx.leases.check(guild_id, epoch)
        except LeaseLost:
            log.debug("guild %s was played here before, and is not any more", guild_id)
        else:
            return True
    # Of a new epoch: who let the lease run out and still plays must not save over this edit.
    return await tx.leases.acquire(guild_id, EDITOR, ENDED) is not None


async def count_play(store: Store, song_id: str) -> None:
    """A song is heard: the library counts it, and its files are not the ones that make room. Music comes first."""
    try:
        async with store.begin() as tx:
            song = await tx.songs.get(song_id, deleted=True)
            await tx.songs.played(song.id, store.now())
            await tx.files.played([key for key in (song.audio_key, song.opus_key, song.cover_key) if key], store.now())
    except NotFound:
        log.debug("%s is no song of the library", song_id)
    except StoreError:
        log.exception("that song %s is played could not be counted", song_id)


async def note_listening(store: Store, guild_id: int, heard: Heard) -> None:
    """What the room let come to its end, and what it passed over: the radio goes by it. Music comes first."""
    try:
        async with store.begin() as tx:
            await tx.listening.note(guild_id, heard.song_id, skipped=heard.skipped)
    except StoreError as error:
        log.warning("how song %s was liked could not be noted: %r", heard.song_id, error)


def plain_command(command: AttrsInstance) -> dict[str, object]:
    """What a command says, in types that JSON has."""
    return asdict(command, value_serializer=lambda _self, _field, value: _plain(value))


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case frozenset():
            return sorted(cast("frozenset[object]", value), key=repr)
        case _:
            return value


async def know_guild(tx: UnitOfWork, guild_id: int, name: str) -> None:
    """A guild's row stands before anything that points at it."""
    try:
        known = await tx.guilds.get(guild_id)
    except NotFound:
        known = None
    if known is None or (name and known.name != name):
        await tx.guilds.put(Guild(guild_id, name or (known.name if known else "")))
