"""What a gateway asks of any request, and of one to generate. Pure (suno.md 2A.3, 2A.4, 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

from suno_client.sandbox.models import MODELS, Model, model_of
from suno_client.sandbox.refusals import Refusal, invalid

Body = Mapping[str, object]
ATTACHMENTS: Mapping[str, int] = {"imageUrls": 5, "videoUrls": 1, "audioUrls": 10}
ATTACHMENTS_IN_ALL = 10
TEXTS = ("prompt", "lyrics", "style", "title", "negativeTags", "personaId")
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "styleWeight": (0, 1),
    "weirdnessConstraint": (0, 1),
    "audioWeight": (0, 1),
    "variety": (0, 4),
    "duration": (10, 360),
}
_WHOLE = frozenset(["variety", "soundTempo"])
KIE_TITLE = {"title": 80}  # characters, whatever the model (suno.md 2A.4)


def check(body: Body) -> Refusal | None:
    """The first fault of a request to generate: its fields, then its lengths; None when there is none."""
    return (
        need(body, "customMode", "instrumental", "model")
        or need_callback(body)
        or flags(body, "customMode", "instrumental")
        or known_model(body)
        or tuning(body)
        or attachments(body)
        or mode(body)
        or within(body, word_limits(body))
    )


def need(body: Body, *names: str) -> Refusal | None:
    """The first of these fields that is missing or null."""
    missing = next((name for name in names if body.get(name) is None), None)
    return invalid(f"{missing} cannot be null") if missing else None


def enter(body: Body, *names: str) -> Refusal | None:
    """The first of these fields that is missing or empty, in the words for what a person types."""
    missing = next((name for name in names if not body.get(name)), None)
    return invalid(f"Please enter {missing}.") if missing else None


def need_callback(body: Body) -> Refusal | None:
    if (refusal := enter(body, "callBackUrl")) is not None:
        return refusal
    return None if is_url(body["callBackUrl"]) else invalid("callBackUrl is invalid")


def is_url(value: object) -> bool:
    """Whether a value is a URL with a scheme and a host."""
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)


def url_count(value: object) -> int | None:
    """The length of a list of URLs; None for anything else."""
    if not isinstance(value, list):
        return None
    urls = cast("list[object]", value)
    return len(urls) if all(map(is_url, urls)) else None


def flags(body: Body, *names: str) -> Refusal | None:
    """The first of these fields that is there and is no boolean."""
    wrong = next((name for name in names if not isinstance(body.get(name), bool | None)), None)
    return invalid(f"{wrong} must be a boolean") if wrong else None


def strings(body: Body, *names: str) -> Refusal | None:
    """The first of these fields that is there and is no text."""
    wrong = next((name for name in names if not isinstance(body.get(name), str | None)), None)
    return invalid(f"{wrong} must be a string") if wrong else None


def numbers(body: Body, bounds: Mapping[str, tuple[float, float]]) -> Refusal | None:
    """The first of these fields that is there and is no number within its bounds."""
    for field, (low, high) in bounds.items():
        value = body.get(field)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            return invalid(f"{field} must be between {low} and {high}")
        if field in _WHOLE and value != int(value):
            return invalid(f"{field} must be a whole number")
    return None


def within(body: Body, limits: Mapping[str, int]) -> Refusal | None:
    """The first of these texts that is longer than allowed (413)."""
    for field, limit in limits.items():
        if len(str(body.get(field) or "")) > limit:
            return Refusal(413, f"{field} is too long: at most {limit} characters.")
    return None


def known_model(body: Body) -> Refusal | None:
    return None if body.get("model") is None or body["model"] in MODELS else invalid("model is invalid")


def tuning(body: Body) -> Refusal | None:
    """Texts are texts, weights are within bounds, and personas and voices are of a known kind."""
    refusal = strings(body, *TEXTS) or numbers(body, _BOUNDS)
    if refusal is not None:
        return refusal
    if body.get("vocalGender") not in {None, "", "m", "f"}:
        return invalid("vocalGender must be m or f")
    kind = body.get("personaModel")
    if kind not in {None, "", "style_persona", "voice_persona"}:
        return invalid("personaModel must be style_persona or voice_persona")
    if kind == "voice_persona" and not _newest(body):
        return invalid("voice_persona needs model V5, V5_5 or V6")
    return None


def _newest(body: Body) -> bool:
    name = str(body.get("model"))
    return name in {"V5", "V5_5"} or model_of(name).sixth


def attachments(body: Body) -> Refusal | None:
    """Pictures, videos and sounds of the sixth generation: lists of URLs, so many of each and in all."""
    total = 0
    for field, limit in ATTACHMENTS.items():
        urls = body.get(field)
        if urls is None:
            continue
        count = url_count(urls)
        if count is None:
            return invalid(f"{field} must be a list of URLs")
        if count > limit:
            return invalid(f"{field} holds at most {limit}")
        total += count
    if total > ATTACHMENTS_IN_ALL:
        return invalid(f"at most {ATTACHMENTS_IN_ALL} attachments in all")
    if total and body.get("customMode"):
        return invalid("imageUrls, videoUrls and audioUrls need customMode false")
    return None


def mode(body: Body) -> Refusal | None:
    """What the two modes of the two eras ask for."""
    model = model_of(body.get("model"))
    if not body["customMode"]:
        return _simple_mode(body, model)
    if model.sixth:
        given = any(body.get(field) for field in ("style", "lyrics", "prompt", "negativeTags"))
        return None if given else invalid("Please enter style, lyrics or negativeTags.")
    wanted = ("style", "title") if body.get("instrumental") else ("style", "title", "prompt")
    return enter(body, *wanted)


def _simple_mode(body: Body, model: Model) -> Refusal | None:
    if not model.sixth:
        return enter(body, "prompt")
    given = any(body.get(field) for field in ("style", "lyrics", *ATTACHMENTS))
    return None if given else invalid("Please enter style, lyrics, imageUrls, videoUrls or audioUrls.")


def word_limits(body: Body) -> Mapping[str, int]:
    """How many characters a request's model takes of each text. Only an idea, without custom mode, is short."""
    model = model_of(body.get("model"))
    return {
        "prompt": model.idea if body.get("customMode") is False else model.prompt,
        "lyrics": model.prompt,
        "style": model.style,
        "tags": model.style,
        "title": model.title,
        "negativeTags": 1_000,
    }
