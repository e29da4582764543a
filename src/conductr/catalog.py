"""From rows to what people are shown: the one place that joins songs, their owners' names and queue entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conductr_player import Entry
from conductr_store import AttemptState, Generation, GenerationState, Song, UnitOfWork

from .bus import Now
from .turns import Line, read_line
from .views import EntryView, GenerationView, QueueView, SongView, Why

SHOWN = 100  # entries of a queue that a view carries; the count and the total time are of all


async def song_views(tx: UnitOfWork, songs: Iterable[Song]) -> tuple[SongView, ...]:
    rows = tuple(songs)
    names = await tx.users.names({song.owner_id for song in rows})
    return tuple(
        SongView(
            id=song.id,
            title=song.title,
            style=song.style,
            duration_s=song.duration_s,
            take=song.take,
            state=song.state.value,
            has_cover=song.cover_key is not None,
            owner_id=song.owner_id,
            owner_name=names.get(song.owner_id, "someone"),
            prompt=song.prompt,
            created_at=song.created_at,
        )
        for song in rows
    )


async def generation_view(tx: UnitOfWork, row: Generation) -> GenerationView:
    return (await generation_views(tx, (row,)))[0]


async def generation_views(tx: UnitOfWork, rows: Iterable[Generation]) -> tuple[GenerationView, ...]:
    rows = tuple(rows)
    waits = any(row.state is GenerationState.REQUESTED for row in rows)
    line = await read_line(tx) if waits else None
    return tuple([await _generation_view(tx, row, line) for row in rows])


async def _generation_view(tx: UnitOfWork, row: Generation, line: Line | None) -> GenerationView:
    kept = [song for song in await tx.songs.of_generation(row.id) if song.deleted_at is None]
    attempt = await tx.attempts.live(row.id) if row.state is GenerationState.UNKNOWN else None
    undecided = attempt is not None and attempt.state is AttemptState.NEEDS_DECISION
    if undecided:  # on PostgreSQL it may have become so since the row was read: its reason belongs to it
        row = await tx.generations.get(row.id)
    return GenerationView(
        id=row.id,
        guild_id=row.guild_id,
        user_id=row.user_id,
        prompt=row.prompt,
        state=row.state.value,
        reason=row.reason,
        songs=await song_views(tx, kept),
        reply_to=row.reply_to,
        told=None if row.told is None else row.told.value,
        created_at=row.created_at,
        place=None if line is None else line.place(row.id),
        needs_decision=undecided and row.state is GenerationState.UNKNOWN,
        cancelled=row.cancelled_at is not None,
        unheard=row.unheard_until is not None,
    )


async def queue_view(tx: UnitOfWork, guild_id: int, now: Now, *, first: int = 0, count: int = SHOWN) -> QueueView:
    """A session as people see it, with `count` of those that wait, from the one at `first` on.

    A deleted song keeps its place under the title that its track carries.
    """
    session, queue = now.session, now.session.queue
    shown = queue.upcoming[first : first + count]
    around = (*queue.history[-1:], *((queue.current,) if queue.current else ()), *shown)
    view = await _viewer(tx, around)
    everything = (queue.current, *queue.upcoming) if queue.current else queue.upcoming
    return QueueView(
        guild_id=guild_id,
        state=session.state.value,
        current=view(queue.current) if queue.current else None,
        position_s=now.position_s,
        upcoming=tuple(view(entry) for entry in shown),
        upcoming_count=len(queue.upcoming),
        total_s=sum(entry.track.duration_s or 0.0 for entry in everything),
        seq=now.seq,
        first=first,
        play_id=session.play_id,
        version=session.version,
        loop=queue.loop.value,
        volume=session.sound.volume_percent,
        paused_by=tuple(sorted(cause.value for cause in session.paused_by)),
        votes=now.votes,
        channel_id=now.room.channel_id if now.room else None,
        listeners=now.room.listeners if now.room else 0,
        last=view(queue.history[-1]) if queue.history else None,
        why=await why_of(tx, queue.current),
    )


async def entry_views(tx: UnitOfWork, entries: Iterable[Entry]) -> tuple[EntryView, ...]:
    rows = tuple(entries)
    view = await _viewer(tx, rows)
    return tuple(view(entry) for entry in rows)


async def _viewer(tx: UnitOfWork, entries: Iterable[Entry]) -> Callable[[Entry], EntryView]:
    rows = tuple(entries)
    songs = {song.id: song for song in await tx.songs.some(entry.track.id for entry in rows)}
    names = await tx.users.names({entry.requested_by for entry in rows})

    def view(entry: Entry) -> EntryView:
        song = songs.get(entry.track.id)
        return EntryView(
            entry_id=entry.id,
            song_id=entry.track.id,
            title=song.title if song else entry.track.title,
            style=song.style if song else None,
            duration_s=song.duration_s if song else entry.track.duration_s,
            requested_by=entry.requested_by,
            requested_by_name=names.get(entry.requested_by, "someone"),
            has_cover=song is not None and song.cover_key is not None,
        )

    return view


async def why_of(tx: UnitOfWork, entry: Entry | None) -> Why | None:
    """Why the radio chose it; None where a person did."""
    if entry is None:
        return None
    pick = await tx.listening.pick_of(entry.track.id)
    return None if pick is None else Why(pick.reason, pick.subject)
