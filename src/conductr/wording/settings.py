"""In words: settings as they stand and as they were saved, and help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import asdict

from conductr import outcomes as did
from conductr.languages import Tongue

from .reply import Reply, titled

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "make": ("generate", "playlast", "radio", "lyrics", "export"),
    "play": ("play", "pause", "skip", "previous", "seek", "nowplaying", "volume", "loop", "stop", "join", "leave"),
    "queue": ("queue", "queue-remove", "queue-move", "shuffle", "clear"),
    "collection": (
        *("library", "filter", "favorite", "playlists", "create-playlist", "rename-playlist", "delete-playlist"),
        *("add-to-playlist", "remove-from-playlist", "switch-playlist", "play-playlist"),
    ),
    "server": ("settings", "help"),
}
"""All commands, as /help groups them."""


def value_of(name: str, value: object, tongue: Tongue) -> str:
    """A setting's value as people read it. Apps show roles and channels by their own means."""
    if value is None:
        return tongue("settings.value.none")
    if isinstance(value, bool):
        return tongue("settings.value.on" if value else "settings.value.off")
    match name:
        case "volume":
            return tongue("settings.value.percent", percent=int(str(value)))
        case "vote_ratio":
            return tongue("settings.value.percent", percent=round(float(str(value)) * 100))
        case "idle_minutes":
            return tongue("settings.value.minutes", count=int(str(value)))
        case "dj_role_id":
            return tongue("settings.value.role")
        case "bound_channel_id" | "request_channel_id":
            return tongue("settings.value.channel")
        case "skip_by" | "language" if f"settings.value.{value}" in tongue:
            return tongue(f"settings.value.{value}")
        case _:
            return tongue.said(value) if isinstance(value, int) else titled(str(value))


def shown(said: did.SettingsShown, tongue: Tongue) -> Reply:
    guild = _listed(asdict(said.guild), tongue)
    hint = None if said.may_change else tongue("settings.read_only")
    user = [tongue("card.settings_user"), *_listed(asdict(said.user), tongue)]
    return Reply("\n".join([*guild, *user]), hint, title=tongue("card.settings"), ephemeral=True)


def saved(said: did.SettingsSaved, tongue: Tongue) -> Reply:
    if not said.changed:
        return Reply(tongue("settings.nothing"), ephemeral=True)
    items = [
        tongue("settings.item", name=tongue(f"setting.{name}"), value=value_of(name, value, tongue))
        for name, value in said.changed
    ]
    return Reply(tongue("settings.saved", what=tongue.listed(items)), ephemeral=True)


def helped(said: did.HelpShown, tongue: Tongue) -> Reply:
    title = tongue("card.help")
    if said.topic is not None:
        if f"command.{said.topic}.description" not in tongue:
            return Reply(tongue("help.unknown", name=titled(said.topic)), ephemeral=True, error=True)
        return Reply(command_line(said.topic, tongue), title=title, ephemeral=True)
    lines: list[str] = []
    for group, commands in GROUPS.items():
        lines += [tongue(f"help.{group}"), *(command_line(command, tongue) for command in commands)]
    return Reply("\n".join(lines), tongue("help.try"), title=title, ephemeral=True)


def command_line(command: str, tongue: Tongue) -> str:
    """A command and what it does."""
    return f"{tongue.command(command)}: {tongue(f'command.{command}.description')}"


def _listed(values: Mapping[str, object], tongue: Tongue) -> list[str]:
    return [f"{tongue(f'setting.{name}')}: {value_of(name, value, tongue)}" for name, value in values.items()]


WORDED: Final[Mapping[type, Callable[[Any, Tongue], Reply]]] = {
    did.SettingsShown: shown,
    did.SettingsSaved: saved,
    did.HelpShown: helped,
}
