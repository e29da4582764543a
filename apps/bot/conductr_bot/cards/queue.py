"""Pages of the queue, read anew at each press. Pure."""

from __future__ import annotations

from conductr.languages import Tongue
from conductr.views import EntryView, QueueView
from conductr_bot.escape import name
from conductr_bot.presses import press
from conductr_bot.render import Drawn, card

from .layout import RED, Row, button, row, rows, select
from .now_playing import bar_of
from .paging import PAGE, pager, pages_of
from .songs import PERSON, TITLE, entry_choices


def queue_page(queue: QueueView, page: int, tongue: Tongue, now_s: float, chosen: str | None = None) -> Drawn:
    """Ten entries a page, the current one on top; `chosen` is the entry of which something shall be done."""
    pages = pages_of(queue.upcoming_count)
    page = max(1, min(page, pages))
    first = (page - 1) * PAGE + 1
    shown = page_entries(queue, page)
    lines = _current(queue, tongue)
    soon_s = now_s + _left_s(queue)
    for number, entry in enumerate(shown, first):
        lines.append(_line(number, entry, tongue, soon_s if page == 1 and queue.state == "playing" else None))
        soon_s += entry.duration_s or 0.0
    text = "\n".join(lines) or tongue("queue.empty")
    count = queue.upcoming_count
    total = tongue("card.total", count=count, length=tongue.span(queue.total_s))
    footer = f"{tongue('card.page', page=page, pages=pages)} · {total}"
    title = tongue("card.queue")
    return card(title, text, footer if count else None, lines=_controls(queue, page, pages, shown, tongue, chosen))


def page_entries(queue: QueueView, page: int) -> tuple[EntryView, ...]:
    """The entries of a page. A view carries the first of the queue, or those of its page alone."""
    first = (page - 1) * PAGE - queue.first
    return queue.upcoming[max(0, first) : max(0, first + PAGE)]


def _current(queue: QueueView, tongue: Tongue) -> list[str]:
    if queue.current is None:
        return []
    return [f"**{tongue('card.now_playing')}** {name(queue.current.title, TITLE)}", bar_of(queue, tongue), ""]


def _line(number: int, entry: EntryView, tongue: Tongue, at_s: float | None) -> str:
    length = tongue.clock(entry.duration_s) if entry.duration_s else tongue("card.rendering")
    parts = [f"{number}. {name(entry.title, TITLE)}", length, name(entry.requested_by_name, PERSON)]
    if at_s is not None:
        parts.append(f"<t:{round(at_s)}:t>")
    return " · ".join(parts)


def _left_s(queue: QueueView) -> float:
    length_s = queue.current.duration_s if queue.current else None
    return max(0.0, length_s - queue.position_s) if length_s else 0.0


def _controls(  # noqa: PLR0917 - what one page is made of
    queue: QueueView, page: int, pages: int, shown: tuple[EntryView, ...], tongue: Tongue, chosen: str | None
) -> tuple[Row, ...]:
    few = queue.upcoming_count < 2
    deeds = row(
        button(tongue("button.shuffle"), press("shuffle"), "🔀", disabled=few),
        button(tongue("button.clear"), press("clear"), "🧹", style=RED, disabled=not queue.upcoming_count),
        button(tongue("button.refresh"), press("queue_page", page, "refresh"), "🔄"),
    )
    choose = select(press("entry", page), tongue("select.queue_song"), entry_choices(shown, (page - 1) * PAGE + 1))
    return rows(
        pager(page, pages, lambda to: press("queue_page", to), tongue),
        deeds,
        choose if shown else None,
        _of_entry(chosen, tongue) if chosen else None,
    )


def _of_entry(entry_id: str, tongue: Tongue) -> Row:
    return row(
        button(tongue("button.play_now"), press("jump", entry_id), "▶️"),
        button(tongue("button.play_next"), press("up", entry_id), "⏫"),
        button(tongue("button.remove"), press("remove", entry_id), "🗑️", style=RED),
    )
