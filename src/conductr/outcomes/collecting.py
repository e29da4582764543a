"""What became of what was asked of library, playlists, favourites, lyrics and files."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from conductr.views import PageView, PlaylistView, SongView


@frozen
class LibraryShown:
    """`text` was searched for; `narrowed` is the genre or style that /filter has set, `owner` whose songs are shown.

    `mended`: nothing was found by the words as written, so these are near ones.
    """

    page: PageView
    text: str = ""
    narrowed: str | None = None
    owner: str | None = None
    mended: bool = False


@frozen
class FilterSet:
    """`kind` is genre or style; `count` songs of the library are left, `more` than that where it says so."""

    kind: str
    value: str
    count: int
    more: bool = False


@frozen
class FilterShown:
    """What is set now; `value` None: nothing."""

    kind: str | None
    value: str | None
    count: int = 0


@frozen
class FilterOff:
    """`was` is what it had narrowed to; None where nothing was set."""

    was: str | None


@frozen
class FavouriteSet:
    """`count` is how many members like it now."""

    song: SongView
    liked: bool
    count: int


@frozen
class FavouritesShown:
    songs: tuple[SongView, ...]
    offset: int = 0
    more: bool = False


@frozen
class LyricsShown:
    """`pages` are cut at sections. `lines` are (seconds from the start, line) where the times are known."""

    song: SongView
    pages: tuple[str, ...]
    page: int = 1
    lines: tuple[tuple[float, str], ...] = ()


@frozen
class SongExported:
    """`name` is what the file is called for its taker. Nobody else deletes or moves `path` meanwhile."""

    song: SongView
    path: Path
    name: str
    size_bytes: int


@frozen
class PlaylistCreated:
    playlist: PlaylistView


@frozen
class PlaylistRenamed:
    old: str
    playlist: PlaylistView


@frozen
class PlaylistDeleted:
    """Its songs stay in the library, and it can be restored for a week."""

    playlist: PlaylistView


@frozen
class PlaylistRestored:
    playlist: PlaylistView


@frozen
class PlaylistsShown:
    """`own` are the member's, `here` the server's."""

    own: tuple[PlaylistView, ...]
    here: tuple[PlaylistView, ...]


@frozen
class PlaylistShown:
    playlist: PlaylistView
    songs: tuple[SongView, ...]
    offset: int = 0


@frozen
class AddedToPlaylist:
    """`place` is its number there."""

    title: str
    playlist: PlaylistView
    place: int


@frozen
class RemovedFromPlaylist:
    title: str
    playlist: PlaylistView
    song_id: str = ""  # to put it back


@frozen
class PlaylistSwitched:
    """None: no playlist is active from now on. `here`: for the server, by who chose none of their own."""

    playlist: PlaylistView | None
    here: bool = False
    changed: bool = True


@frozen
class PlaylistQueued:
    """`queued` of its `of` songs; `gone` are not available any more, `left_out` did not fit into the queue."""

    playlist: PlaylistView
    queued: int
    of: int
    total_s: float
    gone: int = 0
    left_out: int = 0
    by: str = ""


@frozen
class PlaylistExported:
    """One line a song, as plain text."""

    playlist: PlaylistView
    text: str
