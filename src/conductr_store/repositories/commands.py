"""Commands: what people want of a guild's player, kept until its owner has answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from attrs import frozen
from sqlalchemy import and_, delete, select, update

from conductr_store.clock import moment
from conductr_store.columns import as_kept
from conductr_store.errors import Conflict, LeaseLost, NotFound, Settled
from conductr_store.link import Link
from conductr_store.records import Command, CommandStatus
from conductr_store.tables import UNSETTLED, commands

from .leasing import lease_out, unleased

COLUMNS = commands.c
SETTLED = (CommandStatus.DONE, CommandStatus.REFUSED)


@frozen(eq=False)
class Commands:
    _link: Link

    async def add(self, id: str, guild_id: int, actor_id: int, kind: str, args: Mapping[str, object]) -> Command:  # noqa: A002
        """A new command, or the known one as far as it has come.

        Raises Conflict where the id is of another command, and Orphan where its guild or actor is not there.
        """
        plain = as_kept(dict(args))
        new = self._link.insert(commands).values(
            id=id,
            guild_id=guild_id,
            actor_id=actor_id,
            kind=kind,
            args=plain,
            status=CommandStatus.WAITING,
            lease_epoch=0,
            created_at=moment(self._link),
        )
        row = await self._link.row(new.on_conflict_do_nothing().returning(*COLUMNS))
        known = Command(**row) if row is not None else await self.get(id)
        if (known.guild_id, known.actor_id, known.kind, known.args) != (guild_id, actor_id, kind, plain):
            raise Conflict("command", id)
        return known

    async def get(self, id: str) -> Command:  # noqa: A002 - it is the row's id
        """Raises NotFound."""
        row = await self._link.row(select(commands).where(COLUMNS.id == id))
        if row is None:
            raise NotFound("command", id)
        return Command(**row)

    async def take(
        self, owner: str, lease: timedelta, limit: int, guild_ids: Iterable[int] | None = None
    ) -> tuple[Command, ...]:
        """Up to `limit` unanswered commands (of those guilds) for `owner`, the oldest first.

        One whose taker did not answer within its lease is taken anew.
        """
        due = and_(UNSETTLED, unleased(commands, moment(self._link)))
        if guild_ids is not None:
            due = and_(due, COLUMNS.guild_id.in_(sorted(set(guild_ids))))
        rows = await lease_out(
            self._link,
            commands,
            due,
            (COLUMNS.created_at, COLUMNS.id),
            owner=owner,
            lease=lease,
            limit=limit,
            status=CommandStatus.TAKEN,
        )
        return tuple(sorted([Command(**row) for row in rows], key=lambda command: (command.created_at, command.id)))

    async def settle(
        self,
        id: str,  # noqa: A002 - it is the row's id
        status: CommandStatus,
        result: Mapping[str, object] | None = None,
        *,
        epoch: int | None = None,
    ) -> Command:
        """The answer, DONE or REFUSED: once. The same status again changes nothing, and the first result stays.

        Raises NotFound, Settled where it was answered otherwise, and LeaseLost where `epoch` is not the newest.
        """
        if status not in SETTLED:
            raise ValueError(f"{status} is no answer to a command")
        mine = COLUMNS.id == id if epoch is None else and_(COLUMNS.id == id, COLUMNS.lease_epoch == epoch)
        answer = {"status": status, "result": None if result is None else dict(result)}
        free = {"lease_owner": None, "lease_until": None, "settled_at": moment(self._link)}
        row = await self._link.row(update(commands).where(mine, UNSETTLED).values(**answer, **free).returning(*COLUMNS))
        if row is not None:
            return Command(**row)
        known = await self.get(id)
        if known.status is status:
            return known
        if known.status in SETTLED:
            raise Settled("command", id, known.status)
        raise LeaseLost(id, known.lease_owner)

    async def prune(self, older_than: timedelta) -> int:
        """Forget commands that were answered that long ago, and so their ids; how many."""
        old = COLUMNS.settled_at <= moment(self._link, -older_than)
        return await self._link.run(delete(commands).where(COLUMNS.status.in_(SETTLED), old))
