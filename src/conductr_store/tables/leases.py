"""The columns by which rows are given out: to whom, until when, and how often before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column

from conductr_store.columns import Moment, Words


def lease_columns() -> tuple[Column[Any], Column[Any], Column[Any]]:
    """Of a table whose rows `repositories/leasing.py` gives out."""
    owner, until = held_columns()
    return owner, Column("lease_epoch", BigInteger, nullable=False), until


def held_columns() -> tuple[Column[Any], Column[Any]]:
    """Of a table whose rows are held by name alone."""
    return Column("lease_owner", Words), Column("lease_until", Moment)
