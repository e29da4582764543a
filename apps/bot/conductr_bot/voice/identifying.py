"""The guard against crash loops: a thousand IDENTIFYs in a day end all sessions and reset the bot's token."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from logging import getLogger
from typing import Any, Final

import anyio
import discord
from discord.http import Route

from conductr import SetupError
from conductr.seats import Seats
from conductr_store import StoreError

log = getLogger(__name__)

FREE: Final = 5  # in a row, without waiting: somebody tries something out
FIRST_WAIT_S: Final = 5.0  # doubled each time
LONGEST_WAIT_S: Final = 900.0
ROW_ENDS_AFTER_S: Final = 1_800.0  # a session that lasted that long ended no crash loop
LEAST_LEFT: Final = 50  # of what Discord grants a day: the last ones are a person's


def wait_before_identify_s(sent: Sequence[datetime], now: datetime) -> float:
    """Seconds to wait before the next IDENTIFY. `sent`: when those of the last day were, oldest first. Pure."""
    if not sent or (now - sent[-1]).total_seconds() >= ROW_ENDS_AFTER_S:
        return 0.0
    in_a_row = 1
    for before, after in reversed(list(pairwise(sent))):
        if (after - before).total_seconds() >= ROW_ENDS_AFTER_S:
            break
        in_a_row += 1
    if in_a_row < FREE:
        return 0.0
    wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(in_a_row - FREE, 20))
    return max(0.0, min(wait_s, wait_s - (now - sent[-1]).total_seconds()))


async def guard_identify(bot: discord.Bot, seats: Seats) -> None:
    """To be awaited after login and before the first connection; each IDENTIFY is counted from then on.

    Raises SetupError where Discord grants hardly any more today.
    """
    await _check_budget(bot)

    async def before_identify(shard_id: int | None, *, initial: bool = False) -> None:
        if not initial:
            await anyio.sleep(5.0)  # as py-cord does
        await _wait(seats, shard_id or 0)
        try:
            await seats.identify(shard_id or 0)
        except StoreError:
            log.warning("that we identify could not be written down")

    bot.before_identify_hook = before_identify
    await _wait(seats, bot.shard_id or 0)  # here, since Discord does not wait with an open connection for long


async def _wait(seats: Seats, shard_id: int) -> None:
    try:
        sent = await seats.identified(shard_id)
    except StoreError:
        return
    wait_s = wait_before_identify_s(sent, datetime.now(UTC))
    if wait_s:
        log.warning("the bot has begun anew often of late: waiting %d s before it connects to Discord", wait_s)
        await anyio.sleep(wait_s)


async def _check_budget(bot: discord.Bot) -> None:
    try:
        said: dict[str, Any] = await bot.http.request(Route("GET", "/gateway/bot"))
        limit = said["session_start_limit"]
        left, again_s = int(limit["remaining"]), int(limit["reset_after"]) / 1000
    except (discord.HTTPException, KeyError, TypeError, ValueError) as error:
        log.warning("how many sessions Discord still grants today is not known: %r", error)
        return
    if left < LEAST_LEFT:
        problem = f"Discord lets the bot connect only {left} more times in the next {again_s / 3600:.0f} hours"
        raise SetupError("CONDUCTR_DISCORD_TOKEN", problem, "Find out why it begins anew so often, then start it.")
