"""Moments: aware, and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. A naive one is refused: nobody knows which moment it is."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be kept; use datetime.now(UTC)")
    return moment.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)
