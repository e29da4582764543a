"""What the web itself refuses, and how every error is told: a status, a sentence, and what to do next.

WebError          told to the browser as it stands
Forbidden       another site, a stale page, or a room that needs a login
BadBody         the request's body is not what this address takes
TooManyOpen     enough live connections are open already
NotHere         no such address, or none that is told to strangers
TooOften        somebody guesses: later
"""

from __future__ import annotations

from attrs import frozen

import conductr.errors as refused
import conductr_player as player
import conductr_store as store
import suno_client as suno
from conductr.replies import word

_MAKE_ONE = "Describe a song above, or press play on one in your library."
# Hints of `conductr.replies` name slash commands; a page has buttons instead.
_HINTS: dict[type[BaseException], str] = {
    refused.NothingPlaying: _MAKE_ONE,
    refused.NothingToPlay: _MAKE_ONE,
    refused.AlreadyPaused: "Press play to go on.",
    refused.UnknownSong: "Choose one from your library.",
    refused.PlayerUnreachable: "Restart Conductr to open the room again; the queue is kept.",
    player.SourceError: "Try another song, or make it anew.",
    player.OutputError: "Reload the page and press play.",
}
_STATUSES: tuple[tuple[type[BaseException], int], ...] = (
    (refused.UnknownSong, 404),
    (refused.UnknownGeneration, 404),
    (refused.BadWish, 422),
    (suno.InvalidRequest, 422),
    (suno.PromptRejected, 422),
    (refused.TooManyWaiting, 429),
    (refused.QuotaReached, 429),
    (refused.Crowded, 429),
    (suno.TooMany, 429),
    (refused.PlayerUnreachable, 503),
    (refused.ConductrError, 409),
    (suno.SunoError, 502),
    (player.UnknownEntry, 404),
    (player.CommandRefused, 409),
    (player.PlayerError, 503),
    (store.StoreError, 503),
)


@frozen
class Told:
    """An error as the browser gets it. `code` is for programs, `field` names the input to mend."""

    status: int
    code: str
    text: str
    hint: str | None = None
    field: str | None = None


class WebError(Exception):
    def __init__(self, status: int, code: str, text: str, hint: str | None = None, field: str | None = None) -> None:
        super().__init__(text)
        self.told = Told(status, code, text, hint, field)


class Forbidden(WebError):
    def __init__(self, code: str, text: str, hint: str) -> None:
        super().__init__(403, code, text, hint)


class BadBody(WebError):
    def __init__(self, status: int, text: str, hint: str, field: str | None = None) -> None:
        super().__init__(status, "bad_body", text, hint, field)


class TooManyOpen(WebError):
    def __init__(self, limit: int) -> None:
        super().__init__(503, "too_many_open", f"{limit} pages are connected already.", "Close one, then try again.")


class NotHere(WebError):
    def __init__(self) -> None:
        super().__init__(404, "not_found", "There is nothing here.")


class TooOften(WebError):
    def __init__(self) -> None:
        super().__init__(429, "too_often", "That was asked too often.", "Wait a minute.")


def tell(error: Exception) -> Told | None:
    """A foreseen error in words; None for one that nobody foresaw."""
    if isinstance(error, WebError):
        return error.told
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            reply = word(error)
            hint = next((text for shape, text in _HINTS.items() if isinstance(error, shape)), reply.hint)
            field = error.field if isinstance(error, refused.BadWish | suno.InvalidRequest) else None
            return Told(status, _snake(type(error).__name__), reply.text, hint, field)
    return None


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")
