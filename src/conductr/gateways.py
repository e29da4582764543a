"""Gateways: who is asked for a song, in which order, and who made which; by whose key is up to who brought one."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from logging import getLogger

from attrs import define, evolve, field, frozen

from conductr_store import NotFound, SealBroken, Store, UnitOfWork
from conductr_store.records import GuildKey, ProviderKey
from conductr_store.sealing import KeyRing
from suno_client import BadKey, SunoClient, SunoError

from .errors import Crowded
from .health import Health, Standing
from .languages import tongue_for

log = getLogger(__name__)

SUBMISSIONS = 18  # in WINDOW_S for one key, in all processes; a gateway refuses the 21st (suno.md 2A.10)
WINDOW_S = 10.0
# A server of one's own has one account's cookie and one browser, and asks for a captcha each time (suno.md 2C). The
# paid gateways take many at once; they refuse only by the window above.
ONE_AT_A_TIME = frozenset({"gcui"})
AFTER_ANOTHER_S = 2.0
UNDER_WAY_S = 600.0  # longer than any submission; one whose process died is settled by its lease
KEY_REFUSED = tongue_for("en")("reason.key_refused")
FORGET_AFTER_S = 3_600.0  # a client of a brought key that was not asked for so long is closed: no song takes that long

AnyKey = ProviderKey | GuildKey


@frozen(eq=False)
class Gateway:
    """A provider, spoken to with one key. `key_id`: a member's or a server's in the store; None is the bot's own."""

    name: str
    suno: SunoClient
    key_id: str | None = None

    @property
    def takes_callbacks(self) -> bool:
        return self.suno.supports("callbacks")

    @property
    def one_at_a_time(self) -> bool:
        """Whether it has to answer one submission before the next, in all processes."""
        return self.suno.dialect in ONE_AT_A_TIME


@frozen(eq=False)
class _Visit:
    gateway: Gateway
    at: float


