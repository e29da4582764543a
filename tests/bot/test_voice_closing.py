"""What follows on each close code of a voice connection, and how often a lost one is tried again."""

from __future__ import annotations

from math import inf

import pytest
from attrs import evolve
from bot.seats import HERE, OUT, ROOM, THERE, seated, walk

from conductr_bot.voice.closing import AFTER, After, what_follows
from conductr_bot.voice.news import VoiceNews
from conductr_bot.voice.patience import FORGOTTEN_AFTER_S, JITTER, SLOW_S, SLOW_TRIES, WAITS_S
from conductr_bot.voice.seat import LOOK_AFTER_S, RETURN_AFTER_S, TO_BE_OUT_S, Link, Seat, step
from conductr_bot.voice.seat_inputs import (
    Abandon,
    Connect,
    Connected,
    Ended,
    Failed,
    HangUp,
    Hindrance,
    Input,
    LinkIs,
    Looked,
    Moved,
    Part,
    Release,
    Renewed,
    Tell,
)
from conductr_player import PauseCause

DOCUMENTED = {4001, 4002, 4003, 4004, 4005, 4006, 4009, 4011, 4012, 4014, 4015, 4016, 4017, 4020, 4021, 4022}


def test_each_documented_code_has_its_row_and_an_unknown_one_is_tried_anew() -> None:
    assert set(AFTER) >= DOCUMENTED
    assert {what_follows(code) for code in (None, 4_999, 1006, 4006, 4009, 4015)} == {After.FRESH}
    assert (what_follows(4014), what_follows(1000)) == (After.LOOK, After.LOOK)
    assert (what_follows(4021), what_follows(4022)) == (After.STAY_OUT, After.STAY_OUT)


@pytest.mark.parametrize("code", [None, 1001, 1006, 4003, 4004, 4006, 4009, 4011, 4015])
def test_what_can_be_had_again_is_tried_after_a_second(code: int | None) -> None:
    seat, effects = step(seated(), Ended(code), OUT, 100.0)
    assert effects == (LinkIs(up=False), HangUp())
    assert (seat.link, seat.try_at_s) == (Link.DOWN, 100.0 + WAITS_S[0])
    assert step(seat, Looked(), OUT, 100.9)[1] == ()
    assert step(seat, Looked(), OUT, 101.0)[1] == (Connect(HERE),)


def test_as_long_as_discord_has_us_in_its_word_of_the_end_is_waited_for() -> None:
    seat, _ = step(seated(), Ended(4006), ROOM, 100.0)
    assert seat.deadline_s == 100.0 + WAITS_S[0] + TO_BE_OUT_S
    assert step(seat, Looked(), OUT, 100.5)[0].deadline_s == 101.5


@pytest.mark.parametrize(
    ("code", "told"),
    [*((code, VoiceNews.REFUSED) for code in (4001, 4012, 4016, 4020)), (4017, VoiceNews.DAVE_MISSING)],
)
def test_what_would_be_refused_again_is_told_once_and_not_tried(code: int, told: VoiceNews) -> None:
    assert step(seated(), Ended(code), OUT, 1.0) == (Seat(), (Part(), Tell(told)))


@pytest.mark.parametrize("code", [4021, 4022])
def test_where_discord_wants_us_out_we_stay_out(code: int) -> None:
    assert step(seated(), Ended(code), OUT, 1.0) == (Seat(), (Part(),))


def test_after_a_kick_we_look_and_stay_out() -> None:
    seat, effects = step(seated(), Ended(4014), OUT, 10.0)
    assert (effects, seat.deadline_s) == ((LinkIs(up=False), Abandon()), 10.0 + LOOK_AFTER_S)
    assert step(seat, Looked(), OUT, 12.0) == (seat, ())
    assert step(seat, Looked(), OUT, 15.0) == (Seat(), (Part(),))


def test_after_a_kick_we_come_back_once_where_the_guild_wants_us_always() -> None:
    always = evolve(OUT, stay=True, returns=True)
    seat, effects = walk(seated(), (Ended(4014), always, 10.0), (Looked(), always, 15.0))
    assert (effects, seat.deadline_s) == ([], 15.0 + RETURN_AFTER_S)
    assert step(seat, Looked(), always, 20.0) == (seat, ())
    seat, effects = step(seat, Looked(), always, 45.0)
    assert effects == (Connect(HERE),)
    seat, effects = walk(seat, (Connected(), ROOM, 46.0), (Ended(4014), always, 50.0), (Looked(), always, 55.0))
    assert effects == [Part()]


