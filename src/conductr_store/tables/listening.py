"""What listeners let come to its end or passed over, how they voted between takes, and what they narrow lists to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table

from conductr_store.columns import Moment, Words

from .base import metadata

# How often each song was heard to its end in a guild, and how often it was passed over.
listenings = Table(
    "listenings",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("song_id", Words, ForeignKey("songs.id", ondelete="CASCADE"), primary_key=True),
    Column("heard", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Index(None, "song_id"),
    Index("ix_listenings_heard", "guild_id", "heard"),
    Index("ix_listenings_last_at", "guild_id", "last_at"),
)

# What a member's lists are narrowed to in a guild, until they clear it.
narrowings = Table(
    "narrowings",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("kind", Words, nullable=False),
    Column("value", Words, nullable=False),
)

take_votes = Table(
    "take_votes",
    metadata,
    Column("generation_id", Words, ForeignKey("generations.id"), primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("take", Integer, nullable=False),
)

# Which take stays in the queue; none: both do. Decided once.
take_choices = Table(
    "take_choices",
    metadata,
    Column("generation_id", Words, ForeignKey("generations.id"), primary_key=True),
    Column("take", Integer),
    Column("chosen_at", Moment, nullable=False),
)

# Of which song a wish is a variation. Written before the wish, whose request it names.
variations = Table(
    "variations",
    metadata,
    Column("request_key", Words, primary_key=True),
    Column("parent_id", Words, ForeignKey("songs.id"), nullable=False),
    Index(None, "parent_id"),
)

# What was asked for by the radio, and why. Written before the wish.
radio_picks = Table(
    "radio_picks",
    metadata,
    Column("request_key", Words, primary_key=True),
    Column("guild_id", BigInteger, ForeignKey("guilds.id"), nullable=False),
    Column("reason", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("picked_at", Moment, nullable=False),
    Index("ix_radio_picks_recent", "guild_id", "picked_at"),
)
