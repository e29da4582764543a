"""A session as plain, versioned data, and back. Pure; what stores it need not read it."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import cast

from attrs import evolve

from conductr_player.errors import SnapshotError

from .queue import LoopMode, Queue
from .rules import PauseCause, Rules
from .session import PlaybackState, Session
from .sound import Sound, SoundEffect
from .tracks import Entry, EntryId, Track, TrackId, UserId

VERSION = 2
READABLE = (1, 2)  # version 1 knew neither causes nor sound nor rules

Plain = dict[str, object]


def to_plain(session: Session, position_s: float) -> Plain:
    """What a restart needs, in types that JSON has."""
    queue = session.queue
    return {
        "version": VERSION,
        "revision": session.version,
        "play_id": session.play_id + session.loaded,  # the first that no output has seen
        "position_s": round(position_s, 3) if queue.current else 0.0,
        "paused_by": sorted(_causes_kept(session)),
        "at_rest": session.at_rest or (queue.current is None and queue.ready is not None),
        "sound": _sound_to_plain(session.sound),
        "rules": {
            "fair": session.rules.fair,
            "member_cap": session.rules.member_cap,
            "guard_duplicates": session.rules.guard_duplicates,
        },
        "loop": queue.loop.value,
        "current": _entry_to_plain(queue.current) if queue.current else None,
        "upcoming": [_entry_to_plain(entry) for entry in queue.upcoming],
        "history": [_entry_to_plain(entry) for entry in queue.history],
    }


def from_plain(plain: Mapping[str, object]) -> tuple[Session, float]:
    """A session that plays nothing yet, and its position in seconds.

    What was going when it was saved is held by OUTAGE, so LinkRestored or Resume plays it on; what a
    person had paused stays so until they resume. Raises SnapshotError for another version or
    anything unreadable.
    """
    version = plain.get("version")
    if version not in READABLE:
        raise SnapshotError(f"a snapshot of version {version!r}; this code reads {READABLE}")
    try:
        session, position_s = _read(plain) if version == VERSION else _read_first(plain)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise SnapshotError(f"an unreadable snapshot: {type(error).__name__} {error}") from error
    queue = session.queue
    if len({entry.id for entry in queue.entries()}) != len(queue.entries()):
        raise SnapshotError("an entry stands in two places")
    return session, position_s


def _causes_kept(session: Session) -> frozenset[PauseCause]:
    if session.state is PlaybackState.IDLE:
        return session.paused_by - {PauseCause.OUTAGE}
    return session.paused_by or frozenset({PauseCause.OUTAGE})


def _read(plain: Mapping[str, object]) -> tuple[Session, float]:
    rules = _mapping(plain["rules"])
    cap = rules["member_cap"]
    return _restored(
        _queue_from_plain(plain),
        _seconds(plain["position_s"]),
        Session(
            version=_count(plain["revision"]),
            paused_by=frozenset(PauseCause(str(each)) for each in _list(plain["paused_by"])),
            sound=_sound_from_plain(_mapping(plain["sound"])),
            rules=Rules(_flag(rules["fair"]), None if cap is None else _count(cap), _flag(rules["guard_duplicates"])),
            play_id=_count(plain["play_id"]),
            at_rest=_flag(plain["at_rest"]),
        ),
    )


def _read_first(plain: Mapping[str, object]) -> tuple[Session, float]:
    """Version 1: whatever was current goes on with the first Resume or LinkRestored; else the queue stands still."""
    queue = _queue_from_plain(plain)
    session = Session(play_id=int(queue.current is not None), at_rest=queue.current is None and bool(queue.upcoming))
    return _restored(queue, _seconds(plain["position_s"]), session)


def _restored(queue: Queue, position_s: float, saved: Session) -> tuple[Session, float]:
    if queue.current is not None:
        causes = saved.paused_by or frozenset({PauseCause.OUTAGE})
        held = evolve(saved, queue=queue, state=PlaybackState.PAUSED, paused_by=causes, start_at_s=position_s)
        return held, position_s
    if queue.ready is None and queue.upcoming and not saved.at_rest:
        causes = saved.paused_by or frozenset({PauseCause.OUTAGE})
        return evolve(saved, queue=queue, state=PlaybackState.WAITING, paused_by=causes), 0.0
    return evolve(saved, queue=queue, at_rest=saved.at_rest or bool(queue.upcoming)), 0.0


def _sound_to_plain(sound: Sound) -> Plain:
    return {
        "volume_percent": sound.volume_percent,
        "effects": sorted(sound.effects),
        "speed": sound.speed,
        "pitch_semitones": sound.pitch_semitones,
        "crossfade_s": sound.crossfade_s,
        "bitrate_kbits": sound.bitrate_kbits,
    }


def _sound_from_plain(plain: Plain) -> Sound:
    return Sound(
        volume_percent=_count(plain["volume_percent"]),
        effects=frozenset(SoundEffect(str(each)) for each in _list(plain["effects"])),
        speed=_number(plain["speed"]),
        pitch_semitones=_number(plain["pitch_semitones"]),
        crossfade_s=_number(plain["crossfade_s"]),
        bitrate_kbits=_count(plain["bitrate_kbits"]),
    )


def _queue_from_plain(plain: Mapping[str, object]) -> Queue:
    current = plain["current"]
    return Queue(
        current=_entry_from_plain(current) if current is not None else None,
        upcoming=tuple(_entry_from_plain(each) for each in _list(plain["upcoming"])),
        history=tuple(_entry_from_plain(each) for each in _list(plain["history"])),
        loop=LoopMode(str(plain["loop"])),
    )


def _entry_to_plain(entry: Entry) -> Plain:
    track = entry.track
    return {
        "id": entry.id,
        "track": {
            "id": track.id,
            "title": track.title,
            "duration_s": track.duration_s,
            "playable": track.playable,
        },
        "requested_by": entry.requested_by,
        "resume_s": entry.resume_s,
    }


def _entry_from_plain(plain: object) -> Entry:
    outer = _mapping(plain)
    track = _mapping(outer["track"])
    duration_s = track["duration_s"]
    return Entry(
        EntryId(str(outer["id"])),
        Track(
            TrackId(str(track["id"])),
            str(track["title"]),
            None if duration_s is None else _seconds(duration_s),
            _flag(track.get("playable", True)),  # version 1 queued what could be heard
        ),
        UserId(_count(outer["requested_by"])),
        _seconds(outer.get("resume_s", 0.0)),
    )


def _mapping(plain: object) -> Plain:
    if not isinstance(plain, dict):
        raise TypeError("there is no object where one belongs")
    return cast("Plain", plain)


def _list(plain: object) -> list[object]:
    if not isinstance(plain, list):
        raise TypeError("there is no list where one belongs")
    return cast("list[object]", plain)


def _flag(plain: object) -> bool:
    if not isinstance(plain, bool):
        raise TypeError(f"{plain!r} is neither true nor false")
    return plain


def _count(plain: object) -> int:
    if not isinstance(plain, int) or plain < 0:
        raise TypeError(f"{plain!r} counts nothing")
    return plain


def _number(plain: object) -> float:
    if not isinstance(plain, int | float):
        raise TypeError(f"{plain!r} is no number")
    return float(plain)


def _seconds(plain: object) -> float:
    seconds = _number(plain)
    if not 0 <= seconds < inf:
        raise ValueError(f"{seconds} is no time")
    return seconds
