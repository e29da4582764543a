"""Side tasks over a running house: made in the background, told by record and callback, written in the ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest
from sandbox.asking import Gateway
from sandbox.hooks import listening
from starlette.applications import Starlette
from starlette.requests import Request

from suno_client.sandbox.desk import Asked, Desk, Fields
from suno_client.sandbox.errands import open_job
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.refusals import Refusal
from suno_client.sandbox.rules import need

pytestmark = pytest.mark.anyio
PATH, RECORD, NOW = "/api/v1/echo", "/api/v1/echo/record-info", "/api/v1/echo/now"


class Echo:
    """A side endpoint as simple as can be: it says again what it is told."""

    http: httpx.AsyncClient

    def __init__(self, house: House) -> None:
        self.house = house
        self.gate = anyio.Event()
        desk = Desk(house)
        self.routes = [
            desk.submission(PATH, check=lambda fields: need(fields, "say"), accept=self.accept, price=0.4),
            desk.record(RECORD, self.record),
            desk.at_once(NOW, check=self.check_now, accept=self.now),
            desk.reading("/api/v1/echo/last", self.last),
        ]

    async def accept(self, asked: Asked) -> object:
        job = await open_job(self.house, asked, after_s=3.0, make=self.make, callback=self.body)
        return {"taskId": job.id}

    async def make(self, job: Job) -> object:
        if job.fields["say"] == "nothing":
            raise ValueError("nothing was said")
        if job.fields["say"] == "slowly":
            await self.gate.wait()
        return job.fields["say"]

    def record(self, job: Job, state: JobState) -> object:
        code, message = job.error(state)
        return {"said": job.result if state is JobState.SUCCESS else None, "flag": state, "code": code, "msg": message}

    def body(self, job: Job, state: JobState) -> dict[str, object]:
        if job.fields["say"] == "unspeakable":
            raise RuntimeError("a bug in this callback's body")
        return {"code": 200, "msg": str(state), "data": {"task_id": job.id, "said": job.result}}

    def check_now(self, fields: Fields) -> Refusal | None:
        return Refusal(409, "said already", {"taskId": "old"}) if fields.get("say") == "again" else None

    async def now(self, asked: Asked) -> object:
        return {"said": asked.fields["say"]}

    async def say(self, what: str, **more: Any) -> str:
        return (await self.http.post(PATH, json={"say": what, **more})).json()["data"]["taskId"]

    async def told(self, task: str) -> Any:
        return (await self.http.get(RECORD, params={"taskId": task})).json()["data"]

    async def until_final(self, task: str) -> Any:
        with anyio.fail_after(20):
            while (told := await self.told(task))["flag"] == "PENDING":
                await anyio.sleep(0.01)
        return told

    async def last(self, request: Request) -> object:
        jobs = self.house.jobs.of(PATH)
        return jobs[-1].id if jobs else Refusal(404, "Nothing was said")


@pytest.fixture
async def echo(gateway: Gateway) -> AsyncIterator[Echo]:
    """The endpoint in the house of the running sandbox, with a door of its own."""
    echo = Echo(gateway.server.house)
    door = httpx.ASGITransport(Starlette(routes=echo.routes))
    async with httpx.AsyncClient(
        transport=door, base_url="http://echo", headers={"Authorization": "Bearer x"}
    ) as echo.http:
        yield echo


async def test_a_side_task_is_pending_and_then_done(gateway: Gateway, echo: Echo) -> None:
    task = await echo.say("slowly")
    await anyio.sleep(0.3)  # nine seconds of the sandbox's time: it waits for what is made
    assert await echo.told(task) == {"said": None, "flag": "PENDING", "code": None, "msg": None}
    echo.gate.set()
    assert await echo.until_final(task) == {"said": "slowly", "flag": "SUCCESS", "code": None, "msg": None}
    (row,) = (await gateway.ledger())["submissions"]
    assert (row["endpoint"], row["credits"], row["status"], row["clipIds"]) == (PATH, 0.4, "SUCCESS", [])
    assert row["polls"] >= 2
    job = gateway.server.jobs.get(task)
    assert job is not None
    assert job.completed is not None


async def test_credits_go_down_by_tenths_and_are_told_whole(gateway: Gateway, echo: Echo) -> None:
    await echo.say("hello")
    assert (await gateway.ledger())["credits"] == 999.6
    assert (await gateway.http.get("/api/v1/generate/credit")).content == b'{"code":200,"msg":"success","data":999}'


async def test_what_breaks_while_it_is_made_has_failed(gateway: Gateway, echo: Echo) -> None:
    told = await echo.until_final(await echo.say("nothing"))
    assert (told["flag"], told["code"]) == ("FAILED", 500)


async def test_a_failure_can_be_ordered_and_may_give_the_credits_back(gateway: Gateway, echo: Echo) -> None:
    await gateway.fault("task", "531", path=PATH)
    task = await echo.say("hello")
    told = await echo.until_final(task)
    assert (told["flag"], told["code"]) == ("FAILED", 531)
    assert (await gateway.ledger())["credits"] == 1_000
    job = gateway.server.jobs.get(task)
    assert job is not None
    assert job.result is None


async def test_a_side_task_may_be_stuck(gateway: Gateway, echo: Echo) -> None:
    await gateway.fault("task", "stuck")
    async with listening() as (url, bodies):
        task = await echo.say("hello", callBackUrl=url)
        await anyio.sleep(0.3)
        assert (await echo.told(task))["flag"] == "PENDING"
        assert bodies.statistics().current_buffer_used == 0


async def test_its_end_is_posted(gateway: Gateway, echo: Echo) -> None:
    async with listening() as (url, bodies):
        task = await echo.say("hello", callBackUrl=url)
        with anyio.fail_after(20):
            assert (await bodies.receive())["data"] == {"task_id": task, "said": "hello"}
        await gateway.fault("task", "GENERATE_AUDIO_FAILED")
        await echo.say("hello", callBackUrl=url)
        with anyio.fail_after(20):
            assert (await bodies.receive())["msg"] == "FAILED"
    kinds = [one["kind"] for one in (await gateway.ledger())["callbacks"]]
    assert kinds[0] == "complete"


async def test_no_end_is_posted_where_that_shall_have_failed(gateway: Gateway, echo: Echo) -> None:
    async with listening() as (url, bodies):
        await gateway.fault("task", "CALLBACK_EXCEPTION")
        told = await echo.until_final(await echo.say("hello", callBackUrl=url))
        assert (told["flag"], told["said"]) == ("CALLBACK_EXCEPTION", None)
        await anyio.sleep(0.1)
        assert bodies.statistics().current_buffer_used == 0


async def test_a_bug_in_one_task_ends_no_other(echo: Echo, caplog: pytest.LogCaptureFixture) -> None:
    assert (await echo.until_final(await echo.say("unspeakable")))["flag"] == "SUCCESS"
    with anyio.fail_after(20):
        while "background work broke: RuntimeError" not in caplog.text:
            await anyio.sleep(0.01)
    assert (await echo.until_final(await echo.say("hello")))["flag"] == "SUCCESS"


async def test_a_reset_forgets_side_tasks(gateway: Gateway, echo: Echo) -> None:
    async with listening() as (url, bodies):
        task = await echo.say("slowly", callBackUrl=url)
        await gateway.http.post("/_sandbox/reset")
        assert await echo.told(task) is None
        echo.gate.set()
        await anyio.sleep(0.3)
        assert bodies.statistics().current_buffer_used == 0
    assert (await echo.http.get("/api/v1/echo/last")).json()["code"] == 404


async def test_an_answer_at_once_has_a_row_of_its_own(gateway: Gateway, echo: Echo) -> None:
    assert (await echo.http.post(NOW, json={"say": "hi"})).json()["data"] == {"said": "hi"}
    (row,) = (await gateway.ledger())["submissions"]
    assert (row["endpoint"], row["status"], row["taskId"], row["credits"]) == (NOW, "SUCCESS", "", 0)


async def test_a_refusal_may_bring_data(gateway: Gateway, echo: Echo) -> None:
    answer = (await echo.http.post(NOW, json={"say": "again"})).json()
    assert answer == {"code": 409, "msg": "said already", "data": {"taskId": "old"}}
    assert (await gateway.ledger())["refused"] == 1


async def test_any_other_reading_goes_through_the_desk(gateway: Gateway, echo: Echo) -> None:
    task = await echo.say("hello")
    assert (await echo.http.get("/api/v1/echo/last")).json()["data"] == task
    await gateway.fault("poll", "455", path="/api/v1/echo/last")
    assert (await echo.http.get(RECORD)).json()["msg"] == "taskId cannot be null"
    assert (await echo.http.get("/api/v1/echo/last")).json()["code"] == 455
    await gateway.fault("poll", "430", path=RECORD)
    assert (await echo.http.get(RECORD, params={"taskId": task})).json()["code"] == 430


async def test_a_lagging_replica_knows_less_of_a_side_task(gateway: Gateway, echo: Echo) -> None:
    task = await echo.say("slowly")
    await gateway.fault("poll", "stale", times=2)
    assert await echo.told(task) is None
    await gateway.http.delete("/_sandbox/faults")
    echo.gate.set()
    await echo.until_final(task)
    await gateway.fault("poll", "stale")
    assert (await echo.told(task))["flag"] == "PENDING"
    assert (await echo.told(task))["flag"] == "SUCCESS"
