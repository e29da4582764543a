"""The guilds at play, and a fire wall round each."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from .errors import PlayerError, sole
from .player import GuildPlayer, MakeOutput, OnChange
from .session import Session

OnCrash = Callable[[int, Exception], Awaitable[None]]

_log = logging.getLogger(__name__)


async def _note_crash(guild_id: int, error: Exception) -> None:
    _log.error("the player of guild %d crashed", guild_id, exc_info=error)


@define(eq=False)
class _Room:
    player: GuildPlayer
    scope: anyio.CancelScope = field(factory=anyio.CancelScope)
    empty: anyio.Event = field(factory=anyio.Event)


@define(eq=False)
class Players:
    """Runs one GuildPlayer a guild; `async with` owns them all. A crash ends that guild's player only."""

    on_crash: OnCrash = _note_crash
    _rooms: dict[int, _Room] = field(init=False, factory=dict[int, _Room])
    _tasks: TaskGroup = field(init=False)

    async def __aenter__(self) -> Self:
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._tasks.cancel_scope.cancel()
        return await self._tasks.__aexit__(kind, error, trace)

    def open(
        self,
        guild_id: int,
        make_output: MakeOutput,
        on_change: OnChange,
        session: Session | None = None,
        start_at_s: float = 0.0,
        *,
        on_silent: Callable[[], Awaitable[None]] | None = None,
    ) -> GuildPlayer:
        """Start a guild's player. Raises PlayerError where the guild has one."""
        if guild_id in self._rooms:
            raise PlayerError(f"guild {guild_id} already has a player")
        player = GuildPlayer(make_output, on_change, session or Session(), start_at_s)
        if on_silent is not None:
            player.on_silent = on_silent
        self._rooms[guild_id] = room = _Room(player)
        self._tasks.start_soon(self._run, guild_id, room)
        return player

    def get(self, guild_id: int) -> GuildPlayer | None:
        room = self._rooms.get(guild_id)
        return room.player if room else None

    async def close(self, guild_id: int) -> None:
        """End a guild's player, after its last `on_change`. Nothing to do where there is none."""
        if room := self._rooms.get(guild_id):
            room.scope.cancel()
            await room.empty.wait()

    async def _run(self, guild_id: int, room: _Room) -> None:
        crash: Exception | None = None
        try:
            with room.scope:
                await room.player.run()
        except Exception as error:  # noqa: BLE001 - the fire wall: whatever it is, the neighbours play on
            crash = sole(error)
        finally:
            del self._rooms[guild_id]
            room.empty.set()
        if crash is not None:
            await self._tell_crash(guild_id, crash)

    async def _tell_crash(self, guild_id: int, crash: Exception) -> None:
        try:
            await self.on_crash(guild_id, crash)
        except Exception:  # noqa: BLE001 - as above
            _log.exception("on_crash itself failed for guild %d", guild_id)
