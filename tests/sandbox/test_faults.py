"""Each fault over real sockets, and what the ledger knows of it."""

from __future__ import annotations

import anyio
import httpx
import pytest
from sandbox.asking import Gateway

from suno_client.sandbox import SandboxServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("code", [401, 405, 413, 429, 430, 451, 455, 500, 531])
async def test_a_refusal_can_be_ordered_and_accepts_nothing(gateway: Gateway, code: int) -> None:
    await gateway.fault("submit", str(code))
    answer = await gateway.submit()
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (200, code, None)
    assert (await gateway.ledger())["submissions"] == []
    await gateway.fault("task", "stuck")
    await gateway.task()
    assert len((await gateway.ledger())["submissions"]) == 1


async def test_a_refusal_may_come_with_its_own_http_status(gateway: Gateway) -> None:
    await gateway.fault("submit", "429", httpStatus=429)
    answer = await gateway.submit()
    assert (answer.status_code, answer.json()["code"]) == (429, 429)
    assert "credits are insufficient" in answer.json()["msg"]


@pytest.mark.parametrize("fault", ["430", "429_html"])
async def test_a_refusal_may_say_when_to_come_again(gateway: Gateway, fault: str) -> None:
    await gateway.fault("submit", fault, retryAfter=7)
    assert (await gateway.submit()).headers["retry-after"] == "7"
    await gateway.fault("submit", fault)
    assert "retry-after" not in (await gateway.submit()).headers


async def test_a_refusal_may_come_in_plain_http_statuses() -> None:
    async with (
        SandboxServer(errors_as_200=False) as server,
        httpx.AsyncClient(base_url=server.url, headers={"Authorization": "Bearer x"}, trust_env=False) as http,
    ):
        gateway = Gateway(http, server)
        await gateway.fault("submit", "455")  # no status of HTTP
        await gateway.fault("submit", "413")
        assert [(await gateway.submit()).status_code for _ in range(2)] == [200, 413]


@pytest.mark.parametrize(("fault", "status"), [("502", 502), ("429_html", 429), ("504_html", 504)])
@pytest.mark.parametrize("on", ["submit", "poll", "credit"])
async def test_a_proxy_may_answer_in_html(gateway: Gateway, on: str, fault: str, status: int) -> None:
    await gateway.fault(on, fault)
    asked = {
        "submit": gateway.submit,
        "poll": lambda: gateway.http.get("/api/v1/generate/record-info?taskId=x"),
        "credit": lambda: gateway.http.get("/api/v1/generate/credit"),
    }
    answer = await asked[on]()
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert b"<html>" in answer.content


async def test_a_connection_may_break_before_acceptance(gateway: Gateway) -> None:
    await gateway.fault("submit", "reset")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await gateway.submit()
    assert (await gateway.ledger())["submissions"] == []


async def test_a_connection_may_break_after_acceptance(gateway: Gateway) -> None:
    await gateway.fault("submit", "reset_after")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await gateway.submit(prompt="charged")
    (one,) = (await gateway.ledger())["submissions"]
    assert one["request"]["prompt"] == "charged"
    assert (await gateway.ledger())["credits"] == 988


@pytest.mark.parametrize(("fault", "accepted"), [("hang", 0), ("hang_after", 1)])
async def test_an_answer_may_never_come(gateway: Gateway, fault: str, accepted: int) -> None:
    await gateway.fault("submit", fault)
    with pytest.raises(httpx.ReadTimeout):
        await gateway.http.post(
            "/api/v1/generate",
            json={
                "model": "V5",
                "customMode": False,
                "instrumental": True,
                "callBackUrl": "https://localhost/x",
                "prompt": "x",
            },
            timeout=0.4,
        )
    assert len((await gateway.ledger())["submissions"]) == accepted


async def test_an_accepted_task_may_be_told_as_null(gateway: Gateway) -> None:
    await gateway.fault("submit", "data_null")
    assert (await gateway.submit()).json() == {"code": 200, "msg": "success", "data": None}
    assert len((await gateway.ledger())["submissions"]) == 1


@pytest.mark.parametrize("fault", ["SENSITIVE_WORD_ERROR", "GENERATE_AUDIO_FAILED", "CREATE_TASK_FAILED"])
async def test_a_task_may_fail(gateway: Gateway, fault: str) -> None:
    await gateway.fault("task", fault)
    data = await gateway.until(await gateway.task(), "nothing else")
    assert data["status"] == fault
    assert data["response"] is None
    assert data["errorCode"] in {400, 500}
    assert data["errorMessage"]


async def test_a_failure_may_give_the_credits_back(gateway: Gateway) -> None:
    await gateway.fault("task", "531")
    data = await gateway.until(await gateway.task())
    assert (data["status"], data["errorCode"]) == ("GENERATE_AUDIO_FAILED", 531)
    assert (await gateway.http.get("/api/v1/generate/credit")).json()["data"] == 1_000


