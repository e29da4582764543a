"""Members' clients: closed once nobody can be using them, by whoever comes first."""

from __future__ import annotations

import anyio
import pytest
from attrs import define, field

from conductr.gateways import FORGET_AFTER_S, Gateways
from conductr_store import KeyRing, Secret, Store
from conductr_store.sealing import new_sealing_key
from conductr_store.testing import A_USER
from suno_client import SunoClient

pytestmark = pytest.mark.anyio

PROVIDERS = ("sunoapi", "kie", "gcui")


@define(eq=False)
class Slow:
    """Clients that take their time to close: the first until a second one is being closed."""

    now: float = 0.0
    closed: list[str] = field(factory=list[str])
    two: anyio.Event = field(factory=anyio.Event)

    def clock(self) -> float:
        return self.now

    def dial(self, provider: str, key: str) -> SunoClient:
        slow = self

        class Client(SunoClient):
            async def aclose(self) -> None:
                slow.closed.append(provider)
                if len(slow.closed) > 1:
                    slow.two.set()
                await slow.two.wait()
                await super().aclose()

        return Client(key, base_url="http://127.0.0.1:9", dialect=provider)


async def test_two_who_come_at_once_close_each_old_client_once(store: Store) -> None:
    ring, slow = KeyRing.parse(new_sealing_key("test")), Slow()
    gateways = Gateways(store, (), ring, slow.dial, now=slow.clock)
    async with store.begin() as tx:
        keys = [(await tx.provider_keys.put(A_USER.id, name, Secret("a-key"), ring)).id for name in PROVIDERS]
    for name, key_id in zip(PROVIDERS, keys, strict=True):
        assert await gateways.of(name, key_id) is not None
    slow.now = FORGET_AFTER_S + 1
    with anyio.fail_after(20):
        async with anyio.create_task_group() as visitors:
            for key_id in keys[:2]:
                visitors.start_soon(gateways.of, "any", key_id)
    assert sorted(slow.closed) == sorted(PROVIDERS)
    await gateways.aclose()
