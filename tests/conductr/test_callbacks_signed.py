"""Where kie.ai's webhook key is set, a callback for one of the bot's own songs there has to be signed with it."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from conductr.callbacks import Callbacks, kie_keys_in
from conductr.making.nonces import new_nonce, nonce_hash
from conductr_store import Attempt, Store
from conductr_store.testing import a_generation
from suno_client.webhooks import SIGNED_AT, sample, signed_event

pytestmark = pytest.mark.anyio

KEY = "planted-webhook-key"
BODY = sample("generation", "complete").body


@pytest.fixture
def nudged() -> list[str]:
    return []


@pytest.fixture
def callbacks(store: Store, nudged: list[str]) -> Callbacks:
    async def nudge(attempt: Attempt, _: str | None) -> None:
        nudged.append(attempt.id)

    return Callbacks(store, nudge, ("the-one-before", KEY), lambda: float(SIGNED_AT))


async def known(store: Store, provider: str = "kie", key_id: str | None = None) -> str:
    nonce = new_nonce()
    async with store.begin() as tx:
        row = await tx.generations.add(a_generation())
        await tx.attempts.begin(row.id, provider=provider, nonce_hash=nonce_hash(nonce), key_id=key_id)
    return nonce


async def test_only_what_was_signed_with_one_of_the_keys_lately_is_a_hint(
    callbacks: Callbacks, store: Store, nudged: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    nonce, event = await known(store), signed_event(BODY, KEY)
    assert await callbacks.receive(nonce, event.body, event.headers)
    assert len(nudged) == 1
    others = [
        (event.body, {}),
        (event.body, signed_event(BODY, "another-key").headers),
        (sample("generation", "complete", task_id="f" * 32).body, event.headers),
        (event.body, signed_event(BODY, KEY, at=SIGNED_AT - 301).headers),
        (b"", event.headers),
    ]
    for body, headers in others:
        assert not await callbacks.receive(nonce, body, headers)
    assert len(nudged) == 1
    assert KEY not in caplog.text + repr(callbacks)
    assert nonce not in caplog.text


@pytest.mark.parametrize(("provider", "key_id"), [("sunoapi", None), ("kie", "a-members-key")])
async def test_others_do_not_sign_and_members_keep_their_webhook_keys(
    callbacks: Callbacks, store: Store, provider: str, key_id: str | None
) -> None:
    assert await callbacks.receive(await known(store, provider, key_id), b"{}", {})


async def test_without_a_key_no_signature_is_asked_for(store: Store, callbacks: Callbacks) -> None:
    nonce = await known(store)
    assert not await callbacks.receive(nonce, b"{}")
    assert await Callbacks(store, callbacks.nudge).receive(nonce, b"{}")


def test_the_setting_holds_one_key_or_the_two_of_a_change() -> None:
    assert kie_keys_in(None) == kie_keys_in(SecretStr(" , ")) == ()
    assert kie_keys_in(SecretStr("new, old")) == ("new", "old")
