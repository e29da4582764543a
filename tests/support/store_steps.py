"""What a process that only remembers does: steps on the store, each of which is told once it is acknowledged."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from conductr_store import Conflict, LeaseLost, Media, QueueSnapshot, QuotaUsedUp, Store
from conductr_store.faults import faultpoint
from conductr_store.records import AttemptState, FileKind, SongState, now
from conductr_store.shelf import Shelf
from conductr_store.sweeper import sweep
from conductr_store.testing import A_GUILD, a_generation, a_song, put_people

Say = Callable[..., None]
LEASE = timedelta(milliseconds=40)  # the next life takes over from one that was killed
SENT_TWICE = 0.3  # of the commands, as after a lost answer
ACCOUNTS = (("guild:11:day", 40), ("member:7:day", 25))


class Life:
    """One life. `rng` decides what it does; ids come of it, too, so that two lives with a seed do the same."""

    def __init__(self, shelf: Shelf, rng: Random, say: Say) -> None:
        self.store, self.shelf, self.rng, self.say = shelf.store, shelf, rng, say
        self.owner = self.new_id()

    def new_id(self) -> str:
        return UUID(int=self.rng.getrandbits(128)).hex

    async def edit_queue(self) -> None:
        """Under a guild's lease."""
        async with self.store.begin() as tx:
            lease = await tx.leases.acquire(A_GUILD.id, self.owner, LEASE)
        if lease is None:
            return
        self.say("lease", lease.guild_id, lease.epoch)
        async with self.store.begin() as tx:
            lease = (*(await tx.leases.renew([lease], LEASE)), lease)[0]
            known = await tx.queues.load(A_GUILD.id)
        items = list(known.session["items"]) if known else []  # pyright: ignore[reportArgumentType] - written below
        data = self._an_edit(items)
        command, snapshot = self.new_id(), QueueSnapshot(A_GUILD.id, 0, 0.0, {"items": apply(items, data)})
        for _ in range(2 if self.rng.random() < SENT_TWICE else 1):
            faultpoint("queue.before_tx")
            async with self.store.begin() as tx:
                version = await tx.queues.record(
                    A_GUILD.id,
                    command_id=command,
                    kind=str(data["op"]),
                    data=data,
                    snapshot=snapshot,
                    epoch=lease.epoch,
                )
            faultpoint("queue.after_commit")
            self.say("queue", A_GUILD.id, command, version)
            faultpoint("queue.after_ack")

    def _an_edit(self, items: list[object]) -> dict[str, object]:
        place = self.rng.randrange(len(items)) if items else 0
        if not items or self.rng.random() < 0.6:
            return {"op": "add", "item": self.new_id()[:8]}
        if self.rng.random() < 0.5 or len(items) > 8:
            return {"op": "remove", "place": place}
        return {"op": "first", "place": place}

    async def do_job(self) -> None:
        key = self.new_id()
        async with self.store.begin() as tx:
            await tx.jobs.put("proof", key, {"n": 1}, max_attempts=50)
        self.say("job", key)
        await self.finish_jobs(2)

    async def finish_jobs(self, limit: int) -> int:
        async with self.store.begin() as tx:
            jobs = await tx.jobs.claim(["proof"], self.owner, LEASE, limit)
        for job in jobs:
            async with self.store.begin() as tx:
                await tx.jobs.done(job.id, job.lease_epoch)
            self.say("job_done", job.key)
        return len(jobs)

    async def use_quota(self) -> None:
        ref = self.new_id()
        amount = self.rng.randint(1, 3)
        async with self.store.begin() as tx:
            for account, granted in ACCOUNTS:
                await tx.ledger.ensure(account, granted)
        try:
            async with self.store.begin() as tx:
                await tx.ledger.reserve_all([(account, amount) for account, _ in ACCOUNTS], ref)
        except QuotaUsedUp:
            return
        self.say("reserved", ref)
        kept = self.rng.random() < 0.3
        async with self.store.begin() as tx:
            await (tx.ledger.consume(ref) if kept else tx.ledger.release(ref))
        self.say("consumed" if kept else "released", ref)

    async def submit(self) -> None:
        """A generation and its attempt, as the saga writes them, without a gateway."""
        row = a_generation(id=self.new_id(), request_key=self.new_id())
        async with self.store.begin() as tx:
            await tx.generations.add(row)
        self.say("generation", row.id)
        async with self.store.begin() as tx:
            attempt = await tx.attempts.begin(row.id, provider="proof", nonce_hash=self.new_id())
        self.say("attempt", attempt.id)
        task = self.new_id()
        async with self.store.begin() as tx:
            await tx.attempts.settle(attempt.id, AttemptState.ACCEPTED, task_id=task)
        self.say("task", task)

    async def tell(self) -> None:
        dedupe = self.new_id()
        async with self.store.begin() as tx:
            await tx.notices.put(dedupe, {"channel": 1}, "proof", {"text": "done"})
        self.say("notice", dedupe)
        async with self.store.begin() as tx:
            mine = await tx.notices.claim(self.owner, LEASE, 2)
        for notice in mine:
            async with self.store.begin() as tx:
                await tx.notices.sent(notice.id, self.rng.getrandbits(60), epoch=notice.lease_epoch)
            self.say("sent", notice.dedupe)

    async def keep_song(self) -> None:
        """The file first, then the row that calls it ready."""
        sound = self.rng.randbytes(self.rng.randint(1_000, 60_000))
        key = await self.shelf.keep_file(sound, ".mp3", kind=FileKind.AUDIO)
        row = a_generation(id=self.new_id(), request_key=self.new_id())
        song = a_song(row, id=self.new_id(), clip_id=self.new_id(), state=SongState.READY, audio_key=key)
        async with self.store.begin() as tx:
            await tx.generations.add(row)
            await tx.songs.add(song)
        self.say("ready", song.id)
        self.say("file", key)  # not before: one that no song names is swept

    async def each_once(self) -> None:
        for do in (self.edit_queue, self.do_job, self.use_quota, self.submit, self.tell, self.keep_song):
            await do()

    async def step(self, name: str | None = None) -> None:
        """One of any kind, or of the one that is named."""
        kinds = (self.edit_queue, self.edit_queue, self.do_job, self.use_quota, self.submit, self.tell, self.keep_song)
        named = [do for do in kinds if do.__name__ == name]
        try:
            await self.rng.choice(named or kinds)()
        except (LeaseLost, Conflict) as error:
            self.say("lost", type(error).__name__)


