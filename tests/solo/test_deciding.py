"""conductr unsettled, resolve, again and rotate-keys, as typed: who may look into the account decides from here."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from solo.test_databases import conductr, folder

from conductr_store import AttemptState, KeyRing, Secret, Store
from conductr_store.sealing import new_sealing_key
from conductr_store.testing import A_USER, a_generation, put_people

__all__ = ["folder"]
REASON = "The account's balance fell meanwhile: it was probably taken."
SECRET = "planted-key-of-ada"


def an_unsettled_wish(folder: Path) -> str:
    """In a database of its own, as a Conductr leaves it whose answer was lost."""
    (folder / "data").mkdir()

    async def write() -> str:
        async with Store.open(f"sqlite:///{folder / 'data' / 'conductr.db'}") as store, store.begin() as tx:
            await put_people(tx)
            row = await tx.generations.add(a_generation(state="unknown", prompt="rain " * 40, reason=REASON))
            attempt = await tx.attempts.begin(row.id, provider="sunoapi", nonce_hash="0" * 64)
            await tx.attempts.settle(attempt.id, AttemptState.UNKNOWN)
        return row.id

    return anyio.run(write)


def test_what_is_unsettled_is_listed_with_what_speaks_for_it(tmp_path: Path) -> None:
    wish = an_unsettled_wish(tmp_path)
    told = conductr(tmp_path, "unsettled")
    assert told.exit_code == 0, told.stderr
    for words in (wish, "UTC", A_USER.name, "sunoapi", "rain rain", REASON, "conductr resolve ID"):
        assert words in told.stdout
    assert "rain " * 30 not in told.stdout


def test_what_was_never_taken_is_given_back_and_sent_again_only_then(tmp_path: Path) -> None:
    wish = an_unsettled_wish(tmp_path)
    early = conductr(tmp_path, "again", wish)
    assert early.exit_code == 1
    assert "may have it" in early.stderr
    told = conductr(tmp_path, "resolve", wish, "--not-accepted")
    assert (told.exit_code, "refused" in told.stdout) == (0, True), told.stderr
    assert conductr(tmp_path, "unsettled").stdout == "Nothing is unsettled.\n"
    again = conductr(tmp_path, "again", wish)
    assert (again.exit_code, "requested" in again.stdout) == (0, True), again.stderr


@pytest.mark.parametrize(("more", "state"), [((), "failed"), (("--task", "f" * 32), "submitted")])
def test_what_was_taken_is_followed_where_its_task_is_known(tmp_path: Path, more: tuple[str, ...], state: str) -> None:
    wish = an_unsettled_wish(tmp_path)
    told = conductr(tmp_path, "resolve", wish, "--accepted", *more)
    assert (told.exit_code, state in told.stdout) == (0, True), told.stderr
    twice = conductr(tmp_path, "resolve", wish, "--not-accepted")
    assert twice.exit_code == 1
    assert "known already" in twice.stderr


def test_what_cannot_be_meant_is_refused_in_words(tmp_path: Path) -> None:
    wish = an_unsettled_wish(tmp_path)
    for words in (("resolve", wish), ("resolve", wish, "--not-accepted", "--task", "x"), ("resolve",), ("again",)):
        assert conductr(tmp_path, *words).exit_code == 2
    for words in (("resolve", "nobody", "--accepted"), ("again", "nobody")):
        told = conductr(tmp_path, *words)
        assert told.exit_code == 1
        assert "not known here" in told.stderr


def test_members_keys_are_sealed_anew_and_the_doctor_says_what_lies_where(tmp_path: Path) -> None:
    an_unsettled_wish(tmp_path)
    older, newer = new_sealing_key("older"), new_sealing_key("newer")

    async def bring_key() -> None:
        async with Store.open(f"sqlite:///{tmp_path / 'data' / 'conductr.db'}") as store, store.begin() as tx:
            await tx.provider_keys.put(A_USER.id, "sunoapi", Secret(SECRET), KeyRing.parse(older))

    anyio.run(bring_key)
    assert "CONDUCTR_SEALING_KEYS" in conductr(tmp_path, "rotate-keys").stderr
    lost = conductr(tmp_path, "rotate-keys", CONDUCTR_SEALING_KEYS=newer)
    assert (lost.exit_code, "opens with none" in lost.stdout) == (1, True)
    both = f"{newer},{older}"
    ailing = conductr(tmp_path, "doctor", CONDUCTR_SEALING_KEYS=newer)
    assert (ailing.exit_code, "lacks older" in ailing.stdout) == (1, True)
    before = conductr(tmp_path, "doctor", CONDUCTR_SEALING_KEYS=both)
    assert (before.exit_code, "1 under older" in before.stdout, "rotate-keys" in before.stdout) == (0, True, True)
    done = conductr(tmp_path, "rotate-keys", CONDUCTR_SEALING_KEYS=both)
    assert (done.exit_code, "1 sealed anew under newer" in done.stdout, "may go" in done.stdout) == (0, True, True)
    after = conductr(tmp_path, "doctor", CONDUCTR_SEALING_KEYS=newer)
    assert (after.exit_code, "1 under newer" in after.stdout) == (0, True)
    for told in (lost, ailing, before, done, after):
        for secret in (SECRET, newer.partition(":")[2], older.partition(":")[2]):
            assert secret not in told.output
