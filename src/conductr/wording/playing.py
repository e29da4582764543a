"""In words: what became of what was asked of the player."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from conductr import outcomes as did
from conductr.languages import Tongue
from conductr.views import EntryView, QueueView

from .reply import Reply, by, named, titled

FULL_VOLUME: Final = 100  # percent


def queued(said: did.Queued, tongue: Tongue) -> Reply:
    twice = tongue("play.queued.twice") if said.twice else None
    if said.place == 0:
        return Reply(by(tongue, "play.queued_now", said.by, title=titled(said.title)), twice)
    return Reply(by(tongue, "play.queued", said.by, title=titled(said.title), place=said.place), twice)


def resumed(said: did.Resumed, tongue: Tongue) -> Reply:
    return Reply(by(tongue, "play.resumed", said.by, title=_current(said.queue, tongue)))


def still_playing(said: did.StillPlaying, tongue: Tongue) -> Reply:
    text = tongue("play.still", title=_current(said.queue, tongue))
    return Reply(text, tongue("play.still.hint"), ephemeral=True)


def paused(said: did.Paused, tongue: Tongue) -> Reply:
    where = tongue.clock(said.queue.position_s)
    text = by(tongue, "play.paused", said.by, title=_current(said.queue, tongue), position=where)
    return Reply(text, tongue("play.paused.hint"))


def skipped(said: did.Skipped, tongue: Tongue) -> Reply:
    if said.count == 1:
        text = by(tongue, "play.skipped", said.by, title=titled(said.title))
    else:
        text = by(tongue, "play.skipped_many", said.by, count=said.count)
    return Reply(text, _then(said.next_up, tongue))


def just_ended(said: did.JustEnded, tongue: Tongue) -> Reply:
    now = None if said.title is None else tongue("play.now", title=titled(said.title))
    return Reply(tongue("play.just_ended"), now, ephemeral=True)


def skip_this_too(said: did.SkipThisToo, tongue: Tongue) -> Reply:
    return Reply(tongue("play.skip_too", title=titled(said.title)), tongue("play.skip_too.hint"), ephemeral=True)


def went_back(said: did.WentBack, tongue: Tongue) -> Reply:
    after = None if said.after is None else tongue("play.back.hint", after=titled(said.after))
    return Reply(by(tongue, "play.back", said.by, title=titled(said.title)), after)


def restarted(said: did.Restarted, tongue: Tongue) -> Reply:
    return Reply(by(tongue, "play.restarted", said.by, title=titled(said.title)))


def jumped(said: did.Jumped, tongue: Tongue) -> Reply:
    if said.waits:
        return Reply(tongue("play.jumped_waits", title=titled(said.title)))
    passed = tongue("play.jumped.hint", count=said.passed) if said.passed else None
    return Reply(by(tongue, "play.jumped", said.by, title=titled(said.title)), passed)


def sought(said: did.Sought, tongue: Tongue) -> Reply:
    title, position = titled(said.title), tongue.clock(said.position_s)
    if said.duration_s is None:
        return Reply(by(tongue, "play.sought", said.by, title=title, position=position))
    length = tongue.clock(said.duration_s)
    return Reply(by(tongue, "play.sought_of", said.by, title=title, position=position, length=length))


def volume_set(said: did.VolumeSet, tongue: Tongue) -> Reply:
    hint = None
    if said.percent > FULL_VOLUME:
        hint = tongue("play.volume.loud")
    elif said.percent == 0:
        hint = tongue("play.volume.silent")
    return Reply(by(tongue, "play.volume", said.by, percent=said.percent), hint)


def volume_shown(said: did.VolumeShown, tongue: Tongue) -> Reply:
    text = tongue("play.volume.shown", percent=said.percent)
    return Reply(text, tongue("play.volume.shown.hint"), ephemeral=True)


def loop_set(said: did.LoopSet, tongue: Tongue) -> Reply:
    if said.changed:
        return Reply(by(tongue, f"play.loop.{said.mode}", said.by))
    return Reply(tongue(f"play.loop.{said.mode}"), tongue("play.loop.already"), ephemeral=True)


def stopped(said: did.Stopped, tongue: Tongue) -> Reply:
    return Reply(by(tongue, "play.stopped", said.by, count=said.cleared))


def joined(said: did.Joined, tongue: Tongue) -> Reply:
    kept = tongue("play.joined.kept", count=said.waiting) if said.waiting else tongue("play.joined.hint")
    return Reply(tongue("play.joined", channel=titled(said.channel_name)), kept)


def left(said: did.Left, tongue: Tongue) -> Reply:
    kept = tongue("play.left.kept", count=said.waiting) if said.waiting else None
    return Reply(tongue("play.left", channel=titled(said.channel_name)), kept)


def now_playing(said: did.NowPlaying, tongue: Tongue) -> Reply:
    queue = said.queue
    if queue.current is None:
        return Reply(tongue("now.nothing"), tongue("now.nothing.hint"), ephemeral=True)
    current, position = queue.current, tongue.clock(queue.position_s)
    state = "now.paused" if queue.state == "paused" else "now.at"
    name = named(current.requested_by_name)
    if current.duration_s:
        line = tongue(state, position=position, length=tongue.clock(current.duration_s), name=name)
    else:
        line = tongue(f"{state}_growing", position=position, name=name)
    lines = [titled(current.title), line]
    if queue.why is not None:
        lines.append(tongue(f"why.{queue.why.reason}", subject=titled(queue.why.subject)))
    follows = queue.upcoming[0] if queue.upcoming else None
    after = tongue("now.next", title=titled(follows.title)) if follows else tongue("now.nothing_next")
    return Reply("\n".join(lines), after, title=tongue("now.title"))


def history(said: did.HistoryShown, tongue: Tongue) -> Reply:
    lines = [f"{number}. {titled(entry.title)}" for number, entry in enumerate(said.entries, 1)]
    return Reply("\n".join(lines) or tongue("play.history.empty"), title=tongue("play.history"), ephemeral=True)


def _current(queue: QueueView, tongue: Tongue) -> str:
    return titled(queue.current.title) if queue.current else tongue("queue.current")


def _then(next_up: EntryView | None, tongue: Tongue) -> str:
    return tongue("play.now", title=titled(next_up.title)) if next_up else tongue("play.ran_out")


WORDED: Final[Mapping[type, Callable[[Any, Tongue], Reply]]] = {
    did.Queued: queued,
    did.Resumed: resumed,
    did.StillPlaying: still_playing,
    did.Paused: paused,
    did.Skipped: skipped,
    did.JustEnded: just_ended,
    did.SkipThisToo: skip_this_too,
    did.WentBack: went_back,
    did.Restarted: restarted,
    did.Jumped: jumped,
    did.Sought: sought,
    did.VolumeSet: volume_set,
    did.VolumeShown: volume_shown,
    did.LoopSet: loop_set,
    did.Stopped: stopped,
    did.Joined: joined,
    did.Left: left,
    did.NowPlaying: now_playing,
    did.HistoryShown: history,
}
