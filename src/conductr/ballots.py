"""Ballots: the votes of one room about the play that is current. A vote about an older play is void."""

from __future__ import annotations

from attrs import define, field, frozen

from conductr_player import Command, Enqueue, Jump, Skip

from .messages import ToVote
from .rights import Ballot, Deed, needed
from .views import BallotView

Subject = tuple[Deed, str]


@frozen
class Count:
    """`ids` are the listeners that are known, `listeners` how many there are; `ratio` of them is enough."""

    ids: frozenset[int]
    listeners: int
    ratio: float

    def of(self, ballot: Ballot) -> tuple[int, int]:
        """How many are for it, and how many are needed."""
        ids = self.ids or ballot.voters
        return ballot.have(ids), needed(max(len(self.ids), self.listeners), self.ratio)


@frozen
class Motion:
    """A ballot, and what is done once it has passed."""

    ballot: Ballot
    command: Command

    @property
    def subject(self) -> Subject:
        return _subject(self.ballot.deed, self.command)


@define(eq=False)
class Ballots:
    _open: dict[Subject, Motion] = field(factory=dict)

    def cast(self, vote: ToVote) -> Subject:
        """Count the voice; given again it is taken back."""
        self.drop_before(vote.play_id)
        subject = _subject(Deed(vote.deed), vote.command)
        motion = self._open.get(subject) or Motion(Ballot(vote.play_id, Deed(vote.deed)), vote.command)
        self._open[subject] = Motion(motion.ballot.cast(vote.voter_id), motion.command)
        return subject

    def voted(self, subject: Subject, user_id: int) -> bool:
        return subject in self._open and user_id in self._open[subject].ballot.voters

    def standing(self, subject: Subject, count: Count) -> tuple[int, int]:
        return count.of(self._open[subject].ballot)

    def take_passed(self, play_id: int, count: Count) -> tuple[Motion, ...]:
        """Those that have enough votes now; they are not open any more."""
        self.drop_before(play_id)
        passed = {subject: motion for subject, motion in self._open.items() if _passed(motion.ballot, count)}
        for subject in passed:
            del self._open[subject]
        return tuple(passed.values())

    def drop_before(self, play_id: int) -> None:
        """A play is over: what was to be decided about it is void."""
        self._open = {subject: motion for subject, motion in self._open.items() if motion.ballot.play_id == play_id}

    def left(self, listener_ids: frozenset[int]) -> None:
        """Who is not among these has no vote any more."""
        for subject, motion in tuple(self._open.items()):
            ballot = motion.ballot.within(listener_ids)
            if ballot.voters:
                self._open[subject] = Motion(ballot, motion.command)
            else:
                del self._open[subject]

    def views(self, play_id: int, count: Count) -> tuple[BallotView, ...]:
        return tuple(
            BallotView(subject[0].value, *count.of(motion.ballot), motion.ballot.voters)
            for subject, motion in self._open.items()
            if motion.ballot.play_id == play_id and motion.ballot.voters
        )


def _passed(ballot: Ballot, count: Count) -> bool:
    have, enough = count.of(ballot)
    return have >= enough


def _subject(deed: Deed, command: Command) -> Subject:
    return deed, _object(command)


def _object(command: Command) -> str:
    """What tells two votes of one kind apart: to jump to another song is another vote."""
    match command:
        case Jump(entry_id):
            return entry_id
        case Skip(count):
            return str(count)
        case Enqueue(entries):
            return " ".join(entry.track.id for entry in entries)
        case _:
            return ""
