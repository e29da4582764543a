"""Asker: from a member's wish to its row, with its quota set aside, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from attrs import evolve, frozen

from conductr.access import Caller
from conductr.allowance import Allowance
from conductr.errors import TooManyWaiting
from conductr.repeats import Repeats, check_in_the_making, check_lost, pressed_twice, wish_key
from conductr.turns import AT_ONCE, read_line
from conductr.wishes import Wish
from conductr_store import CommitUnsure, Conflict, Generation, GenerationState, Guild, StoreError, UnitOfWork, User
from conductr_store.faults import faultpoint

from .book import Book
from .submitting import reserved

UNFINISHED_LIMIT = 10  # songs in the making, a guild; its own people may set less


@frozen
class Asked:
    """The row of a wish. `repeated`: it was made before and costs nothing. `doubled`: its member asked for it just now.

    `turn`: it may be sent at once.
    """

    row: Generation
    new: bool = False
    repeated: bool = False
    doubled: bool = False
    turn: bool = False


@frozen
class Asker:
    book: Book
    allowance: Allowance
    repeats: Repeats
    model: str

    async def ask(
        self, caller: Caller, wish: Wish, request_key: str, reply_to: Mapping[str, object] | None, *, anew: bool
    ) -> Asked:
        """A tidy wish. The same request again gives its row, and so does a second press of one member's; a wish that
        was made before gives its song, but for `anew`.

        Raises AlreadyAsked, TooManyWaiting, QuotaReached: then nothing is written.
        """
        row = self._row(caller, wish, request_key, reply_to)
        faultpoint("gen.before_reserve")

        async def write(tx: UnitOfWork) -> Asked:
            return await self._write(tx, caller, row, anew=anew)

        try:
            asked = await self.book.store.run(write)
        except (Conflict, CommitUnsure) as error:
            asked = await self._found(row, error)
        faultpoint("gen.after_reserve")
        return asked

    async def _found(self, row: Generation, error: StoreError) -> Asked:
        """What became of a row of which it is not sure that it was written; told as new where it is ours after all."""
        try:
            async with self.book.store.begin() as tx:
                known = await tx.generations.by_request_key(row.request_key)
        except StoreError:
            raise error from None
        if known is None:
            raise error
        return Asked(known, new=known.id == row.id)

    async def _write(self, tx: UnitOfWork, caller: Caller, row: Generation, *, anew: bool) -> Asked:
        known = await tx.generations.by_request_key(row.request_key)
        if known is not None:
            return Asked(known)
        twins = await self.repeats.alike(tx, row)
        twin = pressed_twice(row, twins, anew=anew)
        if twin is not None:
            return Asked(twin, doubled=True)
        if not anew:
            check_in_the_making(twins)
            made = await self.repeats.find(tx, row.guild_id, row.wish_key or "", self.book.now())
            if made is not None:
                return Asked(made, repeated=True)
            check_lost(twins)
        await tx.users.put(User(caller.user_id, caller.name))
        await tx.guilds.put(Guild(caller.guild_id, caller.guild_name))
        await _check_room(tx, row)
        row = evolve(row, quota_ref=await self.reserved(tx, row))
        row = await tx.generations.add(row, lease=self.book.lease)
        await tx.generations.line_up()
        line = await read_line(tx, AT_ONCE, asking=row.id)
        return Asked(row, new=True, turn=line.place(row.id) == 1 and line.free > 0)

    async def reserved(self, tx: UnitOfWork, row: Generation) -> str | None:
        """What the ledger holds for it; nothing where a key of member or server will pay. Raises QuotaReached."""
        brought = (*await tx.provider_keys.of_user(row.user_id), *await tx.provider_keys.of_guild(row.guild_id))
        if any(key.usable for key in brought):
            return None  # should none of them do after all, see Submitter
        return await reserved(tx, self.allowance, row, at_book=self.book)

    def _row(self, caller: Caller, wish: Wish, request_key: str, reply_to: Mapping[str, object] | None) -> Generation:
        at = self.book.now()
        return Generation(
            id=uuid4().hex,
            guild_id=caller.guild_id,
            user_id=caller.user_id,
            request_key=request_key,
            prompt=wish.prompt,
            style=wish.style,
            title=wish.title,
            lyrics=wish.lyrics,
            instrumental=wish.instrumental,
            model=wish.model or self.model,
            state=GenerationState.REQUESTED,
            reply_to=reply_to,
            wish_key=wish_key(wish, self.model),
            takes=wish.takes,
            lease_owner=self.book.owner,
            created_at=at,
            updated_at=at,
        )


async def _check_room(tx: UnitOfWork, row: Generation) -> None:
    """Raises TooManyWaiting."""
    settings = await tx.guilds.settings(row.guild_id)
    rows = await tx.generations.unfinished_of(row.guild_id, UNFINISHED_LIMIT + 1)
    limit = min(UNFINISHED_LIMIT, settings.guild_running_cap or UNFINISHED_LIMIT)
    if len(rows) >= limit:
        raise TooManyWaiting(limit)
    own = settings.member_running_cap
    if own is not None and sum(other.user_id == row.user_id for other in rows) >= own:
        raise TooManyWaiting(own)
