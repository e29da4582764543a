"""What Conductr remembers: rows on SQLite or PostgreSQL, files by content hash."""

from .errors import (
    CommitUnsure,
    Conflict,
    LeaseLost,
    MediaDamaged,
    MediaError,
    MediaMissing,
    MediaUnavailable,
    NotAMediaKey,
    NotFound,
    Orphan,
    SchemaTooNew,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreUnavailable,
)
from .keys import MediaKey
from .media import Media
from .records import Generation, GenerationState, Guild, Page, QueueSnapshot, Song, SongState, User
from .store import Store, UnitOfWork

__all__ = [
    "CommitUnsure",
    "Conflict",
    "Generation",
    "GenerationState",
    "Guild",
    "LeaseLost",
    "Media",
    "MediaDamaged",
    "MediaError",
    "MediaKey",
    "MediaMissing",
    "MediaUnavailable",
    "NotAMediaKey",
    "NotFound",
    "Orphan",
    "Page",
    "QueueSnapshot",
    "SchemaTooNew",
    "Song",
    "SongState",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreUnavailable",
    "UnitOfWork",
    "User",
]
