"""What the gateway asks of a request to generate, and in what words it refuses. Pure (suno.md 2A.3, 2A.4, 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Refusal:
    """An answer other than success: the code in the envelope, and its message."""

    code: int
    msg: str


NO_KEY = Refusal(401, "You do not have access permissions")
NO_CREDITS = Refusal(429, "The current credits are insufficient. Please top up.")
TOO_OFTEN = Refusal(430, "Your call frequency is too high. Please try again later.")
MAINTENANCE = Refusal(455, "The system is currently being maintained. Please try again later.")
INTERNAL = Refusal(500, "Internal Error, Please try again later.")
TOO_LONG = Refusal(413, "The theme or prompt is too long.")
NOT_FOUND = Refusal(404, "Not Found")
REFUSALS = {
    str(refusal.code): refusal
    for refusal in (NO_KEY, NO_CREDITS, TOO_OFTEN, MAINTENANCE, INTERNAL, TOO_LONG, NOT_FOUND)
}


@dataclass(frozen=True)
class Model:
    """A model's limits in characters, and Suno's own key for it."""

    key: str
    prompt: int = 5_000
    style: int = 1_000
    title: int = 100
    idea: int = 500
    sixth: bool = False


def _sixth(key: str) -> Model:
    return Model(key, title=80, idea=3_000, sixth=True)


MODELS: Mapping[str, Model] = {
    "V3_5": Model("chirp-v3-5", 3_000, 200, 80),
    "V4": Model("chirp-v4", 3_000, 200, 80),
    "V4_5": Model("chirp-auk"),
    "V4_5PLUS": Model("chirp-bluejay"),
    "V4_5ALL": Model("chirp-auk-turbo", title=80),
    "V5": Model("chirp-crow"),
    "V5_5": Model("chirp-fenix"),
    "V6": _sixth("chirp-v6"),
    "V6_WILD": _sixth("chirp-v6-wild"),
    "V6_MINI": _sixth("chirp-v6-mini"),
}
_REFERENCES = ("imageUrls", "videoUrls", "audioUrls")


def check(body: Mapping[str, object]) -> Refusal | None:
    """The first fault of a request: its fields (400), then its lengths (413); None when there is none."""
    return _check_required(body) or _check_types(body) or _check_mode(body) or _check_lengths(body)


def _check_required(body: Mapping[str, object]) -> Refusal | None:
    for field in ("customMode", "instrumental", "model"):
        if body.get(field) is None:
            return Refusal(400, f"{field} cannot be null")
    if not body.get("callBackUrl"):
        return Refusal(400, "Please enter callBackUrl.")
    return None


def _check_types(body: Mapping[str, object]) -> Refusal | None:
    for field in ("customMode", "instrumental"):
        if not isinstance(body[field], bool):
            return Refusal(400, f"{field} must be a boolean")
    if body["model"] not in MODELS:
        return Refusal(400, "model is invalid")
    url = body["callBackUrl"]
    if not isinstance(url, str) or not _is_url(url):
        return Refusal(400, "callBackUrl is invalid")
    for field in ("prompt", "lyrics", "style", "title", "negativeTags", "personaId"):
        if not isinstance(body.get(field, ""), str | None):
            return Refusal(400, f"{field} must be a string")
    return _check_numbers(body)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)


def _check_numbers(body: Mapping[str, object]) -> Refusal | None:
    bounds = {
        "styleWeight": (0, 1),
        "weirdnessConstraint": (0, 1),
        "audioWeight": (0, 1),
        "variety": (0, 4),
        "duration": (10, 360),
    }
    for field, (low, high) in bounds.items():
        value = body.get(field)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            return Refusal(400, f"{field} must be between {low} and {high}")
    if body.get("vocalGender") not in {None, "", "m", "f"}:
        return Refusal(400, "vocalGender must be m or f")
    return None


def _check_mode(body: Mapping[str, object]) -> Refusal | None:
    model = MODELS[str(body["model"])]
    if not body["customMode"]:
        if model.sixth and any(body.get(field) for field in ("style", "lyrics", *_REFERENCES)):
            return None
        return None if body.get("prompt") else Refusal(400, "Please enter prompt.")
    if model.sixth:
        given = any(body.get(field) for field in ("style", "lyrics", "prompt", "negativeTags"))
        return None if given else Refusal(400, "Please enter style, lyrics or negativeTags.")
    wanted = ("style", "title") if body["instrumental"] else ("style", "title", "prompt")
    missing = next((field for field in wanted if not body.get(field)), None)
    return Refusal(400, f"Please enter {missing}.") if missing else None


def _check_lengths(body: Mapping[str, object]) -> Refusal | None:
    model = MODELS[str(body["model"])]
    limits = {
        "prompt": model.prompt if body["customMode"] else model.idea,
        "lyrics": model.prompt,
        "style": model.style,
        "title": model.title,
        "negativeTags": 1_000,
    }
    for field, limit in limits.items():
        if len(str(body.get(field) or "")) > limit:
            return Refusal(413, f"{field} is too long: at most {limit} characters.")
    return None
