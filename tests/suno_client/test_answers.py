"""What each answer of a gateway means to the caller, over a real socket."""

from __future__ import annotations

import socket

import anyio
import pytest
from anyio.abc import SocketStream
from support.wire_gateway import Gateway, Seen, hangs_up, never_answers, says

from suno_client import (
    AlreadyMade,
    BadKey,
    InvalidRequest,
    Maintenance,
    Misunderstood,
    NotSent,
    OutOfCredits,
    Polling,
    PromptRejected,
    Refused,
    SunoClient,
    SunoError,
    TaskId,
    TooMany,
    Unanswered,
)

pytestmark = pytest.mark.anyio
HTML = b"<html><body>502 Bad Gateway</body></html>"
NO_CREDITS = "The current credits are insufficient. Please top up."
TOO_FAST = "Your call frequency is too high. Please try again later."


def no(code: int, msg: str = "no") -> dict[str, object]:
    return {"code": code, "msg": msg, "data": None}


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (no(400, "model cannot be null"), 200, Refused),
        (no(400, "This prompt violates our policy"), 200, PromptRejected),
        (no(401, "You do not have access permissions"), 200, BadKey),
        (no(402), 200, OutOfCredits),
        (no(404), 404, Refused),
        (no(405), 200, TooMany),
        (no(409), 200, AlreadyMade),
        (no(413, "prompt too long"), 200, Refused),
        (no(429, NO_CREDITS), 200, OutOfCredits),
        (no(429, NO_CREDITS), 429, OutOfCredits),
        (no(429, TOO_FAST), 200, TooMany),
        (no(430, TOO_FAST), 200, TooMany),
        (no(455), 200, Maintenance),
        (no(500), 200, Unanswered),
        (no(531, "failed, credits refunded"), 200, Refused),
        ({"code": "430", "msg": TOO_FAST}, 200, TooMany),
        (HTML, 502, Unanswered),
        (HTML, 408, Unanswered),
        (HTML, 401, BadKey),
        (HTML, 402, OutOfCredits),
        (HTML, 403, Refused),
        (HTML, 429, TooMany),
        (HTML, 200, Misunderstood),
        (b"", 200, Misunderstood),
        (b"", 302, Misunderstood),
        (b'{"code":200,"msg":"success","da', 200, Misunderstood),
        ({"code": 200, "msg": "success", "data": None}, 200, Misunderstood),
        ({"code": 200, "msg": "success", "data": {"taskId": ""}}, 200, Misunderstood),
        (b"[" * 100_000, 200, Misunderstood),
        (b"x" * 5_000_000, 200, Misunderstood),
    ],
)
async def test_an_answer_to_a_submission_becomes_the_error_of_its_kind(
    gateway: Gateway, over_http: SunoClient, body: bytes | dict[str, object], status: int, kind: type[SunoError]
) -> None:
    gateway.turns.append(says(body, status, {"X-Request-Id": "req-1"}))
    with pytest.raises(SunoError) as caught:
        await over_http.generations.create("rain")
    assert type(caught.value) is kind
    if isinstance(caught.value, Unanswered | Misunderstood):
        assert caught.value.may_be_charged
    if isinstance(caught.value, Refused):
        assert caught.value.request_id == "req-1"
        assert caught.value.status == status
    assert len(gateway.seen) == 1  # never sent twice


async def test_a_submission_says_all_that_the_server_demands(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.append(says({"code": 200, "msg": "success", "data": {"taskId": "t1"}}, headers={"CF-Ray": "ray"}))
    task = await over_http.generations.create(style="lofi", title="Rain", lyrics="Drip", extra={"new": 1})
    assert (task.id, task.request_id) == ("t1", "ray")
    [seen] = gateway.seen
    assert seen.headers["authorization"] == "Bearer sk-canary-7f3a9d"
    assert seen.headers["user-agent"].startswith("Mozilla/5.0 (compatible; suno-client")
    assert (seen.method, seen.path) == ("POST", "/api/v1/generate")
    assert seen.body == (
        b'{"customMode":true,"instrumental":false,"model":"V5_5",'
        b'"callBackUrl":"https://localhost/conductr/no-callback","prompt":"Drip","style":"lofi","title":"Rain","new":1}'
    )


@pytest.mark.parametrize(
    ("asked", "wait_s"), [("7", 7.0), ("99999", 300.0), ("-3", 0.0), ("soon", 10.0), ("nan", 10.0)]
)
async def test_too_many_says_when_to_come_again(
    gateway: Gateway, over_http: SunoClient, asked: str, wait_s: float
) -> None:
    gateway.turns.append(says(no(430, TOO_FAST), headers={"Retry-After": asked}))
    with pytest.raises(TooMany) as caught:
        await over_http.generations.create("rain")
    assert caught.value.retry_after_s == wait_s
    assert caught.value.code == 430


async def test_retry_after_as_a_date_is_measured_by_the_servers_clock(gateway: Gateway, over_http: SunoClient) -> None:
    dates = {"Date": "Tue, 24 Nov 2026 10:00:00 GMT", "Retry-After": "Tue, 24 Nov 2026 10:00:25 GMT"}
    gateway.turns.append(says(HTML, 429, dates))
    with pytest.raises(TooMany) as caught:
        await over_http.generations.create("rain")
    assert caught.value.retry_after_s == 25.0


async def test_a_closed_port_means_that_nothing_was_sent() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))  # held, and nobody listens
        url = f"http://127.0.0.1:{holder.getsockname()[1]}"
        async with SunoClient("key", base_url=url) as suno:
            with pytest.raises(NotSent):
                await suno.generations.create("rain")


