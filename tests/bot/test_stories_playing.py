"""Stories of what plays: the card and each of its buttons, by several members, in several languages."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve
from bot.one_guild import OneGuild
from bot.pressing import Member, card_that, cards, verbs_of
from bot.seeded_library import Seeded
from emulators.discord import Message, User

from conductr import Reply, word
from conductr.errors import NotInVoice
from conductr.outcomes import LoopSet, Queued, Stopped, VolumeSet
from conductr_bot.presses import press

pytestmark = pytest.mark.anyio

TITLES = {"Blue Rain": 45.0, "Second Wind": 30.0, "Coda": 20.0}
PRESSES, AT_ONCE = 1_000, 50


def member(room: OneGuild, locale: str = "en-US") -> Member:
    return Member(room, evolve(room.human, locale=locale))


async def playing(room: OneGuild, songs: list[Seeded], count: int = 1) -> Message:
    """The guild's human listens, and the first song plays; the card."""
    await room.human_joins()
    for song in songs[:count]:
        await room.say("play", {"song": song.song_id})
    return await card_that(room, lambda card: songs[0].title in card.text and "pause" in verbs_of(card))


async def test_the_card_shows_what_plays_and_its_buttons_work(room: OneGuild, songs: list[Seeded]) -> None:
    card, ada = await playing(room, songs, 2), member(room)
    assert [attached.filename for attached in card.attachments] == ["cover.png"]
    assert "Ada" in card.text
    assert songs[1].title in card.text  # what comes next
    assert "R>" in card.text  # Discord counts down by itself
    paused = await ada.told(card, "pause")
    assert not paused.ephemeral
    held = await card_that(room, lambda one: "resume" in verbs_of(one))
    assert held.id == card.id
    assert "R>" not in held.text
    await ada.told(held, "resume")
    await ada.told(await card_that(room, lambda one: "pause" in verbs_of(one)), "loop")
    looped = await card_that(room, lambda one: any("queue" in str(part.get("custom_id")) for part in one.controls))
    skipped = await ada.told(looped, "skip")
    assert songs[0].title in skipped.text
    await card_that(room, lambda one: one.text.startswith(songs[1].title) and one.id == card.id)
    back = await ada.told(card, "previous")
    assert songs[0].title in back.text
    assert len(cards(room)) == 1


async def test_stopped_can_be_taken_back(room: OneGuild, songs: list[Seeded]) -> None:
    card, ada = await playing(room, songs, 3), member(room)
    stopped = await ada.told(card, "stop")
    assert stopped.text.startswith(word(Stopped(3, "Ada")).text)
    await card_that(room, lambda one: "resume" in verbs_of(one) or "resume" in verbs_of(one, enabled=False))
    await ada.told(stopped, "undo")
    queue = await ada.say("queue")
    assert songs[1].title in queue.text
    assert songs[2].title in queue.text


async def test_private_things_of_the_card_are_seen_by_the_presser_alone(room: OneGuild, songs: list[Seeded]) -> None:
    card, ada = await playing(room, songs), member(room)
    for verb in ("favorite", "lyrics", "queue", "again", "adding"):
        assert (await ada.told(card, verb)).ephemeral, verb
    assert [one.id for one in cards(room)] == [card.id]


async def test_a_german_is_answered_in_german(room: OneGuild, songs: list[Seeded]) -> None:
    await room.human_joins()
    anna = member(room, "de")
    said = await anna.say("play", song=songs[0].song_id)
    assert said.text == _words(word(Queued(songs[0].title, 0, "Ada"), "de", commands_in="de"))
    louder = await anna.say("volume", level=80)
    assert louder.text == _words(word(VolumeSet(80, "Ada"), "de", commands_in="de"))
    looped = await anna.say("loop", mode="track")
    assert looped.text == _words(word(LoopSet("track", "Ada"), "de", commands_in="de"))
    paused = await anna.say("pause")
    assert "angehalten" in paused.text


