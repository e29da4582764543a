"""What a button, a select or a form says when it comes back: a verb and what it is about. Pure.

It is all in the `custom_id`, so that a press is understood after a restart, and long after the card was sent.
"""

from __future__ import annotations

from attrs import frozen

MARK = "c1"  # of this version; a press of another is answered as too old
LIMIT = 100  # characters of a custom_id


@frozen
class Press:
    """`about` are ids: of a play, a song, an entry, a wish. Every one of them is looked up anew and never trusted."""

    verb: str
    about: tuple[str, ...] = ()

    def argument(self, at: int) -> str | None:
        """The one at that place; None where it is empty or not there."""
        return (self.about[at] or None) if at < len(self.about) else None

    def rest(self, at: int) -> str:
        """What stands from that place on: a text, with whatever is in it."""
        return ":".join(self.about[at:])

    def number(self, at: int) -> int | None:
        text = self.argument(at)
        return int(text) if text is not None and text.isdecimal() and len(text) < 20 else None


def press(verb: str, *about: object) -> str:
    """The custom_id for it. Raises ValueError where Discord would not take it."""
    custom_id = ":".join((MARK, verb, *("" if one is None else str(one) for one in about)))
    if len(custom_id) > LIMIT:
        raise ValueError(f"a custom_id has at most {LIMIT} characters: {verb}")
    return custom_id


def read_press(custom_id: str) -> Press | None:
    """None for one of another version, or of somebody else's."""
    mark, *rest = custom_id.split(":")
    if mark != MARK or not rest or not rest[0]:
        return None
    return Press(rest[0], tuple(rest[1:]))
