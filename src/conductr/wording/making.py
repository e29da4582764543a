"""In words: how a wish stands, and votes, takes, variations, families and the radio."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from conductr import outcomes as did
from conductr.languages import Tongue, tongue_for
from conductr.views import GenerationView, LeftView

from .reasons import in_words
from .reply import Reply, by, shorten, titled

ASKED_SHOWN: Final = 200  # characters of a prompt
TAKES: Final = "AB"


def composing(said: did.Composing, tongue: Tongue) -> Reply:
    made = said.generation
    asked = shorten(made.prompt, ASKED_SHOWN) or tongue("made.lyrics_only")
    match made.state:
        case "requested":
            return _waiting(made, asked, tongue)
        case "submitting" | "submitted" | "composing" if made.cancelled:
            return Reply(tongue("made.cancelled_late"), title=tongue("made.cancelled.title"))
        case "submitting" | "submitted":
            hint = _with_rest(tongue("made.composing.hint"), made.quota_left, tongue)
            return Reply(tongue("made.composing", asked=asked), hint, title=tongue("made.composing.title"))
        case "composing":
            hint = tongue("made.written.hint")
            return Reply(tongue("made.written", asked=asked), hint, title=tongue("made.composing.title"))
        case "playable":
            title = titled(made.songs[0].title) if made.songs else asked
            return Reply(tongue("made.playable", title=title), title=tongue("made.playable.title"))
        case "finished":
            return _finished(made, asked, tongue)
        case _:
            return _no_song(made, asked, tongue)


def left_of(left: LeftView, tongue: Tongue) -> str:
    """What is left of the limit that is reached first."""
    return tongue(f"quota.left_of.{left.whose}", left=left.left, limit=left.limit)


def _waiting(made: GenerationView, asked: str, tongue: Tongue) -> Reply:
    hint = tongue("made.waiting.hint")
    if made.place and made.place > 1:
        hint = f"{tongue('made.waiting.place', place=made.place)} {hint}"
    hint = _with_rest(hint, made.quota_left, tongue)
    return Reply(tongue("made.waiting", asked=asked), hint, title=tongue("made.waiting.title"))


def _with_rest(hint: str, left: LeftView | None, tongue: Tongue) -> str:
    return hint if left is None else f"{hint} {left_of(left, tongue)}"


def _finished(made: GenerationView, asked: str, tongue: Tongue) -> Reply:
    takes = [song for song in made.songs if song.state == "ready"]
    names = ", ".join(
        tongue("made.take", title=titled(song.title), length=tongue.clock(song.duration_s or 0)) for song in takes
    )
    if made.repeated:
        hint = tongue("made.repeated.hint")
        return Reply(tongue("made.repeated", names=names or asked), hint, title=tongue("made.repeated.title"))
    hint = tongue("made.unheard.hint") if made.unheard else tongue("made.finished.hint")
    if made.reason is not None:
        hint = in_words(made.reason, tongue)
    return Reply(tongue("made.finished", names=names or asked), hint, title=tongue("made.finished.title"))


def _no_song(made: GenerationView, asked: str, tongue: Tongue) -> Reply:
    """What moderation turned down is not said once more in front of everybody."""
    why = None if made.reason is None else in_words(made.reason, tongue)
    if made.cancelled and made.state == "refused":
        return Reply(why or tongue("made.cancelled"), title=tongue("made.cancelled.title"))
    turned_down = made.reason == tongue_for(None)("error.prompt_rejected.text")
    hint = tongue("error.prompt_rejected.hint") if turned_down else tongue("made.none.hint", asked=asked)
    return Reply(why or tongue("made.none"), hint, title=tongue("made.none.title"), error=True)


def voted(said: did.Voted, tongue: Tongue) -> Reply:
    """Once it has passed, what followed is told instead, by nobody alone."""
    deed = tongue(f"deed.{said.deed}")
    deed = deed[:1].upper() + deed[1:]
    if said.withdrawn:
        return Reply(tongue("vote.withdrawn", have=said.have, needed=said.needed), ephemeral=True)
    if said.passed:
        return Reply(tongue("vote.passed", deed=deed))
    hint = tongue("vote.counted.hint", count=max(1, said.needed - said.have))
    return Reply(tongue("vote.counted", deed=deed, have=said.have, needed=said.needed), hint)


def offered(said: did.VariationOffered, tongue: Tongue) -> Reply:
    title, wish = titled(said.parent.title), shorten(said.wish.prompt or said.wish.style or "", ASKED_SHOWN)
    text = tongue("again.offer", count=said.songs, title=title, wish=wish)
    if said.own_key:
        cost = tongue("again.own_key")
    else:
        cost = tongue("again.free") if said.left is None else tongue("again.left", count=said.left)
    return Reply(text, cost, title=tongue("again.title", title=title), ephemeral=True)


def family(said: did.FamilyShown, tongue: Tongue) -> Reply:
    lines = ["  " * depth + titled(song.title) for depth, song in said.songs]
    return Reply("\n".join(lines), title=tongue("family.title"), ephemeral=True)


def takes(said: did.TakesCompared, tongue: Tongue) -> Reply:
    lines = [
        tongue(
            "takes.line",
            letter=letter_of(song.take),
            title=titled(song.title),
            length=tongue.clock(song.duration_s or 0),
            count=votes,
        )
        for song, votes in zip(said.takes, said.votes, strict=True)
    ]
    if said.winner is not None:
        hint = tongue("takes.won", letter=letter_of(said.winner))
    else:
        mine = "" if said.mine is None else tongue("takes.mine", letter=letter_of(said.mine))
        hint = " ".join(filter(None, (mine, tongue("takes.open"))))
    return Reply("\n".join(lines), hint, title=tongue("takes.title"))


def letter_of(take: int) -> str:
    """A take as people call it: A or B."""
    return TAKES[take] if 0 <= take < len(TAKES) else str(take + 1)


def radio(said: did.RadioSet, tongue: Tongue) -> Reply:
    key = "radio.on" if said.on else "radio.off"
    hint = tongue("radio.left", count=said.left) if said.on else None
    text = by(tongue, key, said.by) if said.changed else tongue(key)
    return Reply(text, hint, ephemeral=not said.changed)


WORDED: Final[Mapping[type, Callable[[Any, Tongue], Reply]]] = {
    did.Composing: composing,
    did.Voted: voted,
    did.VariationOffered: offered,
    did.FamilyShown: family,
    did.TakesCompared: takes,
    did.RadioSet: radio,
}
