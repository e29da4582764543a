"""The table of commands as Discord takes it, in every language of the catalogue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import Parameter, Signature
from typing import Any, cast

import discord

from conductr.languages import DEFAULT, localizations, tongue_for
from conductr.views import Choice

from .options import Command, Kind, Option

Run = Callable[[discord.Interaction, Command, dict[str, object]], Awaitable[None]]
Offer = Callable[[discord.Interaction, str, str, dict[str, object]], Awaitable[tuple[Choice, ...]]]
RunOnMessage = Callable[[discord.Interaction], Awaitable[None]]

KINDS: dict[Kind, type] = {Kind.TEXT: str, Kind.WHOLE: int, Kind.YES_NO: bool, Kind.MEMBER: discord.Member}
CHOICES = 25

_english = tongue_for(DEFAULT)


def slash(command: Command, run: Run, offer: Offer) -> discord.SlashCommand:
    """A slash command whose every use goes to `run`; `offer` completes what is typed."""

    async def used(ctx: discord.ApplicationContext, **options: object) -> None:
        await run(ctx.interaction, command, options)

    takes = [
        Parameter(option.name, Parameter.KEYWORD_ONLY, annotation=KINDS[option.kind]) for option in command.options
    ]
    cast("Any", used).__signature__ = Signature([Parameter("ctx", Parameter.POSITIONAL_OR_KEYWORD), *takes])
    return discord.SlashCommand(
        used,
        name=command.name,
        name_localizations=localizations(f"{command.key}.name"),
        description=_english(f"{command.key}.description"),
        description_localizations=localizations(f"{command.key}.description"),
        options=[_option(command, option, offer) for option in command.options],
    )


def on_message(name_key: str, run: RunOnMessage) -> discord.MessageCommand:
    """A command in a message's own menu."""

    async def used(ctx: discord.ApplicationContext, _message: discord.Message) -> None:
        await run(ctx.interaction)

    return discord.MessageCommand(used, name=_english(name_key), name_localizations=localizations(name_key))


def _option(command: Command, option: Option, offer: Offer) -> discord.Option:
    key = f"{command.key}.option.{option.name}"
    more: dict[str, Any] = {
        "name": option.name,
        "name_localizations": localizations(f"{key}.name"),
        "description_localizations": localizations(f"{key}.description"),
        "required": option.required,
        "choices": [_choice(key, option, value) for value in option.choices],
        "min_value": option.lowest,
        "max_value": option.highest,
        "max_length": option.longest,
    }
    if option.offers is not None:
        more["autocomplete"] = _completion(option.offers, offer)
    return discord.Option(cast("Any", KINDS[option.kind]), _english(f"{key}.description"), **more)


def _choice(key: str, option: Option, value: str | int) -> discord.OptionChoice:
    if not option.worded:
        return discord.OptionChoice(str(value), value)
    named = f"{key}.choice.{value}"
    return discord.OptionChoice(_english(named), value, localizations(named))


def _completion(what: str, offer: Offer) -> Callable[[discord.AutocompleteContext], Awaitable[list[Any]]]:
    async def complete(ctx: discord.AutocompleteContext) -> list[discord.OptionChoice]:
        typed, others = str(ctx.value or ""), cast("dict[str, object]", ctx.options)
        offered = await offer(ctx.interaction, what, typed, others)
        return [discord.OptionChoice(choice.label, choice.value) for choice in offered[:CHOICES]]

    return complete
