"""Steering: what every command to a guild's player has in common: the look, the right, the vote, the sending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from uuid import uuid4

import anyio
from attrs import evolve, field, frozen

from conductr_player import Command, Session, from_plain
from conductr_store import GuildSettings, Store

from .access import Caller
from .bus import LocalBus, Now
from .catalog import SHOWN, queue_view
from .messages import ToPlayer, ToVote
from .outcomes import Outcome, Voted
from .preferences import Preferences
from .rights import Deed, VoteNeeded, decide
from .views import QueueView


@frozen
class Seen:
    """A guild as it was when somebody asked."""

    now: Now
    settings: GuildSettings

    @property
    def session(self) -> Session:
        return self.now.session


@frozen
class Carried:
    """What became of a command: the session that it led to; None while a vote about it goes on."""

    session: Session | None
    voted: Voted | None = None

    def told(self, outcome: Outcome) -> Outcome:
        """The outcome, as what a vote led to where there was one."""
        return outcome if self.voted is None else evolve(self.voted, done=outcome)


@frozen
class Steering:
    """`locks`: one person at a time steers a guild, so that the second sees what the first has done."""

    store: Store
    bus: LocalBus
    preferences: Preferences
    locks: Mapping[int, anyio.Lock] = field(factory=lambda: defaultdict(anyio.Lock))

    async def now(self, guild_id: int) -> Now:
        """Live where this process plays for the guild, else as it was last saved."""
        if (live := self.bus.look(guild_id)) is not None:
            return live
        async with self.store.begin() as tx:
            saved = await tx.queues.load(guild_id)
        if saved is None:
            return Now(Session(), 0.0, 0, None)
        session, position_s = from_plain(dict(saved.session))
        return Now(session, position_s, saved.seq, None)

    async def look(self, caller: Caller) -> Seen:
        """Raises StoreError."""
        return Seen(await self.now(caller.guild_id), await self.preferences.of(caller.guild_id))

    def may(self, caller: Caller, seen: Seen, deed: Deed, about: frozenset[int] = frozenset()) -> VoteNeeded | None:
        """None where the caller may do it at once. `about`: who asked for what it is done to. Raises as `decide`."""
        verdict = decide(deed, caller, seen.now.room, seen.settings, about=about)
        return verdict if isinstance(verdict, VoteNeeded) else None

    async def carry(
        self,
        caller: Caller,
        seen: Seen,
        deed: Deed,
        command: Command,
        about: frozenset[int] = frozenset(),
        *,
        title: str | None = None,
        expected: int | None = None,
    ) -> Carried:
        """Send the command, or count the caller's vote for it, which may be the one that carries it out.

        Raises NotInVoice, BusyElsewhere, NotAllowed, and as `LocalBus.send`.
        """
        if self.may(caller, seen, deed, about) is None:
            return Carried(await self.send(caller.guild_id, command, expected))
        play_id = seen.session.play_id
        tally = await self.bus.vote(ToVote(caller.guild_id, deed.value, play_id, caller.user_id, command))
        voted = Voted(
            deed.value,
            title,
            tally.have,
            tally.needed,
            play_id,
            by=caller.name,
            passed=tally.passed,
            withdrawn=tally.withdrawn,
        )
        return Carried(tally.session if tally.passed else None, voted)

    async def send(self, guild_id: int, command: Command, expected: int | None = None) -> Session:
        return await self.bus.send(ToPlayer(guild_id, command, expected, command_id=uuid4().hex))

    async def view(self, guild_id: int, session: Session | None = None) -> QueueView:
        """The queue as it is now, or in the `session` that a command has led to."""
        now = await self.now(guild_id)
        return await self.drawn(guild_id, now if session is None else evolve(now, session=session))

    async def drawn(self, guild_id: int, now: Now, *, first: int = 0, count: int = SHOWN) -> QueueView:
        async with self.store.begin() as tx:
            return await queue_view(tx, guild_id, now, first=first, count=count)
