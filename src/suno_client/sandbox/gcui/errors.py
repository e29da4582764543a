"""What goes wrong behind the self-hosted server, and how each family of its routes words it. Pure (suno.md 2C.5)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

NO_COOKIE = "Please provide a cookie either in the .env file or in the Cookie header of your request."
NO_SESSION = "Failed to get session id, you may need to update the SUNO_COOKIE"
UNREACHABLE = "Network error: Unable to connect to Suno API. Please check your internet connection and try again."
_TIMEOUT = "AxiosError: timeout of 10000ms exceeded"
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


class GcuiError(Exception):
    """Whatever makes a route answer with {"error": ...}."""


class UpstreamRefused(GcuiError):
    """Suno itself said no. `detail` is a text, None, or the list of a validation, which JavaScript cannot print."""

    def __init__(self, status: int, detail: object = None) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail if isinstance(detail, str | None) else "[object Object]"


class UpstreamSilent(GcuiError):
    """Suno was not reached, or said nothing for 10 s."""


class Thrown(GcuiError):
    """The server's own code threw: no cookie, an expired one, a body that is no JSON."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadAsk(GcuiError):
    """What the route itself looks at before it does anything: an id that is missing. Always 400."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


Said = tuple[int, str]
Words = Callable[[GcuiError], Said | None]
"""HTTP status and text of an error in one family of routes; None where the route itself falls over."""


def plain(error: GcuiError) -> Said:
    """generate, extend_audio, concat, generate_lyrics, generate_stems."""
    match error:
        case UpstreamRefused(status=402):
            return 402, error.detail or "Payment required"
        case UpstreamRefused():
            return error.status, f"API Error: {error.detail or _PHRASES.get(error.status, 'Unknown error')}"
        case UpstreamSilent():
            return 503, UNREACHABLE
        case _:
            return 500, f"Internal error: {error}"


def custom(error: GcuiError) -> Said:
    """custom_generate."""
    if isinstance(error, UpstreamRefused):
        return error.status, error.detail or _text(error)
    return 500, _text(error)


def quiet(error: GcuiError) -> Said:  # noqa: ARG001 - it tells nothing, whatever happened
    """get, clip, persona."""
    return 500, "Internal server error"


def told(error: GcuiError) -> Said:
    """get_limit, get_aligned_lyrics."""
    return 500, f"Internal server error. {_text(error)}"


def chat(error: GcuiError) -> Said | None:
    """v1/chat/completions reads the upstream's answer also where there is none. Its own texts are from memory."""
    if not isinstance(error, UpstreamRefused):
        return None
    if error.status == 402:
        return 402, error.detail or "Payment required"
    return 500, f"Internal server error: {error.detail or _PHRASES.get(error.status, 'Unknown error')}"


def _text(error: GcuiError) -> str:
    """An error as JavaScript prints it."""
    match error:
        case UpstreamRefused():
            return f"AxiosError: Request failed with status code {error.status}"
        case UpstreamSilent():
            return _TIMEOUT
        case _:
            return f"Error: {error}"
