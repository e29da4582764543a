"""What each model takes (reference: suno.md 2A.3, 2A.4). Pure data; `requests` checks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Era = Literal["V5", "V6"]


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """Characters, but for the last two. `idea` is the prompt without custom mode, `lyrics` the words that are sung."""

    lyrics: int
    style: int
    title: int
    idea: int = 500
    era: Era = "V5"
    takes_duration: bool = False


Limits = Mapping[str, ModelLimits]

_V6 = ModelLimits(5_000, 1_000, 80, idea=3_000, era="V6", takes_duration=True)

LIMITS: Limits = {
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
KIE_LIMITS: Limits = {name: replace(limits, title=80) for name, limits in LIMITS.items()}  # suno.md 2A.4

NEGATIVE_TAGS_LIMIT = 1_000  # characters
DURATION_RANGE_S = (10, 360)
VARIETY_RANGE = (0, 4)
SOUND_PROMPT_LIMIT = 500  # characters
TEMPO_RANGE_BPM = (1, 300)
LYRICS_PROMPT_LIMIT = 200  # words (suno.md 2A.8); characters by another account, so a warning is no help
CREDIT_LINE_LIMIT = 50  # characters of a video's author and domain
SECTION_RANGE_S = {"V5": (6, 60), "V6": (10, 60)}
PERSONA_RANGE_S = (10, 30)
IMAGES_LIMIT, VIDEOS_LIMIT, ATTACHMENTS_LIMIT = 5, 1, 10
BASE64_LIMIT = 10_000_000  # bytes
