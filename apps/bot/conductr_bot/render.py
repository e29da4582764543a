"""Drawn: a Discord message before it is sent. Escaped, never pinging anybody, within Discord's limits."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TypedDict, cast

import discord
from attrs import evolve, frozen

from conductr import Reply

from .cards.layout import Row
from .escape import defuse, fit, length
from .graphemes import calm, cut_at

CONTENT = 2_000  # characters; the limits of a message (discord.md 6)
TITLE = 256
DESCRIPTION = 4_096
FOOTER = 1_024  # 2,048 are allowed, and 6,000 in all
ALT = 1_024
COLOUR = 0x7C5CFC
ERROR_COLOUR = 0xC0392B
COVER = "cover"


class Rows(discord.ui.View):
    """Controls as they are to be sent. py-cord keeps no view of them: presses are read from their `custom_id`."""

    def __init__(self, lines: tuple[Row, ...]) -> None:
        super().__init__(timeout=None, store=False)
        self._lines = lines

    def to_components(self) -> list[dict[str, object]]:
        return [cast("dict[str, object]", line) for line in self._lines]

    def is_finished(self) -> bool:
        return True


class New(TypedDict, total=False):
    """What sending takes."""

    content: str
    embed: discord.Embed
    view: Rows
    allowed_mentions: discord.AllowedMentions


class Changed(TypedDict):
    """What editing takes. A None clears what an earlier version had."""

    content: str | None
    embed: discord.Embed | None
    view: Rows | None
    allowed_mentions: discord.AllowedMentions


@frozen
class Attached:
    """A file to send along, by its path or as bytes. `description` is read to who cannot see it."""

    what: Path | bytes
    name: str
    description: str | None = None

    def file(self) -> discord.File:
        content = BytesIO(self.what) if isinstance(self.what, bytes) else self.what
        return discord.File(content, filename=self.name, description=self.description and self.description[:ALT])


@frozen
class Drawn:
    """`cover` is a picture to upload with the message, which the embed shows; `attached` files come beside it."""

    content: str | None = None
    embed: discord.Embed | None = None
    cover: Path | None = None
    alt: str | None = None  # what the picture shows, in words
    lines: tuple[Row, ...] = ()
    attached: tuple[Attached, ...] = ()

    def new(self) -> New:
        message = New(allowed_mentions=discord.AllowedMentions.none())
        if self.content is not None:
            message["content"] = self.content
        if self.embed is not None:
            message["embed"] = self.embed
        if self.lines:
            message["view"] = Rows(self.lines)
        return message

    def changed(self) -> Changed:
        return {
            "content": self.content,
            "embed": self.embed,
            "view": Rows(self.lines) if self.lines else None,
            "allowed_mentions": discord.AllowedMentions.none(),
        }

    def files(self) -> list[discord.File]:
        covers = [Attached(self.cover, cover_name(self.cover), self.alt)] if self.cover else []
        return [one.file() for one in (*covers, *self.attached)]

    def with_lines(self, *lines: Row) -> Drawn:
        return evolve(self, lines=(*self.lines, *lines))


def draw(reply: Reply, cover: Path | None = None) -> Drawn:
    """A reply with a title becomes a card, one without stays a line of text. Only a card shows a cover."""
    if reply.title is None:
        return Drawn(content=_line(reply))
    colour = ERROR_COLOUR if reply.error else COLOUR
    return card(fit(reply.title, TITLE), fit(reply.text, DESCRIPTION), reply.hint, cover=cover, colour=colour)


def card(
    title: str,
    text: str,
    footer: str | None = None,
    *,
    cover: Path | None = None,
    alt: str | None = None,
    colour: int = COLOUR,
    lines: tuple[Row, ...] = (),
) -> Drawn:
    """`title` and `text` are Discord's markdown already, `title` fits; of `text`, the first lines that do."""
    embed = discord.Embed(title=title, description=_first_lines(text), colour=colour)
    if footer:
        embed.set_footer(text=_footer(footer))
    if cover is not None:
        embed.set_thumbnail(url=f"attachment://{cover_name(cover)}")
    return Drawn(embed=embed, cover=cover, alt=alt, lines=lines)


def cover_name(path: Path) -> str:
    return COVER + path.suffix


def _first_lines(text: str) -> str:
    while length(text) > DESCRIPTION and "\n" in text:
        text = text.rpartition("\n")[0]
    return text


def _line(reply: Reply) -> str:
    hint = fit(reply.hint, CONTENT // 2) if reply.hint else ""
    text = fit(reply.text, CONTENT - length(hint) - 1)
    return f"{text}\n{hint}" if hint else text


def _footer(hint: str) -> str:
    """Footers show markdown as it is."""
    plain = defuse(calm(hint))
    while length(plain) > FOOTER:
        at = FOOTER - 1 - (length(plain) - len(plain))
        plain = plain[: cut_at(plain, at)].rstrip() + "…"
    return plain
