"""option(): py-cord's decorator of a slash command's option, with types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import discord

Command = TypeVar("Command", bound=Callable[..., Any])
Offer = Callable[[Any, discord.AutocompleteContext], Awaitable[list[discord.OptionChoice]]]


def option(
    name: str, kind: type, description: str, *, autocomplete: Offer | None = None, **more: object
) -> Callable[[Command], Command]:
    """Below `slash_command`, in the order in which members see the options. `more`: default, min_value and so on."""
    if autocomplete is not None:
        more["autocomplete"] = autocomplete
    typed = cast("Callable[..., Callable[[Command], Command]]", discord.option)  # pyright: ignore[reportUnknownMemberType] - py-cord leaves it untyped
    return typed(name, kind, description=description, **more)
