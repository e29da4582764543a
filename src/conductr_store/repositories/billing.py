"""Billing: each of Stripe's events once, and what they pay for, as Stripe said last."""

from __future__ import annotations

from datetime import datetime

from attrs import asdict, frozen
from sqlalchemy import delete, select, update

from conductr_store.errors import Conflict, NotFound
from conductr_store.link import Link
from conductr_store.records import StripeEvent, Subscription, plan_by
from conductr_store.tables import UNPROCESSED, customers, stripe_events, subscriptions, users

EVENTS = stripe_events.c


@frozen(eq=False)
class Billing:
    _link: Link

    async def receive(self, event: StripeEvent) -> bool:
        """Keep the event, before Stripe is told that it arrived; whether it is new."""
        row = self._link.insert(stripe_events).values(asdict(event)).on_conflict_do_nothing()
        return await self._link.row(row.returning(EVENTS.id)) is not None

    async def waiting(self, limit: int) -> tuple[StripeEvent, ...]:
        """Those that nobody has worked on yet, the oldest first."""
        wanted = select(stripe_events).where(UNPROCESSED).order_by(EVENTS.received_at, EVENTS.id).limit(max(0, limit))
        return tuple([StripeEvent(**row) for row in await self._link.rows(wanted)])

    async def process(self, event_id: str) -> bool:
        """Take the event as worked on, in the transaction of that work: True for exactly one. Raises NotFound."""
        mine = update(stripe_events).where(EVENTS.id == event_id, UNPROCESSED).values(processed_at=self._link.now())
        if await self._link.run(mine):
            return True
        if await self._link.row(select(EVENTS.id).where(EVENTS.id == event_id)) is None:
            raise NotFound("event of Stripe", event_id)
        return False

    async def prune(self, older_than: datetime) -> int:
        """Delete events that were worked on before that; how many. Stripe repeats them for days, not for months."""
        return await self._link.run(delete(stripe_events).where(EVENTS.processed_at < older_than))

    async def save(self, subscription: Subscription) -> bool:
        """Keep what Stripe said, unless something newer is known, and give its user the plan that follows.

        Whether it was kept. Raises Orphan without the user.
        """
        await self._link.row(select(users.c.id).where(users.c.id == subscription.user_id).with_for_update())
        plain = asdict(subscription)
        row = self._link.insert(subscriptions).values(plain)
        kept = row.on_conflict_do_update(
            index_elements=[subscriptions.c.id],
            set_={name: row.excluded[name] for name in plain if name not in {"id", "user_id"}},
            where=subscriptions.c.fetched_at <= row.excluded.fetched_at,
        )
        if await self._link.row(kept.returning(subscriptions.c.id)) is None:
            return False
        plan = plan_by(await self.of_user(subscription.user_id))
        await self._link.run(update(users).where(users.c.id == subscription.user_id).values(plan=plan))
        return True

    async def get(self, subscription_id: str) -> Subscription:
        """Raises NotFound."""
        row = await self._link.row(select(subscriptions).where(subscriptions.c.id == subscription_id))
        if row is None:
            raise NotFound("subscription", subscription_id)
        return Subscription(**row)

    async def of_user(self, user_id: int) -> tuple[Subscription, ...]:
        """What Stripe spoke of last comes first."""
        mine = select(subscriptions).where(subscriptions.c.user_id == user_id)
        newest = (subscriptions.c.fetched_at.desc(), subscriptions.c.id)
        return tuple([Subscription(**row) for row in await self._link.rows(mine.order_by(*newest))])

    async def name_customer(self, user_id: int, customer_id: str) -> None:
        """Stripe knows the user by that. Raises Conflict where it knows another by it, Orphan without the user."""
        if await self.user_of(customer_id) not in {None, user_id}:
            raise Conflict("customer of Stripe", customer_id)
        row = self._link.insert(customers).values(user_id=user_id, customer_id=customer_id)
        news = {"customer_id": row.excluded.customer_id}
        await self._link.run(row.on_conflict_do_update(index_elements=[customers.c.user_id], set_=news))

    async def customer_of(self, user_id: int) -> str | None:
        row = await self._link.row(select(customers.c.customer_id).where(customers.c.user_id == user_id))
        return None if row is None else row["customer_id"]

    async def user_of(self, customer_id: str) -> int | None:
        row = await self._link.row(select(customers.c.user_id).where(customers.c.customer_id == customer_id))
        return None if row is None else row["user_id"]
