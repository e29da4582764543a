"""How many songs may be asked of the bot's own key, and what is left of them. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from attrs import field, frozen

from .settings import PlanLimits, Settings

Whose = Literal["member", "here", "server", "everybody", "plan"]


@frozen
class Limits:
    """Songs a day (UTC); None is no limit. `plans` are other limits for members who have such a plan, by its name."""

    member_day: int | None = None
    server_day: int | None = None
    everybody_day: int | None = None
    plans: Mapping[str, PlanLimits] = field(factory=dict[str, PlanLimits])


@frozen
class ServerLimits:
    """What a server's own people have set: it may only be less than the operator allows. None: nothing set."""

    member_day: int | None = None
    server_day: int | None = None


@frozen
class Charge:
    """A song is counted on `account`, which has `limit` songs until `returns_at`."""

    account: str
    limit: int
    whose: Whose
    returns_at: datetime


@frozen
class Left:
    """What is left of one limit."""

    whose: Whose
    left: int
    limit: int
    returns_at: datetime


def limits_of(settings: Settings) -> Limits:
    return Limits(
        member_day=settings.quota_member_day,
        server_day=settings.quota_server_day,
        everybody_day=settings.quota_day,
        plans={plan.name: plan for plan in settings.plans},
    )


def charges(
    limits: Limits, *, user_id: int, guild_id: int, plan: str, server: ServerLimits, at: datetime
) -> tuple[Charge, ...]:
    """The accounts on which a song asked for at `at` is counted; those without a limit are left out."""
    day, month = at.astimezone(UTC).date().isoformat(), f"{at.astimezone(UTC):%Y-%m}"
    own = limits.plans.get(plan.lower())
    wanted: tuple[tuple[Whose, str, int | None], ...] = (
        ("member", f"member:{user_id}:{day}", own.day if own else limits.member_day),
        ("here", f"here:{guild_id}:{user_id}:{day}", server.member_day),
        ("server", f"server:{guild_id}:{day}", _smaller(limits.server_day, server.server_day)),
        ("everybody", f"bot:{day}", limits.everybody_day),
        ("plan", f"plan:{user_id}:{month}", own.month if own else None),
    )
    return tuple(
        Charge(account, limit, whose, _next_month(at) if whose == "plan" else _midnight(at))
        for whose, account, limit in wanted
        if limit is not None
    )


def tightest(found: tuple[Left, ...]) -> Left | None:
    """The limit that is reached first; None where there is none."""
    return min(found, key=lambda one: (one.left, one.returns_at), default=None)


def _smaller(operators: int | None, servers: int | None) -> int | None:
    known = [limit for limit in (operators, servers) if limit is not None]
    return min(known, default=None)


def _midnight(at: datetime) -> datetime:
    day = at.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(day, time(), UTC)


def _next_month(at: datetime) -> datetime:
    first = at.astimezone(UTC).date().replace(day=1)
    return datetime.combine((first + timedelta(days=32)).replace(day=1), time(), UTC)
