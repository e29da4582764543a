"""What the voice benchmark runs: that its load is the load that it says."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from pathlib import Path

import pytest
from playing.players import engine
from playing.players.setting import Setting

from conductr_player.testing import packets


async def longest_hold(seconds: float) -> tuple[float, float]:
    """Of the event loop by the busy bot: the longest, and the share of the time that it held it."""
    bot, longest, held, begun = asyncio.create_task(engine.be_busy()), 0.0, 0.0, time.perf_counter()
    before = begun
    while time.perf_counter() - begun < seconds:
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, held, before = max(longest, now - before), held + (now - before > 0.003) * (now - before), now
    bot.cancel()
    return longest, held / (before - begun)


def test_a_busy_bot_works_half_of_the_time_and_for_60_ms_now_and_then() -> None:
    longest, share = asyncio.run(longest_hold(0.6))
    assert longest >= engine.LONG_S
    assert 0.25 < share < 0.95


@pytest.mark.parametrize("kind", ["engine-aes", "engine-xchacha", "engine-busy"])
def test_ours_sends_as_the_bot_does_without_letting_go_of_pythons_lock(kind: str, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5)
        setting = Setting(kind, 1, listener.getsockname()[1], *[tmp_path] * 5)
        sink, called = engine.sink_for(setting, 1), list[str]()
        assert callable(sink)

        def note(frame: object, event: str, what: object) -> None:
            if event == "c_call":
                called.append(getattr(what, "__qualname__", ""))

        sys.setprofile(note)
        try:
            assert sink(packets(1)[0])
        finally:
            sys.setprofile(None)
        assert listener.recv(2048)
    assert "socket.send" not in called
    engine.KEPT.pop().close()
