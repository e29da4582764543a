"""A process stands still (SIGSTOP) while another takes its work over: woken, it writes nothing and sends nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import define
from support.databases import Databases
from support.killing import Lasting
from support.nursery import Nursery, nursery
from support.proving import SCALE, proof
from support.quick_suno import Prepared, QuickSandbox, quick_suno
from support.rows import reading
from support.store_steps import replay
from support.suno import Suno
from support.world import Submission

from conductr_store.tables import metadata

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(900)]

CHILDREN = Path(__file__).parent / "children"
# What holds a lease, and the moment after it was given: no transaction is open, so that others can write.
HOLDERS = {"edit_queue": "queue.before_tx:1", "do_job": "store.after_commit:3", "tell": "store.after_commit:3"}
# Only who stood still before the answer to a submission was written knows what became of it, and may say it later.
NOTHING_LEFT = ("gen.after_attempt_row", "gen.before_post")
KNOWS_MORE = (*NOTHING_LEFT, "gen.after_post_before_store")
AFTER_IT = ("gen.after_store_task", "gen.poll", "gen.cb_after_commit", "media.validated", "media.renamed")
POINTS = (*KNOWS_MORE, *AFTER_IT, "media.row_ready", "gen.finalize")
IN_CI = ("gen.before_post", "gen.after_post_before_store", "media.renamed")
GUILD = 1_001
LINGERS_S = 0.5  # a woken one has this long to do what it should not


async def everything(url: str) -> dict[str, list[str]]:
    """All rows of all tables. Of files what they are: the same bytes may be put there again, under the same name."""
    async with reading(url) as look:
        names = [table.name for table in metadata.sorted_tables]
        asked = {name: "key, state" if name == "media_files" else "*" for name in names}
        return {name: sorted(map(repr, await look.rows(f"SELECT {asked[name]} FROM {name}"))) for name in names}


@pytest.mark.parametrize("step", HOLDERS)
async def test_who_lost_its_lease_while_it_stood_still_writes_nothing(
    ram: Path, databases: Databases, step: str
) -> None:
    world = Lasting(await databases.new(ram), ram / "media", replay)
    given: dict[str, Any] = {"folder": str(world.media), "only": step}
    before: dict[str, list[str]] = {}
    async with nursery(CHILDREN / "store_life.py") as lives, nursery(CHILDREN / "store_life.py") as others:

        async def takes_over() -> None:
            await world.live(others, seed=2, steps=3, later=True, **given)
            before.update(await everything(world.url))

        woken = await world.live(lives, faults=f"{HOLDERS[step]}:stop", stopped=takes_over, seed=1, steps=1, **given)
    assert ("stopped",) in woken.said
    assert woken.told("lost") == [("LeaseLost",)]
    assert await everything(world.url) == before
    assert await world.findings() == []


@define(eq=False)
class HandOver:
    """One wish, in the hands of two processes."""

    point: str
    world: Lasting
    given: dict[str, Any]
    server: QuickSandbox
    rows: dict[str, list[str]] | None = None
    submissions: int = 0

    async def play(self, one: Nursery, other: Nursery) -> list[str]:
        async def takes_over() -> None:
            await self.world.live(other, **self.given)
            self.rows, self.submissions = await everything(self.world.url), self.sent()

        await self.world.live(one, faults=f"{self.point}:1:stop", stopped=takes_over, linger_s=LINGERS_S, **self.given)
        if self.rows is None:
            return ["it never stood still"]
        found = await self.world.findings(at_rest=True)
        if self.point not in KNOWS_MORE:
            rows = await everything(self.world.url)
            found += [f"{name} changed once it was woken" for name in rows if rows[name] != self.rows[name]]
            found += ["it sent something once it was woken"] if self.sent() != self.submissions else []
        elif self.point in NOTHING_LEFT and await self.first_was_accepted():
            found.append("it sent what it had lost while it stood still")
        return found if self.sent() <= 1 else [*found, f"sent {self.sent()} times"]

    async def first_was_accepted(self) -> bool:
        async with reading(self.world.url) as look:
            first = "SELECT 1 FROM generation_attempts WHERE number = 1 AND state = 'accepted'"
            return bool(await look.rows(first))

    def sent(self) -> int:
        return sum(str(row.request.get("prompt", "")) == self.point for row in self.server.ledger.rows)


@pytest.mark.service
async def test_a_wish_that_changes_hands_is_sent_once_and_ends_as_the_second_one_left_it(
    ram: Path, postgres_url: str, postgres_template: str, prepared: Prepared
) -> None:
    """On PostgreSQL alone: who stands still may have SQLite's one lock, and nobody takes over then."""
    databases = Databases("postgresql", postgres_template, postgres_url)
    points = POINTS if SCALE >= 1 else IN_CI
    says = "Woken after another took over its wish, a process changes nothing and pays for nothing."
    with proof("hand-overs-postgresql", says) as run:
        async with (
            quick_suno(prepared) as (suno, server),
            nursery(CHILDREN / "saga_life.py") as one,
            nursery(CHILDREN / "saga_life.py") as other,
        ):
            for point in points:
                hand_over = await prepared_for(point, databases, ram / point, suno, server)
                run.tried([f"{point}: {each}" for each in await hand_over.play(one, other)])
        run.figures |= {"engine": databases.engine, "points": list(points)}
    await databases.drop()


async def prepared_for(point: str, databases: Databases, folder: Path, suno: Suno, server: QuickSandbox) -> HandOver:
    folder.mkdir()

    async def booked() -> tuple[Submission, ...]:
        rows = [(row.task_id, str(row.request.get("prompt", ""))) for row in server.ledger.rows]
        return tuple(Submission(task, prompt) for task, prompt in rows if prompt == point)

    world = Lasting(await databases.new(folder), folder / "media", booked=booked)
    given = {"folder": str(folder), "suno": [suno.url, suno.key], "wishes": {point: GUILD}, "guilds": [GUILD]}
    return HandOver(point, world, given, server)
