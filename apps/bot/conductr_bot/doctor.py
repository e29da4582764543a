"""check_token: whether Discord knows the bot's token, for `conductr doctor`."""

from __future__ import annotations

from typing import Any, cast

import aiohttp

from conductr import SetupError

ANSWER_WITHIN_S = 10.0
SETTING = "CONDUCTR_DISCORD_TOKEN"


async def check_token(api_base: str, token: str) -> str:
    """The name of the bot whose token it is. Raises SetupError that says what to do."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(f"{api_base}/users/@me", headers={"Authorization": f"Bot {token}"}) as answer,
        ):
            if answer.status == 401:
                raise SetupError(SETTING, "Discord does not accept it", "Copy it anew from the developer portal.")
            answer.raise_for_status()
            me = cast("dict[str, Any]", await answer.json())
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SetupError("CONDUCTR_DISCORD_API_BASE", "Discord cannot be reached", "Check the network.") from error
    return str(me.get("username", "the bot"))
