"""Who may do what. Pure: facts in, an error or nothing out."""

from __future__ import annotations

from attrs import frozen

from .errors import BusyElsewhere, NotInVoice

BROWSER_ROOM = 0  # the guild id of the room that is heard in a browser; Discord's ids are never 0


@frozen
class Caller:
    """Who asks, and from where. No Discord type: the web makes them too."""

    user_id: int
    name: str
    guild_id: int
    guild_name: str = ""
    voice_channel_id: int | None = None


@frozen
class RoomFacts:
    """Where a guild's music is heard now. `listeners` counts people in the channel besides the bot."""

    channel_id: int | None
    channel_name: str
    listeners: int = 0


def browser_caller() -> Caller:
    """Whoever sits at the local page: the one member of the browser room."""
    return Caller(BROWSER_ROOM, "You", BROWSER_ROOM, "Browser room", BROWSER_ROOM)


def check_may_steer(caller: Caller, room: RoomFacts | None) -> None:
    """Steering needs a seat in the room: raises NotInVoice, or BusyElsewhere where others listen in another channel."""
    if caller.voice_channel_id is None:
        raise NotInVoice
    if room is not None and room.channel_id not in (None, caller.voice_channel_id) and room.listeners > 0:
        raise BusyElsewhere(room.channel_name)
