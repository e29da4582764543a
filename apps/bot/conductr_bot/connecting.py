"""serve_discord: logs in, stays connected through every loss, and takes leave."""

from __future__ import annotations

import logging
from logging import getLogger

import aiohttp
import anyio
import discord
from discord.http import Route

from conductr import Conductr, SetupError

from .boards import Boards
from .bot import make_bot
from .notices import Notices
from .voice import Supervisor, check_pycord, guard_identify

log = getLogger(__name__)

CLOSE_WITHIN_S = 5.0
LOGIN_WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)  # while Discord cannot be reached; the last for ever
FATAL_CODES = {
    4004: "Discord does not accept the bot's token",
    4010: "Discord refuses this shard",
    4011: "the bot is in so many servers that Discord wants it in shards",
    4012: "Discord has closed the version of the gateway that this bot speaks",
    4013: "Discord refuses the bot's intents",
    4014: "Discord refuses the bot's intents",
}


async def serve_discord(conductr: Conductr) -> None:
    """Until cancelled. Raises SetupError where Discord will not have us, whatever is tried."""
    token = conductr.settings.discord_token
    if token is None:
        raise SetupError("CONDUCTR_DISCORD_TOKEN", "it is not set", "Copy it from Discord's developer portal.")
    check_pycord()
    _keep_secrets_out_of_logs()
    Route.API_BASE_URL = conductr.settings.discord_api_base
    async with anyio.create_task_group() as tasks:
        notices, boards = Notices(conductr, tasks), Boards(conductr, tasks)
        supervisor = Supervisor(conductr, boards.tell_voice)
        bot = make_bot(conductr, supervisor, notices, boards)
        try:
            await _log_in(bot, token.get_secret_value())
            tasks.start_soon(notices.run, bot)
            tasks.start_soon(boards.run, bot)
            await guard_identify(bot, supervisor.seats)
            await _stay_connected(bot, supervisor)
        finally:
            with anyio.move_on_after(CLOSE_WITHIN_S, shield=True):
                await bot.close()
            tasks.cancel_scope.cancel()


async def _log_in(bot: discord.Bot, token: str) -> None:
    """Until it succeeds. Raises SetupError for a token that Discord does not know."""
    tries = 0
    while True:
        try:
            await bot.login(token)
        except discord.LoginFailure as error:
            raise _no_setup(4004) from error
        except (TimeoutError, OSError, aiohttp.ClientError, discord.HTTPException) as error:
            await bot.http.close()
            wait_s = LOGIN_WAITS_S[min(tries, len(LOGIN_WAITS_S) - 1)]
            tries += 1
            log.warning("Discord cannot be reached (%s); tried again in %d s", type(error).__name__, wait_s)
            await anyio.sleep(wait_s)
        else:
            return


async def _stay_connected(bot: discord.Bot, supervisor: Supervisor) -> None:
    """The gateway outlives the voices: it is asked for leave, and says when we are out."""
    last = anyio.CancelScope(shield=True)
    async with anyio.create_task_group() as gateway:
        voices = anyio.CancelScope()

        async def connect() -> None:
            with last:
                await _connect(bot)
            voices.cancel()

        gateway.start_soon(connect)
        try:
            with voices:
                await supervisor.run()
        finally:
            last.cancel()


async def _connect(bot: discord.Bot) -> None:
    """py-cord reconnects by itself. Raises SetupError where that is of no use (reliability.md D2)."""
    try:
        await bot.connect()
    except discord.PrivilegedIntentsRequired as error:
        raise _no_setup(4014) from error
    except discord.ConnectionClosed as error:
        raise _no_setup(error.code) from error


def _no_setup(code: int) -> SetupError:
    problem = FATAL_CODES.get(code, f"Discord ended the connection for good, close code {code}")
    return SetupError("CONDUCTR_DISCORD_TOKEN", problem, "Look at the bot's page in Discord's developer portal.")


def _keep_secrets_out_of_logs() -> None:
    """py-cord writes the voice token at INFO, and interaction tokens at DEBUG (discord.md 1.1)."""
    for name, least in (("discord", logging.INFO), ("discord.voice.gateway", logging.WARNING)):
        logger = getLogger(name)
        logger.setLevel(max(logger.getEffectiveLevel(), least))
