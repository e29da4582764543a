"""What nudges any song: the keyword arguments that all requests for sound have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from .requests import PersonaModel, VocalGender


class Tuning(TypedDict, total=False):
    """The weights go from 0 to 1. `model` is the gateway's name, V5_5 where none is given; `extra` passes unchecked."""

    model: str
    negative_tags: str | None
    vocal_gender: VocalGender | None
    style_weight: float | None
    weirdness: float | None
    audio_weight: float | None
    persona_id: str | None
    persona_model: PersonaModel | None
    extra: Mapping[str, object]
