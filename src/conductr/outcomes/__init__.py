"""What a use case did, for `word` to put into words and for apps to draw. Frozen; a closed set."""

from __future__ import annotations

from .arranging import (
    Cleared,
    Moved,
    QueueShown,
    Removed,
    Shuffled,
    TooFewToShuffle,
    Undone,
)
from .collecting import (
    AddedToPlaylist,
    FavouriteSet,
    FavouritesShown,
    FilterOff,
    FilterSet,
    FilterShown,
    LibraryShown,
    LyricsShown,
    PlaylistCreated,
    PlaylistDeleted,
    PlaylistExported,
    PlaylistQueued,
    PlaylistRenamed,
    PlaylistRestored,
    PlaylistShown,
    PlaylistsShown,
    PlaylistSwitched,
    RemovedFromPlaylist,
    SongExported,
)
from .making import (
    Composing,
    FamilyShown,
    HelpShown,
    RadioSet,
    SettingsSaved,
    SettingsShown,
    TakesCompared,
    VariationOffered,
    Voted,
)
from .playing import (
    HistoryShown,
    Joined,
    Jumped,
    JustEnded,
    Left,
    LoopSet,
    NowPlaying,
    Paused,
    Queued,
    Restarted,
    Resumed,
    Skipped,
    SkipThisToo,
    Sought,
    StillPlaying,
    Stopped,
    VolumeSet,
    VolumeShown,
    WentBack,
)

__all__ = [
    "AddedToPlaylist",
    "Cleared",
    "Composing",
    "FamilyShown",
    "FavouriteSet",
    "FavouritesShown",
    "FilterOff",
    "FilterSet",
    "FilterShown",
    "HelpShown",
    "HistoryShown",
    "Joined",
    "Jumped",
    "JustEnded",
    "Left",
    "LibraryShown",
    "LoopSet",
    "LyricsShown",
    "Moved",
    "NowPlaying",
    "Outcome",
    "Paused",
    "PlaylistCreated",
    "PlaylistDeleted",
    "PlaylistExported",
    "PlaylistQueued",
    "PlaylistRenamed",
    "PlaylistRestored",
    "PlaylistShown",
    "PlaylistSwitched",
    "PlaylistsShown",
    "QueueShown",
    "Queued",
    "RadioSet",
    "Removed",
    "RemovedFromPlaylist",
    "Restarted",
    "Resumed",
    "SettingsSaved",
    "SettingsShown",
    "Shuffled",
    "SkipThisToo",
    "Skipped",
    "SongExported",
    "Sought",
    "StillPlaying",
    "Stopped",
    "TakesCompared",
    "TooFewToShuffle",
    "Undone",
    "VariationOffered",
    "VolumeSet",
    "VolumeShown",
    "Voted",
    "WentBack",
]

Outcome = (
    Queued
    | Resumed
    | StillPlaying
    | Paused
    | Skipped
    | JustEnded
    | SkipThisToo
    | WentBack
    | Restarted
    | Jumped
    | Sought
    | VolumeSet
    | VolumeShown
    | LoopSet
    | Stopped
    | Joined
    | Left
    | NowPlaying
    | HistoryShown
    | QueueShown
    | Shuffled
    | TooFewToShuffle
    | Cleared
    | Removed
    | Moved
    | Undone
    | LibraryShown
    | FilterSet
    | FilterShown
    | FilterOff
    | FavouriteSet
    | FavouritesShown
    | LyricsShown
    | SongExported
    | PlaylistCreated
    | PlaylistRenamed
    | PlaylistDeleted
    | PlaylistRestored
    | PlaylistsShown
    | PlaylistShown
    | AddedToPlaylist
    | RemovedFromPlaylist
    | PlaylistSwitched
    | PlaylistQueued
    | PlaylistExported
    | Composing
    | Voted
    | VariationOffered
    | FamilyShown
    | TakesCompared
    | RadioSet
    | SettingsShown
    | SettingsSaved
    | HelpShown
)
