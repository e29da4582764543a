"""Who is asked for a song: a member's own key first, then the bot's providers in their order, those that are up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
from attrs import define

from conductr.dialling import dial_for, own_gateways, ring_of
from conductr.errors import Crowded, SetupError
from conductr.gateways import FORGET_AFTER_S, SUBMISSIONS, Gateway, Gateways
from conductr.health import POOR_S, PROBE_S, Standing
from conductr.settings import Settings
from conductr_store import Store
from conductr_store.sealing import KeyRing, Secret, new_sealing_key
from conductr_store.testing import A_USER, a_generation
from suno_client import BadKey, NotSent, OutOfCredits, SunoClient, Unanswered

pytestmark = pytest.mark.anyio

RING = KeyRing.parse(new_sealing_key("test"))
SECRET = "planted-key-of-a-member"


@define
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def settings_of(**chosen: object) -> Settings:
    return Settings(_env_file=None, **chosen)  # pyright: ignore[reportCallIssue, reportArgumentType] - pydantic reads it


@pytest.fixture
async def gateways(store: Store, clock: Clock) -> AsyncIterator[Gateways]:
    settings = settings_of(providers="sunoapi, kie", sunoapi_key="a", kie_key="b", gcui_url="http://127.0.0.1:3000")
    found = Gateways(store, own_gateways(settings), RING, partial(dial_for, settings), now=clock)
    yield found
    await found.aclose()


async def chosen(gateways: Gateways, user_id: int | None = None, *tried: str) -> str | None:
    """Whose turn it is: the provider, with a star for a member's own key."""
    found = await gateways.choose(user_id=user_id, exclude=tried)
    return None if found is None else found.name + ("*" if found.key_id else "")


async def bring_key(store: Store, provider: str = "kie", secret: str = SECRET) -> str:
    async with store.begin() as tx:
        return (await tx.provider_keys.put(A_USER.id, provider, Secret(secret), RING)).id


async def test_the_first_of_the_list_is_asked_and_the_next_where_it_was_tried_in_vain(gateways: Gateways) -> None:
    assert await chosen(gateways) == "sunoapi"
    assert await chosen(gateways, None, "sunoapi") == "kie"
    assert await chosen(gateways, None, "sunoapi", "kie") is None


async def test_while_one_is_down_the_other_is_asked_but_for_one_wish_a_minute(gateways: Gateways, clock: Clock) -> None:
    await gateways.note(gateways.first, NotSent("refused"))
    assert await chosen(gateways) == "kie"
    clock.now += PROBE_S
    assert [await chosen(gateways) for _ in range(3)] == ["sunoapi", "kie", "kie"]
    await gateways.note(gateways.first, None)
    assert await chosen(gateways) == "sunoapi"


async def test_where_all_are_down_the_wish_waits_and_knows_how_long(gateways: Gateways, clock: Clock) -> None:
    for gateway in gateways.own:
        await gateways.note(gateway, NotSent("refused"))
        clock.now += 10
    assert await chosen(gateways) is None
    assert gateways.again_in_s() == PROBE_S - 20
    assert set(gateways.standing().values()) == {Standing.CLOSED}
    clock.now += gateways.again_in_s()
    assert await chosen(gateways) == "sunoapi"
    assert await chosen(gateways) is None


async def test_a_lost_answer_does_not_close_a_gateway(gateways: Gateways) -> None:
    await gateways.note(gateways.first, Unanswered("cut", may_be_charged=True))
    assert await chosen(gateways) == "sunoapi"


async def test_a_gateway_without_money_is_asked_last_and_not_never(gateways: Gateways, clock: Clock) -> None:
    await gateways.note(gateways.first, OutOfCredits("top up"))
    assert await chosen(gateways) == "kie"
    assert await chosen(gateways, None, "kie") == "sunoapi"
    clock.now += POOR_S
    assert await chosen(gateways) == "sunoapi"


async def test_a_members_own_key_comes_before_the_bots(gateways: Gateways, store: Store) -> None:
    key_id = await bring_key(store)
    assert await chosen(gateways, A_USER.id) == "kie*"
    assert await chosen(gateways, A_USER.id, "kie") == "sunoapi"
    assert await chosen(gateways, A_USER.id + 1) == "sunoapi"
    found = await gateways.of("kie", key_id)
    assert found is not None
    assert found is await gateways.choose(user_id=A_USER.id)
    assert SECRET not in repr(found) + repr(gateways)


async def test_a_key_that_the_provider_refused_is_not_used_until_another_is_brought(
    gateways: Gateways, store: Store
) -> None:
    key_id = await bring_key(store)
    mine = await gateways.of("kie", key_id)
    assert mine is not None
    await gateways.note(mine, BadKey(f"unknown key {SECRET}"))
    assert await chosen(gateways, A_USER.id) == "sunoapi"
    async with store.begin() as tx:
        refused = await tx.provider_keys.get(key_id)
    assert SECRET not in (refused.refused_for or "")
    await bring_key(store, secret="another-key-of-a-member")
    assert await chosen(gateways, A_USER.id) == "kie*"


async def test_a_key_that_works_is_noted_as_used(gateways: Gateways, store: Store) -> None:
    key_id = await bring_key(store)
    mine = await gateways.of("kie", key_id)
    assert mine is not None
    await gateways.note(mine, None)
    async with store.begin() as tx:
        assert (await tx.provider_keys.get(key_id)).used_at is not None


