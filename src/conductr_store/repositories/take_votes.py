"""TakeVotes: which take of a wish the listeners want to keep in the queue. Decided once."""

from __future__ import annotations

from attrs import frozen
from sqlalchemy import delete, select

from conductr_store.link import Link
from conductr_store.tables import generations, take_choices, take_votes


@frozen
class Choice:
    """`take` None: both stay."""

    take: int | None


@frozen(eq=False)
class TakeVotes:
    _link: Link

    async def hold(self, generation_id: str) -> None:
        """Nobody else votes on it until the transaction ends."""
        row = select(generations.c.id).where(generations.c.id == generation_id)
        await self._link.run(row.with_for_update())

    async def cast(self, generation_id: str, user_id: int, take: int) -> bool:
        """A member's vote; for the same take once more it is taken back. Whether it stands. Raises Orphan."""
        mine = (take_votes.c.generation_id == generation_id, take_votes.c.user_id == user_id)
        if await self._link.run(delete(take_votes).where(*mine, take_votes.c.take == take)):
            return False
        row = self._link.insert(take_votes).values(generation_id=generation_id, user_id=user_id, take=take)
        kept = row.on_conflict_do_update(index_elements=["generation_id", "user_id"], set_={"take": take})
        await self._link.run(kept)
        return True

    async def of(self, generation_id: str) -> dict[int, int]:
        """The take that each voter wants."""
        wanted = select(take_votes).where(take_votes.c.generation_id == generation_id)
        return {row["user_id"]: row["take"] for row in await self._link.rows(wanted)}

    async def choose(self, generation_id: str, take: int | None) -> bool:
        """That take stays, or both do; whether it was open until now. Raises Orphan."""
        row = self._link.insert(take_choices).values(generation_id=generation_id, take=take, chosen_at=self._link.now())
        chosen = row.on_conflict_do_nothing().returning(take_choices.c.generation_id)
        return await self._link.row(chosen) is not None

    async def choice(self, generation_id: str) -> Choice | None:
        """None while it is open."""
        row = await self._link.row(select(take_choices).where(take_choices.c.generation_id == generation_id))
        return None if row is None else Choice(row["take"])