def apply(items: list[object], data: dict[str, object]) -> list[object]:
    """The queue after an edit. Pure; the test replays the log with it."""
    match data:
        case {"op": "add", "item": item}:
            return [*items, item]
        case {"op": "remove", "place": int(place)}:
            return [*items[:place], *items[place + 1 :]]
        case {"op": "first", "place": int(place)}:
            return [items[place], *items[:place], *items[place + 1 :]]
        case _:
            raise ValueError(data)


def replay(events: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The queue that a log comes to, told by itself rather than by `apply`."""
    items: list[Any] = []
    for event in events:
        match event["op"]:
            case "add":
                items.append(event["item"])
            case "remove":
                del items[event["place"]]
            case _:
                items.insert(0, items.pop(event["place"]))
    return {"items": items}


def in_a_minute() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


@asynccontextmanager
async def born(url: str, folder: str, seed: int, say: Say, clock: Callable[[], datetime] = now) -> AsyncGenerator[Life]:
    async with Store.open(url, now=clock) as store:
        async with store.begin() as tx:
            await put_people(tx)
        yield Life(Shelf(store, Media(folder)), Random(seed), say)


async def settle(url: str, folder: str, say: Say) -> None:
    """What dead lives left undone is done, when their leases are over; files that nobody knows go."""
    async with born(url, folder, 0, say, in_a_minute) as life:
        while await life.finish_jobs(50):
            pass
        await sweep(life.shelf, grace=timedelta(0))
