"""Preferences: how each server and each member wants it. Read at every command, so they are remembered a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import Any, Final, Generic, TypeVar, get_type_hints

from attrs import define, evolve, field

from conductr_store import GuildSettings, NotFound, Store, UnitOfWork, User, UserSettings
from conductr_store.records import SkipRule

from .access import Caller
from .bus import LocalBus
from .errors import BadSetting
from .messages import SettingsChanged
from .outcomes import SettingsSaved, SettingsShown
from .rights import Deed, decide
from .saved import know_guild

FRESH_FOR_S: Final = 60.0  # another process may have changed it, and its event may have been lost
KEPT: Final = 10_000  # servers, and members
TEXT_LIMIT: Final = 200  # characters of what is set in words
Wanted = TypeVar("Wanted", GuildSettings, UserSettings)


@define(eq=False)
class Remembered(Generic[Wanted]):
    """What was read lately. `now` counts seconds."""

    now: Callable[[], float]
    _kept: dict[int, tuple[float, Wanted]] = field(factory=dict)
    _turn: int = 0  # counts what was forgotten, so that a read from before it is not kept

    @property
    def turn(self) -> int:
        return self._turn

    def get(self, key: int) -> Wanted | None:
        read_at, wanted = self._kept.get(key, (0.0, None))
        return wanted if self.now() - read_at < FRESH_FOR_S else None

    def keep(self, key: int, wanted: Wanted, turn: int) -> None:
        """What was read in that turn; the oldest goes where there are too many."""
        if turn != self._turn:
            return
        self._kept.pop(key, None)
        self._kept[key] = self.now(), wanted
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]

    def forget(self, key: int) -> None:
        self._turn += 1
        self._kept.pop(key, None)


@define(eq=False)
class Preferences:
    """`now` counts seconds."""

    store: Store
    bus: LocalBus
    now: Callable[[], float] = time.monotonic
    _guilds: Remembered[GuildSettings] = field(init=False)
    _users: Remembered[UserSettings] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._guilds = Remembered[GuildSettings](self.now)
        self._users = Remembered[UserSettings](self.now)

    async def run(self) -> None:
        """Hear of changes that other processes make, until cancelled."""
        async with self.bus.subscribe() as events:
            async for event in events:
                if isinstance(event, SettingsChanged):
                    self._guilds.forget(event.guild_id)

    async def of(self, guild_id: int) -> GuildSettings:
        """What the server has set; the defaults for one that is not known. Raises StoreError."""
        if (kept := self._guilds.get(guild_id)) is None:
            turn = self._guilds.turn
            async with self.store.begin() as tx:
                kept = await tx.guilds.settings(guild_id)
            self._guilds.keep(guild_id, kept, turn)
        return kept

    async def of_user(self, user_id: int) -> UserSettings:
        """What the member has set for themselves. Raises StoreError."""
        if (kept := self._users.get(user_id)) is None:
            turn = self._users.turn
            async with self.store.begin() as tx:
                kept = await tx.users.settings(user_id)
            self._users.keep(user_id, kept, turn)
        return kept

    async def shown(self, caller: Caller) -> SettingsShown:
        """Both, and whether the caller may change the server's. Raises StoreError."""
        return SettingsShown(await self.of(caller.guild_id), await self.of_user(caller.user_id), caller.manages)

    async def change(self, caller: Caller, **changes: object) -> SettingsSaved:
        """Change what the server wants, noted in the audit log. Raises NotAllowed, BadSetting, StoreError."""
        decide(Deed.SETTINGS, caller, None, GuildSettings())
        return await self.keep(caller, **changes)

    async def keep(self, caller: Caller, **changes: object) -> SettingsSaved:
        """The same where it is decided already that the caller may, as of the volume. Raises BadSetting, StoreError."""
        _check(GuildSettings, changes)
        async with self.store.begin() as tx:
            await know_guild(tx, caller.guild_id, caller.guild_name)
            before = await tx.guilds.settings(caller.guild_id)
            after = _changed(before, changes)
            news = _news(before, after, changes)
            if news:
                await tx.users.put(User(caller.user_id, caller.name))
                await tx.guilds.set(caller.guild_id, **changes)
                await _note(tx, caller, "guild.settings", news)
        return self._saved("guild", caller.guild_id, news)

    async def change_user(self, caller: Caller, **changes: object) -> SettingsSaved:
        """Change what the member wants everywhere. Raises BadSetting, StoreError."""
        _check(UserSettings, changes)
        async with self.store.begin() as tx:
            await tx.users.put(User(caller.user_id, caller.name))
            before = await tx.users.settings(caller.user_id)
            after = _changed(before, changes)
            news = _news(before, after, changes)
            if news:
                await tx.users.set(caller.user_id, **changes)
        self._users.forget(caller.user_id)
        return SettingsSaved("user", tuple((name, new) for name, (_, new) in news.items()))

    async def gone(self, guild_id: int, *, role_id: int | None = None, channel_id: int | None = None) -> SettingsSaved:
        """A role or a channel was deleted: what was set to it is not set any more. Raises StoreError."""
        async with self.store.begin() as tx:
            try:
                before = (await tx.guilds.get(guild_id)).settings
            except NotFound:
                return SettingsSaved("guild", ())
            changes: dict[str, object] = {
                name: None
                for name, gone in (
                    ("dj_role_id", role_id),
                    ("bound_channel_id", channel_id),
                    ("request_channel_id", channel_id),
                )
                if gone is not None and getattr(before, name) == gone
            }
            if changes:
                await tx.guilds.set(guild_id, **changes)
                await tx.audit.write("guild.settings", guild_id=guild_id, source="discord", detail={**changes})
        return self._saved("guild", guild_id, dict.fromkeys(changes, (None, None)))

    def _saved(self, whose: str, guild_id: int, news: dict[str, tuple[object, object]]) -> SettingsSaved:
        """Whoever keeps them in mind hears of it, once it is durable."""
        self._guilds.forget(guild_id)
        if news:
            self.bus.publish(SettingsChanged(guild_id))
        return SettingsSaved(whose, tuple((name, new) for name, (_, new) in news.items()))


