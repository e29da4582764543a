"""A session survives being stored; what cannot be read is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conductr_player import (
    Entry,
    EntryId,
    LoopMode,
    PlaybackState,
    Queue,
    Session,
    SnapshotError,
    Track,
    TrackId,
    UserId,
    from_plain,
    step,
    to_plain,
)
from conductr_player.inputs import Play, Resume

tracks = st.builds(Track, st.text().map(TrackId), st.text(), st.none() | st.floats(0, 900))
made = st.lists(st.tuples(tracks, st.integers(0, 2**64).map(UserId)), max_size=8).map(
    lambda many: tuple(Entry(EntryId(str(n)), track, by) for n, (track, by) in enumerate(many))
)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    each = draw(made)
    at = draw(st.integers(0, max(0, len(each) - 1)))
    loop = draw(st.sampled_from(LoopMode))
    queue = Queue(each[at] if each else None, each[at + 1 :], each[:at], loop)
    state = PlaybackState.PLAYING if queue.current else PlaybackState.IDLE
    return Session(queue=queue, state=state, play_id=7, loaded=bool(queue.current), heard=True)


@given(sessions(), st.floats(0, 900))
def test_a_session_survives_json(session: Session, position_s: float) -> None:
    restored, at_s = from_plain(json.loads(json.dumps(to_plain(session, position_s))))
    assert restored.queue == session.queue
    assert restored.state is (PlaybackState.PAUSED if session.queue.current else PlaybackState.IDLE)
    assert at_s == (pytest.approx(position_s, abs=0.001) if session.queue.current else 0.0)
    assert to_plain(restored, at_s) == evolve_position(to_plain(session, position_s), at_s)


def evolve_position(plain: dict[str, object], position_s: float) -> dict[str, object]:
    return {**plain, "position_s": position_s}


def test_resume_plays_a_restored_session_on_from_where_it_was() -> None:
    entry = Entry(EntryId("e"), Track(TrackId("t"), "T"), UserId(1))
    session = Session(queue=Queue(entry), state=PlaybackState.PLAYING)
    restored, _ = from_plain(to_plain(session, 61.5))
    _, effects = step(restored, Resume(), 0)
    assert effects == (Play(1, entry, 61.5),)


good: dict[str, Any] = to_plain(Session(queue=Queue(Entry(EntryId("e"), Track(TrackId("t"), "T"), UserId(1)))), 1)


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {**good, "version": 2},
        {**good, "loop": "sideways"},
        {**good, "upcoming": None},
        {**good, "upcoming": [3]},
        {**good, "upcoming": [{"id": "e"}]},
        {**good, "upcoming": [good["current"]]},
        {**good, "position_s": "soon"},
        {**good, "position_s": None},
        {k: v for k, v in good.items() if k != "current"},
    ],
)
def test_what_cannot_be_read_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SnapshotError):
        from_plain(bad)


def test_the_same_session_with_another_position_is_another_snapshot() -> None:
    session = evolve(Session(), queue=Queue())
    assert to_plain(session, 1.0) != to_plain(session, 2.0)
