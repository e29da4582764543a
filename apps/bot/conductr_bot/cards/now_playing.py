"""The card of what plays: one a server, with a button for all that can be done to it. Pure."""

from __future__ import annotations

from pathlib import Path

from conductr.languages import Tongue
from conductr.views import BallotView, EntryView, QueueView
from conductr_bot.escape import name
from conductr_bot.presses import press
from conductr_bot.render import Drawn, card

from .layout import GREEN, PRIMARY, RED, Component, Row, button, row, rows
from .songs import PERSON, STYLE

TITLE = 200  # UTF-16 units
CELLS = 12  # of the bar
EMPTY, FULL, DOT = "─", "━", "●"
PLAYS = ("playing", "loading")
LOOPS = {"off": "track", "track": "queue", "queue": "off"}


def now_playing(
    queue: QueueView, tongue: Tongue, now_s: float, *, cover: Path | None = None, bar: bool = False
) -> Drawn:
    """`now_s` in seconds since 1970: Discord counts down to the end by itself. `bar`: as an answer shows it."""
    current = queue.current
    if current is None:
        return _idle(queue, tongue)
    lines = [name(current.style, STYLE) if current.style else "", _asked_by(current, tongue), _why(queue, tongue)]
    lines += [_state(queue, current, tongue, now_s), bar_of(queue, tongue) if bar else "", _next(queue, tongue)]
    return card(
        name(current.title, TITLE),
        "\n".join(line for line in lines if line),
        _footer(queue, tongue),
        cover=cover,
        alt=tongue("card.cover_alt", title=current.title),
        lines=controls(queue, tongue),
    )


def controls(queue: QueueView, tongue: Tongue) -> tuple[Row, ...]:
    """Each follows the state; what can do nothing is disabled."""
    current, play = queue.current, queue.play_id
    silent = current is None
    waiting = silent and not queue.upcoming_count
    song_id = current.song_id if current else ""
    plays = queue.state in PLAYS and "user" not in queue.paused_by
    second = "pause" if plays else "resume"
    first = row(
        button(tongue("button.previous"), press("previous", play), "⏮️", disabled=silent and queue.last is None),
        button(
            tongue(f"button.{second}"),
            press(second, play),
            "⏸️" if plays else "▶️",
            style=PRIMARY if plays else GREEN,
            disabled=waiting,
        ),
        button(_skip_label(queue, tongue), press("skip", play), "⏭️", disabled=waiting),
        button(tongue("button.stop"), press("stop", play), "⏹️", style=RED, disabled=waiting),
        button(tongue(f"button.loop_{queue.loop}"), press("loop", LOOPS[queue.loop]), "🔁", disabled=silent),
    )
    return rows(first, row(*_second_row(song_id, tongue, silent=silent)))


def bar_of(queue: QueueView, tongue: Tongue) -> str:
    """Position and length, with a bar between them; the position alone where the song still grows."""
    length_s = queue.current.duration_s if queue.current else None
    position = tongue.clock(queue.position_s)
    if not length_s:
        return f"{position} · {tongue('card.growing')}"
    at = min(CELLS - 1, max(0, int(CELLS * queue.position_s / length_s)))
    return f"{position} {FULL * at}{DOT}{EMPTY * (CELLS - 1 - at)} {tongue.clock(length_s)}"


def ends_at(queue: QueueView, now_s: float) -> int | None:
    """When the current song ends, in whole seconds since 1970; None where nobody can say."""
    length_s = queue.current.duration_s if queue.current else None
    if not length_s or queue.state not in PLAYS:
        return None
    return round(now_s + max(0.0, length_s - queue.position_s))


def _idle(queue: QueueView, tongue: Tongue) -> Drawn:
    last = queue.last
    lines = [tongue("card.last_heard", title=name(last.title, TITLE))] if last else []
    return card(
        tongue("card.idle"),
        "\n".join([*lines, _next(queue, tongue)]),
        _footer(queue, tongue),
        lines=controls(queue, tongue),
    )


def _second_row(song_id: str, tongue: Tongue, *, silent: bool) -> list[Component]:
    if silent:
        return [
            button(tongue("button.make_wish"), press("wish"), "✨", style=GREEN),
            button(tongue("button.queue"), press("queue", 1), "📜"),
        ]
    return [
        button(tongue("button.favorite"), press("favorite", song_id), "❤️"),
        button(tongue("button.lyrics"), press("lyrics", song_id), "📝"),
        button(tongue("button.queue"), press("queue", 1), "📜"),
        button(tongue("button.again"), press("again", song_id), "✨"),
        button(tongue("button.add_to_playlist"), press("adding", song_id), "📁"),
    ]


def _skip_label(queue: QueueView, tongue: Tongue) -> str:
    ballot: BallotView | None = next((one for one in queue.votes if one.deed == "skip"), None)
    if ballot is None:
        return tongue("button.skip")
    return tongue("button.skip_votes", have=ballot.have, needed=ballot.needed)


def _state(queue: QueueView, current: EntryView, tongue: Tongue, now_s: float) -> str:
    if queue.state == "paused":
        length = tongue.clock(current.duration_s) if current.duration_s else "…"
        return tongue("card.paused_at", position=tongue.clock(queue.position_s), length=length)
    ends = ends_at(queue, now_s)
    return tongue("card.growing") if ends is None else tongue("card.ends", when=f"<t:{ends}:R>")


def _asked_by(current: EntryView, tongue: Tongue) -> str:
    return tongue("card.asked_by", name=name(current.requested_by_name, PERSON))


def _why(queue: QueueView, tongue: Tongue) -> str:
    if queue.why is None:
        return ""
    return tongue(f"why.{queue.why.reason}", subject=name(queue.why.subject, STYLE))


def _next(queue: QueueView, tongue: Tongue) -> str:
    if not queue.upcoming:
        return tongue("card.nothing_next")
    return tongue("card.next", title=name(queue.upcoming[0].title, TITLE))


def _footer(queue: QueueView, tongue: Tongue) -> str:
    parts = [tongue("card.loop", mode=tongue(f"loop.{queue.loop}")), tongue("card.volume", percent=str(queue.volume))]
    if queue.channel_id is not None:
        parts.append(tongue("card.listeners", count=queue.listeners))
    return " · ".join(parts)
