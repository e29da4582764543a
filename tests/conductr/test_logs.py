"""No secret reaches a log line, its arguments or a traceback."""

from __future__ import annotations

import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr.logs import Redaction

KEY = "sk-planted-canary-0123456789"


def logged(message: str, *args: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("here", logging.INFO, "file", 1, message, args, info)
    return Redaction((KEY,)).format(record)


def test_a_key_of_the_settings_is_hidden_wherever_it_stands() -> None:
    assert KEY not in logged("used %s twice: %s", KEY, f"x{KEY}y")


def test_a_key_in_a_traceback_is_hidden() -> None:
    try:
        raise RuntimeError(f"no such key {KEY}")
    except RuntimeError:
        error = sys.exc_info()[1]
    text = logged("it failed", error=error)
    assert "RuntimeError" in text
    assert KEY not in text


@pytest.mark.parametrize(
    "secret",
    [
        "Authorization: Bearer abcdefghijklmnop",
        "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789",
        "PATCH /webhooks/123/aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEy/messages/@original",
    ],
)
def test_what_looks_like_a_secret_is_hidden_too(secret: str) -> None:
    shown = logged("%s", secret)
    assert secret.split()[-1].split("/")[-1] not in shown or "***" in shown
    assert "abcdefghijklmnop" not in shown
    assert "aW50ZXJhY3Rpb24" not in shown


@given(before=st.text(), after=st.text())
def test_whatever_surrounds_it_a_key_is_hidden(before: str, after: str) -> None:
    assert KEY not in logged("%s", before + KEY + after)