async def test_speaking_tls_to_a_plain_server_means_that_nothing_was_sent(gateway: Gateway) -> None:
    async with SunoClient("key", base_url=gateway.url.replace("http", "https"), timeout_s=0.5) as suno:
        gateway.turns.append(says(HTML))
        with pytest.raises(NotSent):
            await suno.generations.create("rain")


async def test_a_connection_lost_after_sending_may_have_been_charged(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.append(hangs_up)
    with pytest.raises(Unanswered) as caught:
        await over_http.generations.create("rain")
    assert caught.value.may_be_charged
    assert len(gateway.seen) == 1


async def test_silence_after_sending_may_have_been_charged(gateway: Gateway) -> None:
    gateway.turns.append(never_answers)
    async with SunoClient("key", base_url=gateway.url, timeout_s=0.2) as suno:
        with pytest.raises(Unanswered) as caught:
            await suno.generations.create("rain")
    assert caught.value.may_be_charged


async def test_an_answer_that_drips_has_an_end(gateway: Gateway) -> None:
    async def drips(stream: SocketStream, seen: Seen) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n")
        while True:
            await stream.send(b" ")
            await anyio.sleep(0.02)

    gateway.turns.append(drips)
    async with SunoClient("key", base_url=gateway.url, timeout_s=0.5) as suno:
        with anyio.fail_after(20), pytest.raises(Unanswered, match="no whole answer"):
            await suno.generations.create("rain")


async def test_a_sandbox_on_this_machine_is_asked_past_any_proxy(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    gateway.turns.append(says({"code": 200, "data": 7}))
    async with SunoClient("key", base_url=gateway.url, timeout_s=2) as suno:
        assert await suno.credits() == 7


async def test_an_answer_shorter_than_it_claims_may_have_been_charged(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.append(says(b'{"code":200', length=400))
    with pytest.raises(Unanswered) as caught:
        await over_http.generations.create("rain")
    assert caught.value.may_be_charged


async def test_a_read_is_tried_again_after_trouble_that_may_pass(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.extend([hangs_up, says(HTML, 502), says({"code": 200, "msg": "success", "data": 42})])
    assert await over_http.credits() == 42
    assert len(gateway.seen) == 3


async def test_a_read_is_not_tried_for_ever(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.extend([says(HTML, 502)] * 3)
    with pytest.raises(Unanswered) as caught:
        await over_http.credits()
    assert not caught.value.may_be_charged
    assert caught.value.status == 502
    assert len(gateway.seen) == 3


async def test_a_read_that_is_refused_is_not_tried_again(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.append(says(no(401)))
    with pytest.raises(BadKey):
        await over_http.generations.get(TaskId("t1"))
    assert len(gateway.seen) == 1


async def test_a_read_waits_as_long_as_it_is_asked_to(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.extend([says(no(430), headers={"Retry-After": "0"}), says({"code": 200, "data": 1})])
    assert await over_http.credits() == 1
    gateway.turns.append(says(no(430), headers={"Retry-After": "200"}))
    with pytest.raises(TooMany):  # too long to wait in silence
        await over_http.credits()


@pytest.mark.parametrize("data", [None, "lots", [], {"balance": 1}])
async def test_a_balance_that_is_no_number_is_not_guessed(
    gateway: Gateway, over_http: SunoClient, data: object
) -> None:
    gateway.turns.extend([says({"code": 200, "data": data})] * 3)
    with pytest.raises(Misunderstood):
        await over_http.credits()


@pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "schlüssel"])
def test_a_key_that_cannot_be_one_is_refused_without_being_quoted(key: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        SunoClient(key)
    assert caught.value.field == "api_key"
    assert not key.strip() or key not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "api.sunoapi.org", "ftp://host", "https://", "https://user:pw@host", "https://h:x"]
)
def test_a_base_address_must_be_one(url: str) -> None:
    with pytest.raises(InvalidRequest, match="base_url"):
        SunoClient("key", base_url=url, polling=Polling())
