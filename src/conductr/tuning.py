"""What a guild's settings mean for its player. Pure."""

from __future__ import annotations

from conductr_player import Rules, Sound, bitrate_for
from conductr_store import GuildSettings


def rules_of(settings: GuildSettings) -> Rules:
    return Rules(settings.fair_order, settings.queue_cap, settings.guard_duplicates)


def sound_of(settings: GuildSettings, channel_bits_per_s: int | None = None) -> Sound:
    """Volume, and the bitrate that the channel takes; None: it takes all."""
    plain = Sound(volume_percent=settings.volume)
    if channel_bits_per_s is None:
        return plain
    return Sound(volume_percent=settings.volume, bitrate_kbits=bitrate_for(channel_bits_per_s))
