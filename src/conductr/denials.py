"""What the queue and the collection refuse, split by what the person who asked can do about it."""

from __future__ import annotations

from .errors import ConductrError
from .views import Choice


class NothingQueued(ConductrError):
    """Nothing waits, so there is nothing to change."""


class NeverPlayed(ConductrError):
    """No song was heard here yet."""


class BadMoment(ConductrError):
    """A time that cannot be read: write 1:30, +15 or 50%."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class PastTheEnd(ConductrError):
    """The song is only `duration_s` long."""

    def __init__(self, title: str, duration_s: float) -> None:
        super().__init__(f"{duration_s:.0f} s")
        self.title = title
        self.duration_s = duration_s


class NotHereYet(ConductrError):
    """Only `arrived_s` of the song have come so far: it is still growing."""

    def __init__(self, title: str, arrived_s: float) -> None:
        super().__init__(f"{arrived_s:.0f} s")
        self.title = title
        self.arrived_s = arrived_s


class OutOfRange(ConductrError):
    """A number that is too small or too large: `name` takes `lowest` to `highest`."""

    def __init__(self, name: str, lowest: int, highest: int) -> None:
        super().__init__(f"{name}: {lowest} to {highest}")
        self.name = name
        self.lowest = lowest
        self.highest = highest


class UnknownPlace(ConductrError):
    """No song stands at that place of the queue: /queue shows which there are, 1 to `last`."""

    def __init__(self, text: str, last: int) -> None:
        super().__init__(text)
        self.text = text
        self.last = last


class SeveralFound(ConductrError):
    """More than one thing has that name: choose one of `choices`."""

    def __init__(self, name: str, choices: tuple[Choice, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.choices = choices


class UnknownGenre(ConductrError):
    """No song here has that genre or style: `nearest` are names that were perhaps meant."""

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.nearest = nearest


class UnknownPlaylist(ConductrError):
    """No playlist of that name that the person may see."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NoActivePlaylist(ConductrError):
    """No playlist was named and none is active: name one, or switch to one."""


class NotYourPlaylist(ConductrError):
    """Only `owner_name` may do that to it."""

    def __init__(self, name: str, owner_name: str) -> None:
        super().__init__(name)
        self.name = name
        self.owner_name = owner_name


class BadName(ConductrError):
    """A name that will not do: `why` is empty or long, `limit` in characters."""

    def __init__(self, why: str, limit: int) -> None:
        super().__init__(why)
        self.why = why
        self.limit = limit


class NameTaken(ConductrError):
    """There is one of that name already; `free` is a name near it that is not taken."""

    def __init__(self, name: str, free: str) -> None:
        super().__init__(name)
        self.name = name
        self.free = free


class TooManyPlaylists(ConductrError):
    """There are `limit` playlists, and no more may be: delete one."""

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class PlaylistFull(ConductrError):
    """The playlist has `limit` songs, and no more may be in it."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(name)
        self.name = name
        self.limit = limit


class EmptyPlaylist(ConductrError):
    """Nothing in it can be played now."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class AlreadyInPlaylist(ConductrError):
    """The song stands in it already, at `place`."""

    def __init__(self, title: str, name: str, place: int) -> None:
        super().__init__(name)
        self.title = title
        self.name = name
        self.place = place


class NotInPlaylist(ConductrError):
    """The song does not stand in it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NoLyrics(ConductrError):
    """`why` is instrumental, unwritten (it is still being made) or unknown."""

    def __init__(self, title: str, why: str) -> None:
        super().__init__(why)
        self.title = title
        self.why = why


class TooLargeToSend(ConductrError):
    """The file has `size_bytes`, and Discord takes `limit_bytes` here: the page has it for download."""

    def __init__(self, title: str, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(title)
        self.title = title
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class MayNotBeShared(ConductrError):
    """The provider's terms keep the song's file from being handed out."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title


class VoteOver(ConductrError):
    """It is decided already, or there is only one take: nothing is left to vote on."""


class RadioSpent(ConductrError):
    """The radio has asked for its `limit` songs of today; it chooses from the library until tomorrow."""

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit
