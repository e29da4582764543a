"""What people are told: outcomes and errors as plain words. No markdown and no medium: apps escape and draw them."""

from __future__ import annotations

from attrs import frozen

from suno_client import PromptRejected

from .outcomes import (
    Composing,
    Joined,
    Left,
    LibraryShown,
    NowPlaying,
    Outcome,
    Paused,
    Queued,
    QueueShown,
    Resumed,
    Skipped,
    StillPlaying,
    Stopped,
)
from .refusals import PLAIN, refusal
from .views import EntryView, GenerationView, QueueView

PAGE_SIZE = 10  # entries of a queue on one page


@frozen
class Reply:
    """`text` is what happened, `hint` what to do next. Both are plain text, user text in it included."""

    text: str
    hint: str | None = None
    title: str | None = None
    ephemeral: bool = False  # only the caller need see it
    error: bool = False


def word(said: Outcome | BaseException) -> Reply:
    """An outcome or an error in words. An error that nobody foresaw gets a general sentence, never its own text."""
    if isinstance(said, BaseException):
        text, hint = refusal(said)
        return Reply(text, hint, ephemeral=True, error=True)
    match said:
        case Composing(generation):
            return _generation(generation)
        case NowPlaying(queue):
            return _now_playing(queue)
        case QueueShown(queue, page):
            return _queue(queue, page)
        case LibraryShown(page):
            titles = "\n".join(f"{number}. {song.title}" for number, song in enumerate(page.songs, page.offset + 1))
            return Reply(titles or "No songs yet.", None if titles else "/generate makes one.", title="Library")
        case _:
            return _done(said)


def _done(said: Queued | Resumed | StillPlaying | Paused | Skipped | Stopped | Joined | Left) -> Reply:
    match said:
        case Queued(title, 0):
            return Reply(f"Playing {title}.")
        case Queued(title, place):
            return Reply(f"{title} is number {place} in the queue.")
        case Resumed(queue):
            return Reply(f"Playing {_title(queue.current)}.")
        case StillPlaying(queue):
            return Reply(f"{_title(queue.current)} is playing.", "/pause pauses it, /skip goes on.", ephemeral=True)
        case Paused(queue):
            return Reply(f"Paused {_title(queue.current)} at {clock(queue.position_s)}.", "/play goes on from here.")
        case Skipped(title, count, next_up):
            what = title if count == 1 else f"{count} songs"
            then = f"Now: {next_up.title}." if next_up else "The queue is empty. /generate makes a new song."
            return Reply(f"Skipped {what}.", then)
        case Stopped(cleared):
            return Reply(f"Stopped, and cleared {_songs(cleared)} from the queue.")
        case Joined(channel, waiting):
            hint = (
                f"{_songs(waiting)} in the queue." if waiting else "/generate makes a song, /play plays one you have."
            )
            return Reply(f"Here I am, in {channel}.", hint)
        case Left(channel, waiting):
            kept = f"The queue is kept: {_songs(waiting)}. /join brings me back." if waiting else None
            return Reply(f"Left {channel}.", kept)


def _generation(made: GenerationView) -> Reply:
    asked = shorten(made.prompt, 200) or "your lyrics"
    match made.state:
        case "requested":
            place = f"It is number {made.place} in line. " if made.place and made.place > 1 else ""
            return Reply(
                f"Asking Suno for: {asked}", f"{place}Suno is busy; your song keeps its place.", title="Waiting"
            )
        case "submitting" | "submitted" | "composing" if made.cancelled:
            return Reply(
                "Cancelled. Suno was asked already: what comes of it is kept, but not queued.", title="Cancelled"
            )
        case "submitting" | "submitted":
            return Reply(
                f"Suno is composing: {asked}", "The first notes come in about half a minute.", title="Composing"
            )
        case "composing":
            return Reply(f"The words are written: {asked}", "The first notes are on their way.", title="Composing")
        case "playable":
            title = made.songs[0].title if made.songs else asked
            return Reply(f"{title} is ready to hear while Suno finishes it.", title="First notes")
        case "finished":
            return _finished(made, asked)
        case _:
            return _no_song(made, asked)


def _finished(made: GenerationView, asked: str) -> Reply:
    takes = [song for song in made.songs if song.state == "ready"]
    names = ", ".join(f"{song.title} ({clock(song.duration_s or 0)})" for song in takes)
    if made.repeated:
        return Reply(
            f"That was made here already: {names or asked}",
            "It is in the queue, and costs nothing. Ask for it anew if you want another.",
            title="Made already",
        )
    note = made.reason or "Every take is kept in the library: /play finds it."
    return Reply(f"Finished: {names or asked}", note, title="Finished")


def _no_song(made: GenerationView, asked: str) -> Reply:
    """What moderation turned down is not said once more in front of everybody."""
    turned_down, advice = PLAIN[PromptRejected]
    if made.cancelled and made.state == "refused":
        return Reply(made.reason or "It was cancelled.", title="Cancelled")
    hint = advice if made.reason == turned_down else f"You asked for: {asked}"
    return Reply(made.reason or "The song did not come about.", hint, title="No song", error=True)


def _now_playing(queue: QueueView) -> Reply:
    if queue.current is None:
        return Reply("Nothing is playing.", "/generate makes a song, /play plays one you have.", ephemeral=True)
    current = queue.current
    total = f" of {clock(current.duration_s)}" if current.duration_s else ", still being made"
    state = "Paused at" if queue.state == "paused" else "At"
    after = f"Next: {queue.upcoming[0].title}." if queue.upcoming else "Nothing follows."
    return Reply(
        f"{current.title}\n{state} {clock(queue.position_s)}{total}. Asked for by {current.requested_by_name}.",
        after,
        title="Now playing",
    )


def _queue(queue: QueueView, page: int) -> Reply:
    if queue.current is None and not queue.upcoming:
        return Reply("The queue is empty.", "/generate makes a song, /play plays one you have.", ephemeral=True)
    pages = max(1, -(-len(queue.upcoming) // PAGE_SIZE))
    page = max(1, min(page, pages))
    first = (page - 1) * PAGE_SIZE
    lines = [f"Now: {_title(queue.current)} ({clock(queue.position_s)})"] if queue.current else []
    for number, entry in enumerate(queue.upcoming[first : first + PAGE_SIZE], first + 1):
        length = f" ({clock(entry.duration_s)})" if entry.duration_s else ""
        lines.append(
            f"{number}. {shorten(entry.title, 80)}{length}, asked for by {shorten(entry.requested_by_name, 32)}"
        )
    footer = f"Page {page} of {pages}. {_songs(queue.upcoming_count)} waiting, {clock(queue.total_s)} in all."
    return Reply("\n".join(lines), footer, title="Queue")


def clock(seconds: float) -> str:
    """Seconds as people read them: 3:07, 1:02:03."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, in one line, with an ellipsis where something was cut."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _title(entry: EntryView | None) -> str:
    return entry.title if entry else "the queue"


def _songs(count: int) -> str:
    return "1 song" if count == 1 else f"{count} songs"
