"""open_conductr: the only place that wires, and the only one that asks which mode it is."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

import anyio
from attrs import frozen

from conductr_player import Pacer, Players
from conductr_player.render import Renditions
from conductr_store import Media, Shelf, Store
from suno_client import Polling, SunoClient

from .allowance import Allowance
from .archive import Archive
from .bus import LocalBus
from .callbacks import Callbacks, kie_keys_in
from .completions import Completions
from .dialling import SENT_ONCE, dial_for, own_gateways, ring_of
from .errors import SetupError
from .favourites import Favourites
from .filters import Filters
from .gateways import Gateway, Gateways
from .generations import Generations
from .host import GuildHost
from .housekeeping import Housekeeping
from .keeping import Keeper
from .library import Library
from .lyrics import Lyrics
from .making.asking import Asker
from .making.book import Book
from .making.following import Follower
from .making.looks import Bells
from .making.reconciling import Reconciler
from .making.submitting import Submitter
from .playback import Playback
from .playlists import Playlists
from .preferences import Preferences
from .quota import Limits, limits_of
from .radio import Radio
from .repeats import Repeats
from .server_keys import ServerKeys
from .settings import Settings
from .sounds import Sounds
from .steering import Steering
from .takes import Takes
from .variations import Variations
from .wake import Wake
from .watcher import GenerationWatcher

EMBEDDED_POLL_S = 0.4  # the sandbox is on this machine and charges nothing
SWITCH_S = 0.0005  # how long this program's Python may keep the pacer waiting (ADR 9)


@frozen
class Conductr:
    """The use cases of one process, wired. What runs in the background ends with the `async with` that opened it."""

    settings: Settings
    generations: Generations
    playback: Playback
    library: Library
    host: GuildHost
    bus: LocalBus
    callbacks: Callbacks
    server_keys: ServerKeys
    preferences: Preferences
    completions: Completions
    playlists: Playlists
    favourites: Favourites
    lyrics: Lyrics
    filters: Filters
    variations: Variations
    takes: Takes
    radio: Radio


@asynccontextmanager
async def open_conductr(settings: Settings) -> AsyncGenerator[Conductr, None]:
    """Open store, media, Suno and player; follow what was left unfinished. Raises SetupError, StoreError."""
    check_data_dir(settings)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(settings.database))
        gateways = await _gateways(settings, store, stack)
        suno = gateways.first.suno
        media = Media(settings.media, cache=settings.data_dir / "cache")
        bus, wake = LocalBus(), Wake()
        shelf = Shelf(store, media)
        host = await _host(settings, store, shelf, suno, bus, stack)
        keeper = Keeper(store, media, suno, bus)
        generations, watcher = make_generations(settings, store, bus, gateways, keeper, wake)
        async with anyio.create_task_group() as background:
            housekeeping = Housekeeping(store, shelf, settings.media_quota_bytes)
            for run in (host.sounds.run, host.run, watcher.run, housekeeping.run):
                background.start_soon(run)
            callbacks = Callbacks(store, generations.reconciler.hint, kie_keys_in(settings.kie_webhook_key))
            preferences = Preferences(store, bus)
            background.start_soon(preferences.run)
            steering = Steering(store, bus, preferences)
            radio = Radio(store, bus, host, generations, preferences)
            background.start_soon(radio.run)
            yield Conductr(
                settings=settings,
                generations=generations,
                playback=Playback.over(steering),
                library=Library(store, shelf, steering),
                host=host,
                bus=bus,
                callbacks=callbacks,
                server_keys=ServerKeys(store, gateways.ring),
                preferences=preferences,
                completions=Completions(store, preferences, steering),
                playlists=Playlists(store, preferences, steering),
                favourites=Favourites(store, steering),
                lyrics=Lyrics(store, steering),
                filters=Filters(store),
                variations=Variations(store, generations),
                takes=Takes(store, steering),
                radio=radio,
            )
            await host.close()
            background.cancel_scope.cancel()


async def _host(  # noqa: PLR0917 - what it stands on, in the order in which it was opened
    settings: Settings, store: Store, shelf: Shelf, suno: SunoClient, bus: LocalBus, stack: AsyncExitStack
) -> GuildHost:
    """The player with what it plays from, serving the bus."""
    cache = settings.data_dir / "cache"
    pacer = stack.enter_context(Pacer(switch_interval_s=SWITCH_S))
    renditions = await stack.enter_async_context(Renditions(folder=cache / "renditions"))
    players = await stack.enter_async_context(Players())
    host = GuildHost(store, bus, players, pacer, Sounds(store, shelf, suno, bus, cache / "index"), renditions)
    players.on_crash = host.crashed
    bus.serve(host)
    return host


@asynccontextmanager
async def open_archive(settings: Settings) -> AsyncGenerator[Archive, None]:
    """Only what fetches songs' files, beside a Conductr that runs or without one. Raises SetupError, StoreError."""
    if settings.embedded_suno:
        hint = "Set the key of a Suno gateway; songs of the sandbox on this machine are lost with its process."
        raise SetupError("CONDUCTR_SUNO_API_KEY", "it is not set, so nobody keeps older songs", hint)
    check_data_dir(settings)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(settings.database))
        gateways = await _gateways(settings, store, stack)
        media = Media(settings.media, cache=settings.data_dir / "cache")
        yield Archive(store, media, gateways, Keeper(store, media, gateways.first.suno, LocalBus()))


