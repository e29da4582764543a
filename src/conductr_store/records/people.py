"""People: users, the guilds where music is made, who was seen in which, and how each wants it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import Attribute, field, frozen
from attrs.converters import optional
from attrs.validators import ge, le, matches_re
from attrs.validators import optional as if_any

from .moments import now, utc

NOBODY = 0  # the user who owns what those have left who asked to be forgotten; Discord gives that id to no one
FREE = "free"  # the plan of who pays nothing
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")  # as Discord writes them: "de", "en-GB", "es-419"
FULLEST = 2**31 - 1


def _language() -> str | None:
    return field(default=None, validator=if_any(matches_re(LOCALE)))


def _limit(lowest: int) -> int | None:
    """None: the operator's own limit holds."""
    return field(default=None, validator=if_any([ge(lowest), le(FULLEST)]))


@frozen
class User:
    """A member of Discord. `avatar` is the hash in its address; `plan` is what the user pays for."""

    id: int
    name: str
    avatar: str | None = None
    locale: str | None = None
    email: str | None = field(default=None, repr=False)
    plan: str = FREE


@frozen(kw_only=True)
class UserSettings:
    """What a user wants everywhere. Without a language, that of the user's Discord. Raises ValueError out of range."""

    language: str | None = _language()
    default_style: str | None = None
    private: bool = False  # new songs are for their owner alone
    tell_when_done: bool = False  # by a direct message, when a long job is done


class SkipRule(StrEnum):
    """Who ends a song that somebody else has asked for."""

    VOTE = "vote"
    ANYONE = "anyone"
    DJ = "dj"


def _share(_record: object, attribute: Attribute[float], value: float) -> None:
    if not 0 < value <= 1:  # NaN fails too
        raise ValueError(f"{attribute.name} is a share above 0 and up to 1, not {value}")


@frozen(kw_only=True)
class GuildSettings:
    """How a guild wants it. Raises ValueError out of range.

    `volume` in percent, 0 to 200. `idle_minutes` of silence end the stay, unless `stay` (24/7). `queue_cap`: entries of
    one member that may wait. Running caps: songs in the making at a time. Quotas: songs a day under the bot's own key.
    None in a cap or a quota: the operator's limit holds; 0 in a quota: none.
    """

    volume: int = field(default=100, validator=[ge(0), le(200)])
    dj_role_id: int | None = None
    skip_by: SkipRule = field(default=SkipRule.VOTE, converter=SkipRule)
    vote_ratio: float = field(default=0.5, validator=_share)
    bound_channel_id: int | None = None  # the one text channel where commands are taken
    request_channel_id: int | None = None  # whatever is written there is a wish
    announce: bool = True
    quiet_replies: bool = False
    idle_minutes: int = field(default=5, validator=[ge(1), le(1440)])
    stay: bool = False
    auto_return: bool = False
    radio: bool = False
    fair_order: bool = False
    guard_duplicates: bool = False
    explicit_lyrics: bool = True
    queue_cap: int | None = _limit(1)
    member_running_cap: int | None = _limit(1)
    guild_running_cap: int | None = _limit(1)
    member_daily_quota: int | None = _limit(0)
    guild_daily_quota: int | None = _limit(0)
    language: str | None = _language()


@frozen
class Guild:
    """A server of Discord. `left_at`: the bot was put out of it then; what it has set is kept."""

    id: int
    name: str
    icon: str | None = None
    settings: GuildSettings = GuildSettings()
    left_at: datetime | None = field(default=None, converter=optional(utc))


def _ids(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(ids)))


@frozen(kw_only=True)
class Membership:
    """A user in a guild, as Discord said at `seen_at`. `manages`: may change the guild's settings there."""

    guild_id: int
    user_id: int
    nickname: str | None = None
    role_ids: tuple[int, ...] = field(default=(), converter=_ids)
    manages: bool = False
    seen_at: datetime = field(factory=now, converter=utc)
    gone_at: datetime | None = field(default=None, converter=optional(utc))

    def holds(self, at: datetime, within: timedelta) -> bool:
        """Whether it may be believed at `at`: still a member, and seen no longer ago than `within`."""
        return self.gone_at is None and at - self.seen_at <= within
