"""Accounts: sealed keys, sessions, what was done by whom, and what is paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.converters import optional

from conductr_store.sealing import Binding, KeyRing, Sealed, Secret

from .moments import now, utc
from .people import FREE

ENTITLING = frozenset({"active", "trialing", "past_due"})  # Stripe's; past due: it is still trying to collect


@frozen(kw_only=True)
class _SealedKey:
    """A key for a provider. `ending` is its last letters; `refused_at`: the provider did not accept it.

    `retired_at`: it was replaced or removed, and only what was begun with it is still looked at with it.
    """

    id: str
    provider: str
    sealed: Sealed
    ending: str
    created_at: datetime = field(converter=utc)
    used_at: datetime | None = field(default=None, converter=optional(utc))
    refused_at: datetime | None = field(default=None, converter=optional(utc))
    refused_for: str | None = None
    retired_at: datetime | None = field(default=None, converter=optional(utc))

    @property
    def usable(self) -> bool:
        """Whether a wish may be sent with it."""
        return self.refused_at is None and self.retired_at is None

    @property
    def binding(self) -> Binding:
        """Where alone the secret opens."""
        raise NotImplementedError

    def reveal(self, ring: KeyRing) -> Secret:
        """Raises SealBroken."""
        return ring.open(self.sealed, self.binding)


@frozen(kw_only=True)
class ProviderKey(_SealedKey):
    """A user's own key."""

    user_id: int

    @property
    def binding(self) -> Binding:
        return Binding("provider_keys", "blob", self.id, self.user_id, self.provider)


@frozen(kw_only=True)
class GuildKey(_SealedKey):
    """A guild's own key, for all wishes of its members; brought by one who manages it."""

    guild_id: int
    brought_by: int

    @property
    def binding(self) -> Binding:
        return Binding("guild_keys", "blob", self.id, self.guild_id, self.provider)


@frozen(kw_only=True)
class Resealed:
    """One batch of a rotation. `last_id` is where the next one goes on; None: that was the last.

    `broken` are the ids of keys that do not open with the ring. They stay as they are.
    """

    count: int
    broken: tuple[str, ...]
    last_id: str | None


@frozen(kw_only=True)
class Session:
    """A browser that is logged in. Its token is known to the browser alone; here is only the token's hash."""

    id: str
    user_id: int
    agent: str | None = None
    created_at: datetime = field(converter=utc)
    seen_at: datetime = field(converter=utc)
    ended_at: datetime | None = field(default=None, converter=optional(utc))
    ended_for: str | None = None


@frozen
class Used:
    """A session that was used; `new_token` replaces the one that the browser sent, where it is time for that."""

    session: Session
    new_token: Secret | None = None


class Outcome(StrEnum):
    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


@frozen(kw_only=True)
class AuditEntry:
    """Who did what to what. `id` grows with time. `actor_id` None: Conductr itself.

    `action` is a dotted verb ("key.set"), `target` what it was done to ("song:42"), `source` where it was asked.
    """

    id: str
    at: datetime = field(converter=utc)
    actor_id: int | None = None
    guild_id: int | None = None
    action: str
    target: str | None = None
    source: str | None = None
    outcome: Outcome = field(default=Outcome.DONE, converter=Outcome)
    detail: Mapping[str, object] = field(factory=dict[str, object])


@frozen
class AuditPage:
    """A stretch of the log, newest first. `next` is where the following one begins; None: there is none."""

    items: tuple[AuditEntry, ...]
    next: str | None


@frozen(kw_only=True)
class StripeEvent:
    """A hint from Stripe that `subject` (an id there) has changed. What it says is not kept: it is fetched anew."""

    id: str
    type: str
    subject: str | None = None
    received_at: datetime = field(factory=now, converter=utc)
    processed_at: datetime | None = field(default=None, converter=optional(utc))


@frozen(kw_only=True)
class Subscription:
    """What a user pays for, as Stripe said at `fetched_at`. An older answer never replaces a newer one."""

    id: str
    user_id: int
    customer_id: str
    plan: str
    status: str
    period_start: datetime | None = field(default=None, converter=optional(utc))
    period_end: datetime | None = field(default=None, converter=optional(utc))
    ends_with_period: bool = False
    fetched_at: datetime = field(factory=now, converter=utc)

    @property
    def entitles(self) -> bool:
        """Whether its plan is the user's. Stripe's status alone decides, never our clock."""
        return self.status in ENTITLING

    @property
    def live(self) -> bool:
        """Whether Stripe may still take money for it."""
        return self.status not in {"canceled", "incomplete_expired"}


def plan_by(subscriptions: tuple[Subscription, ...]) -> str:
    """The plan that they give together: that of the newest one that entitles."""
    entitling = [each for each in subscriptions if each.entitles]
    newest = max(entitling, key=lambda each: (each.fetched_at, each.id), default=None)
    return FREE if newest is None else newest.plan


Export = dict[str, list[dict[str, object]]]
"""All rows of one user by table, as JSON can hold them."""


@frozen
class Forgotten:
    """How many rows of each table went with the user, and how many stay in nobody's name."""

    removed: Mapping[str, int]
    kept: Mapping[str, int]