@asynccontextmanager
async def open_generations(settings: Settings) -> AsyncGenerator[Generations, None]:
    """The wishes for an operator, beside a Conductr that runs: from here nothing is sent, asked or followed.

    Raises SetupError, StoreError.
    """
    check_data_dir(settings)
    async with Store.open(settings.database) as store:
        yield _asking(settings, store, LocalBus(), Gateways(store, ()), Wake(), Bells())


def make_generations(  # noqa: PLR0917 - wiring
    settings: Settings, store: Store, bus: LocalBus, gateways: Gateways, keeper: Keeper, wake: Wake
) -> tuple[Generations, GenerationWatcher]:
    """What asks for songs and what brings them to their end, under one owner: this process."""
    bells = Bells()
    generations = _asking(settings, store, bus, gateways, wake, bells)
    book = generations.book
    follower = Follower(book, gateways, keeper, bells)
    return generations, GenerationWatcher(book, generations.submitter, follower, generations.reconciler, wake)


def _asking(  # noqa: PLR0917 - wiring
    settings: Settings, store: Store, bus: LocalBus, gateways: Gateways, wake: Wake, bells: Bells
) -> Generations:
    book = Book(store, bus, secrets.token_hex(8), timedelta(seconds=settings.lease_s))
    allowance = Allowance(Limits() if settings.embedded_suno else limits_of(settings))
    repeats = Repeats(timedelta(seconds=settings.repeat_window_s))
    asker = Asker(book, allowance, repeats, settings.suno_model)
    submitter = Submitter(book, gateways, allowance, settings.suno_model, settings.public_url, wake.ring)
    reconciler = Reconciler(book, gateways, bells, wake.ring)
    return Generations(book, asker, submitter, reconciler, wake.ring)


async def _gateways(settings: Settings, store: Store, stack: AsyncExitStack) -> Gateways:
    """The providers that settings name; without any, the sandbox in a child process of our own. Raises SetupError."""
    own = (await _sandbox(settings, stack),) if settings.embedded_suno else own_gateways(settings)
    gateways = Gateways(store, own, ring_of(settings), partial(dial_for, settings))
    stack.push_async_callback(gateways.aclose)
    return gateways


async def _sandbox(settings: Settings, stack: AsyncExitStack) -> Gateway:
    from suno_client.sandbox import spawn_sandbox  # noqa: PLC0415 - an extra: only who runs it needs numpy

    sandbox = await stack.enter_async_context(
        spawn_sandbox(speed=settings.sandbox_speed, music_seconds=settings.sandbox_music_s)
    )
    polling = Polling(first_s=EMBEDDED_POLL_S, max_s=EMBEDDED_POLL_S)
    return Gateway(
        "sandbox",
        SunoClient("sandbox", base_url=sandbox.url, polling=polling, retrying=SENT_ONCE, allow_private_hosts=True),
    )


def check_data_dir(settings: Settings) -> None:
    """Make the data folder. Raises SetupError where it cannot be written."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe = settings.data_dir / f".probe-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SetupError(
            "CONDUCTR_DATA_DIR", f"{settings.data_dir} cannot be written", "Name a folder that this user may write to."
        ) from error
