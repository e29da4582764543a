"""The schema as Core tables, one file an aggregate."""

from .accounts import (
    CURRENT,
    UNPROCESSED,
    audit,
    customers,
    guild_keys,
    provider_keys,
    sessions,
    stripe_events,
    subscriptions,
)
from .base import metadata
from .files import EVICTABLE, cover_sizes, media_files
from .generations import UNFINISHED, UNHEARD, UNTOLD, generations
from .listening import listenings, narrowings, radio_picks, take_choices, take_votes, variations
from .people import guilds, memberships, user_settings, users
from .playlists import active_playlists, favourites, guild_playlists, playlist_songs, playlists
from .queues import guild_leases, queue_events, queues
from .search import FTS5_TABLES, owner_words, song_search, word_slips
from .songs import song_genres, songs, sung_lyrics
from .voices import identifies, voice_seats
from .work import LIVE, OPEN, UNSENT, UNSETTLED, UNSURE, accounts, attempts, commands, entries, jobs, notices

__all__ = [
    "CURRENT",
    "EVICTABLE",
    "FTS5_TABLES",
    "LIVE",
    "OPEN",
    "UNFINISHED",
    "UNHEARD",
    "UNPROCESSED",
    "UNSENT",
    "UNSETTLED",
    "UNSURE",
    "UNTOLD",
    "accounts",
    "active_playlists",
    "attempts",
    "audit",
    "commands",
    "cover_sizes",
    "customers",
    "entries",
    "favourites",
    "generations",
    "guild_keys",
    "guild_leases",
    "guild_playlists",
    "guilds",
    "identifies",
    "jobs",
    "listenings",
    "media_files",
    "memberships",
    "metadata",
    "narrowings",
    "notices",
    "owner_words",
    "playlist_songs",
    "playlists",
    "provider_keys",
    "queue_events",
    "queues",
    "radio_picks",
    "sessions",
    "song_genres",
    "song_search",
    "songs",
    "stripe_events",
    "subscriptions",
    "sung_lyrics",
    "take_choices",
    "take_votes",
    "user_settings",
    "users",
    "variations",
    "voice_seats",
    "word_slips",
]