async def test_a_member_whose_provider_is_down_is_served_by_the_bot(gateways: Gateways, store: Store) -> None:
    key_id = await bring_key(store)
    mine = await gateways.of("kie", key_id)
    assert mine is not None
    await gateways.note(mine, NotSent("refused"))
    assert await chosen(gateways, A_USER.id) == "sunoapi"
    assert gateways.standing()["kie"] is Standing.CLOSED  # down for one key, down for all


async def test_a_key_that_is_gone_or_sealed_otherwise_makes_nothing(gateways: Gateways, store: Store) -> None:
    key_id = await bring_key(store)
    async with store.begin() as tx:
        await tx.users.forget(A_USER.id)
        await tx.users.put(A_USER)
        sealed = await tx.provider_keys.put(
            A_USER.id, "sunoapi", Secret(SECRET), KeyRing.parse(new_sealing_key("lost"))
        )
        await tx.provider_keys.put(A_USER.id, "elsewhere", Secret(SECRET), RING)
    assert await gateways.of("kie", key_id) is None
    assert await gateways.of("sunoapi", sealed.id) is None
    assert await chosen(gateways, A_USER.id) == "sunoapi"


async def test_a_members_client_is_closed_once_nobody_can_be_using_it(
    gateways: Gateways, store: Store, clock: Clock
) -> None:
    key_id = await bring_key(store)
    first = await gateways.of("kie", key_id)
    clock.now += FORGET_AFTER_S / 2
    assert await gateways.of("kie", key_id) is first
    clock.now += FORGET_AFTER_S + 1
    assert await gateways.of("kie", key_id) is not first


async def test_only_a_gateway_that_calls_back_is_given_an_address(gateways: Gateways) -> None:
    assert gateways.first.takes_callbacks
    gcui = Gateway("gcui", SunoClient(base_url="http://127.0.0.1:3000"))
    assert not gcui.takes_callbacks
    await gcui.suno.aclose()


async def test_the_window_of_a_key_is_full_for_all_who_submit_with_it(gateways: Gateways, store: Store) -> None:
    async def submit(gateway: Gateway) -> None:
        async with store.begin() as tx:
            await gateways.take_turn(tx, gateway)
            row = await tx.generations.add(a_generation())
            await tx.attempts.begin(row.id, provider=gateway.name, nonce_hash=row.id, key_id=gateway.key_id)

    for _ in range(SUBMISSIONS):
        await submit(gateways.first)
    with pytest.raises(Crowded) as crowded:
        await submit(gateways.first)
    assert 0 < crowded.value.again_in_s <= 10
    await submit(gateways.own[1])


def test_a_listed_provider_without_a_key_is_named() -> None:
    with pytest.raises(SetupError) as refused:
        own_gateways(settings_of(providers="sunoapi,kie", sunoapi_key="a"))
    assert refused.value.setting == "CONDUCTR_KIE_KEY"
    with pytest.raises(SetupError) as refused:
        own_gateways(settings_of(suno_base_url="http://127.0.0.1:9"))
    assert refused.value.setting == "CONDUCTR_SUNO_API_KEY"


def test_the_single_key_of_earlier_settings_still_works_and_is_named_by_its_dialect() -> None:
    (gateway,) = own_gateways(settings_of(suno_api_key="a", suno_base_url="https://api.kie.ai"))
    assert (gateway.name, gateway.suno.dialect) == ("kie", "kie")
    assert [one.name for one in own_gateways(settings_of(suno_api_key="a"))] == ["sunoapi"]


def test_a_server_of_ones_own_needs_no_key_and_addresses_may_be_chosen() -> None:
    settings = settings_of(providers="gcui,kie", kie_key="k", kie_url="http://127.0.0.1:9/")
    gcui, kie = own_gateways(settings)
    assert (gcui.suno.dialect, kie.suno.dialect) == ("gcui", "kie")
    assert "http://127.0.0.1:9'" in repr(kie.suno)


@pytest.mark.parametrize(
    ("chosen_settings", "provider", "address"),
    [
        ({"suno_api_key": "a"}, "kie", "https://api.kie.ai"),
        ({"kie_url": "http://127.0.0.1:9"}, "kie", "http://127.0.0.1:9"),
        ({"suno_api_key": "a", "suno_base_url": "http://127.0.0.1:8"}, "sunoapi", "http://127.0.0.1:8"),
        ({"suno_api_key": "a", "suno_base_url": "http://127.0.0.1:8"}, "kie", "https://api.kie.ai"),
        ({"providers": "gcui"}, "gcui", "http://localhost:3000"),
        ({"suno_api_key": "a"}, "gcui", None),
        ({"suno_api_key": "a"}, "http://evil.example", None),
    ],
)
def test_a_members_key_goes_only_where_the_operator_says(
    chosen_settings: dict[str, object], provider: str, address: str | None
) -> None:
    """A member brings a key, never an address; and nothing of this machine is asked that the operator did not name."""
    suno = dial_for(settings_of(**chosen_settings), provider, SECRET)
    assert (suno is None) is (address is None)
    assert suno is None or f"'{address}'" in repr(suno)


def test_sealing_keys_that_cannot_be_read_are_refused_without_being_told() -> None:
    with pytest.raises(SetupError) as refused:
        ring_of(settings_of(sealing_keys="hunter2-is-my-key"))
    assert refused.value.setting == "CONDUCTR_SEALING_KEYS"
    assert "hunter2" not in str(refused.value)
    assert ring_of(settings_of()) is None
