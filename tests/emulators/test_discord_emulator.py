"""The real py-cord, unchanged, lives in the emulator: login, commands, interactions, faults."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from emulators.discord import DiscordEmulator
from emulators.probe import COMMANDS, probe_bot

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the module, and one bot in it: its start costs most of the time."""
    return "asyncio"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[DiscordEmulator]:
    async with DiscordEmulator() as emulator, probe_bot(emulator):
        yield emulator


@pytest.fixture
def discord(server: DiscordEmulator) -> DiscordEmulator:
    """The module's emulator with its journal wiped."""
    server.unhandled.clear()
    server.errors.clear()
    return server


async def test_the_bot_logs_in_and_registers_its_commands(discord: DiscordEmulator) -> None:
    assert discord.commands.names == COMMANDS
    assert discord.gateway.identifies == 1
    identity = next(message["d"] for message in discord.gateway.received if message["op"] == 2)
    assert identity["intents"] == 129
    assert discord.unhandled == []


async def test_an_answer_at_once_is_seen_with_its_time(discord: DiscordEmulator) -> None:
    interaction = await discord.slash("hello", {"name": "Ada"})
    message = await interaction.reply()
    assert message.content == "hello Ada"
    assert (interaction.deferred, interaction.ephemeral, interaction.edits) == (False, True, [])
    assert 0 < interaction.ack_ms < 1000


async def test_a_deferred_answer_is_filled_edited_and_followed(discord: DiscordEmulator) -> None:
    interaction = await discord.slash("later")
    await interaction.acknowledged()
    assert interaction.deferred
    assert (await interaction.reply()).content == "first"
    edited = await interaction.until(lambda message: "A title" in message.text)
    assert edited.content == "second"
    follow_up = await interaction.follow_up()
    assert follow_up.attachments[0].filename == "empty.txt"
    assert interaction.versions[0].loading
    assert [message.content for message in interaction.edits] == ["second"]
    assert interaction.message == edited


async def test_choices_are_offered_while_typing(discord: DiscordEmulator) -> None:
    assert await discord.autocomplete("style", "name", "ro") == [{"name": "rock", "value": "rock"}]
    chosen = await discord.slash("style", {"name": "rock"})
    assert (await chosen.reply()).content == "style rock"


async def test_buttons_update_at_once_or_later(discord: DiscordEmulator) -> None:
    message = await (await discord.slash("buttons")).reply()
    at_once = await discord.click(message, "update")
    assert (await at_once.reply()).content == "updated"
    later = await discord.click(message, "later")
    assert (await later.reply()).content == "updated later"
    assert later.deferred
    with pytest.raises(LookupError, match="no enabled control"):
        await discord.click(message, "missing")


async def test_a_modal_is_opened_and_sent(discord: DiscordEmulator) -> None:
    message = await (await discord.slash("buttons")).reply()
    opened = await (await discord.click(message, "ask")).acknowledged()
    assert opened.callback["title"] == "A question"
    answered = await discord.submit_modal(opened, {"say": "yes"})
    assert (await answered.reply()).content == "you said yes"


async def test_too_long_a_message_is_refused_as_discord_would(discord: DiscordEmulator) -> None:
    interaction = await discord.slash("chatter")
    assert (await interaction.reply()).content == "refused 400 50035"


async def test_pings_are_known_from_the_text_and_what_is_allowed(discord: DiscordEmulator) -> None:
    interaction = await discord.slash("write", {"text": f"@everyone and <@{discord.human.id}>"})
    assert (await interaction.reply()).content.startswith("wrote ")
    written = next(message for message in discord.board.messages if message.content.startswith("@everyone"))
    assert written.mention_everyone
    assert written.mentions == (discord.human.id,)


async def test_a_rate_limit_is_waited_out(discord: DiscordEmulator) -> None:
    fault = discord.rest.fail("/messages$", method="POST", retry_after_s=0.05)
    interaction = await discord.slash("write", {"text": "patience"})
    assert (await interaction.reply()).content.startswith("wrote ")
    assert fault.times == 0
    statuses = [request.status for request in discord.rest.requests if request.path.endswith("/messages")]
    assert statuses[-2:] == [429, 200]


async def test_an_unknown_route_is_recorded(discord: DiscordEmulator) -> None:
    interaction = await discord.slash("strange")
    assert (await interaction.reply()).content == "missing 404"
    assert discord.unhandled == ["GET /strange/things"]


async def test_a_cut_gateway_is_resumed_and_nothing_is_lost(discord: DiscordEmulator) -> None:
    resumes = discord.gateway.resumes
    discord.gateway.drop()
    interaction = await discord.slash("hello", {"name": "again"})
    await discord.wait_resumed(resumes + 1)
    assert (await interaction.reply()).content == "hello again"
    assert discord.gateway.identifies == 1


async def test_a_request_to_reconnect_is_followed(discord: DiscordEmulator) -> None:
    resumes = discord.gateway.resumes
    discord.gateway.reconnect()
    await discord.wait_resumed(resumes + 1)
    assert (await (await discord.slash("hello", {"name": "x"})).reply()).content == "hello x"


async def test_a_member_in_no_channel_is_known_to_be_so(discord: DiscordEmulator) -> None:
    await discord.human_leaves()
    interaction = await discord.slash("join")
    assert (await interaction.reply()).content == "you are in no voice channel"
    assert discord.call().joined_at is None
    assert discord.errors == []
