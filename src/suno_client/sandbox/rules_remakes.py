"""What the endpoints ask that make music out of music, and the one for sounds. Pure (suno.md 2A.7)."""

from __future__ import annotations

from typing import TypeGuard

from suno_client.sandbox.models import model_of
from suno_client.sandbox.refusals import Refusal, invalid
from suno_client.sandbox.rules import (
    Body,
    enter,
    flags,
    is_url,
    known_model,
    mode,
    need,
    need_callback,
    numbers,
    strings,
    tuning,
    url_count,
    within,
    word_limits,
)

NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
KEYS = frozenset(["Any", *NOTES, *(f"{note}m" for note in NOTES)])
SOUND_PROMPT = 500
ARRANGERS = frozenset(["V4_5PLUS", "V5", "V5_5", "V6", "V6_WILD", "V6_MINI"])  # suno.md 2B
SOUND_MODELS = frozenset(["V5", "V5_5", "V6", "V6_WILD", "V6_MINI"])


def extend(body: Body) -> Refusal | None:
    return need(body, "audioId", "defaultParamFlag", "model") or _continued(body)


def upload_extend(body: Body) -> Refusal | None:
    return need(body, "uploadUrl", "defaultParamFlag", "model") or _url(body) or _continued(body)


def _continued(body: Body) -> Refusal | None:
    """Words and a place of its own go together with defaultParamFlag true."""
    refusal = _common(body) or flags(body, "defaultParamFlag", "instrumental")
    if refusal is not None or not body["defaultParamFlag"]:
        return refusal
    wanted = ("style", "title") if body.get("instrumental") else ("style", "title", "prompt")
    refusal = enter(body, *wanted) or need(body, "continueAt")
    if refusal is not None:
        return refusal
    at_s = body["continueAt"]
    if not is_number(at_s) or at_s <= 0:
        return invalid("continueAt must be greater than 0 and less than the duration of the audio.")
    return within(body, word_limits(body))


def upload_cover(body: Body) -> Refusal | None:
    """Like a new song; the sixth generation is always in custom mode and needs no words at all."""
    if model_of(body.get("model")).sixth:
        return need(body, "uploadUrl", "model") or _url(body) or _common(body) or within(body, word_limits(body))
    return need(body, "uploadUrl", "customMode", "instrumental", "model") or _url(body) or _worded(body)


def mashup(body: Body) -> Refusal | None:
    refusal = need(body, "uploadUrlList", "customMode", "model")
    if refusal is None and url_count(body["uploadUrlList"]) != 2:
        return invalid("uploadUrlList must hold exactly 2 URLs")
    return refusal or _worded(body)


def _worded(body: Body) -> Refusal | None:
    return (
        _common(body) or flags(body, "customMode", "instrumental") or mode(body) or within(body, word_limits(body))
    )  # fmt: skip


def add_instrumental(body: Body) -> Refusal | None:
    return (
        need(body, "uploadUrl")
        or _url(body)
        or enter(body, "title", "tags", "negativeTags")
        or _arranged(body)
    )  # fmt: skip


def add_vocals(body: Body) -> Refusal | None:
    words = () if model_of(body.get("model")).sixth else ("prompt",)
    return (
        need(body, "uploadUrl")
        or _url(body)
        or enter(body, *words, "title", "style", "negativeTags")
        or _arranged(body)
    )  # fmt: skip


def _arranged(body: Body) -> Refusal | None:
    refusal = _common(body)
    if refusal is None and body.get("model") is not None and body["model"] not in ARRANGERS:
        return invalid("model is invalid")
    return refusal or within(body, word_limits(body))


def replace_section(body: Body) -> Refusal | None:
    """Fields and interval; that it is no more than half of the song is asked where the song is known."""
    sixth = body.get("model") is not None and model_of(body["model"]).sixth
    source = need(body, "uploadUrl", "model") if sixth and not body.get("audioId") else need(body, "taskId", "audioId")
    if source is not None:
        return source
    refusal = (
        (_url(body) if body.get("uploadUrl") is not None else None)
        or enter(body, "prompt", "tags", "title")
        or need(body, "infillStartS", "infillEndS")
        or _common(body)
        or strings(body, "fullLyrics")
        or within(body, word_limits(body))
    )
    return refusal or _interval(body, shortest_s=10 if sixth else 6)


def _interval(body: Body, shortest_s: float) -> Refusal | None:
    start_s, end_s = body["infillStartS"], body["infillEndS"]
    if not is_number(start_s) or not is_number(end_s):
        return invalid("infillStartS and infillEndS must be numbers")
    if any(round(at_s, 2) != at_s for at_s in (start_s, end_s)):
        return invalid("infillStartS and infillEndS have at most 2 decimals")
    if start_s < 0 or end_s <= start_s:
        return invalid("infillEndS must be greater than infillStartS")
    if not shortest_s <= round(end_s - start_s, 2) <= 60:
        return invalid(f"the section must be between {shortest_s:.0f} and 60 seconds long")
    return None


def sounds(body: Body) -> Refusal | None:
    refusal = (
        enter(body, "prompt")
        or need(body, "model")
        or _common(body)
        or flags(body, "soundLoop", "grabLyrics")
        or numbers(body, {"soundTempo": (1, 300)})
        or within(body, {"prompt": SOUND_PROMPT})
    )
    if refusal is None and body["model"] not in SOUND_MODELS:
        return invalid("model is invalid")
    if refusal is None and body.get("soundKey") not in {None, "", *KEYS}:
        return invalid("soundKey is invalid")
    return refusal


def _common(body: Body) -> Refusal | None:
    return need_callback(body) or known_model(body) or strings(body, "tags") or tuning(body)


def _url(body: Body) -> Refusal | None:
    return None if is_url(body["uploadUrl"]) else invalid("uploadUrl is invalid")


def is_number(value: object) -> TypeGuard[int | float]:
    """JSON's idea of a number: true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
