"""REST's rules at their edges, as a client made by hand meets them; and what waiting says."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from emulators.discord import Channel, DiscordEmulator
from emulators.handmade_client import HandmadeGateway

pytestmark = pytest.mark.anyio


async def test_json_has_no_charset_and_a_wrong_token_is_refused(discord: DiscordEmulator) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {discord.token}"}) as http:
        async with http.get(f"{discord.api_base}/users/@me") as answer:
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.headers["X-RateLimit-Remaining"] == "4"
            assert (await answer.json())["bot"] is True
        async with http.get(f"{discord.api_base}/users/@me", headers={"Authorization": "Bot wrong"}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (401, 0)
        async with http.get(f"{discord.api_base}/gateway/bot") as answer:
            assert (await answer.json())["shards"] == 1
        async with http.post(f"{discord.api_base}/no/such/thing") as answer:
            assert answer.status == 404
    assert discord.unhandled == ["POST /no/such/thing"]


async def test_the_sixth_message_in_five_seconds_is_refused_and_other_channels_are_not_touched(
    discord: DiscordEmulator,
) -> None:
    discord.rest.buckets.enforced = True
    discord.guild.channels.append(Channel("second"))
    first, second = (channel for channel in discord.guild.channels if not channel.is_voice)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {discord.token}"}) as http:

        async def write(channel: Channel) -> tuple[int, str, str | None]:
            url = f"{discord.api_base}/channels/{channel.id}/messages"
            async with http.post(url, json={"content": "hi"}) as got:
                return got.status, got.headers["X-RateLimit-Remaining"], got.headers.get("Via")

        said = [await write(first) for _ in range(6)]
        assert [status for status, _, _ in said] == [200] * 5 + [429]
        assert [left for _, left, _ in said] == ["4", "3", "2", "1", "0", "0"]
        assert said[-1][2] is not None  # without it libraries take a limit for a ban
        assert (await write(second))[0] == 200


async def test_a_second_or_late_or_foreign_answer_is_refused(
    discord: DiscordEmulator, gateway: HandmadeGateway
) -> None:
    command = {"name": "hello", "description": "Says hello"}
    base = discord.api_base
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {discord.token}"}) as http:

        async def answer(interaction: Any, token: str | None = None, type_: int = 4) -> tuple[int, int]:
            url = f"{base}/interactions/{interaction.id}/{token or interaction.token}/callback?with_response=true"
            async with http.post(url, json={"type": type_, "data": {"content": "hi"}}) as got:
                return got.status, (await got.json()).get("code")

        async with http.put(f"{base}/applications/{discord.world.application_id}/commands", json=[command]) as put:
            assert (await put.json())[0]["name"] == "hello"
        first = await discord.slash("hello")
        dispatched = await gateway.until("INTERACTION_CREATE")
        assert dispatched["data"]["name"] == "hello"
        assert await answer(first, token="wrong") == (404, 10062)
        assert await answer(first, type_=7) == (400, 50035)
        assert await answer(first) == (200, None)
        assert await answer(first) == (400, 40060)
        discord.desk.ack_window_s = 0.0
        late = await discord.slash("hello")
        assert await answer(late) == (404, 10062)
        webhook = f"{base}/webhooks/{discord.world.application_id}"
        async with http.post(f"{webhook}/{late.token}", json={"content": "x"}) as got:
            assert (await got.json())["code"] == 10015
        async with http.patch(f"{webhook}/{first.token}/messages/123", json={"content": "x"}) as got:
            assert (await got.json())["code"] == 10008
        discord.desk.token_life_s = 0.0
        async with http.post(f"{webhook}/{first.token}", json={"content": "x"}) as got:
            assert (await got.json())["code"] == 10015
    with pytest.raises(LookupError, match="no /nothing"):
        await discord.slash("nothing")
    with pytest.raises(LookupError, match="no option"):
        await discord.slash("hello", {"stray": 1})


async def test_waiting_says_what_did_not_come(discord: DiscordEmulator) -> None:
    with pytest.raises(TimeoutError, match=r"no ready bot with \['generate'\]"):
        await discord.wait_ready({"generate"}, timeout_s=0.01)
    with pytest.raises(TimeoutError, match=r"3 packets \(0 came\)"):
        await discord.call().wait_packets(3, timeout_s=0.01)


async def test_two_emulators_do_not_know_each_other(discord: DiscordEmulator) -> None:
    async with DiscordEmulator() as other, HandmadeGateway(other) as client:
        await client.ready()
        assert other.gateway.live
        assert not discord.gateway.live
        await asyncio.sleep(0)
