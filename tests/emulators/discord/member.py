"""What a human does in Discord's window: slash commands, clicks, autocomplete, modals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .commands import CommandBook, command_data, focus
from .gateway import Gateway
from .interactions import Interaction, InteractionDesk, Kind
from .messages import Message, MessageBoard
from .model import Channel, Guild, Permission, User, World
from .payloads import Json, channel_json, member_json

BUTTON = 2
LABEL, TEXT_INPUT = 18, 4


class MemberActions:
    """Each action opens an interaction and dispatches it to the bot."""

    def __init__(
        self, world: World, gateway: Gateway, commands: CommandBook, board: MessageBoard, desk: InteractionDesk
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._commands = commands
        self._board = board
        self._desk = desk

    def slash(self, name: str, options: Mapping[str, Any], guild: Guild, channel: Channel, user: User) -> Interaction:
        """`name` may name sub-commands after spaces."""
        root, *path = name.split()
        data = command_data(self._commands.find(root, guild.id), path, options, self._world)
        return self._send(Kind.COMMAND, guild, channel, user, data)

    def message_command(self, name: str, message: Message, user: User) -> Interaction:
        """Of the message's own menu."""
        guild, channel = self._place(message)
        command = self._commands.find(name, guild.id)
        messages = {str(message.id): self._board.json(message)}
        data: Json = {"id": command["id"], "name": name, "type": command["type"], "target_id": str(message.id)}
        return self._send(Kind.COMMAND, guild, channel, user, data | {"resolved": {"messages": messages}})

    def autocomplete(
        self, name: str, option: str, typed: str, others: Mapping[str, Any], guild: Guild, channel: Channel, user: User
    ) -> Interaction:
        root, *path = name.split()
        command = self._commands.find(root, guild.id)
        data = command_data(command, path, {**others, option: typed}, self._world)
        focus(data["options"], option)
        return self._send(Kind.AUTOCOMPLETE, guild, channel, user, data)

    def click(self, message: Message, custom_id: str, values: list[str] | None, user: User) -> Interaction:
        """LookupError when the message, as it is now, has no such button or select, or it is disabled."""
        message = self._board.get(message.id)
        known = {part.get("custom_id"): part for part in message.controls}
        part = known.get(custom_id)
        if part is None or part.get("disabled"):
            raise LookupError(f"no enabled control {custom_id!r}; the message has {sorted(map(str, known))}")
        data: Json = {"custom_id": custom_id, "component_type": part["type"], "id": part.get("id", 0)}
        if part["type"] != BUTTON:
            data["values"] = values or []
        guild, channel = self._place(message)
        return self._send(Kind.COMPONENT, guild, channel, user, data, message)

    def submit_modal(self, opened: Interaction, values: Mapping[str, str]) -> Interaction:
        """Fills the modal that answered `opened`, in the same form (labels or rows) in which it came."""
        modal = opened.callback
        components = [_filled(component, values) for component in modal["components"]]
        data: Json = {"custom_id": modal["custom_id"], "components": components}
        return self._send(Kind.MODAL, opened.guild, opened.channel, opened.user, data, opened.source)

    def _place(self, message: Message) -> tuple[Guild, Channel]:
        guild = self._world.guild(message.guild_id)
        channel = guild.channel(message.channel_id) if guild is not None else None
        assert guild is not None
        assert channel is not None
        return guild, channel

    def _send(
        self, kind: Kind, guild: Guild, channel: Channel, user: User, data: Json, source: Message | None = None
    ) -> Interaction:
        interaction = self._desk.open(kind, guild, channel, user, data, source)
        self._gateway.dispatch("INTERACTION_CREATE", self._json(interaction), guild_id=guild.id)
        return interaction

    def _json(self, interaction: Interaction) -> Json:
        guild, channel = interaction.guild, interaction.channel
        permissions = str(int(guild.permissions_in(channel)))
        own = guild.permissions_in(channel) | (Permission.MANAGE_GUILD if interaction.user.manages else 0)
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(self._world.application_id),
            "type": int(interaction.kind),
            "data": interaction.data,
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "channel_id": str(channel.id),
            "channel": channel_json(guild, channel),
            "member": member_json(interaction.user) | {"permissions": str(int(own))},
            "token": interaction.token,
            "version": 1,
            "locale": interaction.user.locale,
            "guild_locale": "en-US",
            "app_permissions": permissions,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id)},
            "context": 0,
            "attachment_size_limit": 10_485_760,
        }
        if interaction.source is not None:
            payload["message"] = self._board.json(interaction.source)
        return payload


def _filled(component: Json, values: Mapping[str, str]) -> Json:
    if component["type"] == LABEL:
        return {"type": LABEL, "id": component.get("id", 1), "component": _filled(component["component"], values)}
    if component["type"] == TEXT_INPUT:
        name = component["custom_id"]
        return {"type": TEXT_INPUT, "id": component.get("id", 2), "custom_id": name, "value": values.get(name, "")}
    inner = [_filled(part, values) for part in component.get("components") or []]
    return {"type": component["type"], "id": component.get("id", 1), "components": inner}
