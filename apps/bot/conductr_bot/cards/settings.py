"""/settings: what a server and a member have set, with a control for each. Pure."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from conductr.languages import Tongue
from conductr.outcomes import SettingsShown
from conductr_bot.escape import name
from conductr_bot.presses import press
from conductr_bot.render import Drawn, card

from .layout import GREEN, PRIMARY, RED, Choosable, Component, Field, Form, Row, button, row, rows, select

ROLE_SELECT, CHANNEL_SELECT = 6, 8
TEXT_CHANNEL = 0
NUMBER_BOX, STYLE_BOX = 10, 200  # characters
LANGUAGES = ("en", "de", "es")


class Control(Enum):
    SWITCH = "switch"
    NUMBER = "number"
    ROLE = "role"
    CHANNEL = "channel"
    SKIP_BY = "skip_by"
    LANGUAGE = "language"
    SHARE = "share"
    WORDS = "words"


@frozen
class Setting:
    """One line of the panel. `whose` is guild or user; `bare` may be set to nothing: then the operator's holds."""

    field: str
    control: Control
    whose: str = "guild"
    bare: bool = False

    @property
    def key(self) -> str:
        return f"setting.{self.field}"

    @property
    def id(self) -> str:
        return f"{self.whose}.{self.field}"


SETTINGS = (
    Setting("dj_role_id", Control.ROLE, bare=True),
    Setting("skip_by", Control.SKIP_BY),
    Setting("vote_ratio", Control.SHARE),
    Setting("bound_channel_id", Control.CHANNEL, bare=True),
    Setting("request_channel_id", Control.CHANNEL, bare=True),
    Setting("announce", Control.SWITCH),
    Setting("quiet_replies", Control.SWITCH),
    Setting("volume", Control.NUMBER),
    Setting("idle_minutes", Control.NUMBER),
    Setting("stay", Control.SWITCH),
    Setting("auto_return", Control.SWITCH),
    Setting("radio", Control.SWITCH),
    Setting("fair_order", Control.SWITCH),
    Setting("guard_duplicates", Control.SWITCH),
    Setting("explicit_lyrics", Control.SWITCH),
    Setting("queue_cap", Control.NUMBER, bare=True),
    Setting("member_running_cap", Control.NUMBER, bare=True),
    Setting("guild_running_cap", Control.NUMBER, bare=True),
    Setting("member_daily_quota", Control.NUMBER, bare=True),
    Setting("guild_daily_quota", Control.NUMBER, bare=True),
    Setting("language", Control.LANGUAGE, bare=True),
    Setting("language", Control.LANGUAGE, "user", bare=True),
    Setting("default_style", Control.WORDS, "user", bare=True),
    Setting("private", Control.SWITCH, "user"),
    Setting("tell_when_done", Control.SWITCH, "user"),
)
BY_ID = {setting.id: setting for setting in SETTINGS}


def settings_panel(shown: SettingsShown, tongue: Tongue, chosen: str | None = None) -> Drawn:
    """Everybody may read it; the controls are for who may change it."""
    setting = BY_ID.get(chosen or "")
    parts = [f"**{tongue('card.settings')}**"]
    parts += [_line(one, shown, tongue) for one in SETTINGS if one.whose == "guild"]
    parts += [f"**{tongue('card.settings_user')}**"]
    parts += [_line(one, shown, tongue) for one in SETTINGS if one.whose == "user"]
    offered = [one for one in SETTINGS if one.whose == "user" or shown.may_change]
    options = [Choosable(tongue(one.key), one.id, tongue(_group(one))) for one in offered]
    choose = select(press("setting"), tongue("select.settings"), options)
    may = setting is not None and setting in offered
    controls = _controls(setting, shown, tongue) if may and setting else ()
    return card(tongue("card.settings"), "\n".join(parts), lines=rows(choose, *controls))


def setting_form(setting: Setting, shown: SettingsShown, tongue: Tongue) -> Form:
    value = value_of(setting, shown)
    text = None if value is None else _percent(value) if setting.control is Control.SHARE else str(value)
    longest = STYLE_BOX if setting.control is Control.WORDS else NUMBER_BOX
    box = Field("value", tongue(setting.key), longest, value=text, required=not setting.bare)
    return Form(press("setting_filled", setting.id), tongue("card.settings"), (box,))


def value_of(setting: Setting, shown: SettingsShown) -> object:
    return getattr(shown.guild if setting.whose == "guild" else shown.user, setting.field)


def shown_value(setting: Setting, value: object, tongue: Tongue) -> str:
    if value is None:
        return tongue("settings.value.none")
    match setting.control:
        case Control.SWITCH:
            return tongue(f"settings.value.{'on' if value else 'off'}")
        case Control.ROLE:
            return f"<@&{value}>"
        case Control.CHANNEL:
            return f"<#{value}>"
        case Control.SKIP_BY:
            return tongue(f"settings.value.{value}")
        case Control.LANGUAGE:
            return tongue(f"settings.value.{str(value).partition('-')[0]}")
        case Control.SHARE:
            return f"{_percent(value)} %"
        case _:
            return name(str(value), STYLE_BOX)


def _line(setting: Setting, shown: SettingsShown, tongue: Tongue) -> str:
    return f"{tongue(setting.key)}: {shown_value(setting, value_of(setting, shown), tongue)}"


def _controls(setting: Setting, shown: SettingsShown, tongue: Tongue) -> tuple[Row | None, ...]:
    value, nothing = value_of(setting, shown), _nothing(setting, tongue)
    match setting.control:
        case Control.SWITCH:
            return (
                row(
                    button(
                        tongue("button.on"), press("set", setting.id, "on"), "✅", style=GREEN, disabled=bool(value)
                    ),
                    button(tongue("button.off"), press("set", setting.id, "off"), "⛔", style=RED, disabled=not value),
                ),
            )
        case Control.SKIP_BY:
            return (_choices(setting, ("vote", "anyone", "dj"), value, tongue),)
        case Control.LANGUAGE:
            return (_choices(setting, LANGUAGES, value, tongue), nothing)
        case Control.ROLE:
            return (row({"type": ROLE_SELECT, "custom_id": press("set_id", setting.id)}), nothing)
        case Control.CHANNEL:
            picker: Component = {
                "type": CHANNEL_SELECT,
                "custom_id": press("set_id", setting.id),
                "channel_types": [TEXT_CHANNEL],
            }
            return (row(picker), nothing)
        case _:
            return (
                row(button(tongue("button.change"), press("setting_form", setting.id), "✏️", style=PRIMARY)),
                nothing,
            )


def _choices(setting: Setting, values: tuple[str, ...], now: object, tongue: Tongue) -> Row:
    return row(
        *(
            button(tongue(f"settings.value.{one}"), press("set", setting.id, one), disabled=str(now) == one)
            for one in values
        )
    )


def _nothing(setting: Setting, tongue: Tongue) -> Row | None:
    if not setting.bare:
        return None
    return row(button(tongue("button.nothing"), press("set", setting.id, ""), "🚫"))


def _group(setting: Setting) -> str:
    return "card.settings" if setting.whose == "guild" else "card.settings_user"


def _percent(value: object) -> str:
    return f"{round(float(str(value)) * 100)}"
