"""A callback is a hint to look: it is known by its nonce, answered without asking anybody, and never believed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr.callbacks import TAKEN_AFTER_END, Callbacks
from conductr.gateways import Gateway
from conductr.hints import Doubt, confirmed, task_named_in
from conductr.making.nonces import callback_url, new_nonce, nonce_hash
from conductr_store import Attempt, AttemptState, Store
from conductr_store.testing import a_generation
from suno_client import NotSent, SunoClient
from suno_client.testing import FakeSuno
from suno_client.webhooks import sample

pytestmark = pytest.mark.anyio

TASK = "5c790000000000000000000000000be8"


async def an_attempt(store: Store, nonce: str) -> Attempt:
    async with store.begin() as tx:
        row = await tx.generations.add(a_generation())
        return await tx.attempts.begin(row.id, provider="sunoapi", nonce_hash=nonce_hash(nonce))


@pytest.fixture
def nudged() -> list[tuple[str, str | None]]:
    return []


@pytest.fixture
def callbacks(store: Store, nudged: list[tuple[str, str | None]]) -> Callbacks:
    async def nudge(attempt: Attempt, task_id: str | None) -> None:
        nudged.append((attempt.id, task_id))

    return Callbacks(store, nudge)


def body(task_id: str = TASK, **more: object) -> bytes:
    told = {"callbackType": "complete", "task_id": task_id, "data": [{"id": "x", "audio_url": "http://evil/"}], **more}
    return json.dumps({"code": 200, "msg": "success", "data": told}).encode()


async def test_the_nonce_in_the_address_tells_which_attempt_to_look_at(
    callbacks: Callbacks, store: Store, nudged: list[tuple[str, str | None]]
) -> None:
    nonce = new_nonce()
    attempt = await an_attempt(store, nonce)
    assert callback_url("https://music.example/", nonce) == f"https://music.example/callbacks/suno/{nonce}"
    assert await callbacks.receive(nonce, body())
    assert nudged == [(attempt.id, TASK)]


async def test_a_nonce_that_nobody_was_given_is_not_known(
    callbacks: Callbacks, store: Store, nudged: list[tuple[str, str | None]]
) -> None:
    nonce = new_nonce()
    attempt = await an_attempt(store, nonce)
    for wrong in (nonce[:-1], nonce + "x", attempt.nonce_hash, "", "\ud800", "x" * 10_000):
        assert not await callbacks.receive(wrong, body())
    assert not nudged


@pytest.mark.parametrize(
    "junk", [b"", b"[]", b"\xff\xfe", b"{" * 50_000, b'{"data":{"task_id":"\\n"}}', body("x" * 5_000)]
)
async def test_a_body_that_says_nothing_is_a_hint_all_the_same(
    callbacks: Callbacks, store: Store, nudged: list[tuple[str, str | None]], junk: bytes
) -> None:
    nonce = new_nonce()
    attempt = await an_attempt(store, nonce)
    assert await callbacks.receive(nonce, junk)
    assert nudged == [(attempt.id, None)]


async def test_a_nonce_is_good_for_a_day_after_its_attempt_is_settled(store: Store, callbacks: Callbacks) -> None:
    nonce = new_nonce()
    attempt = await an_attempt(store, nonce)
    async with store.begin() as tx:
        await tx.attempts.settle(attempt.id, AttemptState.ACCEPTED, task_id=TASK)
    assert await callbacks.receive(nonce, body())
    began = store.now()
    store.now = lambda: began + TAKEN_AFTER_END + timedelta(minutes=1)
    assert not await callbacks.receive(nonce, body())


async def test_what_a_body_claims_changes_nothing_in_the_store(callbacks: Callbacks, store: Store) -> None:
    nonce = new_nonce()
    attempt = await an_attempt(store, nonce)
    for number in range(20):
        await callbacks.receive(nonce, body(callbackType=("error", "first", "complete", "text")[number % 4]))
    async with store.begin() as tx:
        assert await tx.attempts.get(attempt.id) == attempt
        assert not await tx.songs.of_generation(attempt.generation_id)


@pytest.mark.parametrize("kind", ["text", "first", "complete", "error"])
def test_the_task_is_found_in_every_callback_that_gateways_send(kind: str) -> None:
    assert task_named_in(sample("generation", kind, task_id=TASK).body) == TASK  # pyright: ignore[reportArgumentType]


@given(st.binary(max_size=200) | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_no_body_whatever_breaks_the_reader(junk: bytes) -> None:
    found = task_named_in(junk)
    assert found is None or found.isprintable()


async def test_a_named_task_is_believed_only_once_our_own_key_has_read_it(store: Store) -> None:
    fake, attempt = FakeSuno(), await an_attempt(store, new_nonce())
    async with fake.client() as suno:
        gateway = Gateway("sunoapi", suno)
        task = await suno.generations.create("rain")
        progress = await confirmed(gateway, store, attempt, task.id)
        assert not isinstance(progress, Doubt)
        assert progress.task_id == task.id
        assert await confirmed(gateway, store, attempt, "f" * 32) is Doubt.UNKNOWN


async def test_a_task_that_another_attempt_has_is_not_this_ones(store: Store) -> None:
    fake, attempt, other = FakeSuno(), await an_attempt(store, new_nonce()), await an_attempt(store, new_nonce())
    async with fake.client() as suno:
        task = await suno.generations.create("rain")
        async with store.begin() as tx:
            await tx.attempts.settle(other.id, AttemptState.ACCEPTED, task_id=task.id)
        asked = len(fake.asked)
        assert await confirmed(Gateway("sunoapi", suno), store, attempt, task.id) is Doubt.TAKEN_BY_ANOTHER
        assert len(fake.asked) == asked


async def test_a_gateway_that_is_away_leaves_it_open(store: Store) -> None:
    attempt = await an_attempt(store, new_nonce())
    async with SunoClient("key", base_url="http://127.0.0.1:9") as suno:
        with pytest.raises(NotSent):
            await confirmed(Gateway("sunoapi", suno), store, attempt, TASK)
