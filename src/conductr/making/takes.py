"""Takes: the clips of a task as rows of songs, each once, whichever process sees it first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from uuid import uuid4

from conductr.wishes import title_from
from conductr_store import Generation, Song, SongState, UnitOfWork
from conductr_store.genres import tags_of
from suno_client import Clip

Take = tuple[Song, Clip]


async def note_takes(
    tx: UnitOfWork, row: Generation, provider: str | None, clips: Sequence[Clip], at: datetime
) -> list[Take]:
    """A row for each clip, made when it is first seen. Clips are matched by id: alternates share a task.

    A take that somebody has deleted is not made again, and left out.
    """
    known = {song.clip_id: song for song in await tx.songs.of_generation(row.id)}
    taken = {song.take for song in known.values()}
    takes: list[Take] = []
    for number, clip in enumerate(clips):
        song = known.get(clip.id)
        if song is None:
            free = number if number not in taken else next(other for other in count() if other not in taken)
            taken.add(free)
            parent_id = await tx.listening.parent_of(row.request_key)
            song = await tx.songs.add(_song(row, provider, free, clip, at, parent_id=parent_id))
        elif song.deleted_at is not None:
            continue
        elif song.state is SongState.GROWING and clip.stream_url and clip.stream_url != song.stream_url:
            song = await tx.songs.update(song.id, stream_url=clip.stream_url, title=clip.title or song.title)
        takes.append((song, clip))
    return takes


async def give_up_growing(tx: UnitOfWork, generation_id: str) -> tuple[int, int]:
    """The task has ended: what it gave no file is FAILED. How many takes are kept, and how many there were."""
    songs = [song for song in await tx.songs.of_generation(generation_id) if song.deleted_at is None]
    for song in songs:
        if song.state is SongState.GROWING:
            await tx.songs.update(song.id, state=SongState.FAILED)
    return sum(song.state is SongState.READY for song in songs), len(songs)


def _song(row: Generation, provider: str | None, take: int, clip: Clip, at: datetime, *, parent_id: str | None) -> Song:
    return Song(
        id=uuid4().hex,
        generation_id=row.id,
        take=take,
        clip_id=clip.id,
        guild_id=row.guild_id,
        owner_id=row.user_id,
        title=clip.title or row.title or title_from(row.prompt or row.style or ""),
        style=clip.tags or row.style,
        lyrics=clip.lyrics or row.lyrics,
        prompt=row.prompt,
        model=row.model,
        state=SongState.GROWING,
        stream_url=clip.stream_url,
        created_at=at,
        provider=provider,
        task_id=row.task_id,
        tags=tags_of(clip.tags),
        parent_id=parent_id,
    )
