"""What can be done with a room, a collection or a server, and who may. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import frozen


class Deed(StrEnum):
    """A closed set, the same for slash commands, buttons and the page."""

    LOOK = "look"
    GENERATE = "generate"
    FILTER = "filter"
    QUEUE = "queue"
    PAUSE = "pause"
    RESUME = "resume"
    VOTE_TAKE = "vote_take"
    QUEUE_NEXT = "queue_next"
    PLAY_NOW = "play_now"
    SKIP = "skip"
    PREVIOUS = "previous"
    JUMP = "jump"
    SEEK = "seek"
    STOP = "stop"
    CLEAR = "clear"
    SHUFFLE = "shuffle"
    MOVE = "move"
    REMOVE = "remove"
    UNDO = "undo"
    VOLUME = "volume"
    LOOP = "loop"
    LEAVE = "leave"
    MOVE_BOT = "move_bot"
    CANCEL = "cancel"
    SWITCH_SERVER = "switch_server"
    PLAYLIST_SERVER = "playlist_server"
    DELETE_PLAYLIST = "delete_playlist"
    EDIT_SONG = "edit_song"
    DELETE_SONG = "delete_song"
    RADIO = "radio"
    SETTINGS = "settings"
    SERVER_KEY = "server_key"


class Right(StrEnum):
    """What somebody lacks."""

    DJ = "dj"
    MANAGE_SERVER = "manage_server"
    REQUESTER = "requester"  # what is another's stays theirs
    HEARING = "hearing"  # who is deafened has no vote


class Level(StrEnum):
    """What a deed takes. `LISTENER` and `DJ` mean in the bot's own channel, where others listen there."""

    ANYONE = "anyone"
    LISTENER = "listener"
    DJ = "dj"
    MANAGER = "manager"


@frozen
class Rule:
    """`own`: whoever asked for the thing may, too. `vote`: the listeners may decide it together.

    `ends`: it ends a song before its time, so the server's own rule about that holds. `seat`: it is done in the room.
    `open`: where the server has no DJ role, every member may, from wherever.
    """

    level: Level
    own: bool = False
    vote: bool = False
    ends: bool = False
    seat: bool = True
    open: bool = False


def _anyone() -> Rule:
    return Rule(Level.ANYONE, seat=False)


def _manager(*, own: bool = False) -> Rule:
    return Rule(Level.MANAGER, own=own, seat=False)


RULES: Final[Mapping[Deed, Rule]] = {
    Deed.LOOK: _anyone(),
    Deed.GENERATE: _anyone(),
    Deed.FILTER: _anyone(),
    Deed.QUEUE: Rule(Level.LISTENER),
    Deed.PAUSE: Rule(Level.LISTENER),
    Deed.RESUME: Rule(Level.LISTENER),
    Deed.VOTE_TAKE: Rule(Level.LISTENER),
    Deed.QUEUE_NEXT: Rule(Level.DJ),
    Deed.PLAY_NOW: Rule(Level.DJ, own=True, vote=True, ends=True),
    Deed.SKIP: Rule(Level.DJ, own=True, vote=True, ends=True),
    Deed.PREVIOUS: Rule(Level.DJ, own=True, vote=True, ends=True),
    Deed.JUMP: Rule(Level.DJ, own=True, vote=True, ends=True),
    Deed.SEEK: Rule(Level.DJ, own=True),
    Deed.STOP: Rule(Level.DJ, own=True, vote=True),
    Deed.CLEAR: Rule(Level.DJ, own=True, vote=True),
    Deed.SHUFFLE: Rule(Level.DJ, own=True, vote=True),
    Deed.MOVE: Rule(Level.DJ, own=True),
    Deed.REMOVE: Rule(Level.DJ, own=True),
    Deed.UNDO: Rule(Level.DJ, own=True),
    Deed.VOLUME: Rule(Level.DJ),
    Deed.LOOP: Rule(Level.DJ),
    Deed.LEAVE: Rule(Level.DJ, vote=True),
    Deed.MOVE_BOT: Rule(Level.DJ),
    Deed.CANCEL: Rule(Level.DJ, own=True, seat=False),
    Deed.SWITCH_SERVER: Rule(Level.DJ, seat=False, open=True),
    Deed.PLAYLIST_SERVER: Rule(Level.DJ, own=True, seat=False, open=True),
    Deed.DELETE_PLAYLIST: _manager(own=True),
    Deed.EDIT_SONG: _manager(own=True),
    Deed.DELETE_SONG: _manager(own=True),
    Deed.RADIO: _manager(),
    Deed.SETTINGS: _manager(),
    Deed.SERVER_KEY: _manager(),
}
