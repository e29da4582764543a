"""What a guild is told of its voice by itself, with nobody asking: each once, until it is otherwise again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from logging import getLogger

log = getLogger(__name__)


class VoiceNews(StrEnum):
    MUTED = "muted"  # the bot was muted in its channel, or may no longer speak there; the music waits
    HAND_RAISED = "hand_raised"  # on a stage: a moderator has to let it speak
    NO_STAGE = "no_stage"  # on a stage, and it may not even raise its hand
    VOICE_DOWN = "voice_down"  # Discord's voice cannot be reached; the queue is kept, and now and then it is tried
    VOICE_BACK = "voice_back"  # it can be reached again
    DAVE_MISSING = "dave_missing"  # for the operator: the library for end-to-end encryption
    REFUSED = "refused"  # for the operator: Discord refuses our connection
    IDLE = "idle"  # left after a while of silence; the queue is kept
    PERMISSION_LOST = "permission_lost"  # it lost the connection, and may no longer join
    CHANNEL_GONE = "channel_gone"  # its channel was deleted


TellGuild = Callable[[int, VoiceNews], Awaitable[None]]
"""Tells a guild, by its id. Raises nothing that it can help."""

OF_THE_OPERATOR = frozenset({VoiceNews.DAVE_MISSING, VoiceNews.REFUSED})


async def tell_the_log(guild_id: int, news: VoiceNews) -> None:
    """Where nobody else is told."""
    log.log(40 if news in OF_THE_OPERATOR else 30, "guild %s: voice: %s", guild_id, news)
