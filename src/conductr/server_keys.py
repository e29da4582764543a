"""ServerKeys: a server's own key for a provider, brought by who manages it; it pays for all its members' songs."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from conductr_store import Guild, GuildKey, GuildSettings, Secret, Store, User
from conductr_store.records import Outcome
from conductr_store.sealing import KeyRing

from .access import Caller
from .dialling import HOMES
from .errors import KeysNotKept, UnknownProvider, UnusableKey
from .rights import Deed, NotAllowed, decide

LONGEST_KEY = 4_000  # characters; a cookie of a server of one's own has some 2,000
SET, REMOVED = "server_key.set", "server_key.removed"


@frozen
class ServerKeyView:
    """`ending` is what its owner knows it by. `refused`: the provider did not accept it, and it is not tried again."""

    provider: str
    ending: str
    brought_by: int
    refused: bool
    created_at: datetime
    used_at: datetime | None


@frozen
class ServerKeys:
    """Without a `ring` no key can be kept. Each of these raises NotAllowed but for who manages the server."""

    store: Store
    ring: KeyRing | None

    async def shown(self, caller: Caller) -> tuple[ServerKeyView, ...]:
        """By provider; never the keys. Raises StoreError."""
        _check(caller)
        async with self.store.begin() as tx:
            return tuple(_view(key) for key in await tx.provider_keys.of_guild(caller.guild_id))

    async def put(self, caller: Caller, provider: str, key: str) -> ServerKeyView:
        """In place of any before. Raises KeysNotKept, UnknownProvider, UnusableKey, StoreError."""
        await self._check_and_note(caller, SET, provider)
        if self.ring is None:
            raise KeysNotKept
        if provider not in HOMES:
            raise UnknownProvider(provider[:40], tuple(sorted(HOMES)))
        secret = key.strip()
        if not secret or len(secret) > LONGEST_KEY or not (secret.isascii() and secret.isprintable()):
            raise UnusableKey
        async with self.store.begin() as tx:
            await tx.users.put(User(caller.user_id, caller.name))
            await tx.guilds.put(Guild(caller.guild_id, caller.guild_name))
            kept = await tx.provider_keys.put_guild(
                caller.guild_id, provider, Secret(secret), self.ring, brought_by=caller.user_id
            )
            detail = {"provider": provider}
            await tx.audit.write(SET, actor_id=caller.user_id, guild_id=caller.guild_id, detail=detail)
        return _view(kept)

    async def remove(self, caller: Caller, provider: str) -> bool:
        """Whether there was one. Raises StoreError."""
        await self._check_and_note(caller, REMOVED, provider)
        async with self.store.begin() as tx:
            removed = await tx.provider_keys.remove_guild(caller.guild_id, provider)
            if removed:
                detail = {"provider": provider}
                await tx.audit.write(REMOVED, actor_id=caller.user_id, guild_id=caller.guild_id, detail=detail)
        return removed

    async def _check_and_note(self, caller: Caller, action: str, provider: str) -> None:
        """What somebody was denied is in the log, too."""
        try:
            _check(caller)
        except NotAllowed:
            async with self.store.begin() as tx:
                await tx.audit.write(
                    action,
                    actor_id=caller.user_id,
                    guild_id=caller.guild_id,
                    outcome=Outcome.DENIED,
                    detail={"provider": provider[:40]},
                )
            raise


def _check(caller: Caller) -> None:
    decide(Deed.SERVER_KEY, caller, None, GuildSettings())


def _view(key: GuildKey) -> ServerKeyView:
    refused = key.refused_at is not None
    return ServerKeyView(key.provider, key.ending, key.brought_by, refused, key.created_at, key.used_at)
