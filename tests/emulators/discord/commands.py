"""The application commands a bot has registered, and what a member's input becomes as interaction data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .errors import ApiError, bad_form
from .model import World, new_id
from .payloads import Json, member_json, user_json

CHAT_INPUT = 1
SUB_COMMAND, SUB_COMMAND_GROUP, USER, CHANNEL = 1, 2, 6, 7
NAME = re.compile(r"[-_'\w]{1,32}")
MAX_COMMANDS, MAX_OPTIONS, MAX_CHOICES = 100, 25, 25


class CommandBook:
    """Global commands under None, a guild's own under its id."""

    def __init__(self, application_id: int) -> None:
        self._application_id = application_id
        self._books: dict[int | None, list[Json]] = {}

    def listed(self, guild_id: int | None) -> list[Json]:
        return self._books.get(guild_id, [])

    @property
    def names(self) -> set[str]:
        return {command["name"] for book in self._books.values() for command in book}

    def find(self, name: str, guild_id: int) -> Json:
        known = [*self.listed(guild_id), *self.listed(None)]
        found = next((command for command in known if command["name"] == name), None)
        if found is None:
            raise LookupError(f"the bot has no /{name}; it has {sorted(self.names)}")
        return found

    def replace_all(self, guild_id: int | None, commands: list[Json]) -> list[Json]:
        if len(commands) > MAX_COMMANDS:
            raise ApiError(400, 30032, "Maximum number of application commands reached (100).")
        self._books[guild_id] = [self._registered(guild_id, command) for command in commands]
        return self._books[guild_id]

    def upsert(self, guild_id: int | None, command: Json) -> Json:
        registered = self._registered(guild_id, command)
        others = [other for other in self.listed(guild_id) if other["id"] != registered["id"]]
        self._books[guild_id] = [*others, registered]
        return registered

    def edit(self, guild_id: int | None, command_id: str, changes: Json) -> Json:
        return self.upsert(guild_id, self.get(guild_id, command_id) | changes)

    def get(self, guild_id: int | None, command_id: str) -> Json:
        found = next((command for command in self.listed(guild_id) if command["id"] == command_id), None)
        if found is None:
            raise ApiError(404, 10063, "Unknown application command")
        return found

    def delete(self, guild_id: int | None, command_id: str) -> None:
        self.listed(guild_id).remove(self.get(guild_id, command_id))

    def _registered(self, guild_id: int | None, command: Json) -> Json:
        """The same name and type keeps its id."""
        _check(command)
        kind = command.get("type", CHAT_INPUT)
        same = (old for old in self.listed(guild_id) if (old["name"], old["type"]) == (command["name"], kind))
        known = next((old["id"] for old in same), str(new_id()))
        place = {"guild_id": str(guild_id)} if guild_id is not None else {}
        registered = {"type": kind, "options": [], **command, "id": known, **place}
        return registered | {"application_id": str(self._application_id), "version": str(new_id())}


def command_data(command: Json, path: list[str], options: Mapping[str, Any], world: World) -> Json:
    """`data` of an interaction of type 2. `path` names sub-commands; an unknown option is a LookupError."""
    resolved: Json = {}
    shown = _options(command, path, dict(options), world, resolved)
    data = {"id": command["id"], "name": command["name"], "type": command["type"], "options": shown}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data | ({"resolved": resolved} if resolved else {})


def focus(options: list[Json], name: str) -> None:
    """Marks the option whose autocomplete is asked for."""
    for option in options:
        if option["name"] == name and "value" in option:
            option["focused"] = True
        focus(option.get("options") or [], name)


def _options(level: Json, path: list[str], given: dict[str, Any], world: World, resolved: Json) -> list[Json]:
    known = {option["name"]: option for option in level.get("options") or []}
    if path:
        inner = known[path[0]]
        return [{"name": path[0], "type": inner["type"], "options": _options(inner, path[1:], given, world, resolved)}]
    strangers = set(given) - set(known)
    if strangers:
        raise LookupError(f"/{level['name']} has no option {sorted(strangers)}; it has {sorted(known)}")
    return [
        {"name": name, "type": known[name]["type"], "value": _value(known[name]["type"], value, world, resolved)}
        for name, value in given.items()
    ]


def _value(kind: int, value: Any, world: World, resolved: Json) -> Any:
    if kind == USER:
        resolved.setdefault("users", {})[str(value.id)] = user_json(value)
        resolved.setdefault("members", {})[str(value.id)] = member_json(value, with_user=False)
        return str(value.id)
    if kind == CHANNEL:
        short = {"id": str(value.id), "type": int(value.kind), "name": value.name, "permissions": "0"}
        resolved.setdefault("channels", {})[str(value.id)] = short
        return str(value.id)
    return value


def _check(command: Json) -> None:
    name, kind = command["name"], command.get("type", CHAT_INPUT)
    if kind == CHAT_INPUT and (not NAME.fullmatch(name) or name != name.lower()):
        raise bad_form("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    if kind == CHAT_INPUT and not 1 <= len(command.get("description") or "") <= 100:
        raise bad_form("description", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    options = command.get("options") or []
    if len(options) > MAX_OPTIONS:
        raise bad_form("options", "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_OPTIONS} or fewer in length.")
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        raise bad_form("options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options come first")
    for option in options:
        _check_option(option)


def _check_option(option: Json) -> None:
    if len(option.get("choices") or []) > MAX_CHOICES:
        raise bad_form("options.choices", "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_CHOICES} or fewer in length.")
    if option.get("choices") and option.get("autocomplete"):
        raise bad_form("options.autocomplete", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Choices or autocomplete")
    inner = {"name": option["name"], "description": option.get("description"), "options": option.get("options") or []}
    _check(inner)
