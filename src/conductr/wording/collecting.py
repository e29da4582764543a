"""In words: library, favourites, lyrics, files and playlists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from conductr import outcomes as did
from conductr.languages import Tongue
from conductr.views import PlaylistView, SongView

from .reply import Reply, by, named, titled
from .sizes import size


def library(said: did.LibraryShown, tongue: Tongue) -> Reply:
    title = tongue("library.title")
    if not said.page.songs:
        sought = said.text or said.narrowed or said.owner
        if sought:
            text = tongue("library.no_match", text=titled(sought))
            return Reply(text, tongue("library.no_match.hint"), title=title, ephemeral=True)
        return Reply(tongue("library.empty"), tongue("library.empty.hint"), title=title, ephemeral=True)
    about = [tongue("library.mended", text=titled(said.text))] if said.mended else []
    if said.owner:
        about.append(tongue("library.of_owner", name=named(said.owner)))
    if said.narrowed:
        about.append(tongue("library.narrowed", value=titled(said.narrowed)))
    lines = _numbered(said.page.songs, said.page.offset, tongue)
    return Reply("\n".join(lines), " ".join(about) or None, title=title, ephemeral=True)


def filter_set(said: did.FilterSet, tongue: Tongue) -> Reply:
    songs = tongue("library.more" if said.more else "library.count", count=said.count)
    return Reply(tongue("filter.set", value=titled(said.value), songs=songs), tongue("filter.set.hint"), ephemeral=True)


def filter_shown(said: did.FilterShown, tongue: Tongue) -> Reply:
    if said.value is None:
        return Reply(tongue("filter.none"), tongue("filter.none.hint"), ephemeral=True)
    return Reply(tongue("filter.shown", value=titled(said.value)), ephemeral=True)


def filter_off(said: did.FilterOff, tongue: Tongue) -> Reply:
    was = None if said.was is None else tongue("filter.off.was", value=titled(said.was))
    return Reply(tongue("filter.off"), was, ephemeral=True)


def favourite(said: did.FavouriteSet, tongue: Tongue) -> Reply:
    title = titled(said.song.title)
    if said.liked:
        return Reply(tongue("favorite.added", title=title, count=said.count), ephemeral=True)
    return Reply(tongue("favorite.removed", title=title), ephemeral=True)


def favourites(said: did.FavouritesShown, tongue: Tongue) -> Reply:
    title = tongue("card.favorites")
    if not said.songs:
        return Reply(tongue("library.no_favorites"), tongue("library.no_favorites.hint"), title=title, ephemeral=True)
    return Reply("\n".join(_numbered(said.songs, said.offset, tongue)), title=title, ephemeral=True)


def lyrics(said: did.LyricsShown, tongue: Tongue) -> Reply:
    title = tongue("lyrics.title", title=titled(said.song.title))
    if not said.pages:
        return Reply(tongue("lyrics.none"), title=title, ephemeral=True)
    page = max(1, min(said.page, len(said.pages)))
    footer = tongue("lyrics.page", page=page, pages=len(said.pages)) if len(said.pages) > 1 else None
    return Reply(said.pages[page - 1], footer, title=title, ephemeral=True)


def exported(said: did.SongExported, tongue: Tongue) -> Reply:
    return Reply(tongue("export.done", title=titled(said.song.title)), size(said.size_bytes, tongue), ephemeral=True)


def created(said: did.PlaylistCreated, tongue: Tongue) -> Reply:
    text = tongue("playlists.created", name=titled(said.playlist.name))
    return Reply(text, tongue("playlists.created.hint"), ephemeral=_own(said.playlist))


def renamed(said: did.PlaylistRenamed, tongue: Tongue) -> Reply:
    text = tongue("playlists.renamed", old=titled(said.old), name=titled(said.playlist.name))
    return Reply(text, ephemeral=_own(said.playlist))


def deleted(said: did.PlaylistDeleted, tongue: Tongue) -> Reply:
    text = tongue("playlists.deleted", name=titled(said.playlist.name))
    return Reply(text, tongue("playlists.deleted.hint"), ephemeral=_own(said.playlist))


def restored(said: did.PlaylistRestored, tongue: Tongue) -> Reply:
    return Reply(tongue("playlists.restored", name=titled(said.playlist.name)), ephemeral=_own(said.playlist))


def playlists(said: did.PlaylistsShown, tongue: Tongue) -> Reply:
    title = tongue("playlists.title")
    if not said.own and not said.here:
        return Reply(tongue("playlists.none"), tongue("playlists.none.hint"), title=title, ephemeral=True)
    lines = [*_group("playlists.own", said.own, tongue), *_group("playlists.here", said.here, tongue)]
    return Reply("\n".join(lines), title=title, ephemeral=True)


def playlist(said: did.PlaylistShown, tongue: Tongue) -> Reply:
    title = titled(said.playlist.name)
    lines = _numbered(said.songs, said.offset, tongue)
    return Reply("\n".join(lines) or tongue("playlists.empty"), title=title, ephemeral=True)


def added(said: did.AddedToPlaylist, tongue: Tongue) -> Reply:
    name = titled(said.playlist.name)
    return Reply(tongue("playlists.added", title=titled(said.title), name=name, place=said.place), ephemeral=True)


def taken_out(said: did.RemovedFromPlaylist, tongue: Tongue) -> Reply:
    name = titled(said.playlist.name)
    return Reply(tongue("playlists.removed", title=titled(said.title), name=name), ephemeral=True)


def switched(said: did.PlaylistSwitched, tongue: Tongue) -> Reply:
    if said.playlist is None:
        return Reply(tongue("playlists.switched_off"), ephemeral=not said.here)
    name = titled(said.playlist.name)
    if not said.changed:
        return Reply(tongue("playlists.same", name=name), ephemeral=True)
    key = "playlists.switched_here" if said.here else "playlists.switched"
    return Reply(tongue(key, name=name), tongue("playlists.switched.hint"), ephemeral=not said.here)


def playlist_queued(said: did.PlaylistQueued, tongue: Tongue) -> Reply:
    name, length = titled(said.playlist.name), tongue.span(said.total_s)
    text = by(tongue, "playlists.queued", said.by, count=said.queued, name=name, length=length)
    gone = tongue("playlists.queued.gone", count=said.gone) if said.gone else ""
    left_out = tongue("playlists.queued.left_out", count=said.left_out) if said.left_out else ""
    return Reply(text, " ".join(filter(None, (gone, left_out))) or None)


def playlist_exported(said: did.PlaylistExported, tongue: Tongue) -> Reply:
    return Reply(tongue("playlists.exported", name=titled(said.playlist.name)), ephemeral=True)


def _numbered(songs: Iterable[SongView], offset: int, tongue: Tongue) -> list[str]:
    return [
        tongue("library.line", number=number, title=titled(song.title)) for number, song in enumerate(songs, offset + 1)
    ]


def _group(heading: str, lists: tuple[PlaylistView, ...], tongue: Tongue) -> list[str]:
    return [tongue(heading), *(_playlist_line(each, tongue) for each in lists)] if lists else []


def _playlist_line(view: PlaylistView, tongue: Tongue) -> str:
    line = tongue("playlists.line", name=titled(view.name), count=view.songs)
    return tongue("playlists.line_active", line=line) if view.active else line


def _own(view: PlaylistView) -> bool:
    """What is done to one's own playlist concerns nobody else."""
    return view.guild_id is None


WORDED: Final[Mapping[type, Callable[[Any, Tongue], Reply]]] = {
    did.LibraryShown: library,
    did.FilterSet: filter_set,
    did.FilterShown: filter_shown,
    did.FilterOff: filter_off,
    did.FavouriteSet: favourite,
    did.FavouritesShown: favourites,
    did.LyricsShown: lyrics,
    did.SongExported: exported,
    did.PlaylistCreated: created,
    did.PlaylistRenamed: renamed,
    did.PlaylistDeleted: deleted,
    did.PlaylistRestored: restored,
    did.PlaylistsShown: playlists,
    did.PlaylistShown: playlist,
    did.AddedToPlaylist: added,
    did.RemovedFromPlaylist: taken_out,
    did.PlaylistSwitched: switched,
    did.PlaylistQueued: playlist_queued,
    did.PlaylistExported: playlist_exported,
}