def test_after_a_move_that_cost_the_connection_we_connect_where_we_sit_now() -> None:
    moved = evolve(ROOM, sits_in=THERE)
    seat, effects = step(seated(), Ended(4014), moved, 10.0)
    assert effects == (LinkIs(up=False), Abandon(), Moved(THERE))
    seat, effects = step(seat, Looked(), moved, 15.0)
    assert effects == (HangUp(),)
    assert walk(seat, (Looked(), OUT, 15.5), (Looked(), OUT, 16.5))[1] == [Connect(THERE)]


def test_a_seat_that_discord_no_longer_knows_of_is_given_up_after_a_look() -> None:
    seat, effects = step(seated(), Looked(), OUT, 10.0)
    assert (effects, seat.deadline_s) == ((), 15.0)
    assert step(seat, Looked(), ROOM, 12.0)[0].deadline_s == inf
    seat, effects = step(seat, Looked(), OUT, 15.0)
    assert effects == (LinkIs(up=False), Abandon())
    assert step(seat, Looked(), OUT, 20.0)[1] == (Part(),)


# Tries.


def lose(times: int, at_s: float = 0.0) -> tuple[Seat, list[float], list[object]]:
    """Lost again and again: the waits before each try, and what was told."""
    seat, waits, told = seated(), list[float](), list[object]()
    now_s = at_s
    given: Input = Ended(4006)
    for _ in range(times):
        seat, effects = step(seat, given, OUT, now_s)
        told += [one for one in effects if isinstance(one, Tell | Part)]
        if seat.channel_id is None:
            break
        waits.append(seat.try_at_s - now_s)
        now_s = seat.try_at_s
        seat, effects = step(seat, Looked(), OUT, now_s)
        assert effects == (Connect(HERE),)
        given = Failed(Hindrance.UNANSWERED)
    return seat, waits, told


def test_five_tries_then_slow_ones_and_at_last_none() -> None:
    seat, waits, told = lose(5 + SLOW_TRIES + 1)
    assert waits == [*WAITS_S, *[SLOW_S] * SLOW_TRIES]
    assert told == [Tell(VoiceNews.VOICE_DOWN), Part()]
    assert seat == Seat()


def test_an_outage_that_ends_is_told_and_leaves_a_fresh_budget() -> None:
    seat, _, _ = lose(7)
    seat, effects = step(seat, Connected(), ROOM, 2_000.0)
    held = (Release(PauseCause.EMPTY), Release(PauseCause.MUTED))  # told anew: the room may be another by now
    assert effects == (LinkIs(up=True), Tell(VoiceNews.VOICE_BACK), *held)
    assert step(seat, Ended(), OUT, 2_001.0)[0].try_at_s == 2_001.0 + WAITS_S[0]


def test_a_connection_that_breaks_at_once_is_not_tried_for_ever() -> None:
    seat, joins, now_s = seated(), 0, 0.0
    while now_s < 60 and seat.link is not Link.OUT:
        seat, _ = step(seat, Ended(4009), OUT, now_s)
        now_s = seat.try_at_s
        seat, effects = step(seat, Looked(), OUT, now_s)
        joins += Connect(HERE) in effects and now_s < 60
        seat, _ = step(seat, Connected(), ROOM, now_s)
    assert joins <= 5


def test_guilds_that_were_lost_together_do_not_come_back_together() -> None:
    tries = {step(seated(), Ended(4006), OUT, 0.0, chance)[0].try_at_s for chance in (0.0, 0.5, 1.0)}
    assert sorted(tries) == pytest.approx([WAITS_S[0] * (1 - JITTER), WAITS_S[0], WAITS_S[0] * (1 + JITTER)])
    assert sum(WAITS_S) * (1 + JITTER) < FORGOTTEN_AFTER_S


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (Hindrance.FORBIDDEN, VoiceNews.PERMISSION_LOST),
        (Hindrance.REFUSED, VoiceNews.REFUSED),
        (Hindrance.NO_DAVE, VoiceNews.DAVE_MISSING),
    ],
)
def test_what_hinders_for_good_is_told(why: Hindrance, told: VoiceNews) -> None:
    lost = walk(seated(), (Ended(4006), OUT, 0.0), (Looked(), OUT, 1.0))[0]
    assert step(lost, Failed(why), OUT, 1.1) == (Seat(), (Part(), Tell(told)))


def test_a_new_gateway_session_drops_the_connection_without_a_word() -> None:
    seat, effects = step(seated(), Renewed(), OUT, 0.0)
    assert effects == (LinkIs(up=False), Abandon())
    assert walk(seat, (Looked(), OUT, 1.0))[1] == [Connect(HERE)]
