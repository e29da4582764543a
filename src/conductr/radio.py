"""Radio: where a queue is about to run dry, the next song is asked for. Opt-in, one at a time, so many a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from logging import getLogger
from uuid import uuid4

import anyio
from attrs import define, field

from conductr_player import PauseCause, PlaybackState, PlayerError
from conductr_store import (
    CommitUnsure,
    GenerationState,
    NotFound,
    QuotaUsedUp,
    Store,
    StoreError,
    UnitOfWork,
    records,
)
from suno_client import SunoError

from .access import BROWSER_ROOM, Caller
from .bus import LocalBus, Now
from .errors import ConductrError
from .generations import Generations
from .host import GuildHost
from .messages import GenerationChanged, SessionChanged, SettingsChanged
from .outcomes import RadioSet
from .preferences import Preferences
from .rights import Deed, decide
from .tastes import Chosen, Listened, choose

log = getLogger(__name__)

SONGS_A_DAY = 10  # of one server; quotas of the server count them too
RECENT = 3  # picks that are not repeated at once
LOOKED_AT = 50  # songs that a room met last
AGAIN_AFTER_S = 60.0  # where a wish failed: no server's radio asks more often than that
THEME_LIMIT = 200  # characters
MARK = "radio:"
NAME = "Radio"
MAY_RUN_DRY = SessionChanged | SettingsChanged | GenerationChanged


@define(eq=False)
class Radio:
    """`themes`: what people asked the radio for, until this process ends. `at` is the wall clock."""

    store: Store
    bus: LocalBus
    host: GuildHost
    generations: Generations
    preferences: Preferences
    songs_a_day: int = SONGS_A_DAY
    at: Callable[[], datetime] = records.now
    themes: dict[int, str] = field(factory=dict)
    _asking: set[int] = field(factory=set)
    _rest_until_s: dict[int, float] = field(factory=dict)

    async def turn(self, caller: Caller, on: bool | None = None, theme: str | None = None) -> RadioSet:
        """Switch it on or off for the server; None: the other way round. Raises NotAllowed, StoreError."""
        settings = await self.preferences.of(caller.guild_id)
        decide(Deed.RADIO, caller, None, settings)
        wanted = (not settings.radio or bool(theme)) if on is None else on
        if theme and wanted:
            self.themes[caller.guild_id] = " ".join(theme.split())[:THEME_LIMIT]
        elif not wanted or on is not None:
            self.themes.pop(caller.guild_id, None)
        await self.preferences.keep(caller, radio=wanted)
        async with self.store.begin() as tx:
            left = await self._left(tx, caller.guild_id)
        return RadioSet(wanted, left, caller.name, changed=wanted is not settings.radio)

    async def run(self) -> None:
        """Until cancelled. What one server's radio meets is no other's trouble."""
        async with self.bus.subscribe() as events, anyio.create_task_group() as askers:
            async for event in events:
                if isinstance(event, MAY_RUN_DRY) and self._dry(event.guild_id):
                    self._asking.add(event.guild_id)
                    askers.start_soon(self._ask, event.guild_id)

    def _dry(self, guild_id: int) -> bool:
        """Whether somebody listens to the last song of a queue, or to silence after it."""
        now = None if guild_id in self._asking else self.host.look(guild_id)
        if now is None or now.room is None or now.room.listeners == 0:
            return False
        if anyio.current_time() < self._rest_until_s.get(guild_id, 0.0):
            return False
        return _runs_dry(now)

    async def _ask(self, guild_id: int) -> None:
        try:
            await self.ask(guild_id)
        except (ConductrError, SunoError, StoreError, PlayerError) as error:
            log.info("the radio of guild %s has asked for nothing: %r", guild_id, error)
            self._rest_until_s[guild_id] = anyio.current_time() + AGAIN_AFTER_S
        except Exception:  # a fire wall: the other servers' radios go on
            log.exception("the radio of guild %s met an unforeseen error", guild_id)
            self._rest_until_s[guild_id] = anyio.current_time() + AGAIN_AFTER_S
        finally:
            self._asking.discard(guild_id)

    async def ask(self, guild_id: int) -> str | None:
        """Ask for one song, if that server wants it, none of its is in the making, and the day's budget allows it.

        One of today of which nobody knows whether it was accepted counts as in the making until that is decided.
        The request's key; None where nothing was asked. Raises as `Generations.start`.
        """
        if not (await self.preferences.of(guild_id)).radio:
            return None
        now = self.host.look(guild_id)
        if now is None or now.room is None:
            return None
        async with self.store.begin() as tx:
            key = await self._reserved(tx, guild_id)
            if key is None:
                return None
            chosen = await self._chosen(tx, guild_id)
            await tx.listening.picked(key, guild_id, chosen.reason, chosen.subject)
        name = "" if guild_id == BROWSER_ROOM else NAME  # there it is the id of the one who listens
        voice = Caller(guild_id, name, guild_id, voice_channel_id=now.room.channel_id)  # an id that no person has
        try:
            await self.generations.start(voice, chosen.wish, key, anew=True)
        except (ConductrError, SunoError, StoreError) as error:
            await self._settle(key, sure=not isinstance(error, CommitUnsure))
            raise
        async with self.store.begin() as tx:
            await tx.ledger.consume(key)
        return key

    async def _settle(self, key: str, *, sure: bool) -> None:
        """Give the song of the day back only where it was surely not accepted: an answer that was lost may be paid for.

        `sure`: where there is no row of the wish, none will come. Raises StoreError: then it stays set aside.
        """

        async def write(tx: UnitOfWork) -> None:
            row = await tx.generations.by_request_key(key)
            if row is None and sure:
                await tx.listening.forget(key)
            if sure if row is None else row.state is GenerationState.REFUSED:
                await tx.ledger.release(key)
            else:
                await tx.ledger.consume(key)

        await self.store.run(write)

    async def _reserved(self, tx: UnitOfWork, guild_id: int) -> str | None:
        """The key of a request, with one song of the day set aside; None where none is left, or one is under way."""
        rows = await tx.generations.unfinished_of(guild_id, LOOKED_AT)
        if any(row.request_key.startswith(MARK) for row in rows):
            return None
        today = self.at().replace(hour=0, minute=0, second=0, microsecond=0)
        if await tx.listening.undecided(guild_id, today):
            return None
        account = self._account(guild_id)
        balance = await tx.ledger.ensure(account, self.songs_a_day)
        key = f"{MARK}{uuid4().hex}"
        if balance.left == 0:
            return None
        try:
            await tx.ledger.reserve(account, 1, key)
        except QuotaUsedUp:
            return None
        return key

    async def _left(self, tx: UnitOfWork, guild_id: int) -> int:
        try:
            return (await tx.ledger.balance(self._account(guild_id))).left
        except NotFound:
            return self.songs_a_day

    async def _chosen(self, tx: UnitOfWork, guild_id: int) -> Chosen:
        met = [one for one in await tx.listening.latest(guild_id, LOOKED_AT) if one.song.open_to(None, guild_id)]
        likes = await tx.favourites.counts(one.song.id for one in met)
        songs = [
            Listened(one.song.title, one.song.genres, one.song.tags, one.heard, one.skipped, likes.get(one.song.id, 0))
            for one in met
        ]
        recent = [pick.subject for pick in await tx.listening.recent_picks(guild_id, RECENT)]
        return choose(songs, recent, self.themes.get(guild_id))

    def _account(self, guild_id: int) -> str:
        return f"{MARK}{guild_id}:{self.at():%Y-%m-%d}"


def _runs_dry(now: Now) -> bool:
    session = now.session
    if session.queue.upcoming or PauseCause.USER in session.paused_by or session.queue.loop != "off":
        return False
    if session.queue.current is not None:
        return session.state is PlaybackState.PLAYING
    return bool(session.queue.history)
