"""A lost answer is found by the gateway's own call; a gateway that is down is passed over; a member's key pays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
import pytest
from anyio.abc import ByteStream
from support.quick_suno import Prepared, prepare, quick_suno
from support.suno import settings_for
from support.watching import WITHIN_S
from support.wire_proxy import proxied
from web.studio import serving

from conductr import Caller, Conductr, GenerationView, Settings, Wish, open_conductr
from conductr_store import Attempt, AttemptState, Store, User
from conductr_store.sealing import KeyRing, Secret, new_sealing_key
from suno_client import SunoError

pytestmark = pytest.mark.anyio

ADA = Caller(7, "Ada", 42, "Test guild", voice_channel_id=5)
WISH = Wish("a rainy lo-fi beat")
SONG_S = 3.0
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"), SONG_S)


async def finished(conductr: Conductr, generation_id: str) -> GenerationView:
    """Also where its answer was lost on the way."""
    async with conductr.bus.subscribe() as events:
        with anyio.fail_after(WITHIN_S):
            while (view := await conductr.generations.get(generation_id)).state != "finished":
                await anext(events)
    return view


async def attempts(conductr: Conductr, generation_id: str) -> tuple[Attempt, ...]:
    async with conductr.callbacks.store.begin() as tx:
        return await tx.attempts.of_generation(generation_id)


@asynccontextmanager
async def answering(settings: Settings) -> AsyncIterator[Conductr]:
    """A Conductr whose page is where `public_url` says."""
    ports: list[int] = []

    async def dial() -> ByteStream:
        return await anyio.connect_tcp("127.0.0.1", ports[0])

    async with proxied(dial) as proxy:
        public = settings.model_copy(update={"public_url": f"http://127.0.0.1:{proxy.port}"})
        async with open_conductr(public) as conductr, serving(conductr) as url:
            ports.append(int(url.rstrip("/").rpartition(":")[2]))
            yield conductr


@pytest.mark.parametrize("lost", ["reset_after", "hang_after"])
async def test_a_song_whose_answer_was_lost_is_found_when_the_gateway_calls(
    tmp_path: Path, prepared: Prepared, lost: str
) -> None:
    async with quick_suno(prepared) as (suno, _), answering(settings_for(tmp_path, suno)) as conductr:
        await suno.fault("submit", lost)
        with suppress(SunoError):  # the call may be here before anybody has given up on the answer
            await conductr.generations.start(ADA, WISH, "one")
        (made,) = await conductr.generations.recent(ADA.guild_id)
        made = await finished(conductr, made.id)
        assert [song.state for song in made.songs] == ["ready", "ready"]
        assert [one.state for one in await attempts(conductr, made.id)] == [AttemptState.ACCEPTED]
        assert await suno.accepted(1)


async def test_a_gateway_that_is_down_is_passed_over_and_nothing_is_sent_twice(
    tmp_path: Path, prepared: Prepared
) -> None:
    async with quick_suno(prepared) as (suno, _):
        settings = settings_for(
            tmp_path,
            suno,
            providers="kie,sunoapi",
            kie_key="k",
            kie_url=NOBODY,
            sunoapi_key=suno.key,
            sunoapi_url=suno.url,
        )
        async with open_conductr(settings) as conductr:
            made = await conductr.generations.start(ADA, WISH, "one")
            made = await finished(conductr, made.id)
            assert [(one.provider, one.state) for one in await attempts(conductr, made.id)] == [
                ("kie", AttemptState.REJECTED),
                ("sunoapi", AttemptState.ACCEPTED),
            ]
        assert await suno.accepted(1)


async def test_a_member_with_a_key_of_his_own_pays_and_uses_up_no_quota(tmp_path: Path, prepared: Prepared) -> None:
    ring = new_sealing_key("story")
    async with quick_suno(prepared) as (suno, _):
        settings = settings_for(
            tmp_path,
            suno,
            providers="sunoapi",
            sunoapi_key="the-bots-own-key",
            sunoapi_url=suno.url,
            sealing_keys=ring,
            quota_member_day=0,
        )
        async with Store.open(settings.database) as store, store.begin() as tx:
            await tx.users.put(User(ADA.user_id, ADA.name))
            key = await tx.provider_keys.put(ADA.user_id, "sunoapi", Secret(suno.key), KeyRing.parse(ring))
        async with open_conductr(settings) as conductr:
            made = await finished(conductr, (await conductr.generations.start(ADA, WISH, "one")).id)
            (attempt,) = await attempts(conductr, made.id)
        assert (attempt.key_id, attempt.state) == (key.id, AttemptState.ACCEPTED)
