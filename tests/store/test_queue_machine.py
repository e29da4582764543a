"""Leases and queues against a model: one owner, no late write, no command twice, and the log makes the snapshot."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from support.undone import Undone, walk

from conductr_store import Changed, Lease, LeaseLost, QueueSnapshot
from conductr_store.testing import A_GUILD

HERE = A_GUILD.id
OWNERS = st.sampled_from(["x", "y", "z"])
LEASE_S = 15


class LeaseWalk(Undone):
    def __init__(self) -> None:
        super().__init__()
        self.owner: str | None = None
        self.epoch = 0
        self.until = self.clock()
        self.given: list[Lease] = []
        self.written: list[int] = []

    @rule(seconds=st.integers(1, 20))
    def time_passes(self, seconds: int) -> None:
        self.clock.move(seconds)

    @rule(owner=OWNERS)
    def acquire(self, owner: str) -> None:
        free = self.until <= self.clock() or self.owner == owner
        lease = self.do(self.tx.leases.acquire, HERE, owner, timedelta(seconds=LEASE_S))
        assert (lease is not None) == free
        if lease is not None:
            self.owner, self.epoch, self.until = owner, self.epoch + 1, self.clock() + timedelta(seconds=LEASE_S)
            assert lease == Lease(HERE, owner, self.epoch, self.until)
            self.given.append(lease)

    @rule(back=st.integers(0, 3))
    def renew(self, back: int) -> None:
        for lease in self.given[-1 - back :][:1]:
            held = self.do(self.tx.leases.renew, [lease], timedelta(seconds=LEASE_S))
            assert bool(held) == (lease.epoch == self.epoch)
            if held:
                self.until = self.clock() + timedelta(seconds=LEASE_S)

    @rule(back=st.integers(0, 3))
    def release(self, back: int) -> None:
        for lease in self.given[-1 - back :][:1]:
            released = self.do(self.tx.leases.release, lease)
            assert released == (lease.epoch == self.epoch and self.until > self.clock())
            if released:
                self.until = self.clock()

    @rule(back=st.integers(0, 3))
    def write(self, back: int) -> None:
        for lease in self.given[-1 - back :][:1]:
            snapshot = QueueSnapshot(HERE, len(self.written), 0.0, {})
            got = self.outcome(self.tx.queues.save, snapshot, epoch=lease.epoch)
            if lease.epoch == self.epoch:
                assert got is True
                self.written.append(lease.epoch)
            else:
                assert got is LeaseLost

    @invariant()
    def writes_are_of_epochs_that_never_fall(self) -> None:
        assert self.written == sorted(self.written)


class QueueWalk(Undone):
    def __init__(self) -> None:
        super().__init__()
        self.commands: dict[str, tuple[int, int]] = {}  # the version that each made, and its track
        self.tracks: tuple[int, ...] = ()
        self.kept: tuple[int, ...] = ()  # what the snapshot says: a later one that was saved meanwhile stays
        self.seq = 0

    @rule(number=st.integers(0, 12), back=st.none() | st.integers(-1, 2), ahead=st.integers(-2, 2))
    def record(self, number: int, back: int | None, ahead: int) -> None:
        command_id, version = f"c{number}", len(self.tracks)
        expected = None if back is None else version - back
        tracks = (*self.tracks, number)
        got = self.outcome(
            self.tx.queues.record,
            HERE,
            command_id=command_id,
            kind="add",
            data={"track": number},
            snapshot=QueueSnapshot(HERE, self.seq + ahead, 0.0, {"tracks": list(tracks)}),
            expected_version=expected,
        )
        if command_id in self.commands:
            assert got == self.commands[command_id][0]
        elif expected not in (None, version):
            assert got is Changed
        else:
            assert got == version + 1
            self.commands[command_id], self.tracks = (got, number), tracks
            if len(tracks) == 1 or ahead >= 0:
                self.kept, self.seq = tracks, self.seq + ahead

    @rule(ahead=st.integers(-2, 3))
    def save(self, ahead: int) -> None:
        if self.tracks:
            snapshot = QueueSnapshot(HERE, self.seq + ahead, 4.0, {"tracks": list(self.tracks)})
            assert self.do(self.tx.queues.save, snapshot) == (ahead >= 0)
            if ahead >= 0:
                self.kept, self.seq = self.tracks, self.seq + ahead

    @invariant()
    def the_log_makes_the_snapshot(self) -> None:
        kept = self.do(self.tx.queues.load, HERE)
        events = self.do(self.tx.queues.events, HERE)
        assert [event.version for event in events] == list(range(1, len(self.tracks) + 1))
        assert {event.command_id: (event.version, event.data["track"]) for event in events} == self.commands
        replayed = [event.data["track"] for event in events]
        assert (kept is None) == (not replayed)
        if kept is not None:
            assert (kept.version, kept.seq) == (len(replayed), self.seq)
            assert kept.session == {"tracks": list(self.kept)}


def test_whatever_owners_do_one_has_the_guild_and_no_late_write_is_kept(shared_url: str) -> None:
    walk(LeaseWalk, shared_url)


def test_whatever_commands_come_the_log_makes_the_snapshot(shared_url: str) -> None:
    walk(QueueWalk, shared_url)
