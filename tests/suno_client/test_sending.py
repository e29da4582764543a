"""How a request is sent: in turn, again where that is safe, with options of its own, and for all to see who look on."""

from __future__ import annotations

import logging
import math
from datetime import UTC, datetime
from pathlib import Path

import anyio
import httpx
import pytest
from anyio.abc import SocketStream
from support.suno_requests import SAMPLES, URL
from support.wire_gateway import Gateway, Seen, hangs_up, never_answers, says

from suno_client import (
    BadKey,
    Exchange,
    FileJournal,
    InvalidRequest,
    Limiter,
    NotSent,
    Polling,
    Refused,
    Retrying,
    SunoClient,
    TaskId,
    TooMany,
    Unanswered,
    Unsupported,
)
from suno_client.requests import CheckVoice, Generate, GetCredits, Raw, UploadBase64
from suno_client.testing import AT_ONCE, FakeSuno, Loss, Reply, envelope

pytestmark = pytest.mark.anyio
PATIENT = Retrying(first_s=0, longest_s=60)
TASK = {"code": 200, "msg": "success", "data": {"taskId": "t1"}}
TOO_FAST = {"code": 430, "msg": "Your call frequency is too high.", "data": None}


async def test_a_submission_is_sent_again_where_it_surely_was_not_taken(fake: FakeSuno) -> None:
    fake.faults["submit"].extend([Loss("refused"), Reply(b"<html>", 429, {"Retry-After": "0"})])
    async with fake.client(retrying=PATIENT) as suno:
        await suno.generations.create("rain")
    assert len(fake.asked) == 3
    assert len(fake.submissions) == 1


async def test_a_submission_is_not_sent_for_ever(fake: FakeSuno) -> None:
    fake.faults["submit"].extend([Loss("refused")] * 5)
    async with fake.client(retrying=PATIENT) as suno:
        with pytest.raises(NotSent):
            await suno.generations.create("rain")
    assert len(fake.asked) == 3


