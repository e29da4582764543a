"""Where gateways call back: open to whoever knows a nonce, shut to whoever guesses, quick, and without effect alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import anyio
import pytest
from attrs import define
from quart import Quart

from conductr import Conductr
from conductr.making.nonces import callback_url, new_nonce, nonce_hash
from conductr_store import Attempt
from conductr_store.testing import a_generation, put_people
from conductr_web.app import create_app
from conductr_web.security import BODY_LIMIT
from conductr_web.strangers import MISSES, MISSES_OF_ALL, WINDOW_S, Strangers

pytestmark = pytest.mark.anyio

GATEWAY = {"Content-Type": "application/json", "Host": "music.example", "User-Agent": "okhttp/4"}
TOLD = json.dumps({"code": 200, "msg": "ok", "data": {"callbackType": "complete", "task_id": "f" * 32, "data": []}})


@pytest.fixture
async def app(conductr: Conductr) -> AsyncIterator[Quart]:
    """Fresh for each test: it counts wrong guesses."""
    app = create_app(conductr)
    async with app.test_app():
        yield app


async def call(app: Quart, nonce: str, body: str | bytes = TOLD, **headers: str) -> int:
    answer = await app.test_client().post(f"/callbacks/suno/{nonce}", data=body, headers=GATEWAY | headers)
    return answer.status_code


async def an_attempt(conductr: Conductr, nonce: str) -> Attempt:
    """Of a song that is over, so that nobody works on it."""
    async with conductr.callbacks.store.begin() as tx:
        row = await tx.generations.add(a_generation(state="failed", told="failed"))
        return await tx.attempts.begin(row.id, provider="sandbox", nonce_hash=nonce_hash(nonce))


@pytest.fixture(scope="module", autouse=True)
async def people(conductr: Conductr) -> None:
    async with conductr.callbacks.store.begin() as tx:
        await put_people(tx)


async def test_a_gateway_that_knows_the_nonce_is_let_in_by_any_name_and_without_a_page(
    app: Quart, conductr: Conductr
) -> None:
    nonce = new_nonce()
    await an_attempt(conductr, nonce)
    path = callback_url("https://music.example", nonce).removeprefix("https://music.example")
    answer = await app.test_client().post(path, data=TOLD, headers=GATEWAY)
    assert (answer.status_code, await answer.get_json()) == (200, {"status": "received"})


async def test_a_stranger_is_told_nothing(app: Quart, conductr: Conductr) -> None:
    attempt = await an_attempt(conductr, new_nonce())
    for wrong in (new_nonce(), attempt.nonce_hash, attempt.id, "x" * 5_000, "%00"):
        assert await call(app, wrong) == 404


async def test_whoever_guesses_is_sent_away_for_a_minute_and_suno_is_not_though_both_come_by_one_proxy(
    app: Quart, conductr: Conductr
) -> None:
    nonce = new_nonce()
    await an_attempt(conductr, nonce)
    assert [await call(app, new_nonce()) for _ in range(MISSES)] == [404] * MISSES
    assert await call(app, new_nonce()) == 429
    assert await call(app, nonce) == 200
    assert await call(app, new_nonce()) == 429


async def test_one_who_knows_may_come_as_often_as_he_likes(app: Quart, conductr: Conductr) -> None:
    nonce = new_nonce()
    await an_attempt(conductr, nonce)
    assert [await call(app, nonce) for _ in range(2 * MISSES)] == [200] * (2 * MISSES)


@define
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_guesser_is_forgiven_in_time_and_a_flood_of_guessers_shuts_the_door() -> None:
    clock = Clock()
    strangers = Strangers(clock)
    for number in range(MISSES_OF_ALL):
        assert not strangers.turned_away(str(number))
        strangers.missed(str(number))
    assert strangers.turned_away("a new one")
    clock.now += WINDOW_S
    assert not strangers.turned_away("a new one")


async def test_only_posts_are_taken_and_only_of_a_size(app: Quart, conductr: Conductr) -> None:
    nonce = new_nonce()
    await an_attempt(conductr, nonce)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = await app.test_client().open(
            f"/callbacks/suno/{nonce}", method=method, headers={"Host": "localhost"}, json=None
        )
        assert answer.status_code in (403, 405)
    assert await call(app, nonce, b"x" * (BODY_LIMIT + 1)) == 413


async def test_fifty_copies_at_once_are_all_answered_and_change_nothing(app: Quart, conductr: Conductr) -> None:
    nonce, answers = new_nonce(), list[int]()
    attempt = await an_attempt(conductr, nonce)

    async def knock() -> None:
        answers.append(await call(app, nonce, TOLD.replace("complete", "error")))

    async with anyio.create_task_group() as copies:
        for _ in range(50):
            copies.start_soon(knock)
    assert answers == [200] * 50
    async with conductr.callbacks.store.begin() as tx:
        assert await tx.attempts.get(attempt.id) == attempt
        assert (await tx.generations.get(attempt.generation_id)).state == "failed"


async def test_the_nonce_is_in_no_log(app: Quart, conductr: Conductr, caplog: pytest.LogCaptureFixture) -> None:
    nonce = new_nonce()
    await an_attempt(conductr, nonce)
    caplog.set_level("DEBUG")
    assert await call(app, nonce) == 200
    assert nonce not in caplog.text
