"""A world that outlives the lives which work on it: what each acknowledged is remembered, and looked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from attrs import define, field

from .nursery import Life, Nursery
from .world import Replay, Said, Submission, World, check_world

Booked = Callable[[], Awaitable[tuple[Submission, ...]]]


@define(eq=False)
class Lasting:
    """A database and a media folder, and all that lives on them have acknowledged."""

    url: str
    media: Path
    replay: Replay | None = None
    booked: Booked | None = None
    said: list[Said] = field(factory=list)
    kills: int = 0
    passed: Counter[str] = field(factory=Counter[str])
    survived: list[Life] = field(factory=list)

    async def live(
        self,
        nursery: Nursery,
        *,
        faults: str = "",
        kill_after_s: float | None = None,
        stopped: Callable[[], Awaitable[None]] | None = None,
        **given: object,
    ) -> Life:
        life = await nursery.live(faults=faults, kill_after_s=kill_after_s, stopped=stopped, url=self.url, **given)
        self.said += life.said
        self.passed.update({name: int(times) for name, times in life.told("passed")})
        if life.killed:
            self.kills += 1
        else:
            self.survived.append(life)
        return life

    async def findings(self, *, at_rest: bool = False) -> list[str]:
        """What the oracles find, and lives that ended otherwise than by a kill or at their end."""
        submissions = None if self.booked is None else await self.booked()
        world = World(
            self.url,
            media=self.media,
            said=tuple(self.said),
            submissions=submissions,
            at_rest=at_rest,
            replay=self.replay,
        )
        broken = [f"a life ended: {' '.join(words)}" for life in self.survived for words in life.told("ended")]
        return [*broken, *await check_world(world)]
