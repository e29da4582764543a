"""The whole way of a wish in memory: a store, scripted gateways, a player that takes notes, a clock of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import httpx
from anyio.abc import TaskGroup
from attrs import define, field

from conductr import Caller, GenerationView, Wish
from conductr.access import RoomFacts
from conductr.app import make_generations
from conductr.bus import LocalBus, Now
from conductr.gateways import Gateway, Gateways
from conductr.generations import Generations
from conductr.keeping import Keeper
from conductr.messages import Tally, ToPlayer, ToVote
from conductr.settings import Settings
from conductr.wake import Wake
from conductr.watcher import GenerationWatcher
from conductr_player import Command, Session
from conductr_store import Attempt, Media, Store
from conductr_store.sealing import KeyRing, new_sealing_key
from suno_client import Exchange, Limiter, Polling, Retrying, SunoClient
from suno_client.testing import AT_ONCE, BASE_URL, FakeSuno

BEGAN = datetime(2026, 11, 27, 12, tzinfo=UTC)
WISH = Wish("a rainy lo-fi beat with a warm piano")
ADA = Caller(7, "Ada", 42, "Test guild", voice_channel_id=5)
PUBLIC = "https://songs.test"
WITHIN_S = 30.0
Hook = Callable[[], Awaitable[None]]


@define
class Clock:
    """The database's clock too: nothing waits for it."""

    at: datetime = BEGAN

    def __call__(self) -> datetime:
        return self.at

    def passes(self, span: timedelta) -> None:
        self.at += span

    def seconds(self) -> float:
        return self.at.timestamp()


@define(eq=False)
class Notes:
    """A player that does nothing but remember what it was told."""

    told: list[Command] = field(factory=list)
    messages: list[ToPlayer] = field(factory=list)  # the same, with their names

    async def carry_out(self, message: ToPlayer) -> Session:
        self.told.append(message.command)
        self.messages.append(message)
        return Session()

    async def vote(self, vote: ToVote) -> Tally:
        raise AssertionError(f"nobody votes here: {vote}")

    def look(self, guild_id: int) -> Now | None:
        del guild_id
        return Now(Session(), 0.0, 0, RoomFacts(5, "Lounge"))


@define(eq=False)
class Life:
    """One process: it ends when it is told to, with whatever it has not finished."""

    generations: Generations
    watcher: GenerationWatcher
    store: Store
    clock: Clock
    player: Notes
    gateways: Gateways

    async def ask(
        self, key: str = "one", caller: Caller = ADA, wish: Wish = WISH, *, anew: bool = False
    ) -> GenerationView:
        self.clock.passes(timedelta(seconds=1))  # no two wishes are asked for at the same moment
        return await self.generations.start(caller, wish, key, anew=anew)

    async def attempts(self, generation_id: str) -> tuple[Attempt, ...]:
        async with self.store.begin() as tx:
            return await tx.attempts.of_generation(generation_id)

    async def reached(self, generation_id: str, *states: str) -> GenerationView:
        async with self.generations.book.bus.subscribe() as events:
            with anyio.fail_after(WITHIN_S):
                while (view := await self.generations.get(generation_id)).state not in states:
                    await anext(events)
        return view

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[TaskGroup]:
        async with anyio.create_task_group() as background:
            background.start_soon(self.watcher.run)
            yield background
            background.cancel_scope.cancel()


@define(eq=False)
class World:
    """What outlives a process: the database's address, the gateways, the clock."""

    url: str
    folder: Path
    sunos: dict[str, FakeSuno]
    clock: Clock = field(factory=Clock)
    settings: dict[str, object] = field(factory=dict)
    members: dict[str, FakeSuno] = field(factory=dict)  # by the key that a member brought
    ring: KeyRing = field(factory=lambda: KeyRing.parse(new_sealing_key("test")))
    busy_timeout_s: float = 5.0
    polling: Polling = AT_ONCE
    before: Hook | None = None  # awaited before a submission arrives at its gateway
    after: Hook | None = None  # awaited when it was answered, and before the answer is heard
    heard: Callable[[], None] | None = None  # called when the answer to a submission was read

    @property
    def suno(self) -> FakeSuno:
        return next(iter(self.sunos.values()))

    def _observed(self, exchange: Exchange) -> None:
        if exchange.feature == "generate" and self.heard is not None:
            self.heard()

    def _dial(self, provider: str, key: str) -> SunoClient | None:
        del provider
        return self._client_of(self.members[key])

    def _client_of(self, suno: FakeSuno) -> SunoClient:
        return SunoClient(
            suno.key,
            base_url=BASE_URL,
            dialect=suno.dialect,
            http=httpx.AsyncClient(transport=_Gate(self, suno)),
            polling=self.polling,
            retrying=Retrying(submissions=1, first_s=0, longest_s=1),  # a gateway that says wait is told of at once
            limiter=Limiter(1_000_000, 0),
            observe=self._observed,
        )

    @asynccontextmanager
    async def life(self) -> AsyncIterator[Life]:
        """A new process over what the last one left."""
        values: dict[str, object] = {"data_dir": self.folder, "suno_api_key": "test-key", "lease_s": 30.0}
        values |= {"public_url": PUBLIC, "repeat_window_s": 0.0, **self.settings}
        settings = Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue, reportArgumentType]
        async with Store.open(self.url, now=self.clock, busy_timeout_s=self.busy_timeout_s) as store:
            own = tuple(Gateway(name, self._client_of(suno)) for name, suno in self.sunos.items())
            gateways = Gateways(store, own, self.ring, self._dial, now=self.clock.seconds)
            bus, wake, player = LocalBus(), Wake(), Notes()
            bus.serve(player)
            keeper = Keeper(store, Media(str(self.folder / "media")), own[0].suno, bus, first_delay_s=0)
            generations, watcher = make_generations(settings, store, bus, gateways, keeper, wake)
            generations.book.now = self.clock
            yield Life(generations, watcher, store, self.clock, player, gateways)
            await gateways.aclose()


class _Gate(httpx.AsyncBaseTransport):
    """The network between a client and its scripted gateway."""

    def __init__(self, world: World, suno: FakeSuno) -> None:
        self._world, self._gateway = world, suno.http()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        submits = request.method == "POST"
        if submits and self._world.before is not None:
            await self._world.before()
        response = await self._gateway.send(request)
        if submits and self._world.after is not None:
            await self._world.after()
        return response


def a_world(url: str, folder: Path) -> World:
    """A fresh one, with one gateway; `url` is a database whose schema is the newest."""
    return World(url, folder, {"sunoapi": FakeSuno()})
