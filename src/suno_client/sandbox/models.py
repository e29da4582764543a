"""The models that the gateways know, with their limits. Data only (suno.md 2A.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
USUAL = "V5_5"  # where an endpoint lets the model be left out


def model_of(name: object) -> Model:
    """The model of this name; the usual one where none is named."""
    return MODELS.get(str(name), MODELS[USUAL])


def key_of(name: object) -> str:
    """Suno's own key for a model. A name that is none of ours is a key already (gcui: "chirp-v3-5")."""
    if name is None or name == "":
        return MODELS[USUAL].key
    return MODELS[str(name)].key if str(name) in MODELS else str(name)
