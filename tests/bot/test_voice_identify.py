"""The guard against crash loops: a thousand IDENTIFYs a day cost the bot its token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord as pycord
import pytest
from discord.http import Route
from emulators.discord import DiscordEmulator

from conductr import SetupError
from conductr.seats import Seats
from conductr_bot.voice import guard_identify
from conductr_bot.voice.identifying import LONGEST_WAIT_S, ROW_ENDS_AFTER_S, wait_before_identify_s
from conductr_bot.voice.library import check_libraries
from conductr_store import Store

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def in_a_row(count: int, apart_s: float = 1.0) -> list[datetime]:
    return [NOON + timedelta(seconds=number * apart_s) for number in range(count)]


def test_a_few_starts_in_a_row_wait_for_nothing() -> None:
    assert wait_before_identify_s([], NOON) == 0
    for count in range(1, 5):
        assert wait_before_identify_s(in_a_row(count), NOON + timedelta(minutes=1)) == 0


def test_from_the_fifth_on_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_before_identify_s(sent := in_a_row(count), sent[-1]) for count in range(5, 16)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    sent = in_a_row(5)
    assert wait_before_identify_s(sent, sent[-1] + timedelta(seconds=3)) == 2
    assert wait_before_identify_s(sent, sent[-1] - timedelta(hours=1)) == 5  # a clock that was set back


def test_a_session_that_lasted_ends_the_row() -> None:
    sent = in_a_row(9)
    late = sent[-1] + timedelta(seconds=ROW_ENDS_AFTER_S)
    assert wait_before_identify_s(sent, late) == 0
    assert wait_before_identify_s([*sent, late], late + timedelta(seconds=1)) == 0


def test_a_bot_that_crashes_at_once_all_day_identifies_120_times_at_most() -> None:
    sent, now = list[datetime](), NOON
    while now < NOON + timedelta(days=1):
        now += timedelta(seconds=wait_before_identify_s(sent, now))
        sent.append(now)
    assert len(sent) <= 120
    assert (sent[-1] - sent[-2]).total_seconds() == LONGEST_WAIT_S


@pytest.fixture
async def seats(tmp_path: Path) -> AsyncIterator[Seats]:
    async with Store.open(f"sqlite:///{tmp_path}/conductr.db") as store:
        yield Seats(store)


async def logged_in(emulator: DiscordEmulator) -> pycord.Bot:
    Route.API_BASE_URL = emulator.api_base
    bot = pycord.Bot(intents=pycord.Intents(guilds=True))
    await bot.login(emulator.token)
    return bot


async def test_each_identify_is_counted_where_the_next_process_finds_it(discord: DiscordEmulator, seats: Seats) -> None:
    bot = await logged_in(discord)
    await guard_identify(bot, seats)
    for _ in range(3):
        await bot.before_identify_hook(None, initial=True)
    assert len(await Seats(seats.store).identified(0)) == 3
    await bot.close()


async def test_the_last_sessions_of_the_day_are_left_to_a_person(discord: DiscordEmulator, seats: Seats) -> None:
    discord.gateway.sessions_left = 49
    bot = await logged_in(discord)
    with pytest.raises(SetupError, match="only 49 more times"):
        await guard_identify(bot, seats)
    await bot.close()


def test_without_davey_the_sentence_says_what_to_install() -> None:
    check_libraries()
    with pytest.raises(SetupError, match=r"no_such_davey: it is not installed, and .*DAVE.* pip install") as refused:
        check_libraries({"no_such_davey": "Discord wants end-to-end encryption (DAVE)"})
    assert "py-cord[voice]" in refused.value.hint
