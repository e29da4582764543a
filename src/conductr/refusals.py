"""Errors in words: what went wrong, and what the person can do next. Never an error's own text, never a secret.

An error of any package is worded by its name: `NotInVoice` by `error.not_in_voice.text` and `.hint` of the catalogue,
or as the nearest kind above it that has words. Names in braces there are attributes of the error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final, cast

import suno_client as suno

from . import denials, errors
from .languages import Tongue, tongue_for
from .rights import NotAllowed, Right
from .wording.reasons import HOLE, in_words
from .wording.reply import shorten
from .wording.sizes import size

Words = tuple[str, str | None]  # a sentence, and the way out where there is one

SHOWN: Final = 300  # characters of one value
_JOINT: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
ENGLISH: Final = "en"


def refusal(error: BaseException, tongue: Tongue | None = None, dj_role: str | None = None) -> Words:
    """What to say of an error. `dj_role`: what the server calls its DJ role."""
    tongue = tongue or tongue_for(None)
    match error:
        case NotAllowed():
            return _not_allowed(error, tongue, dj_role)
        case errors.QuotaReached():
            hint = tongue("error.quota_reached.hint", returns_at=error.returns_at)
            return tongue(f"quota.{error.whose}", count=error.limit), hint
        case errors.AlreadyAsked(lost=True):
            return _filled("error.already_asked_lost", error, tongue)
        case errors.BadWish():
            return _bad_wish(error, tongue)
        case suno.InvalidRequest() if not isinstance(error, suno.Unsupported):
            return _bad_request(error, tongue)
        case suno.GenerationFailed(moderated=True):
            return tongue("error.prompt_rejected.text"), tongue("error.prompt_rejected.hint")
        case denials.BadName() | denials.NoLyrics():
            return _filled(f"{key_of(type(error))}_{error.why}", error, tongue)
        case denials.UnknownGenre() if error.nearest:
            text, _ = _filled("error.unknown_genre_near", error, tongue)
            return text, tongue("error.unknown_genre.hint")
        case denials.OutOfRange() if f"setting.{error.name}" in tongue:
            name = tongue(f"setting.{error.name}")
            return tongue("error.out_of_range_named.text", name=name, lowest=error.lowest, highest=error.highest), None
        case errors.BadSetting():
            name = tongue(f"setting.{error.name}") if f"setting.{error.name}" in tongue else shorten(error.name, SHOWN)
            return tongue("error.bad_setting.text", name=name), tongue("error.bad_setting.hint")
        case _:
            keys = (key_of(kind) for kind in type(error).__mro__)
            key = next((key for key in keys if f"{key}.text" in tongue), "error.general")
            return _filled(key, error, tongue)


def key_of(kind: type) -> str:
    """What an error's words begin with in the catalogue: `error.not_in_voice`."""
    return f"error.{_JOINT.sub('_', kind.__name__).lower()}"


def _filled(key: str, error: BaseException, tongue: Tongue) -> Words:
    text = _fill(f"{key}.text", error, tongue)
    return text, _fill(f"{key}.hint", error, tongue) if f"{key}.hint" in tongue else None


def _fill(key: str, error: BaseException, tongue: Tongue) -> str:
    names = set(HOLE.findall(tongue.template(key)))
    return tongue(key, **{name: _present(name, getattr(error, name), tongue) for name in names})


def _present(name: str, value: object, tongue: Tongue) -> str:
    """A value as its name and kind say: `*_s` seconds, `*_bytes` a size, several things a list."""
    if name.endswith("_s") and isinstance(value, int | float):
        return tongue.clock(value)
    if name.endswith("_bytes") and isinstance(value, int):
        return size(value, tongue)
    if isinstance(value, tuple):
        return tongue.listed([_item(item, tongue) for item in cast("Iterable[object]", value)])
    return tongue.said(value) if isinstance(value, int | datetime) else shorten(str(value), SHOWN)


def _item(item: object, tongue: Tongue) -> str:
    key = f"permission.{item}"
    return tongue(key) if key in tongue else shorten(str(item), SHOWN)


def _not_allowed(error: NotAllowed, tongue: Tongue, dj_role: str | None) -> Words:
    if error.missing_right is Right.HEARING:
        return tongue("error.not_allowed_hearing.text"), tongue("error.not_allowed_hearing.hint")
    who = [
        tongue("right.dj_named", role=shorten(dj_role, SHOWN)) if each == "dj" and dj_role else tongue(f"right.{each}")
        for each in error.who_has_it
    ]
    text = tongue("error.not_allowed.text", deed=tongue(f"deed.{error.deed}"))
    return text, tongue("error.not_allowed.hint", who=tongue.listed(who))


def _bad_wish(error: errors.BadWish, tongue: Tongue) -> Words:
    """`why` is English: it is said as it stands, or as the catalogue has it, or not at all."""
    hint = tongue("error.bad_wish.hint")
    field = tongue(f"named.{error.field}") if f"named.{error.field}" in tongue else error.field
    why = in_words(error.why, tongue)
    if tongue.language == ENGLISH or why != error.why:
        return tongue("error.bad_wish.text", field=field, why=why), hint
    if error.limit is not None:
        return tongue("error.bad_wish_size.text", field=field, limit=error.limit), hint
    return tongue("error.bad_wish_other.text", field=field), hint


def _bad_request(error: suno.InvalidRequest, tongue: Tongue) -> Words:
    hint = tongue("error.invalid_request.hint")
    if tongue.language == ENGLISH:
        return tongue("error.invalid_request.text", field=error.field, why=error.why), hint
    field = tongue(f"named.{error.field}") if f"named.{error.field}" in tongue else error.field
    return tongue("error.invalid_request_other.text", field=field), hint
