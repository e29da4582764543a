"""What Suno asks of what the self-hosted server passes on, and JavaScript's idea of true. Pure (suno.md 1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_MODEL = "chirp-v3-5"
IDEA_LIMIT = 500  # characters of a description
PRICE = 10.0  # credits for two clips


@dataclass(frozen=True)
class Limits:
    """A model's limits in characters."""

    prompt: int = 5_000
    tags: int = 1_000
    negative_tags: int = 1_000


_OLD = Limits(3_000, 200)
LIMITS: Mapping[str, Limits] = {
    "chirp-v3": Limits(1_250, 200),
    "chirp-v3-5": _OLD,
    "chirp-v4": _OLD,
    "chirp-auk": Limits(),
    "chirp-auk-turbo": Limits(),
    "chirp-bluejay": Limits(),
    "chirp-crow": Limits(),
    "chirp-fenix": Limits(),
    "chirp-v6": Limits(),
    "chirp-v6-wild": Limits(),
    "chirp-v6-mini": Limits(),
}
Fields = Mapping[str, object]


def truthy(value: object) -> bool:
    """Boolean(value) in JavaScript: "false" is true, and so are empty lists and objects."""
    return isinstance(value, list | dict) or bool(value)


def model_in(fields: Fields) -> str:
    return str(fields["model"]) if truthy(fields.get("model")) else DEFAULT_MODEL


def text_in(fields: Fields, name: str) -> str:
    return str(fields.get(name) or "")


def faults_of(fields: Fields, *, described: bool) -> list[dict[str, object]]:
    """What Suno finds wrong, as its own validation lists it; `described`: the prompt is an idea, not words."""
    limits = LIMITS.get(model_in(fields))
    if limits is None:
        return [_fault("mv", "value is not a valid model")]
    if described and not fields.get("prompt"):
        return [_fault("gpt_description_prompt", "field required")]
    most = {
        "prompt": IDEA_LIMIT if described else limits.prompt,
        "tags": limits.tags,
        "negative_tags": limits.negative_tags,
        "title": 100,
    }
    found = list[dict[str, object]]()
    for name, limit in most.items():
        value = fields.get(name)
        if not isinstance(value, str | None):
            found.append(_fault(name, "str type expected"))
        elif len(value or "") > limit:
            found.append(_fault(name, f"ensure this value has at most {limit} characters"))
    return found


def _fault(name: str, message: str) -> dict[str, object]:
    return {"loc": ["body", name], "msg": message, "type": "value_error"}


def moment_of(asked: object) -> float | None:
    """Seconds of a continue_at: a number, "109.96" or "mm:ss"; None where it says nothing that could be meant."""
    if isinstance(asked, bool):
        return None
    if isinstance(asked, int | float):
        return float(asked)
    found = re.fullmatch(r"(?:(\d+):)?(\d+(?:\.\d+)?)", asked) if isinstance(asked, str) else None
    return 60.0 * int(found[1] or 0) + float(found[2]) if found else None
