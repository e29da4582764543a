"""What each model takes, checked before anything is sent or charged (reference: suno.md 2A.3, 2A.4). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """Characters, but for the last two. `idea` is the prompt without custom mode, `lyrics` the words that are sung."""

    lyrics: int
    style: int
    title: int
    idea: int = 500
    era: Literal["V5", "V6"] = "V5"
    takes_duration: bool = False


_V6 = ModelLimits(5_000, 1_000, 80, idea=3_000, era="V6", takes_duration=True)

LIMITS: Mapping[str, ModelLimits] = {
    "V3_5": ModelLimits(3_000, 200, 80),
    "V4": ModelLimits(3_000, 200, 80),
    "V4_5": ModelLimits(5_000, 1_000, 100),
    "V4_5PLUS": ModelLimits(5_000, 1_000, 100),
    "V4_5ALL": ModelLimits(5_000, 1_000, 80),
    "V5": ModelLimits(5_000, 1_000, 100),
    "V5_5": ModelLimits(5_000, 1_000, 100, takes_duration=True),
    "V6": _V6,
    "V6_WILD": _V6,
    "V6_MINI": _V6,
}
NEGATIVE_TAGS_LIMIT = 1_000  # characters
DURATION_RANGE_S = (10, 360)
VARIETY_RANGE = (0, 4)


@dataclass(frozen=True, slots=True)
class SongRequest:
    """A song as it is asked for. `extra` goes to the gateway unchecked, under the gateway's own names."""

    prompt: str = ""
    style: str | None = None
    title: str | None = None
    lyrics: str | None = None
    instrumental: bool = False
    model: str = "V5_5"
    negative_tags: str | None = None
    vocal_gender: Literal["m", "f"] | None = None
    style_weight: float | None = None
    weirdness: float | None = None
    audio_weight: float | None = None
    persona_id: str | None = None
    persona_model: Literal["style_persona", "voice_persona"] | None = None
    duration_s: float | None = None
    variety: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def era(self) -> Literal["V5", "V6"]:
        """The rule set that the model follows; an unknown model is taken for one of the V5 era."""
        known = LIMITS.get(self.model)
        return known.era if known else "V5"

    @property
    def custom(self) -> bool:
        """Whether style, title and lyrics are taken as given. V6 takes a style beside an idea without it."""
        if self.era == "V6" and self.prompt:
            return bool(self.title)
        return bool(self.style or self.title or self.lyrics)


def check(request: SongRequest) -> None:
    """Raises InvalidRequest with the field, the limit and the model. An unknown model has no limits of length."""
    if "." in request.model or not request.model.strip():
        raise InvalidRequest("model", 'is written with "_", for example "V4_5"', model=request.model)
    _check_text(request)
    if request.custom:
        _check_custom(request)
    else:
        _check_idea(request)
    _check_lengths(request)
    _check_tuning(request)


def _check_text(request: SongRequest) -> None:
    for name in ("prompt", "style", "title", "lyrics", "negative_tags", "persona_id", "model"):
        try:
            (getattr(request, name) or "").encode("utf-8")
        except UnicodeEncodeError as error:
            why = "holds half a character (a lone surrogate), which no gateway can take"
            raise InvalidRequest(name, why, model=request.model) from error


def _check_custom(request: SongRequest) -> None:
    """Custom mode sings `lyrics` word for word; an idea has no place there unless nothing is sung."""
    model = request.model
    if request.lyrics and request.instrumental:
        raise InvalidRequest("lyrics", "cannot be sung in an instrumental", model=model)
    if request.prompt and not request.instrumental:
        why = "has no place beside style, title or lyrics: describe the song in style, or give the prompt alone"
        raise InvalidRequest("prompt", why, model=model)
    if request.era == "V6":
        if not (request.style or request.lyrics or request.negative_tags):
            raise InvalidRequest("style", "or lyrics must be given beside a title", model=model)
        return
    needed = ("style", "title") if request.instrumental else ("style", "title", "lyrics")
    for name in needed:
        if not getattr(request, name):
            raise InvalidRequest(name, f"is missing: {', '.join(needed)} belong together", model=model)


def _check_idea(request: SongRequest) -> None:
    model = request.model
    if not request.prompt.strip():
        raise InvalidRequest("prompt", "is empty", model=model)
    if request.era == "V6" and not (request.style or request.lyrics or request.extra):
        raise InvalidRequest("style", f"or lyrics must be given beside the prompt to {model}", model=model)
    only_custom = ["vocal_gender", "persona_id", "duration_s"]
    if request.era == "V6":
        only_custom += ["negative_tags", "style_weight", "weirdness", "audio_weight", "variety"]
    for name in only_custom:
        if getattr(request, name) is not None:
            raise InvalidRequest(name, "is taken only together with style and title", model=model)


def _check_lengths(request: SongRequest) -> None:
    limits = LIMITS.get(request.model)
    if limits is None:
        return
    idea = limits.lyrics if request.custom else limits.idea
    for name, limit in (("prompt", idea), ("lyrics", limits.lyrics), ("style", limits.style), ("title", limits.title)):
        _check_length(request, name, limit)
    _check_length(request, "negative_tags", NEGATIVE_TAGS_LIMIT)


def _check_length(request: SongRequest, name: str, limit: int) -> None:
    length = len(getattr(request, name) or "")
    if length > limit:
        why = f"has {length:,} characters, and {request.model} takes {limit:,}"
        raise InvalidRequest(name, why, limit=limit, model=request.model)


def _check_tuning(request: SongRequest) -> None:
    model, limits = request.model, LIMITS.get(request.model)
    for name in ("style_weight", "weirdness", "audio_weight"):
        _check_range(request, name, (0, 1))
    _check_range(request, "duration_s", DURATION_RANGE_S)
    _check_range(request, "variety", VARIETY_RANGE)
    if request.vocal_gender not in (None, "m", "f"):
        raise InvalidRequest("vocal_gender", 'is "m" or "f"', model=model)
    if limits is not None and request.duration_s is not None and not limits.takes_duration:
        raise InvalidRequest("duration_s", f"cannot be set for {model}", model=model)
    if limits is not None and request.variety is not None and limits.era != "V6":
        raise InvalidRequest("variety", f"cannot be set for {model}", model=model)


def _check_range(request: SongRequest, name: str, bounds: tuple[int, int]) -> None:
    value, (low, high) = getattr(request, name), bounds
    if value is not None and not low <= value <= high:  # NaN fails this too
        raise InvalidRequest(name, f"is {value}, and it goes from {low} to {high}", limit=high, model=request.model)
