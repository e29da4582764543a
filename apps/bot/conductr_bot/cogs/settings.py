"""/settings and /help: the panel with its controls, and what can be asked here."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from conductr import Conductr
from conductr.denials import OutOfRange
from conductr.outcomes import SettingsShown
from conductr_bot.asked import Asked, Manner, Said
from conductr_bot.boards import Boards
from conductr_bot.cards.generation import request_card
from conductr_bot.cards.helping import find, help_card
from conductr_bot.cards.settings import BY_ID, Control, Setting, setting_form, settings_panel
from conductr_bot.commands.table import COMMANDS
from conductr_bot.desk import Pressed
from conductr_bot.errors import OldButton
from conductr_bot.render import Drawn

RANGES = {"volume": (0, 200), "idle_minutes": (1, 1440), "vote_ratio": (1, 100)}
COUNTED = (0, 1_000_000)
REQUESTS = "request_channel_id"


@frozen(eq=False)
class SettingsCommands:
    conductr: Conductr
    boards: Boards

    @property
    def presses(self) -> Mapping[str, Pressed]:
        page = Manner(private=True, updates=True)
        return {
            "setting": Pressed(self.choose, page),
            "setting_form": Pressed(self.form, Manner(private=True, updates=True, opens=True)),
            "setting_filled": Pressed(self.filled, page),
            "set": Pressed(self.set, page),
            "set_id": Pressed(self.set_id, page),
            "help": Pressed(self.help_on, page),
            "close": Pressed(self.close, page),
        }

    async def settings(self, asked: Asked) -> Said:
        return await self._shown(asked)

    async def help(self, asked: Asked) -> Drawn:
        return help_card(asked.text("command"), asked.tongue)

    async def help_on(self, asked: Asked) -> Drawn:
        return help_card(asked.chosen, asked.tongue)

    async def choose(self, asked: Asked) -> Drawn:
        return settings_panel(await self._shown(asked), asked.tongue, asked.chosen)

    async def form(self, asked: Asked) -> Said:
        return setting_form(_known(asked.press.argument(0)), await self._shown(asked), asked.tongue)

    async def filled(self, asked: Asked) -> Drawn:
        setting = _known(asked.press.argument(0))
        return await self._save(asked, setting, _typed(setting, asked.text("value")))

    async def set(self, asked: Asked) -> Drawn:
        setting, value = _known(asked.press.argument(0)), asked.press.argument(1)
        return await self._save(asked, setting, value == "on" if setting.control is Control.SWITCH else value)

    async def set_id(self, asked: Asked) -> Drawn:
        """A role or a channel was picked."""
        chosen = asked.chosen or ""
        return await self._save(asked, _known(asked.press.argument(0)), int(chosen) if chosen.isdecimal() else None)

    async def close(self, asked: Asked) -> Said:
        if not asked.interaction.response.is_done():
            await asked.interaction.response.defer()
        await asked.interaction.delete_original_response()
        return None

    async def _save(self, asked: Asked, setting: Setting, value: object) -> Drawn:
        """The panel as it is after that, with the same control still open."""
        change = self.conductr.preferences.change if setting.whose == "guild" else self.conductr.preferences.change_user
        await change(asked.caller, **{setting.field: value})
        if setting.field == REQUESTS and isinstance(value, int):
            await self.boards.post(value, request_card(asked.tongue))
        return settings_panel(await self._shown(asked), asked.tongue, setting.id)

    async def _shown(self, asked: Asked) -> SettingsShown:
        return await self.conductr.preferences.shown(asked.caller)


def command_names(asked: Asked, typed: str) -> list[tuple[str, str]]:
    """Commands whose name has what was typed, as (what is read, what is meant)."""
    named = [(asked.tongue(f"{command.key}.name"), command.name) for command in COMMANDS]
    found = find(typed, asked.tongue) if typed else None
    first = [pair for pair in named if found is not None and pair[1] == found.name]
    return first + [pair for pair in named if typed.strip("/ ").casefold() in pair[0] and pair not in first]


def _known(setting_id: str | None) -> Setting:
    setting = BY_ID.get(setting_id or "")
    if setting is None:
        raise OldButton
    return setting


def _typed(setting: Setting, text: str | None) -> object:
    """What was written into the box. Raises OutOfRange for no number, or one that cannot be."""
    if text is None or setting.control is Control.WORDS:
        return text
    lowest, highest = RANGES.get(setting.field, COUNTED)
    number = text.strip().rstrip("%").strip()
    if not number.isdecimal() or len(number) > 9 or not lowest <= int(number) <= highest:
        raise OutOfRange(setting.field, lowest, highest)
    return int(number) / 100 if setting.control is Control.SHARE else int(number)
