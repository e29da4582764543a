"""Turns: the line of waiting wishes as the database has it, and how many more may be sent now."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from conductr_store import Generation, UnitOfWork

from .line import Turn, Waiting, in_turn

AT_ONCE = 20  # songs in the making, in all processes; more wait in line
STUCK_AFTER = timedelta(minutes=15)  # longer than any song takes (suno.md 2A.10): it does not hold up the line
LINE_LIMIT = 1_000  # wishes of the line that are looked at


@frozen
class Line:
    """`order` holds all that wait, whose turn is next first; `free` is how many may go now."""

    order: tuple[Waiting, ...]
    free: int

    def place(self, generation_id: str) -> int | None:
        """1 is next; None where it does not wait."""
        return next((place for place, wish in enumerate(self.order, 1) if wish.id == generation_id), None)


async def read_line(tx: UnitOfWork, at_once: int = AT_ONCE, *, asking: str | None = None) -> Line:
    """Whom somebody is about to send counts as sent, but for `asking`, the wish that wants to know."""
    waiting = [_waiting(row) for row in await tx.generations.waiting(LINE_LIMIT)]
    at_work = await tx.generations.at_work(STUCK_AFTER)
    about_to_go = await tx.generations.about_to_go() - {asking}
    free = max(0, at_once - len(at_work) - len(about_to_go))
    if not waiting:
        return Line((), free)
    lately = min(wish.since for wish in waiting) - STUCK_AFTER
    had = await tx.generations.turns_since({wish.guild_id for wish in waiting}, lately)
    return Line(in_turn(waiting, [Turn(*one) for one in had]), free)


def _waiting(row: Generation) -> Waiting:
    return Waiting(row.id, row.guild_id, row.user_id, row.created_at)
