"""A server's room without Suno and Discord: a real store, host and player that play silence of any length."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from attrs import define, evolve, field

from conductr import Caller, QueueView
from conductr.bus import LocalBus
from conductr.completions import Completions
from conductr.favourites import Favourites
from conductr.filters import Filters
from conductr.host import GuildHost
from conductr.library import Library
from conductr.lyrics import Lyrics
from conductr.playback import Playback
from conductr.playlists import Playlists
from conductr.preferences import Preferences
from conductr.steering import Steering
from conductr.takes import Takes
from conductr_player import Pacer, PacketSource, Players, Track
from conductr_player.render import Renditions
from conductr_player.testing import ListSink, SilenceSource
from conductr_store import Media, Shelf, Song, Store
from conductr_store.testing import A_GUILD, put_people, put_song

WITHIN_S = 20.0
CHANNEL = 5
ADA = Caller(7, "Ada", A_GUILD.id, "The Lounge", CHANNEL)
BOB = evolve(ADA, user_id=8, name="Bob")
EVE = evolve(ADA, user_id=9, name="Eve")
DJ_ROLE = 77


@define(eq=False)
class Silence:
    """In place of sounds. `arrived`: how much of a growing song has come."""

    arrived: dict[str, float] = field(factory=dict)

    async def open(self, track: Track) -> PacketSource:
        return SilenceSource(track.duration_s or 60.0)

    def arrived_s(self, track_id: str) -> float | None:
        return self.arrived.get(track_id)


@define(eq=False)
class Studio:
    store: Store
    bus: LocalBus
    host: GuildHost
    sounds: Silence
    preferences: Preferences
    steering: Steering
    playback: Playback
    folder: Path

    @property
    def playlists(self) -> Playlists:
        return Playlists(self.store, self.preferences, self.steering)

    @property
    def library(self) -> Library:
        shelf = Shelf(self.store, Media(str(self.folder / "media")))
        return Library(self.store, shelf, self.steering)

    @property
    def completions(self) -> Completions:
        return Completions(self.store, self.preferences, self.steering)

    @property
    def favourites(self) -> Favourites:
        return Favourites(self.store, self.steering)

    @property
    def lyrics(self) -> Lyrics:
        return Lyrics(self.store, self.steering)

    @property
    def filters(self) -> Filters:
        return Filters(self.store)

    @property
    def takes(self) -> Takes:
        return Takes(self.store, self.steering)

    async def sit(self, *people: Caller) -> None:
        """They hear the room, which is open from the first time on."""
        ids = frozenset(person.user_id for person in people)
        if self.host.room(A_GUILD.id) is None:
            await self.host.open_room(A_GUILD.id, ListSink(), CHANNEL, "Lounge")
        self.host.listeners_changed(A_GUILD.id, ids)

    async def song(self, title: str = "Rain", **changes: object) -> Song:
        async with self.store.begin() as tx:
            return await put_song(tx, title=title, **{"duration_s": 200.0, **changes})

    async def queued(self, *titles: str, by: Caller = ADA) -> list[Song]:
        """Songs of these names wait, or the first plays."""
        songs = [await self.song(title) for title in titles]
        for song in songs:
            await self.playback.play(by, song.id)
        return songs

    async def view(self) -> QueueView:
        return await self.playback.queue(A_GUILD.id)

    async def until(self, holds: Callable[[QueueView], bool]) -> QueueView:
        """The queue as soon as that holds of it."""
        async with self.bus.subscribe() as events:
            with anyio.fail_after(WITHIN_S):
                while not holds(view := await self.view()):
                    await anext(events)
        return view

    async def set(self, **changes: object) -> None:
        await self.preferences.keep(ADA, **changes)


@asynccontextmanager
async def a_studio(url: str, folder: Path) -> AsyncIterator[Studio]:
    """Ada's songs; nobody sits in the room yet."""
    async with Store.open(url) as store, Players() as players, Renditions(workers=1) as renditions:
        async with store.begin() as tx:
            await put_people(tx)
        bus, sounds = LocalBus(), Silence()
        with Pacer() as pacer:
            host = GuildHost(store, bus, players, pacer, sounds, renditions)  # pyright: ignore[reportArgumentType] - silence
            bus.serve(host)
            preferences = Preferences(store, bus)
            steering = Steering(store, bus, preferences)
            async with anyio.create_task_group() as background:
                background.start_soon(host.run)
                await anyio.wait_all_tasks_blocked()  # it hears of settings from now on
                yield Studio(store, bus, host, sounds, preferences, steering, Playback.over(steering), folder)
                await host.close()
                background.cancel_scope.cancel()
