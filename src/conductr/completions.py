"""Completions: what is offered while somebody types. Never raises: where something is wrong, nothing is offered."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from logging import getLogger

import anyio
from attrs import define, evolve, field

from conductr_store import Facets, Playlist, Song, Store, UnitOfWork
from conductr_store.genres import genre, key, nearest
from conductr_store.records import Narrowing, Order

from .access import Caller
from .errors import ConductrError
from .filters import narrowed
from .labels import cut, entry_label, playlist_label, song_label
from .preferences import Preferences
from .resolving import TEXT_LIMIT, folded, may_hear
from .shelves import Shelves
from .steering import Steering
from .views import Choice

SHOWN = 25  # of Discord
NEWEST, LIKED, PLAYED = 10, 5, 5  # what an empty box offers
LOOKED_AT = 25  # of favourites and of what was heard most, of which some may not be heard here
WITHIN_S = 2.0  # Discord gives three
FRESH_FOR_S = 60.0  # the tags of a server
KEPT = 1_000  # servers whose tags are remembered

Offer = tuple[Choice, ...]

log = getLogger(__name__)


@define(eq=False)
class Completions:
    store: Store
    preferences: Preferences
    steering: Steering
    seconds: Callable[[], float] = time.monotonic
    _tags: dict[int, tuple[float, Facets | None]] = field(factory=dict)

    async def songs(self, caller: Caller, text: str) -> Offer:
        """Songs that may be heard here; for an empty box the newest, the caller's favourites and what is heard most."""
        return await _offered(partial(self._songs, caller, text[:TEXT_LIMIT].strip()))

    async def entries(self, caller: Caller, text: str) -> Offer:
        """What waits in the queue, by its place."""
        return await _offered(partial(self._entries, caller, text.strip()))

    async def playlists(self, caller: Caller, text: str) -> Offer:
        """The caller's own and the server's."""
        return await _offered(partial(self._playlists, caller, text))

    async def playlist_songs(self, caller: Caller, playlist: str | None, text: str) -> Offer:
        """The songs of that playlist, else of the active one."""
        return await _offered(partial(self._playlist_songs, caller, playlist, text))

    async def tags(self, caller: Caller, text: str) -> Offer:
        """Genres and styles that songs here have, the most frequent first; other genres behind them."""
        return await _offered(partial(self._tagged, caller, text))

    async def _songs(self, caller: Caller, text: str) -> Offer:
        async with self.store.begin() as tx:
            narrowing = await tx.listening.narrowed(caller.guild_id, caller.user_id)
            if text:
                query = evolve(narrowed(caller, narrowing, limit=SHOWN), text=text, order=Order.BEST)
                found: Iterable[Song] = (await tx.library.find(query)).items
            else:
                found = await _unasked(tx, caller, narrowing)
            songs = [song for song in {song.id: song for song in found}.values() if may_hear(caller, song)][:SHOWN]
            names = await tx.users.names({song.owner_id for song in songs})
        return tuple(Choice(song_label(song, names.get(song.owner_id)), song.id) for song in songs)

    async def _entries(self, caller: Caller, text: str) -> Offer:
        upcoming = (await self.steering.now(caller.guild_id)).session.queue.upcoming
        wanted = folded(text.removeprefix("#"))
        return tuple(
            Choice(entry_label(place, entry.track.title), entry.id)
            for place, entry in enumerate(upcoming, 1)
            if str(place).startswith(wanted) or wanted in folded(entry.track.title)
        )[:SHOWN]

    async def _playlists(self, caller: Caller, text: str) -> Offer:
        settings = await self.preferences.of(caller.guild_id)
        async with self.store.begin() as tx:
            shelves = Shelves(tx, caller, settings)
            known = (*await shelves.own(), *await shelves.here())
            found = [one for one in known if folded(text) in folded(one.name)]
            found.sort(key=lambda one: _rank(one, folded(text)))
            counts = await tx.playlists.counts(one.id for one in found[:SHOWN])
        return tuple(Choice(playlist_label(one, counts.get(one.id, 0)), one.id) for one in found[:SHOWN])

    async def _playlist_songs(self, caller: Caller, playlist: str | None, text: str) -> Offer:
        settings = await self.preferences.of(caller.guild_id)
        async with self.store.begin() as tx:
            shelves = Shelves(tx, caller, settings)
            songs = [place.song for place in await shelves.songs(await shelves.meant(playlist))]
        wanted = folded(text)
        return tuple(
            Choice(cut(f"{place}. {song_label(song)}"), song.id)
            for place, song in enumerate(songs, 1)
            if may_hear(caller, song) and (str(place).startswith(wanted) or wanted in folded(song.title))
        )[:SHOWN]

    async def _tagged(self, caller: Caller, text: str) -> Offer:
        facets = await self._facets(caller)
        here = {} if facets is None else {facet.value: facet.count for facet in (*facets.styles, *facets.genres)}
        wanted, known = key(text), genre(text)
        found = [name for name in here if wanted in key(name) or name == known]
        found.sort(key=lambda name: (name != known, not key(name).startswith(wanted), -here[name], name))
        choices = [Choice(cut(f"{name} ({here[name]:,})"), name[:100]) for name in found]
        more = [name for name in nearest(text, SHOWN) if name not in here] if wanted else []
        return (*choices, *(Choice(cut(name), name) for name in more))[:SHOWN]

    async def _facets(self, caller: Caller) -> Facets | None:
        """Of the server's songs, without private ones; they change slowly."""
        read_at, facets = self._tags.get(caller.guild_id, (float("-inf"), None))
        if self.seconds() - read_at < FRESH_FOR_S:
            return facets
        query = evolve(narrowed(caller, None, limit=0, facets=True), viewer_id=None)
        async with self.store.begin() as tx:
            facets = (await tx.library.find(query)).facets
        self._tags.pop(caller.guild_id, None)
        if len(self._tags) >= KEPT:
            del self._tags[next(iter(self._tags))]
        self._tags[caller.guild_id] = (self.seconds(), facets)
        return facets


async def _unasked(tx: UnitOfWork, caller: Caller, narrowing: Narrowing | None) -> Iterable[Song]:
    newest = (await tx.library.find(narrowed(caller, narrowing, limit=SHOWN))).items
    if narrowing is not None:
        return newest
    liked = [one.song for one in await tx.favourites.of(caller.user_id, limit=LOOKED_AT)]
    played = [one.song for one in await tx.listening.most_heard(caller.guild_id, LOOKED_AT)]
    chosen = [song for some, most in ((liked, LIKED), (played, PLAYED)) for song in _heard(caller, some)[:most]]
    return (*newest[:NEWEST], *chosen, *newest[NEWEST:])


def _heard(caller: Caller, songs: Iterable[Song]) -> list[Song]:
    return [song for song in songs if may_hear(caller, song)]


def _rank(playlist: Playlist, wanted: str) -> tuple[bool, str]:
    return not folded(playlist.name).startswith(wanted), folded(playlist.name)


async def _offered(find: Callable[[], Awaitable[Offer]]) -> Offer:
    try:
        with anyio.move_on_after(WITHIN_S):
            return await find()
    except ConductrError:
        return ()
    except Exception:  # a fire wall: people go on typing, and what they send is looked up again
        log.exception("nothing could be offered for completion")
    return ()
