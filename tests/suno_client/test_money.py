"""Money: whatever the network does, a song is asked for at most once, unless nothing had left."""

from __future__ import annotations

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_client import Misunderstood, NotSent, Refused, SunoError, TooMany, Unanswered
from suno_client.testing import FakeSuno, Fault, Loss, Reply, envelope

FAULTS: list[Fault] = [
    Loss("refused"),
    Loss("reset"),
    Loss("timeout"),
    Loss("reset", accepted=True),
    Loss("timeout", accepted=True),
    Reply(b"<html>", 502),
    Reply(b"<html>", 200),
    Reply(b"", 302, {"Location": "/api/v1/generate"}),
    envelope(430, "too fast"),
    envelope(429, "credits are insufficient"),
    envelope(455, "maintenance"),
    envelope(500, "internal"),
    envelope(408, "Request timeout"),
    Reply(b"<html>", 499),
]


@settings(max_examples=150, deadline=None)
@given(faults=st.lists(st.sampled_from(FAULTS), max_size=6), backend=st.sampled_from(["asyncio", "trio"]))
def test_a_caller_who_repeats_only_what_may_be_repeated_pays_once(faults: list[Fault], backend: str) -> None:
    """The caller's rule is the one of the README: NotSent and TooMany are asked again, all else is told."""
    fake = FakeSuno()
    fake.faults["submit"].extend(faults)

    async def ask_patiently() -> SunoError | None:
        async with fake.client() as suno:
            while True:
                try:
                    await suno.generations.create("rain")
                except (NotSent, TooMany):
                    continue
                except SunoError as error:
                    return error
                return None

    error = anyio.run(ask_patiently, backend=backend)
    assert len(fake.submissions) <= 1
    if error is None:
        assert len(fake.submissions) == 1
    if isinstance(error, Refused):
        assert not fake.submissions
    if fake.submissions and error is not None:
        assert isinstance(error, Unanswered | Misunderstood)
        assert error.may_be_charged


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.anyio
async def test_one_call_sends_one_submission(fault: Fault) -> None:
    fake = FakeSuno()
    fake.faults["submit"].append(fault)
    async with fake.client() as suno:
        with pytest.raises(SunoError):
            await suno.generations.create("rain")
    assert fake.asked == ["POST /api/v1/generate"]