async def test_a_refusal_is_waited_for_as_long_as_asked(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.extend([says(TOO_FAST, headers={"Retry-After-Ms": "50"}), says(TASK)])
    began = anyio.current_time()
    await over_http.with_options(retrying=PATIENT).generations.create("rain")
    assert anyio.current_time() - began >= 0.05


async def test_a_server_that_says_not_to_come_again_is_believed(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.append(says(TOO_FAST, headers={"X-Should-Retry": "false", "Retry-After": "0"}))
    with pytest.raises(TooMany):
        await over_http.with_options(retrying=PATIENT).generations.create("rain")


async def test_a_server_that_says_to_come_again_is_believed_for_what_is_free(
    gateway: Gateway, over_http: SunoClient
) -> None:
    busy = says({"code": 455, "msg": "busy"}, headers={"X-Should-Retry": "true"})
    gateway.turns.extend([busy, says({"code": 200, "data": 7})])
    assert await over_http.credits() == 7
    gateway.turns.append(says({"code": 500, "msg": "oops"}, headers={"X-Should-Retry": "true"}))
    with pytest.raises(Unanswered):
        await over_http.generations.create("rain")
    assert len(gateway.seen) == 3


async def test_what_makes_nothing_is_asked_again_although_it_is_posted(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.extend([hangs_up, says({"code": 200, "data": {"isAvailable": True}})])
    assert await over_http.voices.available(TaskId("t1"))
    gateway.turns.extend([hangs_up, says({"code": 200, "data": {"downloadUrl": URL}})])
    assert (await over_http.uploads.url(URL)).download_url == URL


async def test_a_raw_answer_shows_all_and_parses_on_demand(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.append(says({"code": 200, "data": 7}, headers={"X-Request-Id": "r1", "X-Extra": "yes"}))
    answer = await over_http.send(GetCredits())
    assert (answer.status, answer.request_id, answer.headers["x-extra"]) == (200, "r1", "yes")
    assert answer.json() == {"code": 200, "data": 7}
    assert answer.body.startswith(b"{")
    assert answer.parse() == 7


async def test_a_raw_refusal_is_an_answer_until_it_is_parsed(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.append(says({"code": 401, "msg": "no"}, headers={"X-Request-Id": "r2"}))
    answer = await over_http.send(Generate(prompt="rain"))
    assert answer.status == 200
    with pytest.raises(BadKey) as caught:
        answer.parse()
    assert caught.value.request_id == "r2"


async def test_a_lost_answer_is_raised_by_send_too(gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.append(hangs_up)
    with pytest.raises(Unanswered):
        await over_http.send(Generate(prompt="rain"))


async def test_what_this_version_does_not_know_can_be_asked_all_the_same(
    gateway: Gateway, over_http: SunoClient
) -> None:
    gateway.turns.extend([says({"clip": 1}), says({"code": 200}), *[says(b"<html>")] * 3, says(b"<html>")])
    assert (await over_http.send(Raw(method="GET", path="/api/v1/songs/x", params={"a": "b"}))).parse() == {"clip": 1}
    assert (await over_http.send(Raw(method="POST", path="/api/v2", body={"a": 1}))).parse() == {"code": 200}
    assert [seen.path for seen in gateway.seen] == ["/api/v1/songs/x?a=b", "/api/v2"]
    for method, charged in (("GET", False), ("POST", True)):
        answer = await over_http.send(Raw(method=method, path="/api/v2"))  # pyright: ignore[reportArgumentType]
        assert answer.error is not None
        assert vars(answer.error)["may_be_charged"] is charged


async def test_options_hold_for_the_copy_alone(gateway: Gateway, over_http: SunoClient) -> None:
    copy = over_http.with_options(callback_url="https://me.test/cb", headers={"X-Trace": "t"}, timeout_s=1)
    gateway.turns.extend([says(TASK), says(TASK), never_answers])
    await copy.generations.create("rain")
    await over_http.generations.create("rain")
    first, second = gateway.seen
    assert b'"callBackUrl":"https://me.test/cb"' in first.body
    assert first.headers["x-trace"] == "t"
    assert b"no-callback" in second.body
    assert "x-trace" not in second.headers
    with pytest.raises(Unanswered):
        await copy.generations.create("rain")
    assert repr(copy) == repr(over_http)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timeout_s", 0),
        ("timeout_s", math.inf),
        ("callback_url", "me.test"),
        ("headers", {"Authorization": "Bearer x"}),
        ("headers", {"COOKIE": "x"}),
        ("submission_id", " "),
    ],
)
async def test_options_that_cannot_be_are_refused(suno: SunoClient, field: str, value: object) -> None:
    with pytest.raises(InvalidRequest) as caught:
        suno.with_options(**{field: value})  # pyright: ignore[reportArgumentType] - wrong on purpose
    assert caught.value.field == field


async def test_each_exchange_is_told_to_who_observes(fake: FakeSuno) -> None:
    seen: list[Exchange] = []
    fake.faults["submit"].extend([Loss("refused"), envelope(402, "no credits")])
    async with fake.client(retrying=PATIENT) as suno:
        with pytest.raises(Refused):
            await suno.with_options(observe=seen.append).generations.create("a secret wish")
    assert [(one.feature, one.method, one.path, one.attempt, one.status) for one in seen] == [
        ("generate", "POST", "/api/v1/generate", 1, None),
        ("generate", "POST", "/api/v1/generate", 2, 200),
    ]
    assert isinstance(seen[0].error, NotSent)
    assert all(one.took_s >= 0 for one in seen)
    assert "secret wish" not in repr(seen)


async def test_an_observer_that_fails_loses_no_song(fake: FakeSuno, caplog: pytest.LogCaptureFixture) -> None:
    def fails(exchange: Exchange) -> None:
        raise LookupError(exchange.path)

    async with fake.client() as suno:
        assert await suno.with_options(observe=fails).generations.create("rain")
    assert "an observer failed" in caplog.text


async def test_logs_carry_the_exchange_for_programs(suno: SunoClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="suno_client")
    await suno.credits()
    [record] = [record for record in caplog.records if record.name == "suno_client"]
    exchange = vars(record)["suno"]
    assert isinstance(exchange, Exchange)
    assert (exchange.status, exchange.feature) == (200, "credits")
    assert record.getMessage().startswith("GET /api/v1/generate/credit: HTTP 200, ")


async def test_what_cannot_be_written_is_refused_before_it_is_noted(fake: FakeSuno, tmp_path: Path) -> None:
    async with fake.client() as suno:
        kept = suno.with_options(journal=FileJournal(tmp_path / "journal"), submission_id="wish-1")
        for extra in ({"when": datetime(2026, 1, 1, tzinfo=UTC)}, {"weight": math.nan}):
            with pytest.raises(InvalidRequest, match="cannot be sent"):
                await kept.generations.create("rain", extra=extra)
        with pytest.raises(InvalidRequest, match="cannot be sent"):
            await kept.generations.extend("half \ud83d")
        with pytest.raises(InvalidRequest, match="cannot be sent"):
            await suno.with_options(headers={"X-A": "\u00e9\u4e2d"}).credits()
        assert (await kept.generations.create("rain")).id
    assert len(fake.asked) == 1


async def test_an_id_without_a_journal_would_keep_nothing_and_is_refused(suno: SunoClient, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="needs a journal"):
        await suno.with_options(submission_id="wish-1").generations.create("rain")
    assert await suno.with_options(submission_id="wish-1").credits() == 500  # what is free needs none
    kept = suno.with_options(journal=FileJournal(tmp_path / "journal"), submission_id="wish-1")
    with pytest.raises(InvalidRequest, match="cannot read"):
        await kept.send(Raw(method="POST", path="/api/v2"))
    assert (
        await suno.with_options(journal=FileJournal(tmp_path / "j")).send(Raw(method="POST", path="/x"))
    ).status == 404


async def test_a_closed_client_sends_nothing_and_says_so(fake: FakeSuno) -> None:
    suno = fake.client()
    await suno._sender.transport.http.aclose()
    with pytest.raises(NotSent, match="closed"):
        await suno.generations.create("rain")


async def test_a_path_of_ones_own_leads_nowhere_else(suno: SunoClient, fake: FakeSuno) -> None:
    with pytest.raises(InvalidRequest, match="path"):
        await suno.send(Raw(method="GET", path="@evil.test/x"))
    assert fake.asked == []


async def test_a_wait_for_a_stage_that_is_none_asks_for_nothing(suno: SunoClient, fake: FakeSuno) -> None:
    with pytest.raises(InvalidRequest, match="playable"):
        await suno.generations.wait(TaskId("t"), until="done")  # pyright: ignore[reportArgumentType] - wrong on purpose
    assert fake.asked == []


async def test_a_large_file_may_take_its_time(gateway: Gateway) -> None:
    """Eight megabytes, which the other end reads slowly: no part of them is waited for longer than the timeout."""

    async def reads_slowly(stream: SocketStream, seen: Seen) -> None:
        await says({"code": 200, "data": {"downloadUrl": URL}})(stream, seen)

    gateway.slow_s = 0.02
    gateway.turns.append(reads_slowly)
    async with SunoClient("key", base_url=gateway.url, timeout_s=0.5, retrying=Retrying(reads=1)) as suno:
        assert (await suno.uploads.file(bytes(8_000_000))).download_url == URL
    assert len(gateway.seen[0].body) > 8_000_000


async def test_what_is_posted_takes_its_turn_and_what_is_read_or_uploaded_does_not(
    gateway: Gateway, over_http: SunoClient
) -> None:
    full = Limiter(calls=1, window_s=1_000)
    async with SunoClient("key", base_url=gateway.url, limiter=full, retrying=Retrying(first_s=0)) as suno:
        gateway.turns.extend(
            [says(TASK), says({"code": 200, "data": 1}), says({"code": 200, "data": {"downloadUrl": URL}})]
        )
        await suno.generations.create("rain")
        assert await suno.credits() == 1
        await suno.send(UploadBase64(content=b"x"))
        with anyio.move_on_after(0.1) as patience:
            await suno.send(CheckVoice(task_id=TaskId("t")))
        assert patience.cancelled_caught
    assert len(gateway.seen) == 3


async def test_clients_of_one_key_share_their_turns(fake: FakeSuno) -> None:
    def client(key: str) -> SunoClient:
        return SunoClient(key, base_url="https://suno.test", http=fake.http(), polling=AT_ONCE)

    one, same, other = client("key-of-a-test"), client("key-of-a-test"), client("another-key")
    assert one._sender.limiter is same._sender.limiter
    assert one._sender.limiter is not other._sender.limiter


@pytest.mark.parametrize("request_type", SAMPLES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("dialect", ["sunoapi", "kie", "gcui"])
async def test_what_a_gateway_cannot_do_is_refused_before_anything_is_sent(
    fake: FakeSuno, dialect: str, request_type: type
) -> None:
    http = fake.http()
    async with SunoClient("key", base_url="https://suno.test", dialect=dialect, http=http, polling=AT_ONCE) as suno:
        kinds = suno._sender.dialect.endpoints
        if request_type in kinds:
            assert suno.supports(request_type.feature)
            return
        with pytest.raises(Unsupported) as caught:
            await suno.send(SAMPLES[request_type])
    assert (caught.value.feature, caught.value.dialect) == (request_type.feature, dialect)
    assert fake.asked == []


async def test_a_proxy_is_used_and_a_wrong_one_refused(gateway: Gateway) -> None:
    gateway.turns.append(says({"code": 200, "data": 3}))
    async with SunoClient("key", base_url="http://suno.test", proxy=gateway.url) as suno:
        assert await suno.credits() == 3
    assert gateway.seen[0].path == "http://suno.test/api/v1/generate/credit"
    with pytest.raises(InvalidRequest, match="proxy"):
        SunoClient("key", proxy="nonsense://x")
    async with httpx.AsyncClient() as http:
        with pytest.raises(InvalidRequest, match="proxy"):
            SunoClient("key", http=http, proxy="http://127.0.0.1:1")


async def test_files_go_to_the_gateways_own_host_for_files() -> None:
    for options, host in (
        ({}, "https://sunoapiorg.redpandaai.co"),
        ({"dialect": "kie"}, "https://kieai.redpandaai.co"),
        ({"base_url": "https://apibox.erweima.ai"}, "https://sunoapiorg.redpandaai.co"),
        ({"base_url": "http://127.0.0.1:1"}, "http://127.0.0.1:1"),
        ({"upload_url": "https://files.test/"}, "https://files.test"),
    ):
        async with SunoClient("key", **options) as suno:  # pyright: ignore[reportArgumentType] - strings all
            assert suno._sender.transport.upload_url == host
    with pytest.raises(InvalidRequest, match="upload_url"):
        SunoClient("key", upload_url="files.test")


@pytest.mark.parametrize(
    ("options", "dialect"),
    [
        ({}, "sunoapi"),
        ({"base_url": "https://api.kie.ai"}, "kie"),
        ({"base_url": "https://apibox.erweima.ai/"}, "sunoapi"),
        ({"base_url": "http://localhost:3000"}, "gcui"),
        ({"base_url": "http://127.0.0.1:8770"}, "sunoapi"),
        ({"base_url": "https://suno.mine.test", "dialect": "gcui"}, "gcui"),
    ],
)
async def test_a_dialect_is_chosen_by_name_or_by_address(options: dict[str, str], dialect: str) -> None:
    async with SunoClient("key", base_url=options.get("base_url"), dialect=options.get("dialect")) as suno:
        assert suno.dialect == dialect


def test_a_dialect_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="sunoapi, kie, gcui"):
        SunoClient("key", dialect="udio")


async def test_a_server_of_ones_own_needs_no_key_but_takes_a_cookie(gateway: Gateway) -> None:
    gateway.turns.extend([says({"credits_left": 5})] * 2)
    for key in ("", "__client=abc; other=1"):
        async with SunoClient(key, base_url=gateway.url, dialect="gcui", polling=Polling()) as suno:
            assert await suno.credits() == 5
    bare, cookie = gateway.seen
    assert "cookie" not in bare.headers
    assert "authorization" not in cookie.headers
    assert cookie.headers["cookie"] == "__client=abc; other=1"
    with pytest.raises(InvalidRequest, match="api_key"):
        SunoClient("a\nb", dialect="gcui")
