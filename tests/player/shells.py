"""A player with an output that is not real, and lists of what it told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
from attrs import define, field

from conductr_player import (
    GuildPlayer,
    LinkLost,
    Report,
    Session,
)
from conductr_player.core.inputs import Notice
from conductr_player.testing import FakeOutput


@define
class Changes:
    """An on_change that remembers."""

    seen: list[tuple[Session, float]] = field(factory=list)

    async def __call__(self, session: Session, position_s: float) -> None:
        self.seen.append((session, position_s))


@define
class Notices:
    """An on_notice that remembers."""

    seen: list[Notice] = field(factory=list)

    async def __call__(self, notice: Notice) -> None:
        self.seen.append(notice)


@define
class Setting:
    player: GuildPlayer
    output: FakeOutput
    changes: Changes
    notices: Notices


@asynccontextmanager
async def at_play(session: Session | None = None, start_at_s: float = 0.0) -> AsyncIterator[Setting]:
    changes, notices, outputs = Changes(), Notices(), list[FakeOutput]()

    def make_output(report: Callable[[Report | LinkLost], None]) -> FakeOutput:
        outputs.append(FakeOutput(report))
        return outputs[0]

    player = GuildPlayer(make_output, changes, session or Session(), start_at_s, on_notice=notices)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        yield Setting(player, outputs[0], changes, notices)
        tasks.cancel_scope.cancel()
