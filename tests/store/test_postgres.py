"""PostgreSQL: connections that break, at the commit too, and locks that others hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import anyio
import asyncpg
import pytest
from anyio.abc import ByteReceiveStream, ByteSendStream, ByteStream

from conductr_store import CommitUnsure, Guild, NotFound, Store, StoreBusy, StoreUnavailable, User
from conductr_store.testing import A_USER, a_generation, put_people

pytestmark = [pytest.mark.anyio, pytest.mark.service]


class Cutter:
    """Stands between store and server; `when` is a piece of a request: there it cuts, before or after handing it on."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.when: bytes | None = None
        self.hand_on = False

    async def serve(self, client: ByteStream) -> None:
        async with client, await anyio.connect_unix(self.server) as server, anyio.create_task_group() as group:
            lost = anyio.Event()
            group.start_soon(self._requests, client, server, lost, group.cancel_scope)
            group.start_soon(self._answers, server, client, lost, group.cancel_scope)

    async def _requests(
        self, client: ByteReceiveStream, server: ByteStream, lost: anyio.Event, line: anyio.CancelScope
    ) -> None:
        async for data in client:
            if self.when is None or self.when not in data:
                await server.send(data)
                continue
            self.when = None
            if self.hand_on:
                lost.set()
                await server.send(data)  # the server does it, and its answer is the end of the line
                return
            break
        line.cancel()

    async def _answers(
        self, server: ByteReceiveStream, client: ByteSendStream, lost: anyio.Event, line: anyio.CancelScope
    ) -> None:
        async for data in server:
            if lost.is_set():
                break
            await client.send(data)
        line.cancel()


@asynccontextmanager
async def cut_off(postgres: str) -> AsyncIterator[tuple[Cutter, str]]:
    """A cutter before the database, and the address that leads through it."""
    parts = urlsplit(postgres)
    folder = parse_qs(parts.query).get("host", [""])[0]
    if not folder:
        pytest.skip("the named server is not on a local socket")
    cutter = Cutter(f"{folder}/.s.PGSQL.5432")
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as group:
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        group.start_soon(listener.serve, cutter.serve)
        yield cutter, f"postgresql://postgres:@127.0.0.1:{port}{parts.path}"
        group.cancel_scope.cancel()


@pytest.mark.parametrize("hand_on", [True, False])
async def test_a_commit_whose_answer_is_lost_is_unsure_and_can_be_looked_up(postgres: str, hand_on: bool) -> None:
    async with cut_off(postgres) as (cutter, url), Store.open(url) as store:
        cutter.when, cutter.hand_on = b"COMMIT", hand_on
        with pytest.raises(CommitUnsure, match="before repeating"):
            async with store.begin() as tx:
                await put_people(tx)
        async with store.begin() as tx:  # a new connection, by itself
            assert (A_USER.id in await tx.users.names([A_USER.id])) is hand_on


async def test_a_connection_lost_amid_a_transaction_undoes_it(postgres: str) -> None:
    async with cut_off(postgres) as (cutter, url), Store.open(url) as store:
        cutter.when = b"INTO guilds"  # the second statement
        with pytest.raises(StoreUnavailable) as caught:
            async with store.begin() as tx:
                await put_people(tx)
        assert not isinstance(caught.value, CommitUnsure)
        async with store.begin() as tx:
            with pytest.raises(NotFound):
                await tx.users.get(A_USER.id)


async def test_after_a_restart_of_the_server_the_next_transaction_works(postgres: str) -> None:
    async with Store.open(postgres) as store:
        async with store.begin() as tx:
            await put_people(tx)
        other = await asyncpg.connect(postgres)
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await other.close()
        async with store.begin() as tx:
            assert await tx.users.get(A_USER.id) == A_USER


async def test_a_row_that_somebody_holds_is_busy_after_the_timeout(postgres: str) -> None:
    async with Store.open(postgres, busy_timeout_s=0.2) as store:
        async with store.begin() as tx:
            await put_people(tx)
        async with store.begin() as holder:
            await holder.users.put(User(A_USER.id, "held"))
            with pytest.raises(StoreBusy):
                async with store.begin() as tx:
                    await tx.users.put(User(A_USER.id, "wanted"))


async def test_of_two_in_a_deadlock_one_is_busy_and_the_other_goes_on(postgres: str) -> None:
    async with Store.open(postgres, busy_timeout_s=5) as store:
        async with store.begin() as tx:
            for number in (1, 2):
                await tx.guilds.put(Guild(number, "before"))
        met = [anyio.Event(), anyio.Event()]
        outcomes: list[str] = []

        async def cross(number: int) -> None:
            try:
                async with store.begin() as tx:
                    await tx.guilds.put(Guild(1 + number, "after"))
                    met[number].set()
                    await met[1 - number].wait()
                    await tx.guilds.put(Guild(2 - number, "after"))
                outcomes.append("done")
            except StoreBusy:
                outcomes.append("busy")

        async with anyio.create_task_group() as group:
            group.start_soon(cross, 0)
            group.start_soon(cross, 1)
    assert sorted(outcomes) == ["busy", "done"]


async def test_a_cancelled_task_leaves_no_lock_and_no_half_change(postgres: str) -> None:
    async with Store.open(postgres, busy_timeout_s=1.0) as store:
        async with store.begin() as tx:
            await put_people(tx)
        for steps in range(40):
            async with anyio.create_task_group() as group:

                async def write(steps: int = steps) -> None:
                    async with store.begin() as tx:
                        await tx.generations.add(a_generation(id=f"half-{steps}"))
                        await tx.users.put(User(A_USER.id, "half"))
                        await anyio.sleep_forever()

                group.start_soon(write)
                await anyio.sleep(steps * 0.0004)  # cancelled at another await each time
                group.cancel_scope.cancel()
            async with store.begin() as tx:
                await tx.users.put(A_USER)
                with pytest.raises(NotFound):
                    await tx.generations.get(f"half-{steps}")


async def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://ada:sekret@127.0.0.1:1/conductr?password=sekret"
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1, database conductr: Connection refused") as caught:
        async with Store.open(url):
            pytest.fail("it opened")
    assert "sekret" not in f"{caught.value!r} {caught.value.__cause__!r} {Store(url)!r}"


async def test_a_database_that_is_not_there_is_said_so(postgres: str) -> None:
    with pytest.raises(StoreUnavailable, match="no such database"):
        async with Store.open(postgres.replace("copy_", "nowhere_")):
            pytest.fail("it opened")


async def test_an_address_with_sslmode_is_understood(postgres: str) -> None:
    joint = "&" if "?" in postgres else "?"
    async with Store.open(f"{postgres}{joint}sslmode=prefer") as store, store.begin() as tx:
        assert await tx.users.names([1]) == {}
