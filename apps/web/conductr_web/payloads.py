"""Views as JSON for the browser, field by field: nothing is shown that is not named here. Pure.

Ids of guilds and users are text, since JavaScript's numbers end at 2^53.
"""

from __future__ import annotations

from conductr.views import EntryView, GenerationView, LeftView, PageView, QueueView, SongView

Json = dict[str, object]


def song_json(song: SongView) -> Json:
    return {
        "id": song.id,
        "title": song.title,
        "style": song.style,
        "duration_s": song.duration_s,
        "take": song.take + 1,
        "state": song.state,
        "cover": _cover(song.id, has_cover=song.has_cover),
        "audio": f"/api/songs/{song.id}/audio" if song.state == "ready" else None,
        "owner": song.owner_name,
        "prompt": song.prompt,
        "created_at": song.created_at.isoformat(),
    }


def entry_json(entry: EntryView) -> Json:
    return {
        "entry_id": entry.entry_id,
        "song_id": entry.song_id,
        "title": entry.title,
        "style": entry.style,
        "duration_s": entry.duration_s,
        "requested_by": entry.requested_by_name,
        "cover": _cover(entry.song_id, has_cover=entry.has_cover),
    }


def queue_json(queue: QueueView, listeners: int) -> Json:
    """`listeners` counts the browsers that hear the room; with none, the music waits."""
    return {
        "guild": str(queue.guild_id),
        "state": queue.state,
        "current": entry_json(queue.current) if queue.current else None,
        "position_s": round(queue.position_s, 2),
        "upcoming": [entry_json(entry) for entry in queue.upcoming],
        "upcoming_count": queue.upcoming_count,
        "total_s": queue.total_s,
        "seq": queue.seq,
        "listeners": listeners,
    }


def generation_json(made: GenerationView) -> Json:
    return {
        "id": made.id,
        "prompt": made.prompt,
        "state": made.state,
        "reason": made.reason,
        "songs": [song_json(song) for song in made.songs],
        "created_at": made.created_at.isoformat(),
        "place": made.place,
        "cancelled": made.cancelled,
        "repeated": made.repeated,
        "doubled": made.doubled,
        "unheard": made.unheard,
        "quota_left": _left(made.quota_left),
        "needs_decision": made.needs_decision,
    }


def page_json(page: PageView) -> Json:
    return {"songs": [song_json(song) for song in page.songs], "total": page.total, "offset": page.offset}


def _left(left: LeftView | None) -> Json | None:
    if left is None:
        return None
    return {"whose": left.whose, "left": left.left, "limit": left.limit, "returns_at": left.returns_at.isoformat()}


def _cover(song_id: str, *, has_cover: bool) -> str | None:
    return f"/api/songs/{song_id}/cover" if has_cover else None