async def test_a_lagging_replica_tells_an_older_record_once(gateway: Gateway) -> None:
    task = await gateway.task(prompt="house")
    await gateway.until(task, "SUCCESS")
    await gateway.fault("poll", "stale")
    data = await gateway.data(task)
    assert data["status"] == "FIRST_SUCCESS"
    assert data["response"]["sunoData"][1]["audioUrl"] == ""
    assert (await gateway.data(task))["status"] == "SUCCESS"


async def test_a_task_may_end_in_callback_exception_with_its_sound(gateway: Gateway) -> None:
    await gateway.fault("task", "CALLBACK_EXCEPTION")
    data = await gateway.until(await gateway.task())
    assert data["status"] == "CALLBACK_EXCEPTION"
    assert all(clip["audioUrl"] for clip in data["response"]["sunoData"])


async def test_success_may_come_without_urls(gateway: Gateway) -> None:
    await gateway.fault("task", "null_urls")
    clips = await gateway.clips()
    assert all(clip["audioUrl"] is None and clip["sourceAudioUrl"] is None for clip in clips)
    found = await gateway.http.get(f"/media/{clips[0]['id']}.mp3")  # trap 1: the file is there all the same
    assert found.content.startswith(b"ID3")


async def test_a_task_may_stay_pending(gateway: Gateway) -> None:
    await gateway.fault("task", "stuck")
    task = await gateway.task()
    await anyio.sleep(0.3)  # nine seconds of the sandbox's time
    assert (await gateway.data(task))["status"] == "PENDING"


@pytest.mark.parametrize("fault", ["401", "430", "455", "500"])
async def test_a_poll_may_be_refused_and_the_next_is_fine(gateway: Gateway, fault: str) -> None:
    task = await gateway.task()
    await gateway.fault("poll", fault)
    refused = await gateway.http.get("/api/v1/generate/record-info", params={"taskId": task})
    assert refused.json()["code"] == int(fault)
    assert (await gateway.data(task))["taskId"] == task


async def test_a_poll_may_be_cut_or_null(gateway: Gateway) -> None:
    task = await gateway.task()
    await gateway.fault("poll", "reset")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await gateway.data(task)
    await gateway.fault("poll", "data_null")
    assert await gateway.data(task) is None


async def test_credits_may_be_told_as_null(gateway: Gateway) -> None:
    await gateway.fault("credit", "data_null")
    assert (await gateway.http.get("/api/v1/generate/credit")).json()["data"] is None


async def test_an_unknown_fault_is_told(gateway: Gateway) -> None:
    answer = await gateway.http.post("/_sandbox/faults", json={"on": "submit", "fault": "418"})
    assert answer.status_code == 400
    assert "SENSITIVE_WORD_ERROR" in answer.json()["error"]
    assert (await gateway.http.post("/_sandbox/faults", content=b"{")).status_code == 400
    assert (await gateway.http.post("/_sandbox/faults", json=[1])).status_code == 400
    path = await gateway.http.post("/_sandbox/faults", json={"on": "submit", "fault": "500", "path": 7})
    assert path.json()["error"] == "path is the path of an endpoint"


async def test_faults_can_be_listed_and_forgotten(gateway: Gateway) -> None:
    two = [{"on": "submit", "fault": "500"}, {"on": "poll", "fault": "455", "path": "/x", "retryAfter": 3}]
    assert (await gateway.http.post("/_sandbox/faults", json=two)).status_code == 200
    (_, one) = (await gateway.http.get("/_sandbox/faults")).json()["faults"]
    assert one == {
        "on": "poll", "fault": "455", "times": 1, "http_status": None, "seconds": 0.2, "path": "/x", "retry_after_s": 3,
    }  # fmt: skip
    assert (await gateway.http.delete("/_sandbox/faults")).json() == {"faults": []}


async def test_a_balance_is_a_number(gateway: Gateway) -> None:
    for wrong in ({"credits": "many"}, {}, []):
        assert (await gateway.http.post("/_sandbox/credits", json=wrong)).status_code == 400
    assert (await gateway.http.post("/_sandbox/credits", json={"credits": 1.5})).json() == {"credits": 1.5}


async def test_the_ledger_tells_each_submission_once(gateway: Gateway) -> None:
    await gateway.fault("task", "stuck")
    task = await gateway.task(prompt="only once")
    await gateway.data(task)
    ledger = await gateway.ledger()
    (entry,) = ledger["submissions"]
    assert (entry["taskId"], entry["request"]["prompt"], entry["status"], entry["polls"]) == (
        task,
        "only once",
        "PENDING",
        1,
    )
    assert len(entry["clipIds"]) == 2
    assert entry["acceptedAt"].endswith("+00:00")
    assert ledger["credits"] == 988
    await gateway.http.post("/_sandbox/reset")
    assert (await gateway.ledger())["submissions"] == []
