"""Whatever people and outputs do, in any order: nothing is lost, doubled, heard twice, or silent without a cause."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import define
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from conductr_player import (
    ChangeSound,
    Clear,
    CommandRefused,
    Describe,
    Ended,
    EndReason,
    Enqueue,
    Entry,
    EntryId,
    Jump,
    LinkLost,
    LinkRestored,
    LoopMode,
    Move,
    Pause,
    PauseCause,
    PauseOutput,
    Place,
    Play,
    PlaybackState,
    Preload,
    Previous,
    Remove,
    RemoveOf,
    RemoveRange,
    Resume,
    ResumeOutput,
    Rules,
    Seek,
    SeekOutput,
    Session,
    SetLoop,
    SetRules,
    SetSound,
    Shuffle,
    Skip,
    Sound,
    Stale,
    Started,
    Stop,
    StopOutput,
    Tell,
    Track,
    TrackId,
    Undo,
    UserId,
    from_plain,
    step,
    to_plain,
)
from conductr_player.core.inputs import Command, Effect, Report
from conductr_player.core.queue import HISTORY_LIMIT
from conductr_player.core.watchdog import on_duty

SOUNDING = (PlaybackState.LOADING, PlaybackState.PLAYING)
HELD = (EndReason.CONNECTION_LOST, EndReason.SHUTDOWN)
ENDS = [reason for reason in EndReason if reason is not EndReason.DRY]
LENGTH_S = 200.0


@define
class ModelOutput:
    """An output as the contract has it: one play at a time, paused or not."""

    play_id: int | None = None
    paused: bool = False
    unheard_plays: int = 0  # since something was heard or asked for

    def take(self, effects: tuple[Effect, ...]) -> None:
        assert sum(isinstance(effect, Play) for effect in effects) <= 1, "never two sounds"
        for effect in effects:
            match effect:
                case Play(play_id, entry, start_s):
                    assert entry.track.playable
                    assert 0 <= start_s <= LENGTH_S
                    self.play_id, self.paused = play_id, False
                    self.unheard_plays += 1
                case PauseOutput() | ResumeOutput():
                    assert self.play_id is not None
                    assert self.paused is isinstance(effect, ResumeOutput)
                    self.paused = not self.paused
                case StopOutput():
                    self.play_id = None
                case SeekOutput(position_s):
                    assert self.play_id is not None
                    assert 0 <= position_s <= LENGTH_S
                case Preload():
                    assert self.play_id is not None
                case ChangeSound() | Tell():
                    pass

    @property
    def audible(self) -> bool:
        return self.play_id is not None and not self.paused


def shown(session: Session) -> tuple[object, ...]:
    """What people can see of a session, but its position."""
    return session.queue, session.state, session.paused_by, session.sound, session.rules, session.play_id


causes = st.sampled_from(PauseCause)
slots = st.integers(0, 30)


class Guild(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.session, self.output, self.now = Session(), ModelOutput(), 0.0
        self.made = list[Entry]()
        self.present = set[EntryId]()  # what must be in the queue, by the model's own book
        self.removed = set[EntryId]()  # what an undo brings back

    def give(self, given: Command | Report, *, play_id: int | None = None) -> bool:
        """Step, and look at what happened. False where it was refused."""
        before = self.session
        self.now += 1
        if not isinstance(given, Started | Ended):
            self.output.unheard_plays = 0
            with pytest.raises(Stale) as stale:
                step(before, given, self.now, expected=before.version + 1)
            assert stale.value.session is before
        try:
            after, effects = step(before, given, self.now, expected=before.version, position_s=37.5)
        except CommandRefused:
            return False
        if isinstance(given, Started) and given.play_id == before.play_id:
            self.output.unheard_plays = 0
        self.output.take(effects)
        self.session = after
        moved = isinstance(given, Seek | Previous) and after is not before
        assert after.version == before.version + (shown(before) != shown(after) or moved)
        if after.state in SOUNDING:
            assert after.leave_at is None
        elif before.state in SOUNDING:
            assert after.leave_at == self.now + 300
        return True

    def waiting(self, slot: int) -> EntryId:
        upcoming = self.session.queue.upcoming
        return upcoming[slot % len(upcoming)].id if upcoming and slot < 28 else EntryId("nobody's")

    def arranges(self, given: Command, gone: Callable[[Entry], bool] = lambda entry: False) -> None:
        gone_ids = {entry.id for entry in self.session.queue.upcoming if gone(entry)}
        order = self.session.queue.upcoming
        if self.give(given):
            self.present -= gone_ids
            changed = gone_ids or (isinstance(given, Shuffle) and self.session.queue.upcoming != order)
            self.removed = gone_ids if changed else self.removed

    @rule(
        tracks=st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans(), st.integers(1, 3)), max_size=4),
        place=st.sampled_from(Place),
        repeated=slots,
    )
    def add(self, tracks: list[tuple[str, bool, int]], place: Place, repeated: int) -> None:
        again = tuple(self.made[repeated : repeated + 1])
        fresh = [
            Entry(EntryId(f"e{number}"), Track(TrackId(name), name, LENGTH_S, playable), UserId(member))
            for number, (name, playable, member) in enumerate(tracks, start=len(self.made))
            if number < HISTORY_LIMIT  # so that the history forgets none
        ]
        self.made.extend(fresh)
        earlier = [entry.id for entry in self.session.queue.upcoming]
        if not self.give(Enqueue((*again, *fresh), place)):
            return
        queue = self.session.queue
        let_in = {entry.id for entry in queue.entries()} - self.present
        assert let_in <= {entry.id for entry in (*again, *fresh)}
        self.present |= let_in
        still = [entry.id for entry in queue.upcoming if entry.id in earlier]
        assert still == [each for each in earlier if each in still], "what waits is never re-sorted"

    @rule(count=st.integers(-1, 3), seen=st.booleans())
    def skip(self, count: int, seen: bool) -> None:
        before = self.session
        assert self.give(Skip(count, None if seen else before.play_id + 5))
        if not seen:
            assert self.session is before

    @rule()
    def previous(self) -> None:
        assert self.give(Previous())

    @rule(slot=slots)
    def jump(self, slot: int) -> None:
        target = self.waiting(slot)
        if self.give(Jump(target)):
            current = self.session.queue.current
            assert (current and current.id == target) or self.session.queue.upcoming[0].id == target

    @rule(cause=causes, on=st.sampled_from([True, False, False]))
    def hold_or_let_go(self, cause: PauseCause, on: bool) -> None:
        before = self.session
        assert self.give(Pause(cause) if on else Resume(cause))
        if not on and cause is not PauseCause.USER:
            assert self.session.paused_by >= before.paused_by - {cause}
        if on and before.state is not PlaybackState.IDLE:
            assert self.session.paused_by == before.paused_by | {cause}

    @rule()
    def stop(self) -> None:
        queue = self.session.queue
        assert self.give(Stop())
        if queue.current or queue.upcoming:
            self.removed = {entry.id for entry in queue.upcoming}
            self.present -= self.removed
        assert not self.output.audible

    @rule(mode=st.sampled_from(LoopMode))
    def loop(self, mode: LoopMode) -> None:
        assert self.give(SetLoop(mode))

    @rule(slot=slots, other=slots)
    def remove(self, slot: int, other: int) -> None:
        ids = {self.waiting(slot), self.waiting(other)}
        self.arranges(Remove(tuple(ids)), lambda entry: entry.id in ids)

    @rule(slot=slots, other=slots)
    def remove_range(self, slot: int, other: int) -> None:
        order = [entry.id for entry in self.session.queue.upcoming]
        ends = self.waiting(slot), self.waiting(other)
        between = set[EntryId]()
        if set(ends) <= set(order):
            low, high = sorted(order.index(end) for end in ends)
            between = set(order[low : high + 1])
        self.arranges(RemoveRange(*ends), lambda entry: entry.id in between)

    @rule(member=st.integers(1, 4))
    def remove_of(self, member: int) -> None:
        self.arranges(RemoveOf(UserId(member)), lambda entry: entry.requested_by == member)

    @rule(slot=slots, other=slots, end=st.booleans())
    def move(self, slot: int, other: int, end: bool) -> None:
        self.arranges(Move(self.waiting(slot), None if end else self.waiting(other)))

    @rule(seed=st.integers(0, 9))
    def shuffle(self, seed: int) -> None:
        self.arranges(Shuffle(seed))

    @rule()
    def clear(self) -> None:
        self.arranges(Clear(), lambda entry: True)

    @rule(position_s=st.floats(-5, 500))
    def seek(self, position_s: float) -> None:
        assert self.give(Seek(position_s))

    @rule(name=st.sampled_from("abcdef"), playable=st.booleans())
    def describe(self, name: str, playable: bool) -> None:
        assert self.give(Describe(Track(TrackId(name), f"{name}, known", LENGTH_S, playable)))

    @rule(volume=st.integers(0, 200))
    def sound(self, volume: int) -> None:
        assert self.give(SetSound(Sound(volume_percent=volume)))

    @rule(fair=st.booleans(), cap=st.none() | st.integers(1, 4), guard=st.booleans())
    def set_rules(self, fair: bool, cap: int | None, guard: bool) -> None:
        assert self.give(SetRules(Rules(fair, cap, guard)))

    @rule()
    def undo(self) -> None:
        if self.give(Undo()):
            self.present |= self.removed
            self.removed = set()
            assert not self.give(Undo())

    @rule(up=st.sampled_from([True, True, False]))
    def link(self, up: bool) -> None:
        assert self.give(LinkRestored() if up else LinkLost())

    @rule()
    def sound_is_heard(self) -> None:
        if self.output.audible and self.output.play_id is not None:
            self.give(Started(self.output.play_id))

    @rule(reason=st.sampled_from(ENDS), position_s=st.none() | st.floats(0, LENGTH_S))
    def sound_ends(self, reason: EndReason, position_s: float | None) -> None:
        if self.output.play_id is None:
            return
        before, play_id, self.output.play_id = self.session, self.output.play_id, None
        if reason is EndReason.STOPPED:
            self.removed = {entry.id for entry in before.queue.upcoming}
            self.present -= self.removed
        self.give(Ended(play_id, reason, position_s))
        if reason in HELD:
            assert self.session.queue == before.queue
            assert PauseCause.OUTAGE in self.session.paused_by
            assert position_s is None or self.session.start_at_s == position_s
        assert self.output.unheard_plays <= 6, "broken tracks are not tried for ever"

    @rule(position_s=st.none() | st.floats(0, LENGTH_S))
    def it_runs_dry(self, position_s: float | None) -> None:
        """Said by who watches: the output holds the play until it is told of another."""
        if self.output.play_id is None:
            return
        before, self.output.unheard_plays = self.session, 0  # each is overtaken once
        self.give(Ended(before.play_id, EndReason.DRY, position_s))
        if self.session is not before:
            assert before.queue.current is not None
            assert self.session.queue.upcoming[0].id == before.queue.current.id

    @rule(reason=st.sampled_from([EndReason.LOAD_FAILED, EndReason.STALLED, EndReason.FINISHED]))
    def everything_is_broken(self, reason: EndReason) -> None:
        while self.output.play_id is not None:
            self.sound_ends(reason, None)
            if self.session.heard or reason is EndReason.FINISHED:
                break

    @rule()
    def people_press_play(self) -> None:
        """Most walks would else be a silent guild's."""
        assert self.give(LinkRestored())
        assert self.give(Resume())
        assert self.session.state is not PlaybackState.PAUSED

    @rule(reason=st.sampled_from(EndReason), back=st.integers(0, 3))
    def a_late_report_comes(self, reason: EndReason, back: int) -> None:
        before = self.session
        back = max(back, int(before.loaded))
        for late in (Ended(before.play_id - back, reason, 3.0), Started(before.play_id - back)):
            assert step(before, late, self.now) == (before, ())

    @rule()
    def a_minute_passes(self) -> None:
        self.now += 61
        assert not self.give(Undo())
        self.removed = set()

    @rule()
    def restart(self) -> None:
        plain: dict[str, Any] = json.loads(json.dumps(to_plain(self.session, self.session.start_at_s)))
        before = self.session
        self.session, position_s = from_plain(plain)
        assert position_s == self.session.start_at_s
        assert (self.session.queue, self.session.sound) == (before.queue, before.sound)
        assert self.session.play_id > before.play_id - (not before.loaded)
        self.output, self.removed = ModelOutput(), set()
        if before.state in SOUNDING:
            again, effects = step(self.session, LinkRestored(), self.now)
            assert [effect.entry for effect in effects if isinstance(effect, Play)] == [again.queue.current]

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        ids = [entry.id for entry in self.session.queue.entries()]
        assert len(ids) == len(set(ids))
        assert set(ids) == self.present

    @invariant()
    def the_state_says_what_is(self) -> None:
        session = self.session
        assert (session.state in (PlaybackState.IDLE, PlaybackState.WAITING)) == (session.queue.current is None)
        assert self.output.audible == (session.state in SOUNDING)
        assert (session.state is PlaybackState.PAUSED) == (
            session.queue.current is not None and bool(session.paused_by)
        )
        assert session.linked or PauseCause.OUTAGE in session.paused_by
        assert session.state is not PlaybackState.IDLE or PauseCause.USER not in session.paused_by
        if session.loaded:
            assert self.output.play_id == session.play_id

    @invariant()
    def there_is_no_dead_air(self) -> None:
        session = self.session
        if session.linked and not session.paused_by and not session.at_rest:
            assert session.loaded or session.queue.ready is None
            renders = bool(session.queue.upcoming) and session.queue.current is None
            assert (session.state is PlaybackState.WAITING) == renders

    @invariant()
    def a_link_that_is_missed_is_asked_for(self) -> None:
        if not self.session.linked:
            linked, _ = step(self.session, LinkRestored(), self.now)
            assert on_duty(self.session, cut_off=True) == (linked.state in SOUNDING)

    @invariant()
    def a_snapshot_says_the_same_when_it_is_read_and_written_again(self) -> None:
        plain = to_plain(self.session, self.session.start_at_s)
        assert to_plain(*from_plain(plain)) == plain


Guild.TestCase.settings = settings(
    max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestGuild = Guild.TestCase


def test_the_model_output_would_notice_two_sounds() -> None:
    entry = Entry(EntryId("e"), Track(TrackId("t"), "T"), UserId(1))
    with pytest.raises(AssertionError, match="never two sounds"):
        ModelOutput().take((Play(1, entry), Play(2, entry)))
