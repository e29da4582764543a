"""What goes into a guild's seat in voice, and what comes out. Pure data."""

from __future__ import annotations

from enum import StrEnum
from math import inf

from attrs import frozen

from conductr_player import PauseCause

from .news import VoiceNews


@frozen
class Facts:
    """How it is now, as far as Discord, the player and the settings say; whatever has led to it.

    `sits_in`: the channel in which Discord says that we sit. `channel_there`: the one where we want to be exists.
    `reachable` is False in an outage of the guild, `member` where we are no longer in the guild.
    `listeners`: people who can hear us. `muted`: we may not be heard, whoever has arranged that.
    `silent`: nothing plays, and nobody has paused it. `idle_s`: how long that may last; `stay`: for ever.
    """

    sits_in: int | None
    channel_there: bool = True
    member: bool = True
    reachable: bool = True
    listeners: int = 0
    muted: bool = False
    on_stage: bool = False
    silent: bool = False
    stay: bool = False
    returns: bool = False
    idle_s: float = inf


# Inputs.
@frozen
class Sat:
    """Somebody called us into this channel, and there we are."""

    channel_id: int


@frozen
class Rose:
    """Somebody sent us out."""


@frozen
class Ended:
    """The connection is over, or not to be believed in (no code)."""

    close_code: int | None = None


@frozen
class Renewed:
    """Discord's gateway knows nothing of our connection: its session is a new one."""


@frozen
class Looked:
    """Something may be otherwise, or it is time."""


class Hindrance(StrEnum):
    """Why a connection could not be made."""

    UNANSWERED = "unanswered"  # later it may
    FORBIDDEN = "forbidden"  # we are not allowed to
    REFUSED = "refused"  # our fault
    NO_DAVE = "no dave"


@frozen
class Connected:
    """As `Connect` asked."""


@frozen
class Failed:
    why: Hindrance


@frozen
class Asked:
    """What came of `AskToSpeak`; None: we speak."""

    news: VoiceNews | None


Input = Sat | Rose | Ended | Renewed | Looked | Connected | Failed | Asked


# Effects, to be carried out in their order.
@frozen
class Connect:
    """Answered by Connected or Failed."""

    channel_id: int


@frozen
class HangUp:
    """Leave the connection, and say so to Discord."""


@frozen
class Abandon:
    """Drop the connection without a word."""


@frozen
class LinkIs:
    """The player is told whether what it sends arrives."""

    up: bool


@frozen
class Hold:
    cause: PauseCause


@frozen
class Release:
    cause: PauseCause


@frozen
class Moved:
    channel_id: int


@frozen
class AskToSpeak:
    """On a stage. Answered by Asked."""


@frozen
class Part:
    """Fall silent, keep the queue, leave; a restart does not come back."""


@frozen
class Tell:
    news: VoiceNews


Effect = Connect | HangUp | Abandon | LinkIs | Hold | Release | Moved | AskToSpeak | Part | Tell
