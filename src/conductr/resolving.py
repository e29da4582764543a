"""What a person means by what they typed or chose: an id from a completion, a name, or a place in the queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conductr_player import Entry, Session
from conductr_store import LibraryQuery, NotFound, Order, Song, SongState, UnitOfWork

from .access import Caller
from .denials import SeveralFound, UnknownPlace
from .errors import NothingPlaying, SongNotReady, UnknownSong
from .labels import entry_label, song_label
from .views import Choice

SHOWN_AT_MOST = 5  # songs that a name may mean, to choose from
TEXT_LIMIT = 200  # characters that are searched for


def folded(text: str) -> str:
    """Equal for two ways to write one name."""
    return " ".join(text.split()).casefold()


def may_hear(caller: Caller, song: Song) -> bool:
    return song.open_to(caller.user_id, caller.guild_id)


async def song_meant(tx: UnitOfWork, caller: Caller, text: str) -> Song:
    """By id or by title. Raises UnknownSong, also for one that is not theirs to hear, and SeveralFound."""
    try:
        song = await tx.songs.get(text)
    except NotFound:
        return await _named(tx, caller, text)
    if not may_hear(caller, song):
        raise UnknownSong(text)
    return song


async def song_or_current(tx: UnitOfWork, caller: Caller, text: str | None, session: Session) -> Song:
    """The song that is named, else the one that plays. Raises NothingPlaying, and as `song_meant`."""
    if text:
        return await song_meant(tx, caller, text)
    current = session.queue.current
    if current is None:
        raise NothingPlaying
    return await song_meant(tx, caller, current.track.id)


def check_ready(song: Song) -> Song:
    """Raises SongNotReady for one of which nothing can be heard yet."""
    if song.state is not SongState.READY and song.stream_url is None:
        raise SongNotReady(song.title)
    return song


def entry_meant(session: Session, text: str) -> Entry:
    """An upcoming entry, by its id, its place as shown (1 is next), or its title.

    Raises UnknownPlace, and SeveralFound where more than one has that title.
    """
    upcoming = session.queue.upcoming
    for entry in upcoming:
        if entry.id == text:
            return entry
    said = text.strip().removeprefix("#")
    if said.isascii() and said.removeprefix("-").isdigit():
        place = int(said[:9])
        if 1 <= place <= len(upcoming):
            return upcoming[place - 1]
        raise UnknownPlace(text, len(upcoming))
    found = [entry for entry in upcoming if folded(entry.track.title) == folded(text)]
    if len(found) > 1:
        places = {entry.id: place for place, entry in enumerate(upcoming, 1)}
        choices = (Choice(entry_label(places[entry.id], entry.track.title), entry.id) for entry in found)
        raise SeveralFound(text, tuple(choices)[:SHOWN_AT_MOST])
    if not found:
        raise UnknownPlace(text, len(upcoming))
    return found[0]


def askers(entries: Iterable[Entry | None]) -> frozenset[int]:
    """Who asked for these."""
    return frozenset(entry.requested_by for entry in entries if entry is not None)


async def _named(tx: UnitOfWork, caller: Caller, text: str) -> Song:
    """People press Enter before the list has come: the one song of that title, or the only one that is found."""
    query = LibraryQuery(
        guild_id=caller.guild_id,
        viewer_id=caller.user_id,
        text=text[:TEXT_LIMIT].strip(),
        order=Order.BEST,
        limit=SHOWN_AT_MOST + 1,
    )
    found = (await tx.library.find(query)).items if query.text else ()
    titled = [song for song in found if folded(song.title) == folded(text)]
    meant = titled or list(found)
    if not meant:
        raise UnknownSong(text)
    if len(meant) > 1:
        names = await tx.users.names({song.owner_id for song in meant})
        choices = (Choice(song_label(song, names.get(song.owner_id)), song.id) for song in meant)
        raise SeveralFound(text, tuple(choices)[:SHOWN_AT_MOST])
    return meant[0]


def song_there(text: str, songs: Sequence[Song]) -> Song | None:
    """One of these, by its id, its number among them, or a title that only one has."""
    said = text.strip().removeprefix("#")
    if found := next((song for song in songs if song.id == text), None):
        return found
    if said.isascii() and said.isdigit() and 1 <= int(said[:9]) <= len(songs):
        return songs[int(said[:9]) - 1]
    titled = [song for song in songs if folded(song.title) == folded(text)]
    return titled[0] if len(titled) == 1 else None
