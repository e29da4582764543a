"""open_conductr: the only place that wires, and the only one that asks which mode it is."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import anyio
from attrs import frozen

from conductr_player import Pacer, Players
from conductr_player.render import Renditions
from conductr_store import Media, Store
from suno_client import Polling, Retrying, SunoClient

from .bus import LocalBus
from .errors import SetupError
from .generations import Generations
from .host import GuildHost
from .keeping import Keeper
from .library import Library
from .playback import Playback
from .settings import SUNO_API, Settings
from .sounds import Sounds
from .wake import Wake
from .watcher import GenerationWatcher

UNFINISHED_FILES_S = 3_600.0  # what a writer that died left half done, and nobody has touched since
EMBEDDED_POLL_S = 0.4  # the sandbox is on this machine and charges nothing
SWITCH_S = 0.0005  # how long this program's Python may keep the pacer waiting (ADR 9)
SENT_ONCE = Retrying(submissions=1)  # a generation is a row; the watcher sends it again, where that is safe


@frozen
class Conductr:
    """The use cases of one process, wired. What runs in the background ends with the `async with` that opened it."""

    settings: Settings
    generations: Generations
    playback: Playback
    library: Library
    host: GuildHost
    bus: LocalBus


@asynccontextmanager
async def open_conductr(settings: Settings) -> AsyncGenerator[Conductr, None]:
    """Open store, media, Suno and player; follow what was left unfinished. Raises SetupError, StoreError."""
    check_data_dir(settings)
    async with AsyncExitStack() as stack:
        suno = await stack.enter_async_context(await _suno(settings, stack))
        store = await stack.enter_async_context(Store.open(settings.database))
        media = Media(settings.media, cache=settings.data_dir / "cache")
        await media.sweep(UNFINISHED_FILES_S)
        bus, wake = LocalBus(), Wake()
        pacer = stack.enter_context(Pacer(switch_interval_s=SWITCH_S))
        folder = settings.data_dir / "cache" / "renditions"
        renditions = await stack.enter_async_context(Renditions(folder=folder))
        players = await stack.enter_async_context(Players())
        sounds = Sounds(store, media, suno, bus)
        host = GuildHost(store, bus, players, pacer, sounds, renditions)
        players.on_crash = host.crashed
        bus.serve(host)
        lease = timedelta(seconds=settings.lease_s)
        owner = secrets.token_hex(8)
        generations = Generations(store, suno, bus, settings.suno_model, owner, lease, wake.ring)
        watcher = GenerationWatcher(store, suno, bus, generations, Keeper(store, media, suno, bus), wake)
        async with anyio.create_task_group() as background:
            for run in (sounds.run, host.run, watcher.run):
                background.start_soon(run)
            yield Conductr(settings, generations, Playback(store, bus), Library(store, media), host, bus)
            await host.close()
            background.cancel_scope.cancel()


async def _suno(settings: Settings, stack: AsyncExitStack) -> SunoClient:
    """The provider that settings name; without key and address, the sandbox in a child process of our own."""
    if settings.embedded_suno:
        from suno_client.sandbox import spawn_sandbox  # noqa: PLC0415 - an extra: only who runs it needs numpy

        sandbox = await stack.enter_async_context(
            spawn_sandbox(speed=settings.sandbox_speed, music_seconds=settings.sandbox_music_s)
        )
        polling = Polling(first_s=EMBEDDED_POLL_S, max_s=EMBEDDED_POLL_S)
        return SunoClient(
            "sandbox", base_url=sandbox.url, polling=polling, retrying=SENT_ONCE, allow_private_hosts=True
        )
    if settings.suno_api_key is None:
        raise SetupError("CONDUCTR_SUNO_API_KEY", "it is not set", "Set it, or unset CONDUCTR_SUNO_BASE_URL too.")
    return SunoClient(
        settings.suno_api_key.get_secret_value(),
        base_url=settings.suno_base_url or SUNO_API,
        polling=Polling(first_s=settings.suno_poll_s, max_s=5 * settings.suno_poll_s),
        retrying=SENT_ONCE,
        timeout_s=settings.suno_timeout_s,
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
