"""Takes: listeners choose between the two songs of one wish. The winner stays in the queue, both in the library."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from attrs import evolve, frozen

from conductr_player import Command, Enqueue, Entry, EntryId, Move, Place, PlayerError, Remove, Track, TrackId, UserId
from conductr_store import Generation, NotFound, Song, Store, UnitOfWork, User

from .access import Caller
from .catalog import song_views
from .denials import OutOfRange, VoteOver
from .errors import ConductrError, UnknownGeneration
from .messages import ToPlayer
from .outcomes import TakesCompared
from .resolving import may_hear
from .rights import Deed, needed
from .steering import Seen, Steering

BOTH = 2  # takes that can be compared


@frozen
class Takes:
    store: Store
    steering: Steering

    async def shown(self, caller: Caller, generation_id: str) -> TakesCompared:
        """Raises UnknownGeneration, VoteOver where there is only one take."""
        async with self.store.begin() as tx:
            _, songs = await _known(tx, caller, generation_id)
            return await _compared(tx, caller, generation_id, songs)

    async def vote(self, caller: Caller, generation_id: str, take: int) -> TakesCompared:
        """For that take; given again it is taken back. Where enough listeners agree, it is decided.

        Raises NotInVoice, BusyElsewhere, OutOfRange, UnknownGeneration, VoteOver.
        """
        seen = await self.steering.look(caller)
        self.steering.may(caller, seen, Deed.VOTE_TAKE)

        async def write(tx: UnitOfWork) -> tuple[TakesCompared, tuple[Song, ...]]:
            row, songs = await _known(tx, caller, generation_id)
            await tx.take_votes.hold(row.id)
            if await tx.take_votes.choice(row.id) is not None:
                raise VoteOver
            if take not in {song.take for song in songs}:
                raise OutOfRange("take", min(song.take for song in songs), max(song.take for song in songs))
            await tx.users.put(User(caller.user_id, caller.name))
            await tx.take_votes.cast(row.id, caller.user_id, take)
            if _decided(seen, await tx.take_votes.of(row.id), take):
                await tx.take_votes.choose(row.id, take)
            return await _compared(tx, caller, row.id, songs), songs

        compared, songs = await self.store.run(write)
        if compared.winner is not None:
            await self._let_stay(caller.guild_id, songs, compared.winner)
        return compared

    async def keep_both(self, caller: Caller, generation_id: str) -> TakesCompared:
        """Both are heard, one after the other. Raises as `vote`, and NotAllowed for who has not asked for the song."""
        seen = await self.steering.look(caller)
        async with self.store.begin() as tx:
            row, songs = await _known(tx, caller, generation_id)
            self.steering.may(caller, seen, Deed.REMOVE, frozenset({row.user_id}))
            if not await tx.take_votes.choose(row.id, None):
                raise VoteOver
            compared = await _compared(tx, caller, row.id, songs)
        session = seen.session
        here = {entry.track.id for entry in (session.queue.current, *session.queue.upcoming) if entry}
        for song in songs:
            if song.id not in here:
                await self._tell(caller.guild_id, Enqueue((_entry(song),)), f"takes:{row.id}:both:{song.take}")
        return compared

    async def _let_stay(self, guild_id: int, songs: tuple[Song, ...], winner: int) -> None:
        """The winner takes the place of the others, wherever they wait or play. What is not queued stays away."""
        queue = (await self.steering.now(guild_id)).session.queue
        stays = next(song for song in songs if song.take == winner)
        goes = {song.id for song in songs} - {stays.id}
        losers = [entry for entry in queue.upcoming if entry.track.id in goes]
        plays = queue.current is not None and queue.current.track.id in goes
        there = any(entry.track.id == stays.id for entry in (queue.current, *queue.upcoming) if entry)
        name, entry = f"takes:{stays.generation_id}", _entry(stays)
        if not there and plays:
            await self._tell(guild_id, Enqueue((entry,), Place.NOW), f"{name}:now")
        elif not there and losers:
            await self._tell(guild_id, Enqueue((entry,)), f"{name}:queue")
            await self._tell(guild_id, Move(entry.id, losers[0].id), f"{name}:move")
        ids = [entry.id for entry in losers] + ([queue.current.id] if plays and queue.current and not there else [])
        if ids:
            await self._tell(guild_id, Remove(tuple(ids)), f"{name}:remove")

    async def _tell(self, guild_id: int, command: Command, name: str) -> None:
        """What is decided holds in the library, also where the queue has changed meanwhile."""
        try:
            await self.steering.bus.send(ToPlayer(guild_id, command, command_id=name))
        except (ConductrError, PlayerError):
            return


def _decided(seen: Seen, votes: Mapping[int, int], take: int) -> bool:
    room = seen.now.room
    ids = frozenset[int]() if room is None else room.listener_ids
    listeners = 0 if room is None else len(ids) or room.listeners
    for_it = sum(choice == take for voter, choice in votes.items() if not ids or voter in ids)
    return for_it >= needed(listeners, seen.settings.vote_ratio)


async def _known(tx: UnitOfWork, caller: Caller, generation_id: str) -> tuple[Generation, tuple[Song, ...]]:
    try:
        row = await tx.generations.get(generation_id)
    except NotFound as error:
        raise UnknownGeneration(generation_id) from error
    if row.guild_id != caller.guild_id:
        raise UnknownGeneration(generation_id)
    songs = tuple(song for song in await tx.songs.of_generation(row.id) if may_hear(caller, song))
    if len(songs) < BOTH:
        raise VoteOver
    return row, songs


async def _compared(tx: UnitOfWork, caller: Caller, generation_id: str, songs: tuple[Song, ...]) -> TakesCompared:
    votes = await tx.take_votes.of(generation_id)
    choice = await tx.take_votes.choice(generation_id)
    shown = TakesCompared(
        generation_id,
        await song_views(tx, songs),
        tuple(sum(take == song.take for take in votes.values()) for song in songs),
        votes.get(caller.user_id),
    )
    return shown if choice is None else evolve(shown, winner=choice.take)


def _entry(song: Song) -> Entry:
    track = Track(TrackId(song.id), song.title, song.duration_s)
    return Entry(EntryId(uuid4().hex), track, UserId(song.owner_id))
