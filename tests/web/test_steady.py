"""Begun work ends, whoever waits for it."""

from __future__ import annotations

import asyncio
import logging

import anyio
import pytest
from quart import Quart

from conductr_web.steady import Steady

pytestmark = pytest.mark.anyio


async def test_what_work_gives_or_raises_comes_back() -> None:
    async def fail() -> int:
        raise LookupError("lost")

    steady = Steady()
    async with steady.running():
        assert await steady.finish(lambda: asyncio.sleep(0, 7)) == 7
        with pytest.raises(LookupError):
            await steady.finish(fail)


async def test_work_ends_though_its_waiter_was_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    begun, go_on, ended = anyio.Event(), anyio.Event(), anyio.Event()

    async def work() -> None:
        begun.set()
        await go_on.wait()
        ended.set()
        raise LookupError("nobody hears this")

    caplog.set_level(logging.WARNING)
    steady = Steady()
    async with steady.running():
        waiter = asyncio.ensure_future(steady.finish(work))  # as Quart waits for a request
        await begun.wait()
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        go_on.set()
        with anyio.fail_after(5):
            await ended.wait()
    assert "LookupError" in caplog.text


async def test_a_closing_server_waits_for_begun_work() -> None:
    begun, ended = anyio.Event(), anyio.Event()

    async def work() -> None:
        begun.set()
        await anyio.sleep(0.1)
        ended.set()

    steady = Steady()
    async with steady.running():
        waiter = asyncio.ensure_future(steady.finish(work))
        await begun.wait()
    assert ended.is_set()
    await waiter


async def test_every_address_is_steady(app: Quart) -> None:
    assert app.view_functions
    assert all(hasattr(view, "__wrapped__") for view in app.view_functions.values())