@define(eq=False)
class Gateways:
    """`own` are the bot's, the first choice first; `dial` makes a client for a provider and a member's key, or None."""

    store: Store
    own: tuple[Gateway, ...]
    ring: KeyRing | None = None
    dial: Callable[[str, str], SunoClient | None] | None = None
    now: Callable[[], float] = time.monotonic
    _doors: dict[str, Health] = field(factory=dict)  # by provider: closed to one key, closed to all
    _purses: dict[tuple[str, str | None], float] = field(factory=dict)  # until when a key stands back, as poor
    _visits: dict[str, _Visit] = field(factory=dict)  # members' clients, by their key's id: a new key has a new one

    async def aclose(self) -> None:
        for gateway in (*self.own, *(visit.gateway for visit in self._visits.values())):
            await gateway.suno.aclose()

    @property
    def first(self) -> Gateway:
        """The bot's first choice, whether it is up or not."""
        return self.own[0]

    async def choose(
        self, *, user_id: int | None = None, guild_id: int | None = None, exclude: Collection[str] = ()
    ) -> Gateway | None:
        """Whom to ask now: not those named in `exclude`. None where none is up: wait for `again_in_s`.

        A closed one is given to one wish a minute: it finds out whether it is open again, and costs nothing if not.
        """
        now = self.now()
        for gateway in await self._brought(user_id, guild_id):
            if gateway.name not in exclude and self._lets_in(gateway, now):
                return gateway
        wanted = [gateway for gateway in self.own if gateway.name not in exclude]
        poor = [gateway for gateway in wanted if self._of(gateway).standing(now) is Standing.POOR]
        for gateway in wanted:
            if gateway not in poor and self._lets_in(gateway, now):
                return gateway
        return next(iter(poor), None)

    async def of(self, provider: str, key_id: str | None) -> Gateway | None:
        """Who took a submission, to look at its task; None where it is no longer set up, or its key is gone.

        A key that was replaced or removed since then still looks. Where its provider refuses it by now, the one that
        was brought in its place does: mostly it is of the same account.
        """
        if key_id is None:
            return next((gateway for gateway in self.own if gateway.name == provider), None)
        async with self.store.begin() as tx:
            try:
                key = await tx.provider_keys.get(key_id)
            except NotFound:
                return None
            if key.retired_at is not None and key.refused_at is not None:
                key = await tx.provider_keys.successor(key) or key
        return await self._opened(key)

    async def note(self, gateway: Gateway, error: SunoError | None) -> None:
        """What a submission there came to; None where it was accepted. Raises StoreError."""
        known, health = self._of(gateway), self._of(gateway).after(error, self.now())
        self._doors[gateway.name] = health
        self._purses[gateway.name, gateway.key_id] = health.poor_until
        if health.closed and not known.closed:
            log.warning("%s is closed (%s); one wish a minute tries it", gateway.name, type(error).__name__)
        if gateway.key_id is not None and (error is None or isinstance(error, BadKey)):
            async with self.store.begin() as tx:
                if error is None:
                    await tx.provider_keys.used(gateway.key_id)
                else:
                    await tx.provider_keys.refused(gateway.key_id, KEY_REFUSED)

    async def turned_away(self, gateway: Gateway) -> None:
        """It does not take a brought key any more, at a look at a task: no wish is sent with it. Raises StoreError."""
        if gateway.key_id is not None:
            async with self.store.begin() as tx:
                await tx.provider_keys.refused(gateway.key_id, KEY_REFUSED)

    async def take_turn(self, tx: UnitOfWork, gateway: Gateway) -> None:
        """Called in the transaction that begins an attempt, before it. Raises Crowded where the key's limit is reached,
        or another's submission has to be answered first.

        All processes that submit with one key count together, by the database's clock.
        """
        if gateway.one_at_a_time and await tx.rates.busy(gateway.name, gateway.key_id, within_s=UNDER_WAY_S):
            raise Crowded(AFTER_ANOTHER_S)
        wait_s = await tx.rates.wait_s(gateway.name, gateway.key_id, at_most=SUBMISSIONS, within_s=WINDOW_S)
        if wait_s > 0:
            raise Crowded(wait_s)

    def again_in_s(self) -> float:
        """Seconds until the first of the bot's gateways may be tried; 0 where one may now."""
        now = self.now()
        return min(self._of(gateway).again_in_s(now) for gateway in self.own)

    def standing(self) -> dict[str, Standing]:
        """How the bot's gateways stand, by name."""
        return {gateway.name: self._of(gateway).standing(self.now()) for gateway in self.own}

    def _of(self, gateway: Gateway) -> Health:
        door = self._doors.get(gateway.name, Health())
        return evolve(door, poor_until=self._purses.get((gateway.name, gateway.key_id), 0.0))

    def _lets_in(self, gateway: Gateway, now: float) -> bool:
        """Whether a wish may go there; where it is closed, this wish is the minute's one."""
        health = self._of(gateway)
        if health.again_in_s(now) > 0:
            return False
        if health.closed:
            self._doors[gateway.name] = health.probing(now)
        return True

    async def _brought(self, user_id: int | None, guild_id: int | None) -> tuple[Gateway, ...]:
        """By the keys that the member has brought, then the server's; each in the order of the bot's own providers."""
        if self.ring is None:
            return ()
        async with self.store.begin() as tx:
            members = () if user_id is None else await tx.provider_keys.of_user(user_id)
            servers = () if guild_id is None else await tx.provider_keys.of_guild(guild_id)
        order = [gateway.name for gateway in self.own]

        def place(key: AnyKey) -> int:
            return order.index(key.provider) if key.provider in order else len(order)

        keys = [key for kind in (members, servers) for key in sorted(kind, key=place) if key.usable]
        found = [await self._opened(key) for key in keys]
        return tuple(gateway for gateway in found if gateway is not None)

    async def _opened(self, key: AnyKey) -> Gateway | None:
        """The client of a brought key; None where the key does not open, or its provider is not known here."""
        await self._close_old()
        known = self._visits.get(key.id)
        gateway = known.gateway if known else self._dialled(key)
        if gateway is not None:
            self._visits[key.id] = _Visit(gateway, self.now())
        return gateway

    def _dialled(self, key: AnyKey) -> Gateway | None:
        if self.ring is None or self.dial is None:
            return None
        try:
            suno = self.dial(key.provider, key.reveal(self.ring).reveal())
        except SealBroken:
            log.warning("the key %s does not open with any of CONDUCTR_SEALING_KEYS", key.id)
            return None
        return None if suno is None else Gateway(key.provider, suno, key.id)

    async def _close_old(self) -> None:
        """Clients that nobody can be using any more."""
        before = self.now() - FORGET_AFTER_S
        for key_id in [key_id for key_id, visit in self._visits.items() if visit.at < before]:
            visit = self._visits.pop(key_id, None)  # two tasks may be at it
            if visit is not None:
                await visit.gateway.suno.aclose()
