"""The table of commands: all that product.md names, as Discord takes it, each with somebody who serves it."""

from __future__ import annotations

import re
from typing import Any, cast

import discord
import pytest
from bot.some_views import song
from bot.test_cards import buttons, everything

from conductr.languages import tongue_for
from conductr.views import Choice
from conductr_bot.bot import handlers_of, presses_of
from conductr_bot.cards.songs import song_buttons
from conductr_bot.cogs.generate import GenerateCommands
from conductr_bot.cogs.library import LibraryCommands
from conductr_bot.cogs.playback import PlaybackCommands
from conductr_bot.cogs.playlists import PlaylistCommands
from conductr_bot.cogs.queue import QueueCommands
from conductr_bot.cogs.settings import SettingsCommands
from conductr_bot.cogs.voice import VoiceCommands
from conductr_bot.commands.building import on_message, slash
from conductr_bot.commands.options import Command, Kind
from conductr_bot.commands.table import COMMANDS, QUEUE_THIS

PRODUCT = {  # design/product.md, section 2: every command, with its options
    "join": "", "leave": "", "generate": "prompt style instrumental lyrics title model takes anew",
    "play": "song place", "pause": "", "skip": "count", "loop": "mode", "playlast": "", "stop": "", "queue": "page",
    "queue-remove": "song to member", "queue-move": "song before", "shuffle": "", "clear": "", "seek": "time",
    "nowplaying": "", "previous": "", "volume": "level", "library": "search owner", "create-playlist": "name",
    "delete-playlist": "playlist", "rename-playlist": "playlist name", "playlists": "",
    "add-to-playlist": "song playlist", "remove-from-playlist": "song playlist", "switch-playlist": "playlist",
    "play-playlist": "playlist shuffle", "filter": "tag", "lyrics": "song", "favorite": "song", "settings": "",
    "help": "command", "export": "song", "radio": "on theme",
}  # fmt: skip
NAME = re.compile(r"[-_'\w]{1,32}")
KINDS = {Kind.TEXT: 3, Kind.WHOLE: 4, Kind.YES_NO: 5, Kind.MEMBER: 6}


async def _run(_interaction: discord.Interaction, _command: Command, _options: dict[str, object]) -> None:
    raise NotImplementedError


async def _offer(_i: discord.Interaction, _what: str, _typed: str, _others: dict[str, object]) -> tuple[Choice, ...]:
    raise NotImplementedError


def built(command: Command) -> dict[str, Any]:
    made = slash(command, _run, _offer)
    made.contexts, made.integration_types = set(), set()  # the bot fills them in
    return made.to_dict()


def cogs() -> tuple[object, ...]:
    nobody = cast("Any", None)
    voice = VoiceCommands(nobody, nobody)
    return (
        voice,
        GenerateCommands(nobody, voice, nobody),
        PlaybackCommands(nobody, voice, nobody),
        QueueCommands(nobody),
        LibraryCommands(nobody),
        PlaylistCommands(nobody, voice),
        SettingsCommands(nobody, nobody),
    )


def test_there_is_every_command_of_the_product_and_no_other() -> None:
    listed = {command.name: " ".join(option.name for option in command.options) for command in COMMANDS}
    assert listed == PRODUCT


def test_each_is_served() -> None:
    assert set(handlers_of(cogs())) == set(PRODUCT)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_discord_takes_it_in_every_language(command: Command) -> None:
    sent = built(command)
    assert sent["name"] == command.name == tongue_for("en")(f"{command.key}.name")
    for part in (sent, *sent["options"]):
        for named in (part["name"], *part["name_localizations"].values()):
            assert NAME.fullmatch(named), named
            assert named == named.lower()
        for said in (part["description"], *part["description_localizations"].values()):
            assert 1 <= len(said) <= 100
        assert set(part["name_localizations"]) == {"de", "es-ES", "es-419"}
    required = [option["required"] for option in sent["options"]]
    assert required == sorted(required, reverse=True)
    assert [option["type"] for option in sent["options"]] == [KINDS[option.kind] for option in command.options]


def test_what_discord_can_check_it_checks() -> None:
    level = built(next(command for command in COMMANDS if command.name == "volume"))["options"][0]
    assert (level["min_value"], level["max_value"]) == (0, 200)
    mode = built(next(command for command in COMMANDS if command.name == "loop"))["options"][0]
    assert [choice["value"] for choice in mode["choices"]] == ["off", "track", "queue"]
    assert mode["choices"][1]["name_localizations"]["de"]


def test_no_two_commands_are_called_the_same_in_any_language() -> None:
    for locale in ("de", "es-ES"):
        names = [built(command)["name_localizations"][locale] for command in COMMANDS]
        assert len(set(names)) == len(names)


def test_a_message_has_a_command_of_its_own() -> None:
    async def run(_interaction: discord.Interaction) -> None:
        raise NotImplementedError

    made = on_message(f"context.{QUEUE_THIS}.name", run)
    assert made.name == "Queue this song"
    assert set(made.name_localizations) == {"de", "es-ES", "es-419"}


def test_every_button_of_every_card_has_its_handler() -> None:
    known = presses_of(cogs())
    tongue = tongue_for("en")
    verbs = {verb for shown in everything("Blue Rain", "en") for verb in buttons(shown)}
    assert song_buttons(song().id, tongue)
    assert verbs - set(known) == {"nothing"}  # the number of the page, which is disabled
