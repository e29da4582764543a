"""A guild's seat in voice: what follows on each change of the room, the channel and the guild."""

from __future__ import annotations

from math import inf

import pytest
from attrs import evolve
from bot.seats import HERE, OUT, ROOM, THERE, seated, walk

from conductr_bot.voice.news import VoiceNews
from conductr_bot.voice.seat import Seat, step
from conductr_bot.voice.seat_inputs import (
    Asked,
    AskToSpeak,
    Connect,
    Connected,
    Ended,
    Facts,
    Failed,
    HangUp,
    Hindrance,
    Hold,
    Looked,
    Moved,
    Part,
    Release,
    Renewed,
    Rose,
    Sat,
    Tell,
)
from conductr_player import PauseCause

EMPTY, MUTED = PauseCause.EMPTY, PauseCause.MUTED


def test_a_deleted_channel_is_told_and_a_guild_that_was_left_is_not() -> None:
    gone = Facts(sits_in=None, channel_there=False)
    assert step(seated(), Looked(), gone, 1.0) == (Seat(), (Part(), Tell(VoiceNews.CHANNEL_GONE)))
    waiting = step(seated(), Ended(4014), OUT, 0.0)[0]
    assert step(waiting, Looked(), gone, 1.0) == (Seat(), (Part(), Tell(VoiceNews.CHANNEL_GONE)))
    assert step(seated(), Looked(), evolve(gone, member=False), 1.0) == (Seat(), (Part(),))


def test_an_outage_of_the_guild_is_waited_out() -> None:
    away = Facts(sits_in=None, channel_there=False, reachable=False)
    seat, effects = walk(seated(), (Ended(4014), away, 0.0), (Looked(), away, 5.0))
    assert (effects, seat.deadline_s) == ([HangUp()], inf)
    assert step(seat, Looked(), away, 500.0) == (seat, ())
    assert step(seat, Looked(), OUT, 600.0)[1] == (Connect(HERE),)


# The room.


def test_a_seat_says_first_how_the_room_is() -> None:
    """A player that was restored may be held by what was before."""
    assert step(Seat(), Sat(HERE), ROOM, 0.0)[1] == (Release(EMPTY), Release(MUTED))
    assert step(Seat(), Sat(HERE), Facts(sits_in=HERE), 0.0)[1] == (Hold(EMPTY), Release(MUTED))


def test_an_empty_room_is_held_until_somebody_is_back() -> None:
    nobody = Facts(sits_in=HERE)
    seat, effects = step(seated(), Looked(), nobody, 1.0)
    assert effects == (Hold(EMPTY),)
    assert step(seat, Looked(), nobody, 2.0)[1] == ()
    assert step(seat, Looked(), ROOM, 3.0)[1] == (Release(EMPTY),)


@pytest.mark.parametrize("quiet", [Facts(sits_in=HERE, idle_s=300), evolve(ROOM, silent=True, idle_s=300)])
def test_silence_ends_the_stay_unless_it_is_for_ever(quiet: Facts) -> None:
    seat = step(seated(), Looked(), quiet, 10.0)[0]
    assert seat.deadline_s == 310.0
    assert step(seat, Looked(), quiet, 200.0)[0].deadline_s == 310.0
    assert step(seat, Looked(), evolve(quiet, stay=True), 400.0)[0].deadline_s == inf
    assert step(seat, Looked(), evolve(quiet, idle_s=60), 100.0)[1][-2:] == (Part(), Tell(VoiceNews.IDLE))
    assert step(seat, Looked(), ROOM, 309.0)[0].deadline_s == inf
    assert step(seat, Looked(), quiet, 310.0)[1] == (Part(), Tell(VoiceNews.IDLE))


def test_being_muted_is_told_once_each_time() -> None:
    muted = evolve(ROOM, muted=True)
    seat, effects = step(seated(), Looked(), muted, 1.0)
    assert effects == (Hold(MUTED), Tell(VoiceNews.MUTED))
    assert step(seat, Looked(), muted, 2.0)[1] == ()
    seat, effects = step(seat, Looked(), ROOM, 3.0)
    assert effects == (Release(MUTED),)
    assert step(seat, Looked(), muted, 4.0)[1] == (Hold(MUTED), Tell(VoiceNews.MUTED))


def test_on_a_stage_we_ask_at_each_time_that_we_are_silenced() -> None:
    silenced = evolve(ROOM, muted=True, on_stage=True)
    seat, effects = step(Seat(), Sat(HERE), silenced, 0.0)
    assert effects == (Release(EMPTY), Hold(MUTED), AskToSpeak())
    seat, effects = step(seat, Asked(VoiceNews.HAND_RAISED), silenced, 0.1)
    assert effects == (Tell(VoiceNews.HAND_RAISED),)
    assert step(seat, Looked(), silenced, 1.0) == (seat, ())
    seat, effects = step(seat, Looked(), evolve(silenced, muted=False), 2.0)
    assert effects == (Release(MUTED),)
    seat, effects = step(seat, Looked(), silenced, 3.0)
    assert effects == (Hold(MUTED), AskToSpeak())
    assert step(seat, Asked(None), silenced, 3.1) == (seat, ())
    assert step(seat, Asked(VoiceNews.NO_STAGE), silenced, 3.1)[1] == (Tell(VoiceNews.NO_STAGE),)


def test_dragged_we_follow_and_ask_anew() -> None:
    stage = Facts(sits_in=THERE, listeners=1, muted=True, on_stage=True)
    seat, effects = step(seated(), Looked(), stage, 1.0)
    assert effects == (Moved(THERE), Hold(MUTED), AskToSpeak())
    assert seat.channel_id == THERE


def test_sent_out_nothing_brings_us_back() -> None:
    seat, effects = step(seated(), Rose(), ROOM, 1.0)
    assert (seat, effects) == (Seat(), (Part(),))
    for late in (Ended(4006), Renewed(), Connected(), Failed(Hindrance.UNANSWERED), Asked(None), Looked()):
        assert step(seat, late, OUT, 2.0) == (Seat(), ())
