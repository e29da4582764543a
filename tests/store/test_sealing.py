"""Sealed secrets open in their own row, whole, and with the right key; else not at all. None is ever shown."""

from __future__ import annotations

import json
import pickle
from base64 import b64encode, urlsafe_b64encode
from traceback import format_exception

import pytest
from attrs import asdict, evolve
from hypothesis import example, given
from hypothesis import strategies as st

from conductr_store import SealBroken
from conductr_store.records import Session, Used, now
from conductr_store.sealing import Binding, KeyRing, Sealed, SealingKey, Secret, new_sealing_key

CANARY = "sk-canary-0123456789abcdef"
OLD, NEW = new_sealing_key("2026-01"), new_sealing_key("2026-11")
RING = KeyRing.parse(f"{NEW},{OLD}")
HERE = Binding("provider_keys", "blob", "row-1", 7, "sunoapi")
A_SESSION = Session(id="s", user_id=7, created_at=now(), seen_at=now())
ELSEWHERE = [
    evolve(HERE, table="sessions"),
    evolve(HERE, column="other"),
    evolve(HERE, row_id="row-2"),
    evolve(HERE, user_id=8),
    evolve(HERE, purpose="kie"),
    Binding("provider_keys", "blob", 'row-1", 7, "sunoapi', 7, ""),
]


@given(text=st.text(max_size=200))
@example(text="half a pair: \ud800")
def test_what_was_sealed_opens_as_it_was(text: str) -> None:
    opened = RING.open(RING.seal(Secret(text), HERE), HERE)
    assert opened.reveal() == text
    assert opened == Secret(text)


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=str)
def test_a_sealed_value_that_was_copied_elsewhere_does_not_open(elsewhere: Binding) -> None:
    sealed = RING.seal(Secret(CANARY), HERE)
    with pytest.raises(SealBroken) as caught:
        RING.open(sealed, elsewhere)
    assert caught.value.row_id == elsewhere.row_id


def test_a_sealed_value_with_any_byte_changed_or_cut_does_not_open() -> None:
    sealed = RING.seal(Secret(CANARY), HERE)
    for place in range(len(sealed.blob)):
        changed = bytearray(sealed.blob)
        changed[place] ^= 1
        for blob in (bytes(changed), sealed.blob[:place]):
            with pytest.raises(SealBroken):
                RING.open(Sealed(sealed.key_name, blob), HERE)


def test_a_value_does_not_open_under_the_name_of_another_key_nor_without_its_own() -> None:
    sealed = KeyRing.parse(OLD).seal(Secret(CANARY), HERE)
    same_key_renamed = KeyRing.parse(OLD.replace("2026-01", "2026-11"))
    for ring in (KeyRing.parse(NEW), same_key_renamed):
        for name in ("2026-01", "2026-11"):
            with pytest.raises(SealBroken):
                ring.open(Sealed(name, sealed.blob), HERE)
    assert RING.open(sealed, HERE) == Secret(CANARY)


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    assert len({RING.seal(Secret(CANARY), HERE).blob for _ in range(100)}) == 100


def test_the_newest_key_seals_and_renewing_moves_a_secret_to_it() -> None:
    sealed = KeyRing.parse(OLD).seal(Secret(CANARY), HERE)
    renewed = RING.renew(sealed, HERE)
    assert (sealed.key_name, renewed.key_name) == ("2026-01", "2026-11")
    assert KeyRing.parse(NEW).open(renewed, HERE) == Secret(CANARY)


def test_nothing_that_holds_a_secret_shows_it() -> None:
    secret = Secret(CANARY)
    sealed = RING.seal(secret, HERE)
    held = [secret, sealed, RING, *RING.keys, [secret], {"key": secret}, asdict(Used(A_SESSION, secret)), asdict(RING)]
    shown = " ".join(f"{each} {each!r}" for each in held)
    hidden = (CANARY, CANARY[4:12], OLD.partition(":")[2], NEW.partition(":")[2], repr(sealed.blob))
    assert not [each for each in hidden if each in shown]
    for dump in (json.dumps, pickle.dumps):
        for each in (secret, RING.newest):
            with pytest.raises(TypeError):
                dump(each)


def test_an_error_about_a_secret_does_not_hold_it() -> None:
    sealed = RING.seal(Secret(CANARY), HERE)
    with pytest.raises(SealBroken) as caught:
        RING.open(sealed, ELSEWHERE[0])
    assert CANARY not in "".join(format_exception(caught.value))


def test_secrets_are_equal_by_what_they_say_and_cannot_be_looked_up() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("\ud800") != Secret("?")
    assert Secret("a") != "a"
    with pytest.raises(TypeError, match="unhashable"):
        hash(Secret("a"))


def test_its_owner_knows_a_long_secret_by_its_ending() -> None:
    assert Secret(CANARY).ending == "cdef"
    assert Secret("0123456789abcde").ending == ""


def test_a_ring_is_read_with_spaces_and_in_either_alphabet() -> None:
    raw = bytes(range(224, 256))
    lines = [f"a:{urlsafe_b64encode(raw).decode()}", f" b : {b64encode(raw).decode()} ", ""]
    assert [key.name for key in KeyRing.parse(",".join(lines)).keys] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no sealing key"),
        (" , ", "no sealing key"),
        (f"{NEW},{NEW}", "same name"),
        (NEW.partition(":")[2], "key 1 does not read name:base64"),
        (f"{OLD},nonsense:@@@", "key 2 does not read name:base64"),
        ("short:" + b64encode(b"0123456789abcdef").decode(), "has 16 bytes, but must have 32"),
        ("zero:" + b64encode(bytes(32)).decode(), "is not random"),
        (NEW.partition(":")[2] + ":2026", "does not read|name has"),
        ("a b:" + NEW.partition(":")[2], "name has"),
        ("schlüssel:ü", "does not read"),
    ],
    ids=range(10),
)
def test_a_ring_that_would_not_keep_secrets_is_refused_without_repeating_it(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        KeyRing.parse(text)
    shown = "".join(format_exception(caught.value))
    assert NEW.partition(":")[2] not in shown.replace("\n", "")


def test_new_keys_are_all_different_and_have_a_fitting_name() -> None:
    assert len({new_sealing_key("k") for _ in range(100)}) == 100
    with pytest.raises(ValueError, match="name"):
        new_sealing_key("no:colon")
    assert SealingKey("k", bytes(range(32))).name == "k"
