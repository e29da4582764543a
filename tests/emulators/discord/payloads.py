"""The model's values in the JSON shapes of Discord's documentation. Pure."""

from __future__ import annotations

from typing import Any

from .model import Channel, ChannelKind, Guild, User, VoiceState, World

Json = dict[str, Any]
GUILD_LISTS = (
    "threads",
    "presences",
    "stage_instances",
    "guild_scheduled_events",
    "emojis",
    "stickers",
    "soundboard_sounds",
    "features",
)
JOINED_AT = "2026-01-01T00:00:00.000000+00:00"


def user_json(user: User) -> Json:
    return {
        "id": str(user.id),
        "username": user.name.lower(),
        "discriminator": "0",
        "global_name": user.name,
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
        "flags": 0,
    }


def member_json(user: User, *, with_user: bool = True) -> Json:
    member: Json = {
        "nick": None,
        "avatar": None,
        "roles": [],
        "joined_at": JOINED_AT,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }
    return {"user": user_json(user), **member} if with_user else member


def channel_json(guild: Guild, channel: Channel) -> Json:
    overwrites = [{"id": str(guild.id), "type": 0, "allow": "0", "deny": str(int(channel.denied))}]
    payload: Json = {
        "id": str(channel.id),
        "guild_id": str(guild.id),
        "type": int(channel.kind),
        "name": channel.name,
        "position": guild.channels.index(channel) if channel in guild.channels else 0,
        "permission_overwrites": overwrites if channel.denied else [],
        "parent_id": None,
        "nsfw": False,
        "flags": 0,
        "last_message_id": None,
        "rate_limit_per_user": 0,
    }
    if channel.kind is ChannelKind.TEXT:
        return payload | {"topic": None}
    return payload | {
        "bitrate": channel.bitrate,
        "user_limit": channel.user_limit,
        "rtc_region": channel.rtc_region,
        "video_quality_mode": 1,
    }


def everyone_role_json(guild: Guild) -> Json:
    return {
        "id": str(guild.id),
        "name": "@everyone",
        "permissions": str(int(guild.permissions)),
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "managed": False,
        "mentionable": False,
        "position": 0,
        "flags": 0,
    }


def voice_state_json(guild: Guild, user: User, state: VoiceState | None, session_id: str = "") -> Json:
    """`state` None is the message that somebody has left."""
    return {
        "guild_id": str(guild.id),
        "channel_id": str(state.channel_id) if state else None,
        "user_id": str(user.id),
        "member": member_json(user),
        "session_id": state.session_id if state else session_id,
        "deaf": False,
        "mute": bool(state and state.mute),
        "self_deaf": bool(state and state.self_deaf),
        "self_mute": bool(state and state.self_mute),
        "self_video": False,
        "suppress": bool(state and state.suppress),
        "request_to_speak_timestamp": state.asked_to_speak_at if state else None,
    }


def guild_json(world: World, guild: Guild) -> Json:
    """GUILD_CREATE."""
    people = [world.bot, *guild.members]
    states = [voice_state_json(guild, person, guild.voice[person.id]) for person in people if person.id in guild.voice]
    for state in states:
        del state["guild_id"], state["member"]
    return {key: [] for key in GUILD_LISTS} | {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.members[0].id if guild.members else guild.id),
        "joined_at": JOINED_AT,
        "icon": None,
        "description": None,
        "large": False,
        "unavailable": False,
        "member_count": len(people),
        "roles": [everyone_role_json(guild)],
        "channels": [channel_json(guild, channel) for channel in guild.channels],
        "members": [member_json(person) for person in people],
        "voice_states": states,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "system_channel_id": None,
        "system_channel_flags": 0,
        "afk_channel_id": None,
        "afk_timeout": 300,
    }


def application_json(world: World) -> Json:
    owner = User("Owner", id=1)
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "owner": user_json(owner),
        "team": None,
        "rpc_origins": [],
    }
