"""Where an answer is kept up to date, written down and read again."""

from __future__ import annotations

import json

import pytest

from conductr_bot.caller import Address

ADDRESS = Address(application_id=1, token="secret", until=2.5, channel_id=3, message_id=4, user_id=5)


def test_an_address_survives_being_kept_as_json() -> None:
    assert Address.from_plain(json.loads(json.dumps(ADDRESS.to_plain()))) == ADDRESS


@pytest.mark.parametrize("plain", [{}, {"page": "browser"}, {**ADDRESS.to_plain(), "more": 1}])
def test_an_address_of_another_kind_is_none(plain: dict[str, object]) -> None:
    assert Address.from_plain(plain) is None


def test_the_interaction_token_is_not_in_the_repr() -> None:
    assert "secret" not in repr(ADDRESS)
