"""Which files make room for others: those that nobody has used for the longest, and no more than needed. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen


@frozen
class Idle:
    """A file that can be had again. `used_at_s` is any clock's time, if only the same for all."""

    name: str
    size_bytes: int
    used_at_s: float


def least_used(files: Iterable[Idle], over_bytes: int) -> tuple[Idle, ...]:
    """The longest idle first, as few as free `over_bytes`; all of them where that is not enough. None for 0 or less.

    An empty file frees nothing, and stays.
    """
    chosen: list[Idle] = []
    for file in sorted(files, key=lambda file: (file.used_at_s, file.name)):
        if over_bytes <= 0:
            break
        if file.size_bytes > 0:
            chosen.append(file)
            over_bytes -= file.size_bytes
    return tuple(chosen)
