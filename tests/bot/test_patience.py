"""Which py-cord the voice is proven with. How often a lost connection is tried: test_voice_closing."""

from __future__ import annotations

import pytest

from conductr_bot.errors import PycordTooDifferent
from conductr_bot.voice import check_pycord


def test_the_proven_pycord_is_accepted_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    check_pycord()
    assert not caplog.records


def test_a_newer_patch_of_pycord_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    check_pycord("2.8.2")
    assert "2.8.2" in caplog.text


def test_another_pycord_is_refused_with_the_way_out() -> None:
    with pytest.raises(PycordTooDifferent) as refused:
        check_pycord("2.9.0")
    assert (refused.value.version, refused.value.proven) == ("2.9.0", "2.8.1")
