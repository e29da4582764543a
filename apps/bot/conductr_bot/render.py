"""A Reply as a Discord message: escaped, never pinging anybody, within Discord's limits."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import discord
from attrs import frozen

from conductr import Reply

from .escape import defuse, fit, length

CONTENT = 2_000  # characters; the limits of a message (discord.md 6)
TITLE = 256
DESCRIPTION = 4_096
FOOTER = 1_024  # 2,048 are allowed, and 6,000 in all
COLOUR = 0x7C5CFC
ERROR_COLOUR = 0xC0392B
COVER = "cover"


class New(TypedDict, total=False):
    """What sending takes."""

    content: str
    embed: discord.Embed
    allowed_mentions: discord.AllowedMentions


class Changed(TypedDict):
    """What editing takes. A None clears what an earlier version had."""

    content: str | None
    embed: discord.Embed | None
    allowed_mentions: discord.AllowedMentions


@frozen
class Drawn:
    """`cover` is a picture to upload with the message; the embed shows it."""

    content: str | None = None
    embed: discord.Embed | None = None
    cover: Path | None = None

    def new(self) -> New:
        message = New(allowed_mentions=discord.AllowedMentions.none())
        if self.content is not None:
            message["content"] = self.content
        if self.embed is not None:
            message["embed"] = self.embed
        return message

    def changed(self) -> Changed:
        return {"content": self.content, "embed": self.embed, "allowed_mentions": discord.AllowedMentions.none()}

    def files(self) -> list[discord.File]:
        return [discord.File(self.cover, filename=_cover_name(self.cover))] if self.cover else []


def draw(reply: Reply, cover: Path | None = None) -> Drawn:
    """A reply with a title becomes a card, one without stays a line of text. Only a card shows a cover."""
    if reply.title is None:
        return Drawn(content=_line(reply))
    embed = discord.Embed(
        title=fit(reply.title, TITLE),
        description=fit(reply.text, DESCRIPTION),
        colour=ERROR_COLOUR if reply.error else COLOUR,
    )
    if reply.hint:
        embed.set_footer(text=_footer(reply.hint))
    if cover is not None:
        embed.set_thumbnail(url=f"attachment://{_cover_name(cover)}")
    return Drawn(embed=embed, cover=cover)


def _line(reply: Reply) -> str:
    hint = fit(reply.hint, CONTENT // 2) if reply.hint else ""
    text = fit(reply.text, CONTENT - length(hint) - 1)
    return f"{text}\n{hint}" if hint else text


def _footer(hint: str) -> str:
    """Footers show markdown as it is."""
    plain = defuse(hint)
    while length(plain) > FOOTER:
        plain = plain[: FOOTER - 1 - (length(plain) - len(plain))].rstrip() + "…"
    return plain


def _cover_name(path: Path) -> str:
    return COVER + path.suffix
