"""Board: where a server's card of what plays hangs, remembered over restarts, and how it is changed there."""

from __future__ import annotations

from logging import getLogger
from typing import Any, cast

import discord
from attrs import define, field

from conductr_store import Store

from .cards.pace import Pace
from .render import Drawn

log = getLogger(__name__)

SAME_END_S = 3
BURIED = 5  # messages below it; then it moves down with the next song


@define(eq=False)
class Board:
    """`play_id` is of the play that it shows; `shows` is all that can be seen of it, so that nothing is sent twice."""

    guild_id: int
    channel_id: int | None = None
    message_id: int | None = None
    play_id: int | None = None
    cover_of: str | None = None
    shows: object = None
    ends: int | None = None  # when the song ends, by what it says, in seconds since 1970
    pace: Pace = field(factory=Pace)

    def hangs(self, channel_id: int, message_id: int) -> None:
        self.channel_id, self.message_id = channel_id, message_id
        self.play_id = self.cover_of = self.shows = self.ends = None

    def says(self, looks: object, ends: int | None) -> bool:
        """Whether it says so already. An end that moved by a breath is the same end."""
        if looks != self.shows or (ends is None) != (self.ends is None):
            return False
        return ends is None or self.ends is None or abs(ends - self.ends) <= SAME_END_S

    async def edit(self, bot: discord.Bot, drawn: Drawn, *, cover_of: str | None) -> bool:
        """False where it hangs there no more. The picture is sent only where it is another."""
        if self.channel_id is None or self.message_id is None:
            return False
        try:
            if cover_of == self.cover_of:
                message = bot.get_partial_messageable(self.channel_id).get_partial_message(self.message_id)
                await message.edit(**drawn.changed())
            else:
                await _edit_with_picture(bot, self.channel_id, self.message_id, drawn)
        except (discord.NotFound, discord.Forbidden):
            return False
        self.cover_of = cover_of
        return True

    async def post(self, bot: discord.Bot, channel_id: int, drawn: Drawn, *, cover_of: str | None) -> bool:
        """A new one, without a sound. False where nobody may write there."""
        try:
            sent = await bot.get_partial_messageable(channel_id).send(**drawn.new(), files=drawn.files(), silent=True)
        except (discord.NotFound, discord.Forbidden) as error:
            log.info("guild %s: no card in channel %s: %s", self.guild_id, channel_id, error)
            return False
        self.hangs(channel_id, sent.id)
        self.cover_of = cover_of
        return True

    async def take_down(self, bot: discord.Bot) -> None:
        """A server has one card: the old one goes. Where it is gone already, that is as well."""
        if self.channel_id is None or self.message_id is None:
            return
        message = bot.get_partial_messageable(self.channel_id).get_partial_message(self.message_id)
        self.message_id = None
        try:
            await message.delete()
        except discord.HTTPException as error:
            log.info("guild %s: an old card stays: %s", self.guild_id, error)

    async def is_buried(self, bot: discord.Bot) -> bool:
        """Whether so much was written below it that nobody sees it. Only ids are looked at, never what was written."""
        if self.channel_id is None or self.message_id is None:
            return False
        try:
            below = await bot.http.logs_from(self.channel_id, BURIED + 1, after=self.message_id)
        except discord.HTTPException:
            return False
        return len(below) > BURIED


async def _edit_with_picture(bot: discord.Bot, channel_id: int, message_id: int, drawn: Drawn) -> None:
    """The old picture goes, the new one comes. py-cord edits a message that it has not read only without files."""
    news = drawn.changed()
    files = drawn.files()
    payload: dict[str, Any] = {
        "content": news["content"],
        "embeds": [news["embed"].to_dict()] if news["embed"] else [],
        "components": news["view"].to_components() if news["view"] else [],
        "allowed_mentions": news["allowed_mentions"].to_dict(),
        "attachments": [],
    }
    try:
        http = cast("Any", bot.http)  # py-cord leaves it untyped
        await http.edit_files(channel_id, message_id, files=files, **payload)
    finally:
        for file in files:
            file.close()


async def remembered(store: Store, guild_id: int) -> Board:
    """As it was before a restart."""
    board = Board(guild_id)
    async with store.begin() as tx:
        notice = await tx.notices.by_dedupe(_key(guild_id))
    channel_id = notice.target.get("channel_id") if notice else None
    if notice is not None and isinstance(channel_id, int):
        board.channel_id, board.message_id = channel_id, notice.message_id
    return board


async def remember(store: Store, board: Board) -> None:
    async with store.begin() as tx:
        kept = await tx.notices.put(_key(board.guild_id), {"channel_id": board.channel_id}, "card", {})
        await tx.notices.sent(kept.id, board.message_id)


def _key(guild_id: int) -> str:
    return f"card:{guild_id}"
