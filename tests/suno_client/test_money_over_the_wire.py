"""Whatever the network does between a client and the sandbox, the sandbox takes at most one submission of a wish."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suno_client import (
    FileJournal,
    Limiter,
    Misunderstood,
    NotSent,
    Polling,
    Refused,
    Retrying,
    SunoClient,
    SunoError,
    Unanswered,
)

pytestmark = pytest.mark.slow

NETWORK = [
    "refused",
    "reset before",
    "reset after",
    "timeout after",
    "proxy page after",
    "cut after",
    "408 after",
    "fine",
]
SANDBOX = [
    "429",
    "430",
    "401",
    "405",
    "413",
    "455",
    "500",
    "531",
    "502",
    "429_html",
    "reset",
    "reset_after",
    "data_null",
]
TROUBLE = st.lists(
    st.tuples(st.just("network"), st.sampled_from(NETWORK)) | st.tuples(st.just("sandbox"), st.sampled_from(SANDBOX)),
    max_size=6,
)


class ScriptedNetwork(httpx.AsyncBaseTransport):
    """Real HTTP to the sandbox, but for what the script says of each submission."""

    def __init__(self, script: list[str]) -> None:
        self._script = deque(script)
        self._wire = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        event = self._script.popleft() if self._script and request.method == "POST" else "fine"
        if event == "refused":
            raise httpx.ConnectError("refused", request=request)
        if event == "reset before":
            raise httpx.WriteError("reset", request=request)
        response = await self._wire.handle_async_request(request)
        if event == "fine":
            return response
        await response.aread()
        await response.aclose()
        if event == "reset after":
            raise httpx.ReadError("reset", request=request)
        if event == "timeout after":
            raise httpx.ReadTimeout("timeout", request=request)
        if event == "proxy page after":
            return httpx.Response(502, content=b"<html>Bad Gateway</html>", request=request)
        if event == "408 after":
            return httpx.Response(200, json={"code": 408, "msg": "Request timeout"}, request=request)
        return httpx.Response(200, content=response.content[:9], request=request)

    async def aclose(self) -> None:
        await self._wire.aclose()


async def submissions(url: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as http:
        return len((await http.get(f"{url}/_sandbox/ledger")).json()["submissions"])


async def prepare(url: str, faults: list[str]) -> None:
    """Books that are empty, faults in their order, and a task that is not rendered: money is all that counts here."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        (await http.post("/_sandbox/reset")).raise_for_status()
        asked = [{"on": "submit", "fault": fault} for fault in faults]
        asked += [{"on": "task", "fault": "stuck"}] * 3
        (await http.post("/_sandbox/faults", json=asked)).raise_for_status()


RUNS = 3


async def ask(url: str, network: list[str], journal: Path | None) -> list[SunoError]:
    """With a journal a script that is run again until it succeeds, each time as a new process would; else one call."""
    errors: list[SunoError] = []
    for _ in range(RUNS if journal else 1):
        async with (
            httpx.AsyncClient(transport=ScriptedNetwork(network)) as http,
            SunoClient(
                "sandbox",
                base_url=url,
                http=http,
                polling=Polling(floor_s=0),
                retrying=Retrying(submissions=3, first_s=0, longest_s=5),  # haste is told: its wait is 10 s
                limiter=Limiter(1_000, 0),
                journal=FileJournal(journal) if journal else None,
            ) as suno,
        ):
            try:
                wish = "wish-1" if journal else None
                await suno.with_options(submission_id=wish).generations.create("rain", instrumental=True)
            except SunoError as error:
                errors.append(error)
            else:
                return errors
        network = []
    return errors


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trouble=TROUBLE, journaled=st.booleans(), backend=st.sampled_from(["asyncio", "trio"]))
def test_for_any_sequence_of_failures_the_sandbox_takes_at_most_one(
    sandbox_url: str, trouble: list[tuple[str, str]], journaled: bool, backend: str
) -> None:
    network = [event for where, event in trouble if where == "network"]
    faults = [fault for where, fault in trouble if where == "sandbox"]

    async def story() -> tuple[int, list[SunoError]]:
        await prepare(sandbox_url, faults)
        with TemporaryDirectory() as folder:
            errors = await ask(sandbox_url, network, Path(folder) / "journal" if journaled else None)
        return await submissions(sandbox_url), errors

    taken, errors = anyio.run(story, backend=backend)
    assert taken <= 1
    if len(errors) < (RUNS if journaled else 1):  # it succeeded in the end
        assert taken == 1
    elif taken:
        assert any(isinstance(error, Unanswered | Misunderstood) for error in errors)
    for error in errors:
        assert isinstance(error, NotSent | Refused | Unanswered | Misunderstood)
        if isinstance(error, Unanswered | Misunderstood):
            assert error.may_be_charged


@pytest.mark.anyio
async def test_without_a_journal_one_call_too_is_taken_at_most_once(sandbox_url: str) -> None:
    for event in NETWORK:
        await prepare(sandbox_url, [])
        async with (
            httpx.AsyncClient(transport=ScriptedNetwork(["refused", event])) as http,
            SunoClient(
                "sandbox", base_url=sandbox_url, http=http, retrying=Retrying(first_s=0), limiter=Limiter(1_000, 0)
            ) as suno,
        ):
            try:
                await suno.generations.create("rain", instrumental=True)
            except (Unanswered, Misunderstood):
                assert event not in {"refused", "fine"}
            assert await submissions(sandbox_url) == (0 if event == "reset before" else 1)
