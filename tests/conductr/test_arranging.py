"""What members ask of a queue's order, and of where in a song and how loud it is heard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attrs import evolve
from support.studio import ADA, BOB, DJ_ROLE, Studio, a_studio

from conductr import PlayerUnreachable, UnknownSong
from conductr.denials import (
    BadMoment,
    NeverPlayed,
    NotHereYet,
    NothingQueued,
    OutOfRange,
    PastTheEnd,
    SeveralFound,
    UnknownPlace,
)
from conductr.outcomes import (
    Cleared,
    Jumped,
    LoopSet,
    Moved,
    Queued,
    Removed,
    Restarted,
    Shuffled,
    Sought,
    TooFewToShuffle,
    Undone,
    VolumeSet,
    VolumeShown,
    WentBack,
)
from conductr.rights import NotAllowed
from conductr_player import Stale
from conductr_store.testing import A_GUILD

pytestmark = pytest.mark.anyio
FIVE = ("One", "Two", "Three", "Four", "Five")


@pytest.fixture
async def studio(sqlite: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with a_studio(sqlite, tmp_path) as opened:
        await opened.sit(ADA, BOB)
        yield opened


async def waiting(studio: Studio) -> list[str]:
    return [entry.title for entry in (await studio.view()).upcoming]


async def test_places_are_as_shown_and_a_range_may_be_told_backwards(studio: Studio) -> None:
    await studio.queued(*FIVE)
    assert await studio.playback.remove(ADA, "3", "2") == Removed(("Three", "Four"), 2, "Ada")
    assert await waiting(studio) == ["Two", "Five"]
    assert await studio.playback.undo(ADA) == Undone(4, "Ada")
    assert await waiting(studio) == ["Two", "Three", "Four", "Five"]
    for wrong in ("0", "-1", "5", "99999999999999999999", "nonsense", ""):
        with pytest.raises(UnknownPlace):
            await studio.playback.remove(ADA, wrong)


async def test_what_changed_since_it_was_shown_is_not_touched(studio: Studio) -> None:
    await studio.queued(*FIVE)
    shown = (await studio.playback.queue_shown(A_GUILD.id)).queue
    await studio.playback.remove(BOB, shown.upcoming[0].entry_id)
    with pytest.raises(Stale):
        await studio.playback.remove(ADA, "1", expected=shown.version)
    with pytest.raises(UnknownPlace):
        await studio.playback.remove(ADA, shown.upcoming[0].entry_id)
    assert await studio.playback.remove(ADA, shown.upcoming[2].entry_id) == Removed(("Four",), 1, "Ada")


async def test_all_of_a_members_songs_go(studio: Studio) -> None:
    await studio.queued("One", "Two")
    await studio.queued("Three", "Four", by=BOB)
    assert await studio.playback.remove(ADA, member=BOB.user_id) == Removed(("Three", "Four"), 2, "Ada")
    with pytest.raises(NothingQueued):
        await studio.playback.remove(ADA, member=BOB.user_id)


async def test_a_song_is_moved_to_a_place_to_the_end_or_before_another(studio: Studio) -> None:
    await studio.queued(*FIVE)
    assert await studio.playback.move(ADA, "4", "1") == Moved("Five", 1, "Ada")
    assert await waiting(studio) == ["Five", "Two", "Three", "Four"]
    assert await studio.playback.move(ADA, "1", "99") == Moved("Five", 4, "Ada")
    assert await studio.playback.move(ADA, "Two", "end") == Moved("Two", 4, "Ada")
    assert await waiting(studio) == ["Three", "Four", "Five", "Two"]
    before = (await studio.view()).upcoming[0].entry_id
    assert await studio.playback.move(ADA, "two", before) == Moved("Two", 1, "Ada")
    with pytest.raises(UnknownPlace):
        await studio.playback.move(ADA, "1", "0")


async def test_own_songs_may_be_moved_past_own_ones_only(studio: Studio) -> None:
    await studio.set(dj_role_id=DJ_ROLE)
    await studio.queued("One", "Two", "Three")
    await studio.queued("Four", "Five", by=BOB)
    assert await studio.playback.move(BOB, "4", "3") == Moved("Five", 3, "Bob")
    with pytest.raises(NotAllowed):
        await studio.playback.move(BOB, "4", "1")


async def test_shuffling_keeps_what_waits_and_needs_three(studio: Studio) -> None:
    await studio.queued("One", "Two", "Three")
    assert await studio.playback.shuffle(ADA) == TooFewToShuffle(2)
    await studio.queued("Four", "Five")
    assert await studio.playback.shuffle(ADA) == Shuffled(4, "Ada")
    assert sorted(await waiting(studio)) == ["Five", "Four", "Three", "Two"]
    assert await studio.playback.clear(ADA) == Cleared(4, "Ada")
    with pytest.raises(NothingQueued):
        await studio.playback.clear(ADA)
    assert (await studio.view()).current is not None


async def test_two_songs_of_one_title_are_asked_about(studio: Studio) -> None:
    await studio.queued("One", "Rain", "Rain")
    with pytest.raises(SeveralFound) as refused:
        await studio.playback.jump(ADA, "rain")
    assert [choice.label for choice in refused.value.choices] == ["1. Rain", "2. Rain"]
    assert await studio.playback.jump(ADA, refused.value.choices[1].value) == Jumped("Rain", 1, "Ada")
    with pytest.raises(SeveralFound):
        await studio.playback.play(ADA, "RAIN")


async def test_back_to_the_song_before_and_without_one_to_the_start(studio: Studio) -> None:
    await studio.queued("One", "Two")
    assert await studio.playback.previous(ADA) == Restarted("One", "Ada")
    await studio.playback.skip(ADA)
    assert await studio.playback.previous(ADA) == WentBack("One", "Two", "Ada")
    assert await waiting(studio) == ["Two"]


async def test_a_moment_beyond_the_end_or_not_yet_here_is_refused(studio: Studio) -> None:
    (song,) = await studio.queued("One")
    await studio.until(lambda view: view.state == "playing")
    assert await studio.playback.seek(ADA, "1:30") == Sought("One", 90, 200, "Ada")
    assert (await studio.until(lambda view: view.position_s >= 90)).position_s < 150
    with pytest.raises(PastTheEnd):
        await studio.playback.seek(ADA, "3:21")
    with pytest.raises(BadMoment):
        await studio.playback.seek(ADA, "later")
    studio.sounds.arrived[song.id] = 120.0
    with pytest.raises(NotHereYet):
        await studio.playback.seek(ADA, "2:01")


async def test_the_volume_is_kept_for_the_server_and_heard_at_once(studio: Studio) -> None:
    await studio.queued("One")
    assert await studio.playback.volume(ADA) == VolumeShown(100)
    assert await studio.playback.volume(ADA, 35) == VolumeSet(35, "Ada")
    assert (await studio.view()).volume == 35
    for wrong in (-1, 201):
        with pytest.raises(OutOfRange):
            await studio.playback.volume(ADA, wrong)
    async with studio.store.begin() as tx:
        assert (await tx.guilds.settings(A_GUILD.id)).volume == 35
    await studio.set(volume=60)
    await studio.until(lambda view: view.volume == 60)
    await studio.host.close_room(A_GUILD.id)
    await studio.sit(ADA)
    await studio.until(lambda view: view.volume == 60)


async def test_the_loop_goes_round_its_modes(studio: Studio) -> None:
    said = [await studio.playback.loop(ADA) for _ in range(3)]
    assert said == [LoopSet(mode, "Ada") for mode in ("track", "queue", "off")]
    assert await studio.playback.loop(ADA, "off") == LoopSet("off", "Ada", changed=False)


async def test_the_song_that_was_heard_last_is_played_again(studio: Studio) -> None:
    with pytest.raises(NeverPlayed):
        await studio.playback.play_last(ADA)
    await studio.queued("One", "Two")
    await studio.playback.skip(ADA)
    await studio.playback.skip(ADA)
    assert await studio.playback.play_last(ADA) == Queued("Two", 0, "Ada")
    history = await studio.playback.history(ADA)
    assert [entry.title for entry in history.entries] == ["Two", "One"]


async def test_a_page_beyond_the_last_is_the_last(studio: Studio) -> None:
    await studio.queued(*(f"Song {number}" for number in range(12)))
    shown = await studio.playback.queue_shown(A_GUILD.id, 99)
    assert (shown.page, shown.queue.first, len(shown.queue.upcoming), shown.queue.upcoming_count) == (2, 10, 1, 11)


async def test_without_a_room_the_saved_queue_is_arranged_and_nothing_sounds(studio: Studio) -> None:
    await studio.queued(*FIVE)
    await studio.host.close_room(A_GUILD.id)
    assert await studio.playback.move(ADA, "4", "1") == Moved("Five", 1, "Ada")
    assert (await waiting(studio))[0] == "Five"
    with pytest.raises(PlayerUnreachable):
        await studio.playback.skip(ADA)
    with pytest.raises(UnknownSong):
        await studio.playback.play(evolve(ADA, guild_id=12, user_id=99), (await studio.view()).upcoming[0].song_id)
