"""What members do to a room together: rights, votes, and who is quicker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from attrs import evolve
from support.studio import ADA, BOB, CHANNEL, DJ_ROLE, EVE, WITHIN_S, Studio, a_studio

from conductr import BusyElsewhere, NothingPlaying, NotInVoice
from conductr.messages import ToPlayer, ToVote
from conductr.outcomes import JustEnded, Outcome, Queued, Removed, Skipped, SkipThisToo, Stopped, Undone, Voted
from conductr.rights import NotAllowed
from conductr_player import EntryId, Jump, PauseCause, Seek, Shuffle, Stop, UnknownEntry
from conductr_store import Song
from conductr_store.testing import A_GUILD

pytestmark = pytest.mark.anyio


@pytest.fixture
async def studio(sqlite: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with a_studio(sqlite, tmp_path) as opened:
        await opened.sit(ADA, BOB, EVE)
        yield opened


async def with_dj(studio: Studio) -> None:
    """Only who has the role steers alone."""
    await studio.set(dj_role_id=DJ_ROLE)
    await studio.until(lambda _: studio.host.room(A_GUILD.id).settings.dj_role_id == DJ_ROLE)  # pyright: ignore[reportOptionalMemberAccess] - it is open


async def counted(studio: Studio, song: Song) -> None:
    """It is heard, and everything knows so."""
    with anyio.fail_after(WITHIN_S):
        while True:
            async with studio.store.begin() as tx:
                if (await tx.songs.get(song.id)).play_count:
                    return
            await anyio.sleep(0.05)


async def met(studio: Studio, songs: int) -> dict[str, tuple[int, int]]:
    """How often each of so many songs came to its end, and was passed over."""
    with anyio.fail_after(WITHIN_S):
        while True:
            async with studio.store.begin() as tx:
                found = await tx.listening.latest(A_GUILD.id)
            if len(found) >= songs:
                return {one.song.id: (one.heard, one.skipped) for one in found}
            await anyio.sleep(0.05)


async def test_what_was_done_tells_by_whom(studio: Studio) -> None:
    await studio.queued("One", "Two")
    skipped = await studio.playback.skip(BOB)
    assert isinstance(skipped, Skipped)
    assert (skipped.title, skipped.by) == ("One", "Bob")
    assert skipped.next_up is not None
    assert skipped.next_up.title == "Two"


async def test_others_songs_are_voted_on_and_a_second_press_takes_the_vote_back(studio: Studio) -> None:
    await with_dj(studio)
    await studio.queued("One", "Two")
    first = await studio.playback.skip(BOB)
    assert isinstance(first, Voted)
    assert (first.have, first.needed, first.passed, first.title) == (1, 2, False, "One")
    assert [(one.deed, one.have, one.needed) for one in (await studio.view()).votes] == [("skip", 1, 2)]
    again = await studio.playback.skip(BOB)
    assert isinstance(again, Voted)
    assert (again.have, again.withdrawn) == (0, True)
    await studio.playback.skip(BOB)
    passed = await studio.playback.skip(EVE)
    assert isinstance(passed, Voted)
    assert passed.passed
    assert isinstance(passed.done, Skipped)
    view = await studio.view()
    assert view.current is not None
    assert (view.current.title, view.votes) == ("Two", ())


async def test_who_asked_for_the_song_and_who_has_the_role_need_no_vote(studio: Studio) -> None:
    await with_dj(studio)
    await studio.queued("One", "Two", "Three")
    assert isinstance(await studio.playback.skip(ADA), Skipped)
    assert isinstance(await studio.playback.skip(evolve(EVE, role_ids=frozenset({DJ_ROLE}))), SkipThisToo)
    view = await studio.view()
    dj = evolve(EVE, role_ids=frozenset({DJ_ROLE}))
    assert isinstance(await studio.playback.skip(dj, play_id=view.play_id), Skipped)
    with pytest.raises(NotAllowed):
        await studio.playback.volume(BOB, 50)


async def test_a_vote_passes_by_somebodys_leaving(studio: Studio) -> None:
    await with_dj(studio)
    await studio.queued("One", "Two")
    await studio.playback.skip(BOB)
    await studio.sit(ADA, BOB)
    view = await studio.until(lambda view: view.current is not None and view.current.title == "Two")
    assert view.votes == ()


async def test_a_vote_has_not_passed_because_another_has(studio: Studio) -> None:
    await with_dj(studio)
    await studio.queued("One", "Two", "Three")
    view, room = await studio.view(), studio.host.room(A_GUILD.id)
    assert room is not None
    room.told_listeners(frozenset({7, 8, 9, 10, 11}))
    shuffle = ToVote(A_GUILD.id, "shuffle", view.play_id, BOB.user_id, Shuffle(1))
    assert not (await studio.host.vote(shuffle)).passed
    assert not (await studio.host.vote(evolve(shuffle, voter_id=EVE.user_id))).passed
    room.told_listeners(frozenset({7, 8, 9, 10}))  # two are enough now, and nobody has counted yet
    tally = await studio.host.vote(ToVote(A_GUILD.id, "stop", view.play_id, ADA.user_id, Stop()))
    assert (tally.have, tally.needed, tally.passed) == (1, 2, False)
    assert [one.deed for one in (await studio.view()).votes] == ["stop"]


async def test_a_refused_skip_is_no_skip_of_the_song(studio: Studio) -> None:
    one, two = await studio.queued("One", "Two")
    await counted(studio, one)
    with pytest.raises(UnknownEntry):
        await studio.bus.send(ToPlayer(A_GUILD.id, Jump(EntryId("nowhere")), command_id="refused"))
    await studio.bus.send(ToPlayer(A_GUILD.id, Seek(199.0)))
    await counted(studio, two)
    await studio.playback.skip(ADA)
    assert await met(studio, 2) == {one.id: (1, 0), two.id: (0, 1)}


async def test_two_who_skip_in_the_same_tick_skip_one_song(studio: Studio) -> None:
    await studio.queued("One", "Two", "Three")
    outcomes: list[Outcome] = []

    async def skip(caller: object) -> None:
        outcomes.append(await studio.playback.skip(caller))  # pyright: ignore[reportArgumentType] - a caller

    async with anyio.create_task_group() as both:
        both.start_soon(skip, ADA)
        both.start_soon(skip, BOB)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["JustEnded", "Skipped"]
    view = await studio.view()
    assert view.current is not None
    assert view.current.title == "Two"


async def test_a_thousand_presses_of_one_button_skip_one_song(studio: Studio) -> None:
    await studio.queued("One", "Two", "Three")
    play_id = (await studio.view()).play_id
    outcomes = [await studio.playback.skip(BOB, play_id=play_id) for _ in range(1_000)]
    assert isinstance(outcomes[0], Skipped)
    assert set(map(type, outcomes[1:])) == {JustEnded}
    assert (await studio.view()).upcoming_count == 1


async def test_the_last_song_is_skipped_to_silence_whatever_loops(studio: Studio) -> None:
    await studio.queued("One")
    await studio.playback.loop(ADA, "track")
    skipped = await studio.playback.skip(ADA)
    assert isinstance(skipped, Skipped)
    assert skipped.next_up is None
    with pytest.raises(NothingPlaying):
        await studio.playback.skip(ADA)


async def test_stop_may_be_taken_back_by_who_did_it(studio: Studio) -> None:
    await with_dj(studio)
    await studio.queued("One", "Two")
    assert await studio.playback.stop(ADA) == Stopped(2, "Ada")
    with pytest.raises(NotAllowed):
        await studio.playback.undo(BOB)
    assert await studio.playback.undo(ADA) == Undone(1, "Ada")
    view = await studio.view()
    assert view.current is not None
    assert view.current.title == "One"


async def test_from_outside_nothing_is_steered(studio: Studio) -> None:
    (song,) = await studio.queued("One")
    outside, elsewhere = evolve(BOB, voice_channel_id=None), evolve(BOB, voice_channel_id=CHANNEL + 1)
    for ask in (studio.playback.skip, studio.playback.stop, studio.playback.pause, studio.playback.shuffle):
        with pytest.raises(NotInVoice):
            await ask(outside)
        with pytest.raises(BusyElsewhere):
            await ask(elsewhere)
    with pytest.raises(NotInVoice):
        await studio.playback.play(outside, song.id)


async def test_an_empty_room_holds_the_music_and_a_persons_pause_outlasts_it(studio: Studio) -> None:
    await studio.queued("One")
    await studio.until(lambda view: view.state == "playing")
    studio.host.hold(A_GUILD.id, PauseCause.EMPTY)
    await studio.until(lambda view: view.paused_by == ("empty",))
    studio.host.release(A_GUILD.id, PauseCause.EMPTY)
    await studio.until(lambda view: view.state == "playing")
    await studio.playback.pause(ADA)
    studio.host.hold(A_GUILD.id, PauseCause.EMPTY)
    await studio.until(lambda view: view.paused_by == ("empty", "user"))
    studio.host.release(A_GUILD.id, PauseCause.EMPTY)
    view = await studio.until(lambda view: view.paused_by == ("user",))
    assert view.state == "paused"


async def test_now_interrupts_ones_own_song_and_next_needs_the_right(studio: Studio) -> None:
    await with_dj(studio)
    await studio.queued("One", "Two")
    other = await studio.song("Other")
    assert isinstance(await studio.playback.play(BOB, other.id, "now"), Voted)
    with pytest.raises(NotAllowed):
        await studio.playback.play(BOB, other.id, "next")
    assert await studio.playback.play(ADA, other.id, "now") == Queued("Other", 0, "Ada")
    view = await studio.view()
    assert [entry.title for entry in view.upcoming] == ["One", "Two"]


async def test_own_songs_are_removed_by_everybody_others_by_who_may(studio: Studio) -> None:
    await with_dj(studio)
    await studio.queued("One", "Two")
    await studio.queued("Three", by=BOB)
    assert await studio.playback.remove(BOB, "2") == Removed(("Three",), 1, "Bob")
    with pytest.raises(NotAllowed):
        await studio.playback.remove(BOB, "1")
