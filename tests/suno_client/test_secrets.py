"""The key is in no log, no repr, no error and no traceback, not even one that prints local variables."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

import httpx
import pytest
from support.wire_gateway import Gateway, Turn, hangs_up, never_answers, says

from suno_client import InvalidRequest, SunoClient, SunoError, TaskId, Unanswered
from suno_client.testing import FakeSuno

pytestmark = pytest.mark.anyio
KEY = "sk-canary-7f3a9d"
QUOTED = {"code": 400, "msg": f"the key {KEY} is not for model V9", "data": None}


def told(error: BaseException) -> str:
    """All that a zealous error reporter would print, but for the test's own frame, where the gateway saw the key."""
    assert error.__traceback__ is not None
    report = traceback.TracebackException(type(error), error, error.__traceback__.tb_next, capture_locals=True)
    return "".join(report.format(chain=True)) + repr(error) + repr(vars(error))


@pytest.mark.parametrize(
    "turn", [says(QUOTED), says({"code": 401, "msg": KEY}), says(KEY.encode(), 502), hangs_up, says(b"<html>")]
)
async def test_no_trouble_tells_the_key(
    gateway: Gateway, over_http: SunoClient, turn: Turn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.turns.extend([turn] * 4)
    for call in (over_http.generations.create("rain"), over_http.generations.get(TaskId("t"))):
        with pytest.raises(SunoError) as caught:
            await call
        assert KEY not in told(caught.value)
    assert f"Bearer {KEY}" in gateway.seen[0].headers["authorization"]  # it was sent
    assert "/api/v1/generate" in caplog.text  # it was logged
    assert KEY not in caplog.text


async def test_a_timeout_does_not_tell_the_key(gateway: Gateway) -> None:
    gateway.turns.append(never_answers)
    async with SunoClient(KEY, base_url=gateway.url, timeout_s=0.1) as suno:
        with pytest.raises(SunoError) as caught:
            await suno.generations.create("rain")
    assert KEY not in told(caught.value)


async def test_a_refused_connection_does_not_tell_the_key() -> None:
    async with SunoClient(KEY, base_url="http://127.0.0.1:9", timeout_s=1) as suno:
        with pytest.raises(SunoError) as caught:
            await suno.generations.create("rain")
    assert KEY not in told(caught.value)


async def test_locals_of_the_http_library_are_not_told() -> None:
    """A write that fails does so in a frame that holds the whole head of the request."""

    def fail(request: httpx.Request) -> httpx.Response:
        head = request.headers.raw
        raise httpx.WriteTimeout(f"could not write {len(head)} lines")

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail)) as http, SunoClient(KEY, http=http) as suno:
        with pytest.raises(Unanswered) as caught:
            await suno.generations.create("rain")
    assert KEY not in told(caught.value)


@pytest.mark.parametrize(
    "wrong", [{"base_url": "ftp://x"}, {"dialect": "udio"}, {"timeout_s": 0}, {"proxy": "x://u:canary@h"}]
)
def test_no_trouble_at_the_start_tells_the_key_or_the_proxys_password(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        SunoClient(KEY, **{"proxy": "http://u:canary@h", **wrong})  # pyright: ignore[reportArgumentType] - wrong on purpose
    assert KEY not in told(caught.value)
    assert "canary" not in told(caught.value)
    with pytest.raises(InvalidRequest) as caught:
        SunoClient(f"{KEY} and more")
    assert KEY not in told(caught.value)


async def test_no_repr_tells_the_key() -> None:
    async with FakeSuno(key=KEY).client() as suno:
        task = await suno.generations.create("rain")
        sender = suno._sender
        shown = [suno, vars(suno), vars(suno.generations), task, vars(sender), vars(sender.transport), sender.options]
        assert KEY not in "".join(map(repr, shown))
        assert KEY not in repr(await suno.generations.get(task.id))


async def test_errors_and_logs_of_downloads_hold_no_signed_address(
    gateway: Gateway, over_http: SunoClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.turns.append(says(b"<html>", 403))
    with pytest.raises(SunoError) as caught:
        await over_http.download(f"{gateway.url}/song.mp3?Signature=canary", tmp_path / "x")
    assert "canary" not in str(caught.value) + repr(vars(caught.value))
    assert "canary" not in "".join(record.getMessage() for record in caplog.records)


async def test_a_key_as_short_as_a_word_takes_nothing_from_an_answer(gateway: Gateway) -> None:
    gateway.turns.append(says({"code": 200, "data": {"taskId": "task"}}))
    async with SunoClient("k", base_url=gateway.url) as suno:
        assert (await suno.generations.create("rain")).id == "task"
