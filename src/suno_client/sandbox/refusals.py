"""The codes and words in which a gateway refuses, by family of endpoints. Pure (suno.md 2A.2, 2B)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Dialect = Literal["sunoapi", "kie", "gcui"]
FamilyName = Literal["A", "B"]


@dataclass(frozen=True)
class Refusal:
    """An answer other than success. `invalid` marks a fault of validation, whose code differs between families."""

    code: int
    msg: str
    data: object = None
    invalid: bool = False


def invalid(msg: str) -> Refusal:
    """A fault in what was asked: 400 in Set A, 422 in Set B and at kie.ai."""
    return Refusal(400, msg, invalid=True)


NO_KEY = Refusal(401, "You do not have access permissions")
NOT_FOUND = Refusal(404, "Not Found")
TOO_LONG = Refusal(413, "The theme or prompt is too long.")
UNFETCHED = Refusal(451, "Failed to fetch the audio. Please check the URL and try again.")
NO_RECORD = Refusal(422, "recordInfo is null")
_NO_CREDITS = "The current credits are insufficient. Please top up."
_TOO_OFTEN = "Your call frequency is too high. Please try again later."


@dataclass(frozen=True)
class Family:
    """How one family of endpoints says what all can say. `unknown_task` None: success, with null data."""

    no_credits: Refusal
    too_often: Refusal
    invalid_code: int
    unknown_task: Refusal | None = None
    full_stop: bool = True

    def spoken(self, refusal: Refusal) -> Refusal:
        """A refusal as this family says it."""
        if not refusal.invalid:
            return refusal
        msg = refusal.msg if self.full_stop else refusal.msg.removesuffix(".")
        return replace(refusal, code=self.invalid_code, msg=msg)

    @property
    def words(self) -> Mapping[str, Refusal]:
        """What a "submit" or "poll" fault may be, by its code."""
        return {**_WORDS, str(self.no_credits.code): self.no_credits, str(self.too_often.code): self.too_often}


_WORDS = {
    str(refusal.code): refusal
    for refusal in (
        NO_KEY, NOT_FOUND, TOO_LONG, UNFETCHED,
        Refusal(400, "Please check the parameters and try again."),
        Refusal(402, _NO_CREDITS),
        Refusal(405, "Rate limit exceeded. Please try again later."),
        Refusal(409, "The record already exists."),
        Refusal(422, "Please check the parameters and try again."),
        Refusal(429, _NO_CREDITS),
        Refusal(430, _TOO_OFTEN),
        Refusal(433, "The limit of this key is used up."),
        Refusal(455, "The system is currently being maintained. Please try again later."),
        Refusal(500, "Internal Error, Please try again later."),
        Refusal(501, "Audio generation failed."),
        Refusal(505, "This feature is disabled."),
        Refusal(531, "Generation failed, and the credits were refunded. Please try again."),
    )
}  # fmt: skip
REFUSAL_WORDS = frozenset(_WORDS)
MAINTENANCE, INTERNAL, REFUNDED = _WORDS["455"], _WORDS["500"], _WORDS["531"]
SET_A = Family(Refusal(429, _NO_CREDITS), Refusal(430, _TOO_OFTEN), 400)
SET_B = Family(Refusal(402, _NO_CREDITS), Refusal(429, _TOO_OFTEN), 422)
KIE = Family(Refusal(402, _NO_CREDITS), Refusal(429, _TOO_OFTEN), 422, NO_RECORD, full_stop=False)


def family_of(dialect: Dialect, name: FamilyName) -> Family:
    if dialect == "kie":
        return KIE
    return SET_A if name == "A" else SET_B
