"""What people are shown of songs, queues and generations: frozen, and free of database and player types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen


@frozen
class SongView:
    id: str
    title: str
    style: str | None
    duration_s: float | None  # None while the song is growing
    take: int  # 0 or 1
    state: str  # growing, ready, failed
    has_cover: bool
    owner_id: int
    owner_name: str
    prompt: str
    created_at: datetime


@frozen
class EntryView:
    """One place in a queue, with what a card needs to draw it."""

    entry_id: str
    song_id: str
    title: str
    style: str | None
    duration_s: float | None
    requested_by: int
    requested_by_name: str
    has_cover: bool


@frozen
class QueueView:
    guild_id: int
    state: str  # idle, waiting (all that is left still renders), loading, playing, paused
    current: EntryView | None
    position_s: float
    upcoming: tuple[EntryView, ...]  # the first hundred
    upcoming_count: int
    total_s: float  # of current and upcoming; growing songs count 0
    seq: int
    first: int = 0  # how many wait before the first of `upcoming`
    play_id: int = 0  # of the current play: buttons carry it
    version: int = 0  # what a command about the queue as shown expects
    loop: str = "off"
    volume: int = 100  # percent
    paused_by: tuple[str, ...] = ()  # user, empty (nobody listens), muted, outage
    votes: tuple[BallotView, ...] = ()
    channel_id: int | None = None  # where it is heard; None where the bot sits in none
    listeners: int = 0
    last: EntryView | None = None  # what was heard before the current one
    why: Why | None = None  # where the radio chose the current one


@frozen
class GenerationView:
    id: str
    guild_id: int
    user_id: int
    prompt: str
    state: str  # requested, submitting, submitted, composing, playable, finished, refused, failed, unknown
    reason: str | None  # why refused, failed or unknown, in plain words
    songs: tuple[SongView, ...]
    reply_to: Mapping[str, object] | None
    told: str | None
    created_at: datetime
    place: int | None = None  # in line while it waits to be sent; 1 is next
    needs_decision: bool = False  # Suno's answer was lost, and a person has to say what became of it
    cancelled: bool = False
    repeated: bool = False  # the wish was made before: this is the song of then, and costs nothing
    doubled: bool = False  # the same member asked twice at once: this is what the first asking made
    unheard: bool = False  # it is kept, but could not be queued
    quota_left: LeftView | None = None  # of the tightest limit that counts it, while it is being made


@frozen
class LeftView:
    """What is left of a limit of songs. `whose`: member, here, server, everybody (all: of a day), plan (of a month)."""

    whose: str
    left: int
    limit: int
    returns_at: datetime


@frozen
class UnsettledView:
    """A wish whose answer was lost, for who decides what became of it."""

    generation_id: str
    asked_at: datetime
    user_name: str
    prompt: str
    provider: str | None  # None for a wish from before attempts were written down
    reason: str | None  # what is known of it, and what the account's balance speaks for


@frozen
class PageView:
    songs: tuple[SongView, ...]
    total: int
    offset: int


@frozen
class PlaylistView:
    """A playlist as a list shows it. `guild_id` None: its owner's own. A song that is gone keeps its place."""

    id: str
    name: str
    owner_id: int
    owner_name: str
    guild_id: int | None
    songs: int
    version: int
    active: bool = False  # the one that is meant where none is named
    collaborative: bool = False


@frozen
class Choice:
    """One line of a completion: at most 100 characters to read, and what comes back when it is chosen."""

    label: str
    value: str


@frozen
class BallotView:
    """A vote that is going on about the current play: `have` of `needed`."""

    deed: str
    have: int
    needed: int
    voter_ids: frozenset[int]


@frozen
class Why:
    """Why the radio chose a song: each part is a key of the catalogue with what it speaks of (a genre, a title)."""

    reason: str  # liked, heard_out, played_here, fresh
    subject: str
