"""A server of one's own answers one submission before the next, in all processes; paid gateways take many at once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest

from conductr.errors import Crowded
from conductr.gateways import AFTER_ANOTHER_S, Gateway, Gateways
from conductr_store import Attempt, AttemptState, Store
from conductr_store.testing import a_generation
from suno_client import SunoClient

pytestmark = pytest.mark.anyio


@pytest.fixture
async def gateways(store: Store) -> AsyncIterator[Gateways]:
    own = ("gcui", "http://127.0.0.1:9"), ("kie", "https://api.kie.ai")
    clients = [(name, SunoClient("key", base_url=url, dialect=name)) for name, url in own]
    found = Gateways(store, tuple(Gateway(name, suno) for name, suno in clients))
    yield found
    await found.aclose()


async def begin(store: Store, gateways: Gateways, gateway: Gateway) -> Attempt:
    async with store.begin() as tx:
        await gateways.take_turn(tx, gateway)
        row = await tx.generations.add(a_generation())
        return await tx.attempts.begin(row.id, provider=gateway.name, nonce_hash=row.id, key_id=gateway.key_id)


async def test_a_server_of_ones_own_has_one_under_way_and_the_next_waits_a_moment(
    store: Store, gateways: Gateways
) -> None:
    gcui, kie = gateways.own
    for _ in range(3):
        await begin(store, gateways, kie)
    for _ in range(2):
        attempt = await begin(store, gateways, gcui)
        with pytest.raises(Crowded) as crowded:
            await begin(store, gateways, gcui)
        assert crowded.value.again_in_s == AFTER_ANOTHER_S
        async with store.begin() as tx:
            await tx.attempts.settle(attempt.id, AttemptState.REJECTED)


async def test_of_many_processes_that_submit_to_it_at_once_one_may(url: str, store: Store, gateways: Gateways) -> None:
    begun: list[bool] = []

    async def submit() -> None:
        async with Store.open(url) as own:
            try:
                await begin(own, gateways, gateways.first)
            except Crowded:
                begun.append(False)
            else:
                begun.append(True)

    async with anyio.create_task_group() as processes:
        for _ in range(5):
            processes.start_soon(submit)
    assert sorted(begun) == [False] * 4 + [True]
