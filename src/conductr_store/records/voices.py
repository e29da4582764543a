"""Voices: where the bot sits, so that it comes back there after a restart."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen


@frozen
class VoiceSeat:
    """The channel of a guild in which the bot sits, or will again."""

    guild_id: int
    channel_id: int
    taken_at: datetime
