"""What goes wrong on purpose: the words for it, and the book of what is still to happen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from suno_client.sandbox.gcui.faults import GCUI_FAULTS
from suno_client.sandbox.refusals import REFUSAL_WORDS
from suno_client.sandbox.sides.faults import SIDE_FAULTS

_BROKEN_ANSWERS = frozenset(["502", "429_html", "504_html", "reset", "hang", "data_null"])
_BROKEN_FILES = frozenset(["html", "empty", "truncated", "403", "404", "502", "reset", "slow", "expired"])
_OWN: Mapping[str, frozenset[str]] = {
    "submit": REFUSAL_WORDS | _BROKEN_ANSWERS | {"reset_after", "hang_after"},
    "task": frozenset(
        [
            "SENSITIVE_WORD_ERROR",
            "GENERATE_AUDIO_FAILED",
            "CREATE_TASK_FAILED",
            "CALLBACK_EXCEPTION",
            "531",
            "451",
            "stuck",
            "null_urls",
            "epoch_time",
            "unknown_status",
            "string_response",
            "no_stream",
        ],
    ),
    "poll": REFUSAL_WORDS | _BROKEN_ANSWERS | {"stale"},
    "credit": REFUSAL_WORDS | _BROKEN_ANSWERS,
    "media": _BROKEN_FILES | {"same_bytes"},
    "stream": _BROKEN_FILES | {"hang"},
    "image": _BROKEN_FILES,
    "callback": frozenset(["duplicate", "late", "out_of_order", "lost"]),
}


def _together(*tables: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    kinds = {kind for table in tables for kind in table}
    return {kind: frozenset[str]().union(*(table.get(kind, ()) for table in tables)) for kind in sorted(kinds)}


# The kinds of answer that can be told to go wrong, and the ways in which each can.
FAULTS: Mapping[str, frozenset[str]] = _together(_OWN, SIDE_FAULTS, GCUI_FAULTS)
_OTHER_NAMES = {("media", "stream_empty"): ("stream", "empty")}


class UnknownFault(ValueError):
    """The sandbox has no such fault; the message lists those it has."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the next `times` answers of kind `on`, only of the endpoint `path` where that is named.

    `seconds` is the pause in a slow answer, or how late a late one is; `retry_after_s` adds the header to a refusal.
    """

    on: str
    fault: str
    times: int = 1
    http_status: int | None = None
    seconds: float = 0.2
    path: str | None = None
    retry_after_s: int | None = None

    def __post_init__(self) -> None:
        if self.fault not in FAULTS.get(self.on, frozenset()):
            known = "; ".join(f"{on}: {', '.join(sorted(names))}" for on, names in FAULTS.items())
            raise UnknownFault(f"no fault {self.fault!r} on {self.on!r}. Known: {known}")


def fault_from(body: Mapping[str, object]) -> Fault:
    """A fault as JSON tells it: {"on", "fault", "times"?, "httpStatus"?, "seconds"?, "path"?, "retryAfter"?}.

    Raises UnknownFault.
    """
    on, name = str(body.get("on")), str(body.get("fault"))
    on, name = _OTHER_NAMES.get((on, name), (on, name))
    times, seconds, path = body.get("times", 1), body.get("seconds", 0.2), body.get("path")
    if not isinstance(times, int) or times < 1 or not isinstance(seconds, int | float):
        raise UnknownFault("times is a whole number above 0, seconds a number")
    if not isinstance(path, str | None):
        raise UnknownFault("path is the path of an endpoint")
    return Fault(
        on, name, times, _whole(body.get("httpStatus")), float(seconds), path, _whole(body.get("retryAfter"))
    )  # fmt: skip


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


class FaultBook:
    """The faults that are still to happen, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def take(self, on: str, path: str | None = None) -> Fault | None:
        """Hands over the next fault of this kind and endpoint, once for each of its times."""
        for place, fault in enumerate(self._waiting):
            if fault.on == on and fault.path in {None, path}:
                if fault.times > 1:
                    self._waiting[place] = replace(fault, times=fault.times - 1)
                else:
                    del self._waiting[place]
                return fault
        return None

    def clear(self) -> None:
        self._waiting.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        return tuple(self._waiting)
