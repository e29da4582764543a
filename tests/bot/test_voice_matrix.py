"""What happens to a room with music in it (bots.md 3.6, discord.md 4.7): each row on the emulator, by what is heard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from bot.seeded_library import seed_library
from bot.voice_house import VoiceHouse, voice_house
from bot.voice_rooms import Room
from emulators.discord import Channel, ChannelKind, DiscordEmulator, Permission, default_guild

from conductr_bot.voice import VoiceNews
from conductr_bot.voice.seat import LOOK_AFTER_S
from conductr_player import PauseCause

pytestmark = [pytest.mark.anyio, pytest.mark.timed]

GUILDS = 28
MINUTE_S = 1.0


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def rooms(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[VoiceHouse, Iterator[Room]]]:
    folder = tmp_path_factory.mktemp("matrix")
    guilds = [default_guild(f"Guild {number}") for number in range(GUILDS)]
    for guild in guilds:
        guild.channels.append(Channel("Stage", ChannelKind.STAGE, denied=Permission.SPEAK))
    songs = await seed_library(folder, guilds, {"Blue Rain": 30.0})
    async with DiscordEmulator(guilds) as emulator, voice_house(emulator, folder, minute_s=MINUTE_S) as house:
        yield house, iter([Room(house, guild, songs[number][0]) for number, guild in enumerate(guilds)])


@pytest.fixture
async def room(rooms: tuple[VoiceHouse, Iterator[Room]]) -> AsyncIterator[Room]:
    """Somebody listens to the song. Afterwards nobody does, and Discord has no complaint."""
    house, more = rooms
    room = next(more)
    await house.discord.human_joins(room.guild.voice_channels[0])
    await house.join(room.guild)
    await house.play(room.guild, room.song.song_id)
    await room.heard()
    yield room
    assert (house.discord.errors, house.discord.unhandled) == ([], [])
    if room.is_open:
        await house.supervisor.leave(room.guild.id)


@pytest.mark.parametrize("code", [1001, 4000, 4006, 4009, None])
async def test_a_connection_that_can_be_had_again_goes_on_where_it_was(room: Room, code: int | None) -> None:
    room.call.drop() if code is None else room.call.close(code)
    await room.call.until(lambda: room.sessions == 2 and room.call.first_packet_at, "sound again", 10)
    await room.heard()
    assert room.lost() == []
    assert room.house.told_to(room.guild) == []


async def test_a_crashed_voice_server_is_resumed_with_its_key(room: Room) -> None:
    room.call.close(4015)
    await room.call.until(lambda: room.call.resumes, "resumed session")
    await room.heard()
    assert (room.sessions, room.lost()) == (1, [])


@pytest.mark.parametrize(
    ("code", "told"),
    [(4016, VoiceNews.REFUSED), (4017, VoiceNews.DAVE_MISSING), (4020, VoiceNews.REFUSED), (4021, None), (4022, None)],
)
async def test_what_is_hopeless_is_not_tried_again(room: Room, code: int, told: VoiceNews | None) -> None:
    joins = room.joins
    room.call.close(code)
    await room.closed()
    await room.told(*([told] if told else []))
    assert (room.joins, await room.kept_seats()) == (joins, [])


async def test_whoever_kicks_the_bot_means_it(room: Room) -> None:
    joins = room.joins
    await room.house.discord.move_bot(None, room.guild)
    await room.call.disconnected()
    await room.house.until(lambda: not room.is_open, "a closed room", LOOK_AFTER_S + 10)
    assert (room.joins, room.house.told_to(room.guild)) == (joins, [])
    assert await room.kept_seats() == []


async def test_dragged_to_another_channel_the_music_goes_on_there(room: Room) -> None:
    lounge = room.guild.voice_channels[1]
    assert await room.kept_seats() == [room.guild.voice_channels[0].id]
    await room.house.discord.human_joins(lounge)
    await room.house.discord.move_bot(lounge, room.guild)
    await room.call.until(lambda: room.sessions == 2 and room.call.first_packet_at, "sound there")
    await room.heard()
    opened = room.house.conductr.host.room(room.guild.id)
    assert opened is not None
    assert (opened.channel_id, opened.name, room.causes) == (lounge.id, "Lounge", frozenset())
    assert await room.kept_seats() == [lounge.id]


async def test_dragged_to_where_nobody_is_it_waits_for_somebody(room: Room) -> None:
    await room.house.discord.move_bot(room.guild.voice_channels[1], room.guild)
    await room.held_by(PauseCause.EMPTY)
    await room.house.discord.human_joins(room.guild.voice_channels[1])
    await room.held_by()
    await room.heard()


async def test_an_empty_room_waits_and_goes_on_when_somebody_is_back(room: Room) -> None:
    await room.house.discord.human_leaves(guild=room.guild)
    await room.held_by(PauseCause.EMPTY)
    await room.call.fell_silent()
    await room.house.discord.human_joins(room.guild.voice_channels[0])
    await room.held_by()
    await room.heard()
    assert room.lost() == []


async def test_who_does_not_hear_is_no_listener(room: Room) -> None:
    human, channel = room.guild.members[0], room.guild.voice_channels[0]
    room.house.discord.switchboard.seat_human(room.guild, human, channel, deaf=True)
    await room.held_by(PauseCause.EMPTY)
    room.house.discord.switchboard.seat_human(room.guild, human, channel)
    await room.held_by()


async def test_a_persons_pause_is_not_undone_by_people_who_come(room: Room) -> None:
    await room.house.conductr.playback.pause(room.house.caller(room.guild))
    await room.held_by(PauseCause.USER)
    await room.house.discord.human_leaves(guild=room.guild)
    await room.held_by(PauseCause.USER, PauseCause.EMPTY)
    await room.house.discord.human_joins(room.guild.voice_channels[0])
    await room.held_by(PauseCause.USER)


async def test_left_alone_for_its_minutes_it_leaves_and_says_so(room: Room) -> None:
    await room.house.discord.human_leaves(guild=room.guild)
    await room.closed()
    await room.told(VoiceNews.IDLE)
    assert (room.house.discord.bot_channel(room.guild), await room.kept_seats()) == (None, [])


async def test_muted_by_a_moderator_the_song_waits_and_it_is_told_once(room: Room) -> None:
    mute = room.house.discord.switchboard.mute_bot
    mute(room.guild, mute=True)
    await room.held_by(PauseCause.MUTED)
    mute(room.guild, mute=True)
    mute(room.guild, mute=False)
    await room.held_by()
    await room.heard()
    assert room.lost() == []
    await room.told(VoiceNews.MUTED)


async def test_without_the_right_to_speak_the_song_waits(room: Room) -> None:
    channel = room.guild.voice_channels[0]
    room.change(channel, denied=Permission.SPEAK)
    await room.held_by(PauseCause.MUTED)
    await room.told(VoiceNews.MUTED)
    room.change(channel, denied=Permission(0))
    await room.held_by()
    await room.heard()


async def test_a_right_that_was_lost_is_told_when_it_would_be_needed(room: Room) -> None:
    room.change(room.guild.voice_channels[0], denied=Permission.CONNECT)
    await room.heard()  # who sits there stays
    room.call.close(4006)
    await room.closed()
    await room.told(VoiceNews.PERMISSION_LOST)


@pytest.mark.parametrize("away_first", [False, True], ids=["at once", "without an endpoint first"])
async def test_another_region_goes_on_with_the_song(room: Room, away_first: bool) -> None:
    await room.house.discord.change_region(room.guild, without_endpoint_first=away_first, after_s=0.2)
    await room.call.until(lambda: room.sessions == 2 and room.call.first_packet_at, "sound from there", 10)
    await room.heard()
    assert (room.causes, room.house.told_to(room.guild)) == (frozenset(), [])


async def test_a_deleted_channel_ends_the_stay_and_is_told(room: Room) -> None:
    await room.house.discord.delete_channel(room.guild.voice_channels[0])
    await room.closed()
    await room.told(VoiceNews.CHANNEL_GONE)
    assert await room.kept_seats() == []


async def test_on_a_stage_it_raises_its_hand_until_somebody_lets_it_speak(room: Room) -> None:
    stage, board = room.guild.voice_channels[2], room.house.discord.switchboard
    await room.house.discord.human_joins(stage)
    await room.house.join(room.guild, stage)
    await room.held_by(PauseCause.MUTED)
    await room.told(VoiceNews.HAND_RAISED)
    assert room.guild.voice[room.house.bot.user.id].asked_to_speak_at is not None  # type: ignore[union-attr]
    board.suppress_bot(room.guild, suppress=False)
    await room.held_by()
    await room.heard()
    board.suppress_bot(room.guild, suppress=True)
    await room.held_by(PauseCause.MUTED)
    await room.told(VoiceNews.HAND_RAISED, VoiceNews.HAND_RAISED)


async def test_where_it_may_it_takes_the_stage_by_itself(room: Room) -> None:
    room.guild.permissions |= Permission.MUTE_MEMBERS
    stage = room.guild.voice_channels[2]
    await room.house.discord.human_joins(stage)
    await room.house.join(room.guild, stage)
    await room.held_by()
    await room.heard()
    assert room.house.told_to(room.guild) == []


async def test_on_a_stage_without_any_right_it_says_what_is_missing(room: Room) -> None:
    stage = room.guild.voice_channels[2]
    room.change(stage, denied=Permission.SPEAK | Permission.REQUEST_TO_SPEAK)
    await room.house.join(room.guild, stage)
    await room.told(VoiceNews.NO_STAGE)
