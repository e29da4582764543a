"""answer(): one use case asked, one reply given, in time and where only the right people see it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from logging import getLogger
from pathlib import Path

import anyio
import discord

from conductr import ConductrError, Outcome, Reply, word
from conductr_player import PlayerError
from conductr_store import StoreError
from suno_client import SunoError

from .errors import BotError
from .render import Drawn, draw

log = getLogger(__name__)

SLOW_S = 1.0  # then a command is deferred; Discord wants a first answer within 3 s
FORESEEN = (ConductrError, SunoError, PlayerError, StoreError)


async def answer(
    ctx: discord.ApplicationContext,
    asked: Awaitable[Outcome],
    cover: Callable[[], Awaitable[Path | None]] | None = None,
) -> None:
    """Ask, and say what came of it. Quick answers go out at once, so that a refusal is seen by the caller alone."""
    async with in_time(ctx):
        reply = await reply_to(asked)
        picture = await cover() if cover and not reply.error else None
    await say(ctx, reply, picture)


@asynccontextmanager
async def in_time(ctx: discord.ApplicationContext) -> AsyncGenerator[None]:
    """Defers the answer where the body takes longer than SLOW_S. Lets the body's error through as it is."""
    failed: Exception | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_defer_when_slow, ctx)
        try:
            yield
        except Exception as error:  # noqa: BLE001 - raised below, outside the group that would wrap it
            failed = error
        tasks.cancel_scope.cancel()
    if failed is not None:
        raise failed


async def reply_to(asked: Awaitable[Outcome]) -> Reply:
    """What came of it, in words; an error too."""
    try:
        return word(await asked)
    except Exception as error:  # noqa: BLE001 - worded, and logged where nobody foresaw it
        return refuse(error)


def refuse(error: Exception) -> Reply:
    """An error in words. One that nobody foresaw goes to the log too."""
    if isinstance(error, BotError):
        return error.reply
    if isinstance(error, FORESEEN):
        log.info("a command was refused: %r", error)
    else:
        log.error("a command failed on something unforeseen", exc_info=error)
    return word(error)


async def say(ctx: discord.ApplicationContext, reply: Reply, picture: Path | None = None) -> None:
    """Answer, or fill the answer that was deferred, which all see. Where that is too late, say it in the channel."""
    drawn = draw(reply, picture)
    try:
        await _say(ctx, drawn, ephemeral=reply.ephemeral)
    except discord.NotFound:
        log.warning("interaction %s was answered too late; it is said in the channel", ctx.interaction.id)
        await _say_in_channel(ctx, drawn)


async def _say(ctx: discord.ApplicationContext, drawn: Drawn, *, ephemeral: bool) -> None:
    if not ctx.interaction.response.is_done():
        await ctx.interaction.response.send_message(**drawn.new(), files=drawn.files(), ephemeral=ephemeral)
    else:
        await ctx.interaction.edit_original_response(**drawn.changed(), files=drawn.files())


async def _say_in_channel(ctx: discord.ApplicationContext, drawn: Drawn) -> None:
    try:
        await ctx.bot.get_partial_messageable(ctx.channel_id or 0).send(**drawn.new(), files=drawn.files())
    except discord.HTTPException as error:
        log.warning("nor can it be said in the channel: %s", error)


async def _defer_when_slow(ctx: discord.ApplicationContext) -> None:
    await anyio.sleep(SLOW_S)
    with anyio.CancelScope(shield=True):  # half a deferral cannot be taken back
        try:
            await ctx.interaction.response.defer()
        except discord.HTTPException as error:
            log.warning("interaction %s could not be deferred: %s", ctx.interaction.id, error)
