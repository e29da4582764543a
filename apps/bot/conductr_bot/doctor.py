"""check_token: whether Discord knows the bot's token; invite_link: how a server takes it in. For `conductr doctor`."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

import aiohttp

from conductr import SetupError

ANSWER_WITHIN_S = 10.0
SETTING = "CONDUCTR_DISCORD_TOKEN"
INVITE = "https://discord.com/oauth2/authorize"
PERMISSIONS = {
    "View Channel": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,  # only to see whether its own card was buried
    "Connect": 1 << 20,
    "Speak": 1 << 21,
    "Request to Speak": 1 << 32,
}


def invite_link(application_id: int) -> str:
    """Who opens it may take the bot into a server of theirs, with no more permissions than it uses."""
    asked = {
        "client_id": str(application_id),
        "scope": "bot applications.commands",
        "permissions": str(sum(PERMISSIONS.values())),
    }
    return f"{INVITE}?{urlencode(asked)}"


async def check_token(api_base: str, token: str) -> tuple[str, str]:
    """The name of the bot whose token it is, and its invite link. Raises SetupError that says what to do."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(f"{api_base}/oauth2/applications/@me", headers={"Authorization": f"Bot {token}"}) as answer,
        ):
            if answer.status == 401:
                raise SetupError(SETTING, "Discord does not accept it", "Copy it anew from the developer portal.")
            answer.raise_for_status()
            me = cast("dict[str, Any]", await answer.json())
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SetupError("CONDUCTR_DISCORD_API_BASE", "Discord cannot be reached", "Check the network.") from error
    return str(me.get("name", "the bot")), invite_link(int(me.get("id", 0)))
