"""Stories of what is kept: library, playlists, words, files, settings, help; and every command in three languages."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from bot.one_guild import OneGuild
from bot.pressing import Member, card_that, verbs_of
from bot.seeded_library import Seeded
from emulators.discord import Interaction, Message, User

from conductr.languages import tongue_for
from conductr_bot.commands.table import COMMANDS
from conductr_bot.presses import press

pytestmark = pytest.mark.anyio

TITLES = {"Blue Rain": 45.0, "Second Wind": 30.0, "Coda": 20.0}
LOCALES = ("en-US", "de", "es-ES")
OPTIONS: dict[str, dict[str, Any]] = {
    "generate": {"prompt": "rain"},
    "play": {"song": "Blue Rain"},
    "seek": {"time": "5"},
    "volume": {"level": 90},
    "queue-remove": {"song": "1"},
    "queue-move": {"song": "1"},
    "create-playlist": {"name": "Evening"},
    "delete-playlist": {"playlist": "Evening"},
    "rename-playlist": {"playlist": "Evening", "name": "Night"},
    "add-to-playlist": {"song": "Blue Rain", "playlist": "Evening"},
    "remove-from-playlist": {"song": "Blue Rain", "playlist": "Evening"},
    "switch-playlist": {"playlist": "Evening"},
    "play-playlist": {"playlist": "Evening"},
    "filter": {"tag": "off"},
    "export": {"song": "Blue Rain"},
}
FIRST, LAST = ("join", "play"), ("stop", "leave")


@pytest.fixture
async def ada(room: OneGuild) -> Member:
    await room.human_joins()
    return Member(room, evolve(room.human, manages=True))


async def test_the_library_is_searched_and_a_song_of_it_is_played(ada: Member, songs: list[Seeded]) -> None:
    every = await ada.say("library")
    assert every.ephemeral
    assert all(song.title in every.text for song in songs)
    found = await ada.say("library", search="wind")
    assert songs[1].title in found.text
    assert songs[0].title not in found.text
    shown = await ada.told(found, "song", songs[1].song_id)
    assert songs[1].title in shown.text
    queued = await ada.told(shown, "play", about="now")
    assert not queued.ephemeral
    await card_that(ada.room, lambda card: card.text.startswith(songs[1].title))
    exported = await ada.told(shown, "export")
    assert exported.ephemeral
    assert (await ada.told(shown, "favorite")).ephemeral


async def test_playlists_are_made_filled_played_and_deleted(ada: Member, songs: list[Seeded]) -> None:
    assert "Evening" in (await ada.say("create-playlist", name="Evening")).text
    taken = await ada.say("create-playlist", name="evening")
    assert taken.ephemeral
    added = await ada.say("add-to-playlist", song=songs[0].song_id, playlist="Evening")
    assert songs[0].title in added.text
    await ada.say("add-to-playlist", song=songs[1].song_id, playlist="Evening")
    assert "Night" in (await ada.say("rename-playlist", playlist="Evening", name="Night")).text
    listed = await ada.say("playlists")
    playlist_id = next(option["value"] for part in listed.controls for option in part.get("options", []))
    one = await ada.redrawn(listed, "playlist", playlist_id)
    assert songs[0].title in one.text
    assert "playlist_use" in verbs_of(one, enabled=False)  # the only one is the active one
    assert songs[1].title in (await ada.say("remove-from-playlist", song=songs[1].song_id, playlist="Night")).text
    await ada.told(one, "playlist_play")
    await card_that(ada.room, lambda card: card.text.startswith(songs[0].title))
    sure = await ada.told(one, "playlist_delete")
    gone = await ada.redrawn(sure, "playlist_deleted")
    await ada.redrawn(gone, "playlist_restored")
    assert "Night" in (await ada.say("playlists")).text
    assert "Night" in (await ada.say("delete-playlist", playlist="Night")).text
    assert (await ada.say("play-playlist", playlist="Night")).ephemeral


async def test_ids_of_another_server_are_not_known_here(ada: Member, songs: list[Seeded]) -> None:
    foreign = songs[0].song_id.replace(str(ada.room.guild.id), "1")
    for name, options in (
        ("play", {"song": foreign}),
        ("lyrics", {"song": foreign}),
        ("favorite", {"song": foreign}),
        ("export", {"song": foreign}),
        ("queue-remove", {"song": "ab" * 16}),
        ("delete-playlist", {"playlist": "ab" * 16}),
        ("rename-playlist", {"playlist": "ab" * 16, "name": "x"}),
        ("filter", {"tag": "genre:no such genre"}),
    ):
        assert (await ada.say(name, **options)).ephemeral, name


async def test_hostile_words_are_answered_like_any_others(ada: Member) -> None:
    for text in (
        "\N{GRINNING FACE}" * 50,
        "Z\u0335\u0321\u0300" * 12,
        "\u202e\u05e9\u05dc\u05d5\u05dd",
        "**b** <@1> @everyone",
    ):
        for name, options in (
            ("play", {"song": text}),
            ("library", {"search": text}),
            ("filter", {"tag": text}),
            ("seek", {"time": text[:20]}),
            ("create-playlist", {"name": text[:50]}),
        ):
            said = await ada.say(name, **options)
            assert said.text, name
            assert not said.mention_everyone
            assert not said.mentions


async def test_the_library_is_narrowed_until_that_is_cleared(ada: Member, songs: list[Seeded]) -> None:
    offered = await ada.room.autocomplete("filter", "tag", "")
    assert all(0 < len(one["name"]) <= 100 for one in offered)
    assert (await ada.say("filter", tag="off")).ephemeral
    assert songs[0].title in (await ada.say("library")).text


async def test_who_manages_the_server_changes_its_settings(ada: Member) -> None:
    panel = await ada.say("settings")
    assert panel.ephemeral
    stays = await ada.redrawn(panel, "setting", "guild.stay")
    await ada.redrawn(stays, "set", about="on")
    chosen = await ada.redrawn(panel, "setting", "guild.volume")
    opened = await ada.press(chosen, "setting_form")
    louder = await (await ada.fill(opened, value="150")).reply()
    assert "150" in louder.text
    refused = await (await ada.fill(await ada.press(chosen, "setting_form"), value="9000")).reply()
    assert refused.ephemeral
    requests = await ada.redrawn(panel, "setting", "guild.request_channel_id")
    await ada.redrawn(requests, "set_id", str(ada.room.guild.text_channel.id))
    board = ada.room.emulator.board
    standing = next(one for one in board.messages if "wish" in verbs_of(one) and one.guild_id == ada.room.guild.id)
    form = await (await ada.press(standing, "wish")).acknowledged()
    assert form.callback["components"]


async def test_a_member_without_the_right_reads_them_and_sets_their_own(room: OneGuild) -> None:
    bob = Member(room, User("Bob"))
    panel = await bob.say("settings")
    ids = [option["value"] for part in panel.controls for option in part.get("options", [])]
    assert ids
    assert all(one.startswith("user.") for one in ids)
    spanish = await bob.redrawn(panel, "setting", "user.language")
    await bob.redrawn(spanish, "set", about="es")
    helped = await bob.say("help")
    assert tongue_for("es")("help.make") in helped.text


async def test_help_names_every_command_as_the_reader_calls_it(ada: Member) -> None:
    german = Member(ada.room, evolve(ada.user, locale="de"))
    every = await german.say("help")
    assert f"/{tongue_for('de')('command.play.name')}" in every.text
    one = await german.redrawn(every, "help", "skip")
    assert tongue_for("de")("command.skip.description") in one.text
    offered = await ada.room.autocomplete("help", "command", "ski")
    assert [choice["value"] for choice in offered] == ["skip"]


async def test_a_song_is_queued_from_the_message_that_shows_it(ada: Member, songs: list[Seeded]) -> None:
    shown = await ada.told(await ada.say("library"), "song", songs[2].song_id)
    queued = await ada.room.emulator.message_command("Queue this song", shown, user=ada.user)
    assert songs[2].title in (await queued.reply()).text


async def test_the_queue_is_put_in_order(ada: Member, songs: list[Seeded]) -> None:
    for song in songs:
        await ada.say("play", song=song.song_id)
    page = await ada.say("queue")
    assert page.text.index(songs[1].title) < page.text.index(songs[2].title)
    ids = [option["value"] for part in page.controls for option in part.get("options", [])]
    chosen = await ada.redrawn(page, "entry", ids[1])
    await ada.told(chosen, "up")
    page = await ada.redrawn(page, "queue_page", about="refresh")
    assert page.text.index(songs[2].title) < page.text.index(songs[1].title)
    assert (await ada.say("queue-move", song=songs[2].title)).text
    assert songs[1].title in (await ada.say("queue-remove", song="1")).text
    cleared = await ada.told(page, "clear")
    await ada.told(cleared, "undo")
    assert songs[2].title in (await ada.say("queue")).text
    assert (await ada.say("shuffle")).text
    assert (await ada.say("clear")).text


async def test_buttons_of_lists_are_answered_in_their_reader_s_language(ada: Member, songs: list[Seeded]) -> None:
    for song in songs:
        await ada.say("play", song=song.song_id)
    await ada.say("create-playlist", name="Evening")
    await ada.say("create-playlist", name="Morning")
    entry = (await ada.say("queue")).controls[-1]["options"][1]["value"]
    about = songs[0].song_id
    presses = [press("shuffle"), press("jump", entry), press("remove", entry), press("library", 0, None, "rain")]
    presses += [press("favorites", 0), press("lyrics_page", about, 1), press("family", about), press("again", about)]
    presses += [press(verb, "ab" * 16) for verb in ("anew", "cancel", "both", "playlist_use", "playlist_names", "go")]
    luz = Member(ada.room, evolve(ada.user, locale="es-ES"))
    for one in presses:
        said = await luz.told(shown_with(ada.room, one), one.split(":")[1])
        assert said.text, one
        assert not said.text.startswith(tongue_for("es")("error.general.text")), one
    which = await luz.told(shown_with(ada.room, press("adding", about)), "adding")
    added = await luz.redrawn(which, "added", which.controls[0]["options"][0]["value"])
    assert songs[0].title in added.text
    words = await luz.press(shown_with(ada.room, press("wish")), "wish")
    assert (await words.acknowledged()).callback["title"] == tongue_for("es")("modal.wish.title")
    closed = await luz.press(await luz.say("playlists"), "playlist", which.controls[0]["options"][0]["value"])
    sure = await luz.told(await closed.reply(), "playlist_delete")
    gone = await luz.press(sure, "close")
    await ada.room.emulator.watch.until(lambda: gone.original_id in ada.room.emulator.board.deleted, "closing", 10)


def shown_with(room: OneGuild, custom_id: str) -> Message:
    """A message of the bot with that button on it."""
    part = {"type": 2, "style": 2, "label": "x", "custom_id": custom_id}
    return room.emulator.board.post(
        room.guild, room.guild.text_channel, {"components": [{"type": 1, "components": [part]}]}
    )


def in_order() -> list[str]:
    middle = [command.name for command in COMMANDS if command.name not in (*FIRST, *LAST)]
    return [*FIRST, *middle, *LAST]


async def test_every_command_is_answered_in_the_language_of_who_asks(room: OneGuild, songs: list[Seeded]) -> None:
    await room.human_joins()
    for song in songs[1:]:
        await room.say("play", {"song": song.song_id})
    for name in in_order():
        said = [await _ask(Member(room, evolve(room.human, locale=locale, manages=True)), name) for locale in LOCALES]
        assert all(said), name
        assert len(set(said)) == len(LOCALES), (name, said)


async def _ask(member: Member, name: str) -> str:
    """Everything that is to be read in the answer, buttons and all."""
    asked: Interaction = await member.room.slash(name, OPTIONS.get(name, {}), user=member.user)
    message = await asked.until(lambda one: bool(one.text), 20)
    return message.text
