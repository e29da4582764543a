"""What became of wishes, takes, votes, the radio and settings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from conductr.views import GenerationView, SongView
from conductr.wishes import Wish
from conductr_store import GuildSettings, UserSettings

if TYPE_CHECKING:
    from . import Outcome


@frozen
class Composing:
    """A generation as it stands: told at once and again at each change."""

    generation: GenerationView


@frozen
class Voted:
    """A vote about the current play. `withdrawn`: it was taken back. `passed`: it was enough, and `done` followed."""

    deed: str
    title: str | None
    have: int
    needed: int
    play_id: int
    by: str = ""
    passed: bool = False
    withdrawn: bool = False
    done: Outcome | None = None


@frozen
class VariationOffered:
    """The same song otherwise: what is asked, before it costs anything. `left` songs may be asked for today, if known.

    `own_key`: the member's own key pays. Say yes with `wish` and `parent`.
    """

    parent: SongView
    kind: str  # slower, faster, happier, darker, language, singer, own
    wish: Wish
    songs: int = 1
    left: int | None = None
    own_key: bool = False


@frozen
class FamilyShown:
    """A song's family: each with how deep below the first it stands, parents before children."""

    songs: tuple[tuple[int, SongView], ...]
    song_id: str


@frozen
class TakesCompared:
    """Votes of listeners between the takes of one wish. `mine`: the take that the caller voted for, or None.

    `winner` is the take that stays in the queue, once that is decided.
    """

    generation_id: str
    takes: tuple[SongView, ...]
    votes: tuple[int, ...]
    mine: int | None = None
    winner: int | None = None
    ends_at: datetime | None = None


@frozen
class RadioSet:
    """`left` songs may the radio still ask for today."""

    on: bool
    left: int
    by: str = ""
    changed: bool = True


@frozen
class SettingsShown:
    """`may_change`: the caller may change the server's."""

    guild: GuildSettings
    user: UserSettings
    may_change: bool


@frozen
class SettingsSaved:
    """`changed` are names of settings with their new values; `whose` is guild or user."""

    whose: str
    changed: tuple[tuple[str, object], ...]


@frozen
class HelpShown:
    """`topic` is a command's name; None: all of it."""

    topic: str | None = None
