"""Who sent a callback: kie.ai's signature, a token in the address, and the submission that it answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from suno_client import BadSignature, InvalidRequest
from suno_client.sandbox.callbacks import signature as sandbox_signature
from suno_client.webhooks import (
    SIGNED_AT,
    new_token,
    sample,
    signed_event,
    submission_of,
    token_matches,
    verify_kie,
    with_submission,
    with_token,
)

UNHURRIED = settings(deadline=None)  # a busy machine is no fault of the code
KEY = "whk-canary-51c0"
NOW = float(SIGNED_AT)
HOOK = "https://me.example/hook"
TOKEN = "a token/with+odd&signs=é#"

Headers = dict[str, str]


def signed(key: str = KEY, at: int = SIGNED_AT) -> tuple[bytes, Headers]:
    event = sample(webhook_key=key, at=at)
    return event.body, event.headers


def test_a_signature_is_what_kie_documents() -> None:
    body = json.dumps({"code": 200, "data": {"task_id": "t-1"}}).encode()
    expected = base64.b64encode(hmac.new(KEY.encode(), b"t-1.1767225600", hashlib.sha256).digest()).decode()
    headers = {"X-Webhook-Timestamp": "1767225600", "X-Webhook-Signature": expected}
    assert verify_kie(body, headers, KEY, now=NOW) == "t-1"
    assert signed_event(body, KEY).headers == {"Content-Type": "application/json", **headers}
    assert sandbox_signature(KEY, "t-1", "1767225600") == expected


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title, lambda name: name])
def test_header_names_are_taken_in_any_case(spell: Callable[[str], str]) -> None:
    body, headers = signed()
    assert verify_kie(body, {spell(name): f" {value} " for name, value in headers.items()}, KEY, now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        {"task_id": "t", "data": {"instruments": []}},
        {"data": {"taskId": "t"}},
        {"data": {"task_id": "t"}},
        {"data": {"task_id": "t", "taskId": "other"}},
        '{"data":"{\\"task_id\\":\\"t\\"}"}',
        {"task_id": "other", "data": {"taskId": "t"}},
    ],
)
def test_the_task_that_is_signed_is_the_task_that_parse_finds(body: Any) -> None:
    event = signed_event(body, KEY)
    assert verify_kie(event.body, event.headers, KEY, now=NOW) == "t"


def test_while_keys_change_both_are_good() -> None:
    body, headers = signed("the old key")
    assert verify_kie(body, headers, ["the new key", "the old key"], now=NOW)
    assert verify_kie(body, headers, ("the old key", "the new key"), now=NOW)
    with pytest.raises(BadSignature):
        verify_kie(body, headers, ["the new key"], now=NOW)


@pytest.mark.parametrize("age_s", [-300, -299.5, 0, 299.5, 300])
def test_a_clock_may_differ_by_five_minutes(age_s: float) -> None:
    body, headers = signed()
    assert verify_kie(body, headers, KEY, now=NOW + age_s)


@pytest.mark.parametrize(("age_s", "why"), [(300.5, "too old"), (-300.5, "the future"), (1e12, "old"), (-1e18, "fut")])
def test_a_callback_of_another_time_is_refused(age_s: float, why: str) -> None:
    body, headers = signed()
    with pytest.raises(BadSignature, match=why):
        verify_kie(body, headers, KEY, now=NOW + age_s)
    with pytest.raises(BadSignature):
        verify_kie(body, headers, KEY, now=NOW + 11, tolerance_s=10)


def test_a_time_that_was_changed_is_not_what_was_signed() -> None:
    body, headers = signed()
    headers["X-Webhook-Timestamp"] = str(SIGNED_AT + 1)
    with pytest.raises(BadSignature, match="not of this key, task and time"):
        verify_kie(body, headers, KEY, now=NOW)


GOOD = signed()[1]["X-Webhook-Signature"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"X-Webhook-Signature": None}, "X-Webhook-Signature is missing"),
        ({"X-Webhook-Timestamp": None}, "X-Webhook-Timestamp is missing"),
        ({"X-Webhook-Signature": ""}, "X-Webhook-Signature is missing"),
        ({"X-Webhook-Timestamp": " "}, "X-Webhook-Timestamp is missing"),
        ({"X-Webhook-Timestamp": "soon"}, "no time in seconds"),
        ({"X-Webhook-Timestamp": "-5"}, "no time in seconds"),
        ({"X-Webhook-Timestamp": "²"}, "no time in seconds"),
        ({"X-Webhook-Timestamp": "1" * 5_000}, "no time in seconds"),
        ({"X-Webhook-Timestamp": "1767225600000"}, "from the future"),  # milliseconds
        ({"X-Webhook-Signature": "!!!"}, "not base64"),
        ({"X-Webhook-Signature": "é"}, "not base64"),
        ({"X-Webhook-Signature": GOOD[:-1]}, "not base64"),
        ({"X-Webhook-Signature": "AAAA"}, "not of this key"),
        ({"X-Webhook-Signature": base64.b64encode(b"0" * 32).decode()}, "not of this key"),
        ({"X-Webhook-Signature": base64.b64decode(GOOD).hex()}, "not of this key"),
    ],
)
def test_bad_headers_are_refused_with_a_plain_why(changes: dict[str, str | None], why: str) -> None:
    body, headers = signed()
    headers = {name: value for name, value in {**headers, **changes}.items() if value is not None}
    with pytest.raises(BadSignature, match=why) as caught:
        verify_kie(body, headers, KEY, now=NOW)
    assert KEY not in str(caught.value)
    assert GOOD not in str(caught.value)
    assert caught.value.__cause__ is None


ROUND: dict[str, object] = {"task_id": "t"}
ROUND["data"] = ROUND


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"data":{}}', {"data": {"task_id": object()}}, ROUND])
def test_a_body_without_a_task_is_not_signed_by_anybody(body: Any) -> None:
    with pytest.raises(BadSignature, match="nothing that could be signed"):
        verify_kie(body, signed()[1], KEY, now=NOW)


@pytest.mark.parametrize("other", ["", "whk-canary-51c1", KEY.upper(), KEY + " "])
def test_another_key_or_another_task_is_refused(other: str) -> None:
    body, headers = signed()
    if other:
        with pytest.raises(BadSignature):
            verify_kie(body, headers, other, now=NOW)
    with pytest.raises(BadSignature):
        verify_kie(sample(task_id="another").body, headers, KEY, now=NOW)


@pytest.mark.parametrize("key", ["", " ", [], ["good", ""], ("",)])
def test_an_empty_key_is_refused_before_anything_else(key: Any) -> None:
    body, headers = signed("")  # whoever knows that the key is empty
    with pytest.raises(InvalidRequest, match="anybody could sign"):
        verify_kie(body, headers, key, now=NOW)


@UNHURRIED
@given(st.text(st.characters(exclude_categories=()), min_size=1).filter(str.strip), st.integers(0, 10**12))
@example("an odd byte of the environment \udcff", 0)
def test_what_is_signed_is_verified_whatever_the_key(key: str, at: int) -> None:
    event = sample("wav", webhook_key=key, at=at)
    assert verify_kie(event.body, event.headers, key, now=float(at))


@UNHURRIED
@given(st.dictionaries(st.sampled_from(["x-webhook-timestamp", "X-WEBHOOK-SIGNATURE", "x"]), st.text()), st.binary())
def test_whatever_comes_is_a_bad_signature(headers: Headers, body: bytes) -> None:
    with pytest.raises(BadSignature):
        verify_kie(body, headers, KEY, now=NOW)


# --- the token ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        (HOOK, "https://me.example/hook?token={}"),
        (HOOK + "?", "https://me.example/hook?token={}"),
        (HOOK + "?a=1&b=%20x&b=+", "https://me.example/hook?a=1&b=%20x&b=+&token={}"),
        (HOOK + "?token=old&a=1&token", "https://me.example/hook?a=1&token={}"),
        (HOOK + "?a=1#part", "https://me.example/hook?a=1&token={}#part"),
        ("http://127.0.0.1:80/", "http://127.0.0.1:80/?token={}"),
    ],
)
def test_the_token_joins_what_the_query_holds(url: str, whole: str) -> None:
    assert with_token(url, "0123456789abcdef") == whole.format("0123456789abcdef")


def test_the_token_is_escaped_and_found_again_in_each_form_of_the_address() -> None:
    url = with_token(HOOK + "?next=/a?b", TOKEN, "my secret")
    query = urlsplit(url).query
    assert TOKEN not in url
    assert parse_qs(query) == {"next": ["/a?b"], "my secret": [TOKEN]}
    for form in (url, url + "#x", query, "?" + query, "/hook?" + query, query.encode(), url.encode()):
        assert token_matches(form, TOKEN, "my secret"), form
        assert not token_matches(form, TOKEN)
    assert token_matches("token=" + "0" * 16 + "&next=https://x.example/?y", "0" * 16)
    assert with_token(url, TOKEN, "my secret") == url
    assert not token_matches("next=https://x.example/?y&token=" + "0" * 16, "1" * 16)
    assert token_matches("next=https://x.example/?y&token=" + "0" * 16, "0" * 16)


@pytest.mark.parametrize(
    "given_",
    [HOOK, "", "token=", "token", "?token=0123456789abcde", "token=0123456789abcdef0", "Token=0123456789abcdef"],
)
def test_another_token_or_none_does_not_match(given_: str) -> None:
    assert not token_matches(given_, "0123456789abcdef")


def test_a_token_that_is_sent_twice_does_not_match() -> None:
    assert not token_matches("token=0123456789abcdef&token=0123456789abcdef", "0123456789abcdef")


@pytest.mark.parametrize("token", ["", "short", "0123456789abcde"])
def test_a_token_that_can_be_guessed_is_refused_on_both_sides(token: str) -> None:
    with pytest.raises(InvalidRequest, match="fewer than 16"):
        with_token(HOOK, token)
    with pytest.raises(InvalidRequest, match="fewer than 16") as caught:
        token_matches(f"token={token}", token)
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "/hook", "ftp://me.example/", "https://", "https:///x", "http://[bad", "me.example"]
)
def test_a_token_goes_only_into_an_address_of_http(url: str) -> None:
    with pytest.raises(InvalidRequest, match="no address of http or https"):
        with_token(url, new_token())
    with pytest.raises(InvalidRequest, match="no address of http or https"):
        with_submission(url, "wish-1")


def test_a_new_token_is_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43


@UNHURRIED
@given(st.text(st.characters(exclude_categories=()), min_size=16), st.text(st.characters(exclude_categories=())))
def test_every_token_is_found_again_and_only_it(token: str, other: str) -> None:
    url = with_token(with_submission(HOOK + "?a=1", "wish-1"), token)
    assert token_matches(url, token)
    assert submission_of(url) == "wish-1"
    token_matches(other, token)
    submission_of(other)
    if other.encode("utf-8", "replace") != token.encode("utf-8", "replace") and len(other) >= 16:
        assert not token_matches(url, other)


def test_a_callback_brings_the_submission_back() -> None:
    url = with_submission(with_token(HOOK, "0123456789abcdef"), "wish 7/é")
    assert token_matches(url, "0123456789abcdef")
    assert submission_of(url) == submission_of(urlsplit(url).query) == "wish 7/é"
    assert submission_of(with_submission(url, "wish-8")) == "wish-8"
    assert submission_of(HOOK) is None
    assert submission_of("submission=a&submission=b") is None
    with pytest.raises(InvalidRequest, match="submission_id is empty"):
        with_submission(HOOK, "")
