"""Who may do what. Pure: facts in, an error or nothing out."""

from __future__ import annotations

from attrs import frozen

from .errors import BusyElsewhere, NotInVoice

BROWSER_ROOM = 0  # the guild id of the room that is heard in a browser; Discord's ids are never 0


@frozen
class Caller:
    """Who asks, and from where. No Discord type: the web makes them too.

    `manages`: has Manage Server there. `deafened`: does not hear the channel. `locale`: what their replies are in.
    """

    user_id: int
    name: str
    guild_id: int
    guild_name: str = ""
    voice_channel_id: int | None = None
    role_ids: frozenset[int] = frozenset()
    manages: bool = False  # may change the server's settings (Manage Server)
    deafened: bool = False  # sits there, and hears nothing
    locale: str | None = None  # as Discord writes it: "de", "en-GB"


@frozen
class RoomFacts:
    """Where a guild's music is heard now. `listeners` counts people in the channel who hear it, besides the bot.

    `listener_ids` are the same people, where they are known by id.
    """

    channel_id: int | None
    channel_name: str
    listeners: int = 0
    listener_ids: frozenset[int] = frozenset()


def browser_caller() -> Caller:
    """Whoever sits at the local page: the one member of the browser room."""
    return Caller(BROWSER_ROOM, "You", BROWSER_ROOM, "Browser room", BROWSER_ROOM, manages=True)


def check_may_steer(caller: Caller, room: RoomFacts | None) -> None:
    """Steering needs a seat in the room: raises NotInVoice, or BusyElsewhere where others listen in another channel."""
    if caller.voice_channel_id is None:
        raise NotInVoice
    if room is not None and room.channel_id not in (None, caller.voice_channel_id) and room.listeners > 0:
        raise BusyElsewhere(room.channel_name)
