"""run_bot: the bot from login to a clean end."""

from __future__ import annotations

from conductr import Conductr


async def run_bot(conductr: Conductr) -> None:
    """Until cancelled. Raises SetupError where Discord will not have us, whatever is tried, or a library is missing."""
    from .connecting import serve_discord  # noqa: PLC0415 - without the libraries for voice it says so, here alone

    await serve_discord(conductr)
