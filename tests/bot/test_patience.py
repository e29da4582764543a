"""How long a lost voice connection is tried again."""

from __future__ import annotations

import pytest

from conductr_bot.errors import PycordTooDifferent
from conductr_bot.voice import check_pycord
from conductr_bot.voice.patience import FORGOTTEN_AFTER_S, WAITS_S, Patience


def test_the_first_try_is_at_once_and_each_next_one_later() -> None:
    patience = Patience()
    waits: list[float] = []
    while patience.again(now=0.0):
        waits.append(patience.wait_s)
    assert waits == list(WAITS_S)


def test_five_losses_in_a_minute_are_too_many_even_if_each_try_succeeds() -> None:
    patience = Patience()
    assert [patience.again(now=float(second)) for second in range(6)] == [True] * 5 + [False]


def test_a_loss_is_forgotten_after_a_minute() -> None:
    patience = Patience()
    for second in range(5):
        patience.again(now=float(second))
    assert patience.again(now=FORGOTTEN_AFTER_S)
    assert not patience.again(now=FORGOTTEN_AFTER_S)


def test_the_proven_pycord_is_accepted_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    check_pycord()
    assert not caplog.records


def test_a_newer_patch_of_pycord_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    check_pycord("2.8.2")
    assert "2.8.2" in caplog.text


def test_another_pycord_is_refused_with_the_way_out() -> None:
    with pytest.raises(PycordTooDifferent) as refused:
        check_pycord("2.9.0")
    assert "py-cord[voice]==2.8.1" in (refused.value.hint or "")
