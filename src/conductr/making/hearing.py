"""Hearing: a song goes into its server's queue, once; where that cannot be, it is tried again while it is fresh."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from logging import getLogger

import anyio
from attrs import frozen

from conductr.bus import LocalBus
from conductr.errors import ConductrError
from conductr.messages import GenerationChanged, ToPlayer
from conductr_player import (
    AlreadyQueued,
    CommandRefused,
    Enqueue,
    Entry,
    EntryId,
    PlayerError,
    Remove,
    Track,
    TrackId,
    UserId,
)
from conductr_store import Generation, GenerationState, LeaseLost, Song, SongState, StoreError, UnitOfWork

from .book import Book
from .deciding import Move, WrongMove

log = getLogger(__name__)

FRESH = timedelta(minutes=15)  # after its end; later nobody waits for it, and it is in the library
TRY_AGAIN_S = 10.0
AT_A_TIME = 1_000  # more than can be made while one is fresh

NOT_NOW = (ConductrError, PlayerError, LeaseLost)  # of a server's player: it was lost just now, where that is the lease


@frozen
class Hearing:
    """The command that queues a song has its generation's name in the guild's log: a repeat is known."""

    book: Book
    bus: LocalBus

    async def let_hear(self, row: Generation, song: Song) -> Generation:
        """Queue the song, and say so in the row. It stays as it was where that cannot be done now."""
        if row.state is GenerationState.PLAYABLE or (await self.book.read(row.id)).standing.cancelled:
            return row
        if not await self._queue(row, song):
            return row  # the next look at the task tries again
        try:
            return await self.book.move(row.id, Move.HEARD, keep_lease=True, due_in=self.book.lease)
        except WrongMove:  # it was cancelled this moment, or another keeper of this generation was quicker
            standing = (await self.book.read(row.id)).standing
            if standing.cancelled and standing.state is not GenerationState.PLAYABLE:
                await self._take_back(row)
            return (await self.book.read(row.id)).row

    async def add(self, row: Generation, song: Song) -> None:
        """Queue a further take, where both were wished for. Where that cannot be, it is in the library."""
        if row.cancelled_at is None:
            number = song.take + 1
            await self._queue(row, song, entry_id=f"{row.id}.{number}", name=f"take {number}")

    async def run(self) -> None:
        """Until cancelled: what was finished and could not be queued is tried again while it is fresh."""
        while True:
            try:
                await self.catch_up()
            except StoreError as error:
                log.warning("songs that nobody heard yet could not be looked for: %s", error)
            except Exception:  # a fire wall: what is followed goes on
                log.exception("songs that nobody heard yet could not be queued; tried again soon")
            await anyio.sleep(TRY_AGAIN_S)

    async def catch_up(self) -> None:
        """Once, for each guild that is ours or nobody's: another process's holds up no other guild's songs.

        Raises StoreError.
        """
        async with self.book.store.begin() as tx:
            rows = await tx.generations.unheard(AT_A_TIME)
        away = set[int]()
        for row in rows:
            if row.guild_id in away:
                continue
            try:
                await self._catch_up_with(row)
            except CommandRefused as refusal:  # the next may be of a member whose songs there is room for
                _not_yet(row, refusal)
            except NOT_NOW as error:
                _not_yet(row, error)
                away.add(row.guild_id)

    async def _catch_up_with(self, row: Generation) -> None:
        async with self.book.store.begin() as tx:
            song = await _first_kept(tx, row)
        if song is None:
            return
        if not self._known_there(row, song):
            await self._send(row, song)
        await self._heard_late(row)

    def _known_there(self, row: Generation, song: Song) -> bool:
        """Whether somebody has put it into the queue meanwhile."""
        now = self.bus.look(row.guild_id)
        if now is None:
            return False
        queue = now.session.queue
        entries = (*queue.history, *((queue.current,) if queue.current else ()), *queue.upcoming)
        return any(entry.track.id == song.id for entry in entries)

    async def _queue(self, row: Generation, song: Song, *, entry_id: str | None = None, name: str = "heard") -> bool:
        try:
            await self._send(row, song, entry_id=entry_id, name=name)
        except NOT_NOW as error:
            _not_yet(row, error)
            return False
        return True

    async def _send(self, row: Generation, song: Song, *, entry_id: str | None = None, name: str = "heard") -> None:
        track = Track(TrackId(song.id), song.title, song.duration_s)
        entry = Entry(EntryId(entry_id or row.id), track, UserId(row.user_id))
        with suppress(AlreadyQueued):
            await self.bus.send(ToPlayer(row.guild_id, Enqueue((entry,)), command_id=f"gen:{row.id}:{name}"))

    async def _take_back(self, row: Generation) -> None:
        try:
            command = ToPlayer(row.guild_id, Remove((EntryId(row.id),)), command_id=f"gen:{row.id}:taken back")
            await self.bus.send(command)
        except NOT_NOW as error:
            log.info("the cancelled song of generation %s stays in the queue: %r", row.id, error)

    async def _heard_late(self, row: Generation) -> None:
        async with self.book.store.begin() as tx:  # told of anew: its member was told that it is not queued
            await tx.generations.change(row.id, {"unheard_until": None, "told": None})
        self.bus.publish(GenerationChanged(row.guild_id, row.id, row.state.value))


def _not_yet(row: Generation, error: Exception) -> None:
    log.info("the song of generation %s could not be queued yet: %r", row.id, error)


async def _first_kept(tx: UnitOfWork, row: Generation) -> Song | None:
    songs = [song for song in await tx.songs.of_generation(row.id) if song.deleted_at is None]
    ready = [song for song in songs if song.state is SongState.READY]
    return min(ready, key=lambda song: song.take, default=None)
