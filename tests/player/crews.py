"""Many guilds with outputs that are not real, and lists of what was told of them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import anyio
from attrs import define, field

from conductr_player import (
    GuildPlayer,
    LinkLost,
    Players,
    Report,
    Session,
)
from conductr_player.testing import FakeOutput


@define
class Changes:
    """An on_change that remembers."""

    seen: list[Session] = field(factory=list)

    async def __call__(self, session: Session, position_s: float) -> None:
        self.seen.append(session)


@define
class Crashes:
    """An on_crash that remembers."""

    seen: list[tuple[int, str]] = field(factory=list)

    async def __call__(self, guild_id: int, error: Exception) -> None:
        self.seen.append((guild_id, str(error)))


@define(eq=False)
class Calls:
    """Counts how often it is awaited."""

    count: int = 0

    async def __call__(self) -> None:
        self.count += 1


def outputs_of(made: list[FakeOutput]) -> Callable[[Callable[[Report | LinkLost], None]], FakeOutput]:
    def make_output(report: Callable[[Report | LinkLost], None]) -> FakeOutput:
        made.append(FakeOutput(report))
        return made[-1]

    return make_output


async def until(met: Callable[[], bool]) -> None:
    with anyio.fail_after(5):
        while not met():
            await anyio.sleep(0.001)


@define(eq=False)
class Watched:
    """A guild whose every look comes a second after the one before."""

    players: Players
    made: list[FakeOutput] = field(factory=list)
    silent: Calls = field(factory=Calls)
    reconnect: Calls = field(factory=Calls)

    def open(self) -> GuildPlayer:
        player = self.players.open(
            1, outputs_of(self.made), Changes(), on_silent=self.silent, on_reconnect=self.reconnect
        )
        player.now = count(0.0, 1.0).__next__
        return player
