"""From rows to what people are shown: the one place that joins songs, their owners' names and queue entries."""

from __future__ import annotations

from collections.abc import Iterable

from conductr_player import Entry, Session
from conductr_store import AttemptState, Generation, GenerationState, NotFound, Song, UnitOfWork

from .turns import Line, read_line
from .views import EntryView, GenerationView, QueueView, SongView

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
    )


async def queue_view(tx: UnitOfWork, guild_id: int, session: Session, position_s: float, seq: int) -> QueueView:
    """A session as people see it. A deleted song keeps its place under the title that its track carries."""
    queue = session.queue
    shown = queue.upcoming[:SHOWN]
    entries = (queue.current, *shown) if queue.current else shown
    songs = await _songs_by_id(tx, {entry.track.id for entry in entries})
    names = await tx.users.names({entry.requested_by for entry in entries})

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

    everything = (queue.current, *queue.upcoming) if queue.current else queue.upcoming
    return QueueView(
        guild_id=guild_id,
        state=session.state.value,
        current=view(queue.current) if queue.current else None,
        position_s=position_s,
        upcoming=tuple(view(entry) for entry in shown),
        upcoming_count=len(queue.upcoming),
        total_s=sum(entry.track.duration_s or 0.0 for entry in everything),
        seq=seq,
    )


async def _songs_by_id(tx: UnitOfWork, ids: set[str]) -> dict[str, Song]:
    found: dict[str, Song] = {}
    for song_id in ids:
        try:
            found[song_id] = await tx.songs.get(song_id)
        except NotFound:
            continue
    return found
