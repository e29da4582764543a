"""How large a file is, in words."""

from __future__ import annotations

from typing import Final

from conductr.languages import Tongue

UNITS: Final = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


def size(size_bytes: int, tongue: Tongue) -> str:
    """Rounded up, so that what is told to be too large is."""
    for unit, sign in UNITS:
        if size_bytes >= unit:
            return f"{tongue.number(-(-size_bytes // unit))} {sign}"
    return f"{tongue.number(size_bytes)} B"
