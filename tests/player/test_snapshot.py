"""A session survives being stored; what cannot be read is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conductr_player import (
    Enqueue,
    Entry,
    EntryId,
    LinkLost,
    LinkRestored,
    LoopMode,
    PauseCause,
    Play,
    PlaybackState,
    Queue,
    Resume,
    Rules,
    Session,
    SnapshotError,
    Sound,
    SoundEffect,
    Track,
    TrackId,
    UserId,
    from_plain,
    step,
    to_plain,
)
from conductr_player.testing import entries

IDLE, WAITING, PAUSED = PlaybackState.IDLE, PlaybackState.WAITING, PlaybackState.PAUSED
BY_USER, EMPTY, OUTAGE = PauseCause.USER, PauseCause.EMPTY, PauseCause.OUTAGE

tracks = st.builds(Track, st.text().map(TrackId), st.text(), st.none() | st.floats(0, 900), st.booleans())
made = st.lists(st.tuples(tracks, st.integers(0, 2**64).map(UserId), st.floats(0, 900)), max_size=8).map(
    lambda many: tuple(Entry(EntryId(str(n)), track, by, at) for n, (track, by, at) in enumerate(many))
)
sounds = st.builds(
    Sound,
    volume_percent=st.integers(0, 200),
    effects=st.frozensets(st.sampled_from(SoundEffect)),
    speed=st.floats(0.5, 2),
    pitch_semitones=st.floats(-12, 12),
    crossfade_s=st.floats(0, 12),
    bitrate_kbits=st.sampled_from([64, 96, 128]),
)
rules = st.builds(Rules, st.booleans(), st.none() | st.integers(1, 9), st.booleans())


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Sessions that play, or are paused. What else can be reached is in test_machine."""
    each = draw(made.filter(len))
    at = draw(st.integers(0, len(each) - 1))
    causes = draw(st.frozensets(st.sampled_from(PauseCause)))
    return Session(
        queue=Queue(each[at], each[at + 1 :], each[:at], draw(st.sampled_from(LoopMode))),
        state=PAUSED if causes else PlaybackState.PLAYING,
        version=draw(st.integers(0, 9)),
        paused_by=causes,
        sound=draw(sounds),
        rules=draw(rules),
        play_id=7,
        loaded=draw(st.booleans()),
    )


@given(sessions(), st.floats(0, 900))
def test_a_session_survives_json(session: Session, position_s: float) -> None:
    plain = to_plain(session, position_s)
    restored, at_s = from_plain(json.loads(json.dumps(plain)))
    for kept in ("queue", "version", "sound", "rules"):
        assert getattr(restored, kept) == getattr(session, kept)
    assert restored.state is PAUSED
    assert restored.paused_by == (session.paused_by or {OUTAGE})
    assert at_s == restored.start_at_s == pytest.approx(position_s, abs=0.001)
    assert to_plain(restored, at_s) == plain


def a_song(*, playable: bool = True) -> Entry:
    return Entry(EntryId("e"), Track(TrackId("t"), "T", None, playable), UserId(1))


def playing() -> Session:
    return step(Session(), Enqueue((a_song(),)), 0)[0]


def reloaded(session: Session, position_s: float = 0.0) -> Session:
    return from_plain(to_plain(session, position_s))[0]


@pytest.mark.parametrize("go", [LinkRestored(), Resume()])
def test_what_was_playing_goes_on_where_it_was_with_a_play_id_of_its_own(go: LinkRestored | Resume) -> None:
    _, effects = step(reloaded(playing(), 61.5), go, 0)
    assert effects == (Play(2, a_song(), 61.5),)


def test_a_persons_pause_outlives_the_restart() -> None:
    paused = reloaded(evolve(playing(), state=PAUSED, paused_by=frozenset({BY_USER})), 61.5)
    assert step(paused, LinkRestored(), 0) == (paused, ())
    assert step(paused, Resume(), 0)[1] == (Play(2, a_song(), 61.5),)


def test_what_waited_for_a_song_to_render_waits_on() -> None:
    waiting = reloaded(step(Session(), Enqueue((a_song(playable=False),)), 0)[0])
    assert (waiting.state, waiting.paused_by) == (WAITING, {OUTAGE})
    assert step(waiting, LinkRestored(), 0)[0].paused_by == set()


def test_what_was_queued_without_a_link_stands_still_until_somebody_asks() -> None:
    unheard = step(step(Session(), LinkLost(), 0)[0], Enqueue((a_song(),)), 0)[0]
    restored = reloaded(unheard)
    assert (restored.state, restored.paused_by, restored.at_rest) == (IDLE, frozenset(), True)
    assert step(restored, LinkRestored(), 0) == (restored, ())
    assert step(restored, Resume(), 0)[1] == (Play(1, a_song(), 0.0),)


def test_an_empty_room_is_still_empty() -> None:
    assert reloaded(Session(paused_by=frozenset({EMPTY, OUTAGE}))).paused_by == {EMPTY}


def test_where_nothing_plays_there_is_no_position() -> None:
    plain = to_plain(Session(), 61.5)
    assert to_plain(*from_plain(plain)) == plain


FIRST = {
    "version": 1,
    "position_s": 61.5,
    "loop": "queue",
    "current": {"id": "e", "track": {"id": "t", "title": "T", "duration_s": None}, "requested_by": 1},
    "upcoming": [],
    "history": [],
}


def test_a_snapshot_of_the_first_version_plays_on() -> None:
    session, position_s = from_plain(FIRST)
    assert (session.queue, position_s) == (Queue(a_song(), loop=LoopMode.QUEUE), 61.5)
    assert step(session, LinkRestored(), 0)[1] == (Play(1, a_song(), 61.5),)


def test_one_that_stood_still_does_so_until_somebody_asks() -> None:
    session, position_s = from_plain({**FIRST, "current": None, "upcoming": [FIRST["current"]]})
    assert (session.state, session.at_rest, position_s) == (IDLE, True, 0.0)
    assert step(session, Resume(), 0)[1] == (Play(1, a_song(), 0.0),)
    assert from_plain({**FIRST, "current": None}) == (Session(queue=Queue(loop=LoopMode.QUEUE)), 0.0)


good: dict[str, Any] = to_plain(Session(queue=Queue(entries("a")[0])), 1)


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {**good, "version": 3},
        {**good, "version": [2]},
        {**good, "loop": "sideways"},
        {**good, "upcoming": None},
        {**good, "upcoming": [3]},
        {**good, "upcoming": [{"id": "e"}]},
        {**good, "upcoming": [good["current"]]},
        {**good, "position_s": "soon"},
        {**good, "position_s": None},
        {**good, "position_s": -1.0},
        {**good, "position_s": float("nan")},
        {**good, "position_s": 10**400},
        {**good, "revision": -1},
        {**good, "paused_by": ["boredom"]},
        {**good, "at_rest": "no"},
        {**good, "sound": {**good["sound"], "volume_percent": 900}},
        {**good, "sound": {**good["sound"], "speed": float("nan")}},
        {**good, "rules": {**good["rules"], "member_cap": 0}},
        {**good, "current": {**good["current"], "resume_s": -1}},
        {k: v for k, v in good.items() if k != "current"},
        {**FIRST, "history": "none"},
    ],
)
def test_what_cannot_be_read_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SnapshotError):
        from_plain(bad)


def test_the_same_session_with_another_position_is_another_snapshot() -> None:
    assert to_plain(playing(), 1.0) != to_plain(playing(), 2.0)
