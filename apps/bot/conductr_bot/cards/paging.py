"""The buttons that turn pages. Pure."""

from __future__ import annotations

from collections.abc import Callable

from conductr.languages import Tongue
from conductr_bot.presses import press

from .layout import Row, button, row

PAGE = 10  # lines of a list


def pager(page: int, pages: int, of: Callable[[int], str], tongue: Tongue) -> Row | None:
    """`of` gives a page's press. None where there is but one page."""
    if pages <= 1:
        return None
    at_first, at_last = page <= 1, page >= pages
    return row(
        _turn(tongue("button.first"), "⏮️", of(1), "first", off=at_first),
        _turn(tongue("button.back"), "◀️", of(max(1, page - 1)), "back", off=at_first),
        button(f"{tongue.number(page)} / {tongue.number(pages)}", press("nothing"), disabled=True),
        _turn(tongue("button.next"), "▶️", of(min(pages, page + 1)), "next", off=at_last),
        _turn(tongue("button.last"), "⏭️", of(pages), "last", off=at_last),
    )


def pages_of(count: int, size: int = PAGE) -> int:
    return max(1, -(-count // size))


def _turn(label: str, emoji: str, custom_id: str, way: str, *, off: bool) -> dict[str, object]:
    """Two buttons of a message may not say the same, so each tells its way too."""
    return button(label, f"{custom_id}:{way}", emoji, disabled=off)