def _check(kind: type[GuildSettings | UserSettings], changes: dict[str, object]) -> None:
    known = get_type_hints(kind)
    for name, value in changes.items():
        if name not in known or not _is_like(known[name], value):
            raise BadSetting(name)


def _is_like(wanted: Any, value: object) -> bool:
    """A switch is not set to a number, nor a number to a switch, whatever Python makes of them."""
    if isinstance(value, bool) or wanted is bool:
        return isinstance(value, bool) and wanted is bool
    if isinstance(value, str):
        return len(value) <= TEXT_LIMIT and (isinstance(value, wanted) or wanted is SkipRule)
    return isinstance(value, int | float if wanted is float else wanted)


def _changed(before: Wanted, changes: dict[str, object]) -> Wanted:
    for name, value in changes.items():  # one by one, so that the one that will not do can be named
        try:
            before = evolve(before, **{name: value})
        except (TypeError, ValueError) as error:
            raise BadSetting(name) from error
    return before


def _news(before: Wanted, after: Wanted, changes: dict[str, object]) -> dict[str, tuple[object, object]]:
    pairs = {name: (_plain(getattr(before, name)), _plain(getattr(after, name))) for name in changes}
    return {name: (old, new) for name, (old, new) in pairs.items() if old != new}


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


async def _note(tx: UnitOfWork, caller: Caller, action: str, news: dict[str, tuple[object, object]]) -> None:
    detail = {name: [old, new] for name, (old, new) in news.items()}
    await tx.audit.write(action, actor_id=caller.user_id, guild_id=caller.guild_id, detail=detail)
