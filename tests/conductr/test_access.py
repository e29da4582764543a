"""Who may steer a room."""

from __future__ import annotations

import pytest

from conductr import BusyElsewhere, Caller, NotInVoice, RoomFacts
from conductr.access import check_may_steer


def caller(channel_id: int | None) -> Caller:
    return Caller(1, "Ada", 9, "Guild", channel_id)


def test_who_sits_in_no_channel_is_asked_to_join_one() -> None:
    with pytest.raises(NotInVoice):
        check_may_steer(caller(None), None)


def test_others_in_another_channel_are_not_disturbed() -> None:
    with pytest.raises(BusyElsewhere) as refused:
        check_may_steer(caller(5), RoomFacts(6, "Lounge", listeners=2))
    assert refused.value.channel_name == "Lounge"


@pytest.mark.parametrize("room", [None, RoomFacts(5, "Here", 3), RoomFacts(6, "Empty", 0), RoomFacts(None, "", 2)])
def test_everybody_else_may(room: RoomFacts | None) -> None:
    check_may_steer(caller(5), room)
