"""A moment of a song as people write it: 90, 1:30, 0:01:30, 1m30s, +15, -10, 50%. Pure."""

from __future__ import annotations

import re

from .denials import BadMoment

LONGEST = 32  # characters; what is longer is no time

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{1,2})(\.\d{1,3})?", re.ASCII)
_NAMED = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m(?:in)?)?(?:(\d{1,5}(?:\.\d{1,3})?)s?)?", re.ASCII)
_PART = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)%", re.ASCII)


def moment(text: str, *, position_s: float, duration_s: float | None) -> float:
    """Seconds from the start, never below 0; with a sign, from where the song stands. It may lie beyond the end.

    A share needs the song's length. Raises BadMoment.
    """
    said = "".join(text[: LONGEST + 1].split()).lower().replace(",", ".")
    if len(said) > LONGEST:
        raise BadMoment(text[:LONGEST])
    if share := _PART.fullmatch(said):
        if duration_s is None or float(share[1]) > 100:
            raise BadMoment(text)
        return duration_s * float(share[1]) / 100
    sign = said[:1] if said[:1] in {"+", "-", "\N{MINUS SIGN}"} else ""
    seconds = _seconds(said.removeprefix(sign))
    if seconds is None:
        raise BadMoment(text)
    match sign:
        case "":
            return seconds
        case "+":
            return position_s + seconds
        case _:
            return max(0.0, position_s - seconds)


def _seconds(said: str) -> float | None:
    if clock := _CLOCK.fullmatch(said):
        hours, minutes, seconds, rest = clock.groups()
        if int(seconds) > 59 or (hours is not None and int(minutes) > 59):
            return None
        return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(rest or 0)
    named = _NAMED.fullmatch(said)
    if named is None or not any(named.groups()):
        return None
    hours, minutes, seconds = named.groups()
    return int(hours or 0) * 3600.0 + int(minutes or 0) * 60 + float(seconds or 0)
