"""All that is known of one person, table by table: what an export shows, what goes, and what stays in nobody's name.

What goes: settings, what lists are narrowed to, votes between takes, memberships, sealed keys (also those brought for
a guild), sessions, favourites, own playlists, private songs, Stripe's customer.
What stays, without the person: songs that others can hear, guild playlists, payments, the audit log, commands, and
wishes (without their words, once nothing can follow of them). What lapses by itself: ids in saved queues, their log and
notices, and in the quota's accounts, which would else be new for everyone who asks to be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from sqlalchemy import ColumnElement, RowMapping, Table, delete, select, true, update

from conductr_store.errors import NotFound, StillSubscribed
from conductr_store.link import Link
from conductr_store.records import (
    NOBODY,
    Export,
    Forgotten,
    GenerationState,
    SongState,
    Subscription,
    User,
    Visibility,
)
from conductr_store.tables import (
    active_playlists,
    audit,
    commands,
    customers,
    favourites,
    generations,
    guild_keys,
    memberships,
    narrowings,
    playlist_songs,
    playlists,
    provider_keys,
    sessions,
    songs,
    subscriptions,
    take_votes,
    user_settings,
    users,
)

from .indexing import index_reowned
from .songs import Songs

CLOSED = (GenerationState.FINISHED, GenerationState.REFUSED, GenerationState.FAILED)  # of UNKNOWN a decision may follow


class Fate(StrEnum):
    GOES = "goes"
    STAYS = "stays"  # in nobody's name


@frozen
class Holding:
    """One column that names a person, in `only` these rows. No export has `hidden`; rows that stay get `emptied`."""

    table: Table
    column: str
    fate: Fate
    hidden: frozenset[str] = frozenset()
    emptied: Mapping[str, object] = field(factory=dict[str, object])
    only: ColumnElement[bool] = field(factory=true)

    def of(self, user_id: int) -> ColumnElement[bool]:
        return (self.table.c[self.column] == user_id) & self.only


OF_A_GUILD = playlists.c.guild_id.is_not(None)
PLAYLIST_HIDDEN = frozenset({"share_hash", "named_by"})

HOLDINGS = (
    Holding(user_settings, "user_id", Fate.GOES),
    Holding(memberships, "user_id", Fate.GOES),
    Holding(provider_keys, "user_id", Fate.GOES, hidden=frozenset({"key_name", "blob"})),
    Holding(guild_keys, "brought_by", Fate.GOES, hidden=frozenset({"key_name", "blob"})),
    Holding(sessions, "user_id", Fate.GOES, hidden=frozenset({"token_hash", "former_hash"})),
    Holding(customers, "user_id", Fate.GOES),
    Holding(subscriptions, "user_id", Fate.STAYS, emptied={"customer_id": ""}),
    Holding(audit, "actor_id", Fate.STAYS, emptied={"detail": {}}),
    Holding(commands, "actor_id", Fate.STAYS),
    Holding(favourites, "user_id", Fate.GOES),
    Holding(active_playlists, "user_id", Fate.GOES),
    Holding(narrowings, "user_id", Fate.GOES),
    Holding(take_votes, "user_id", Fate.GOES),
    Holding(playlists, "owner_id", Fate.GOES, hidden=PLAYLIST_HIDDEN, only=~OF_A_GUILD),
    Holding(playlist_songs, "added_by", Fate.STAYS),
    Holding(playlists, "owner_id", Fate.STAYS, hidden=PLAYLIST_HIDDEN, only=OF_A_GUILD),
    Holding(generations, "user_id", Fate.STAYS, emptied={"reply_to": None}),
    Holding(songs, "owner_id", Fate.STAYS),
)
"""Children before their parents. tests/store/test_forgetting.py holds that no column of the schema is missing."""
DERIVED = frozenset({"song_search", "owner_words"})  # made anew from the rows above


async def export(link: Link, user: User) -> Export:
    """Every row of the user, ready for JSON."""
    whole = await link.rows(select(users).where(users.c.id == user.id))
    found: Export = {"users": [_spoken(row) for row in whole]}
    for holding in HOLDINGS:
        shown = [column for column in holding.table.c if column.name not in holding.hidden]
        rows = await link.rows(select(*shown).where(holding.of(user.id)))
        found.setdefault(holding.table.name, []).extend(_spoken(row) for row in rows)
    return found


async def forget(link: Link, user_id: int) -> Forgotten:
    """Raises NotFound, and StillSubscribed where Stripe may still take money."""
    known = select(users.c.id).where(users.c.id == user_id).with_for_update()  # no row of the user's comes meanwhile
    if user_id == NOBODY or await link.row(known) is None:
        raise NotFound("user", user_id)
    await _end_of_payments(link, user_id)
    nobody = {"id": NOBODY, "name": ""}
    await link.run(link.insert(users).values(nobody).on_conflict_do_nothing())
    removed, kept = dict[str, int](), dict[str, int]()
    for holding in HOLDINGS:
        await _let_go(link, holding, user_id, removed if holding.fate is Fate.GOES else kept)
    await _unname(link, user_id)
    await _empty_wishes(link)
    await index_reowned(link, user_id)
    removed["private songs"] = await _delete_private(link)
    removed["users"] = await link.run(delete(users).where(users.c.id == user_id))
    return Forgotten(_counted(removed), _counted(kept))


async def _end_of_payments(link: Link, user_id: int) -> None:
    rows = await link.rows(select(subscriptions).where(subscriptions.c.user_id == user_id))
    live = [each.id for each in (Subscription(**row) for row in rows) if each.live]
    if live:
        raise StillSubscribed(user_id, tuple(sorted(live)))


async def _let_go(link: Link, holding: Holding, user_id: int, counts: dict[str, int]) -> None:
    mine = holding.of(user_id)
    if holding.fate is Fate.GOES:
        count = await link.run(delete(holding.table).where(mine))
    else:
        news = {holding.column: NOBODY, **holding.emptied}
        count = await link.run(update(holding.table).where(mine).values(news))
    counts[holding.table.name] = counts.get(holding.table.name, 0) + count


async def _unname(link: Link, user_id: int) -> None:
    """What others did to the person stays in the log; to whom does not."""
    about = update(audit).where(audit.c.target == f"user:{user_id}")
    await link.run(about.values(target=f"user:{NOBODY}", detail={}))


async def _empty_wishes(link: Link) -> None:
    """The words of nobody's wishes, once they are closed: also of those that were open at an earlier forgetting."""
    closed = generations.c.state.in_(CLOSED) & (generations.c.prompt != "")
    mine = update(generations).where(generations.c.user_id == NOBODY, closed)
    await link.run(mine.values(prompt="", style=None, title=None, lyrics=None, reply_to=None))


async def _delete_private(link: Link) -> int:
    """Nobody can hear nobody's private songs. One that still grows goes at a later forgetting."""
    mine = (songs.c.owner_id == NOBODY) & (songs.c.visibility == Visibility.PRIVATE) & songs.c.deleted_at.is_(None)
    done = await link.rows(select(songs.c.id).where(mine, songs.c.state != SongState.GROWING).order_by(songs.c.id))
    for row in done:
        await Songs(link).delete(row["id"])
    return len(done)


def _counted(counts: dict[str, int]) -> dict[str, int]:
    return {table: count for table, count in counts.items() if count}


def _spoken(row: RowMapping) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
