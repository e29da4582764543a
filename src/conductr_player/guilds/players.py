"""The guilds at play, and a fire wall round each."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from conductr_player.core.state import Session
from conductr_player.core.watchdog import LOOK_EVERY_S
from conductr_player.errors import PlayerError, sole
from conductr_player.outputs.output import MakeOutput, Work

from ._crew import Crew
from ._patrol import Patrol
from ._teller import OnChange, OnNotice, tell_nobody
from ._vigil import nothing
from .player import GuildPlayer

OnCrash = Callable[[int, Exception], Awaitable[None]]

_log = logging.getLogger(__name__)


async def _note_crash(guild_id: int, error: Exception) -> None:
    _log.error("the player of guild %d crashed", guild_id, exc_info=error)


@define(eq=False)
class _Room:
    player: GuildPlayer
    crew: Crew = field(init=False)
    crash: Exception | None = None
    ending: bool = False
    empty: anyio.Event | None = None  # only where somebody waits for it


@define(eq=False)
class Players:
    """Runs one GuildPlayer a guild; `async with` owns them all. A crash ends that guild's player only.

    All share one task group and one timer, so a guild at rest or at play has no task of its own.
    """

    on_crash: OnCrash = _note_crash
    look_every_s: float = LOOK_EVERY_S
    _rooms: dict[int, _Room] = field(init=False, factory=dict[int, _Room])
    _tasks: TaskGroup = field(init=False)
    _patrol: Patrol = field(init=False)

    async def __aenter__(self) -> Self:
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        self._patrol = Patrol(self._tasks.start_soon, self.look_every_s)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        with anyio.CancelScope(shield=True):
            async with anyio.create_task_group() as ending:
                for guild_id, room in tuple(self._rooms.items()):
                    ending.start_soon(self._end, guild_id, room)
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
        on_silent: Work = nothing,
        on_notice: OnNotice = tell_nobody,
        on_reconnect: Work = nothing,
    ) -> GuildPlayer:
        """Start a guild's player. Raises PlayerError where the guild has one."""
        if guild_id in self._rooms:
            raise PlayerError(f"guild {guild_id} already has a player")
        player = GuildPlayer(
            make_output,
            on_change,
            session or Session(),
            start_at_s,
            on_silent=on_silent,
            on_notice=on_notice,
            on_reconnect=on_reconnect,
        )
        room = _Room(player)
        room.crew = Crew(self._tasks.start_soon, partial(self._crashed, guild_id, room))
        player.begin(room.crew.start, self._patrol)
        self._rooms[guild_id] = room
        return player

    def get(self, guild_id: int) -> GuildPlayer | None:
        room = self._rooms.get(guild_id)
        return room.player if room else None

    async def close(self, guild_id: int) -> None:
        """End a guild's player, after its last `on_change`. Nothing to do where there is none."""
        if room := self._rooms.get(guild_id):
            room.empty = room.empty or anyio.Event()
            self._tasks.start_soon(self._end, guild_id, room)
            await room.empty.wait()

    def _crashed(self, guild_id: int, room: _Room, error: Exception) -> None:
        if room.crash is None:
            room.crash = error
            self._tasks.start_soon(self._end, guild_id, room)

    async def _end(self, guild_id: int, room: _Room) -> None:
        """Once for each room, however many ask for it."""
        if room.ending:
            return
        room.ending = True
        with anyio.CancelScope(shield=True):
            await room.crew.dismiss()
            try:
                await room.player.end(save=room.crash is None)
            except Exception as error:  # noqa: BLE001 - the fire wall, once more
                room.crash = room.crash or sole(error)
            del self._rooms[guild_id]
            if room.empty is not None:
                room.empty.set()
        if room.crash is not None:
            await self._tell_crash(guild_id, room.crash)

    async def _tell_crash(self, guild_id: int, crash: Exception) -> None:
        try:
            await self.on_crash(guild_id, crash)
        except Exception:  # noqa: BLE001 - as above
            _log.exception("on_crash itself failed for guild %d", guild_id)
