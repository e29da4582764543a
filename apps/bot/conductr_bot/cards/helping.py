"""/help: the commands by group, in the reader's own names, and one command in full. Pure."""

from __future__ import annotations

from conductr.languages import Tongue
from conductr_bot.commands.options import Command
from conductr_bot.commands.table import COMMANDS, GROUPS
from conductr_bot.presses import press
from conductr_bot.render import Drawn, card

from .layout import GREEN, Choosable, button, row, rows, select

MAKE_FIRST = "✨"


def help_card(topic: str | None, tongue: Tongue) -> Drawn:
    """All of it, or one command where its name is known, in the reader's language or in English."""
    command = find(topic, tongue) if topic else None
    return _all(tongue) if command is None else _one(command, tongue)


def find(typed: str, tongue: Tongue) -> Command | None:
    wanted = typed.strip().lstrip("/").casefold()
    return next((one for one in COMMANDS if wanted in (one.name, _name(one, tongue))), None)


def _all(tongue: Tongue) -> Drawn:
    parts = [tongue("help.try")]
    for group, commands in GROUPS.items():
        names = " ".join(f"`/{_name(command, tongue)}`" for command in commands)
        parts.append(f"**{tongue(f'help.{group}')}**\n{names}")
    options = [
        Choosable(f"/{_name(command, tongue)}", command.name, tongue(f"{command.key}.description"))
        for command in COMMANDS
    ]
    half = -(-len(options) // 2)
    choose = [select(press("help", at), "/…", options[at * half : (at + 1) * half]) for at in (0, 1)]
    wish = row(button(tongue("button.make_wish"), press("wish"), MAKE_FIRST, style=GREEN))
    return card(tongue("card.help"), "\n\n".join(parts), tongue("help.no_sound"), lines=rows(*choose, wish))


def _one(command: Command, tongue: Tongue) -> Drawn:
    lines = [tongue(f"{command.key}.description"), ""]
    for option in command.options:
        key = f"{command.key}.option.{option.name}"
        lines.append(f"`{tongue(f'{key}.name')}` {tongue(f'{key}.description')}")
    return card(f"/{_name(command, tongue)}", "\n".join(lines))


def _name(command: Command, tongue: Tongue) -> str:
    return tongue(f"{command.key}.name")
