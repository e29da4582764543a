"""People: users, and the guilds where music is made."""

from __future__ import annotations

from attrs import frozen


@frozen
class User:
    id: int
    name: str


@frozen
class Guild:
    id: int
    name: str
    volume: int = 100  # percent