async def test_a_spaniard_outside_the_channel_is_refused_in_spanish(room: OneGuild, songs: list[Seeded]) -> None:
    card = await playing(room, songs)
    stranger = Member(room, User("Luz", locale="es-ES"))
    refused = await stranger.told(card, "pause")
    assert refused.ephemeral
    assert refused.text == _words(word(NotInVoice(), "es-ES", commands_in="es-ES"))


async def test_two_who_skip_in_one_tick_skip_one_song(room: OneGuild, songs: list[Seeded]) -> None:
    card, ada = await playing(room, songs, 3), member(room)
    first, second = await ada.press(card, "skip"), await ada.press(card, "skip")
    await first.reply()
    late = await second.reply()
    assert late.ephemeral
    await card_that(room, lambda one: one.text.startswith(songs[1].title))
    assert songs[2].title in (await ada.say("queue")).text


async def test_the_button_of_a_song_that_is_over_does_nothing(room: OneGuild, songs: list[Seeded]) -> None:
    card, ada = await playing(room, songs, 2), member(room)
    old = await room.emulator.click(
        card,
        next(str(part["custom_id"]) for part in card.controls if ":skip:" in str(part["custom_id"])),
        user=ada.user,
    )
    await old.reply()
    await card_that(room, lambda one: one.text.startswith(songs[1].title))
    stale = room.emulator.board.post(
        room.guild,
        room.guild.text_channel,
        {
            "components": [
                {"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": old.data["custom_id"]}]}
            ]
        },
    )
    again = await room.emulator.click(stale, old.data["custom_id"], user=ada.user)
    assert (await again.reply()).ephemeral
    assert cards(room)[0].text.startswith(songs[1].title)


async def test_a_button_of_another_age_is_told_so(room: OneGuild) -> None:
    body = {"type": 2, "style": 2, "label": "x"}
    ids = ["c0:skip:1", press("no-such-verb"), "somebody-elses"]
    parts = [body | {"custom_id": one} for one in ids]
    strange = room.emulator.board.post(
        room.guild, room.guild.text_channel, {"components": [{"type": 1, "components": parts}]}
    )
    for one in ids:
        told = await (await room.emulator.click(strange, one, user=room.human)).reply()
        assert told.ephemeral


async def test_a_thousand_presses_do_no_harm(room: OneGuild, songs: list[Seeded]) -> None:
    card = await playing(room, songs)
    for _ in range(PRESSES // AT_ONCE):
        pressed = [await member(room).press(card, "loop") for _ in range(AT_ONCE)]
        await asyncio.gather(*(one.acknowledged(10) for one in pressed))
    room.asked.clear()  # a machine of CI may take more than the usual second for some of them
    edits = len(room.emulator.board.history(card.id))
    assert edits <= 20
    assert songs[0].title in (await member(room).say("nowplaying")).text


async def test_nowplaying_moves_the_one_card(room: OneGuild, songs: list[Seeded]) -> None:
    card, ada = await playing(room, songs), member(room)
    moved = await ada.say("nowplaying")
    assert "●" in moved.text  # the bar, which only an answer has
    await room.emulator.watch.until(lambda: [one.id for one in cards(room)] == [moved.id], "one card", 10)
    assert card.id in room.emulator.board.deleted
    await ada.told(moved, "pause")
    await card_that(room, lambda one: one.id == moved.id and "resume" in verbs_of(one))


async def test_seek_previous_playlast_and_volume_by_command(room: OneGuild, songs: list[Seeded]) -> None:
    await playing(room, songs, 2)
    ada = member(room)
    assert "0:10" in (await ada.say("seek", time="10")).text
    far = await ada.say("seek", time="5:00")
    assert far.ephemeral
    assert (await ada.say("seek", time="noon")).ephemeral
    await ada.say("skip")
    assert songs[0].title in (await ada.say("previous")).text
    assert "30" in (await ada.say("volume", level=30)).text
    assert "30" in (await ada.say("volume")).text
    await ada.say("skip")
    assert songs[0].title in (await ada.say("playlast")).text


def _words(reply: Reply) -> str:
    return f"{reply.text}\n{reply.hint}" if reply.hint else reply.text
