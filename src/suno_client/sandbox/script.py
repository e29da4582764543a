"""When a task reaches which stage, and what goes wrong on purpose. Pure: time comes in as seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Status(StrEnum):
    """What record-info calls a task's state (reference: suno.md 2A.5)."""

    PENDING = "PENDING"
    TEXT = "TEXT_SUCCESS"
    FIRST = "FIRST_SUCCESS"
    SUCCESS = "SUCCESS"
    CREATE_FAILED = "CREATE_TASK_FAILED"
    AUDIO_FAILED = "GENERATE_AUDIO_FAILED"
    CALLBACK_FAILED = "CALLBACK_EXCEPTION"
    SENSITIVE = "SENSITIVE_WORD_ERROR"


@dataclass(frozen=True)
class Script:
    """The seconds after acceptance at which each stage may begin; None leaves a stage out."""

    text_s: float | None = 1.5
    first_s: float | None = 20.0
    success_s: float = 30.0


SCRIPTS: Mapping[str, Script] = {
    "sandbox": Script(),
    "gateway": Script(text_s=10.0, first_s=40.0, success_s=75.0),  # suno.md 6.2
}

# The kinds of answer that can be told to go wrong, and the ways in which each can.
FAULTS: Mapping[str, frozenset[str]] = {
    "submit": frozenset(
        [
            "401",
            "413",
            "429",
            "430",
            "455",
            "500",
            "502",
            "429_html",
            "reset",
            "hang",
            "reset_after",
            "hang_after",
            "data_null",
        ],
    ),
    "task": frozenset(
        [
            "SENSITIVE_WORD_ERROR",
            "GENERATE_AUDIO_FAILED",
            "CREATE_TASK_FAILED",
            "CALLBACK_EXCEPTION",
            "stuck",
            "null_urls",
            "epoch_time",
            "unknown_status",
            "string_response",
            "no_stream",
        ],
    ),
    "poll": frozenset(["401", "404", "430", "455", "500", "502", "429_html", "reset", "hang", "data_null"]),
    "credit": frozenset(["401", "430", "455", "500", "502", "429_html", "reset", "hang", "data_null"]),
    "media": frozenset(["html", "empty", "truncated", "403", "404", "502", "reset", "slow"]),
    "stream": frozenset(["html", "empty", "truncated", "403", "404", "502", "reset", "slow", "hang"]),
    "image": frozenset(["html", "empty", "truncated", "403", "404", "502", "reset", "slow"]),
}
_OTHER_NAMES = {("media", "stream_empty"): ("stream", "empty")}


class UnknownFault(ValueError):
    """The sandbox has no such fault; the message lists those it has."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the next `times` answers of kind `on`. `seconds` is the pause in a slow one."""

    on: str
    fault: str
    times: int = 1
    http_status: int | None = None
    seconds: float = 0.2

    def __post_init__(self) -> None:
        if self.fault not in FAULTS.get(self.on, frozenset()):
            known = "; ".join(f"{on}: {', '.join(sorted(names))}" for on, names in FAULTS.items())
            raise UnknownFault(f"no fault {self.fault!r} on {self.on!r}. Known: {known}")


def fault_from(body: Mapping[str, object]) -> Fault:
    """A fault as JSON tells it: {"on", "fault", "times"?, "httpStatus"?, "seconds"?}. Raises UnknownFault."""
    on, name = str(body.get("on")), str(body.get("fault"))
    on, name = _OTHER_NAMES.get((on, name), (on, name))
    times, status, seconds = body.get("times", 1), body.get("httpStatus"), body.get("seconds", 0.2)
    if not isinstance(times, int) or times < 1 or not isinstance(seconds, int | float):
        raise UnknownFault("times is a whole number above 0, seconds a number")
    return Fault(on, name, times, status if isinstance(status, int) else None, float(seconds))


class FaultBook:
    """The faults that are still to happen, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def take(self, on: str) -> Fault | None:
        """Hands over the next fault of this kind, once for each of its times."""
        for place, fault in enumerate(self._waiting):
            if fault.on == on:
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


def status_at(
    script: Script, elapsed_s: float, rendered: int, outcome: str | None = None, *, failed: bool = False
) -> Status:
    """The state of a task `elapsed_s` after acceptance of which `rendered` takes are whole on disk.

    `outcome` is a "task" fault or None; `failed` says that rendering broke.
    """
    text_s = script.success_s if script.text_s is None else script.text_s
    if outcome == "stuck":
        return Status.PENDING
    if outcome == Status.CREATE_FAILED:
        return Status.CREATE_FAILED
    if elapsed_s >= text_s and outcome in {Status.SENSITIVE, Status.AUDIO_FAILED}:
        return Status(outcome)
    if failed:
        return Status.AUDIO_FAILED
    if elapsed_s >= script.success_s and rendered >= 2:
        return Status.CALLBACK_FAILED if outcome == Status.CALLBACK_FAILED else Status.SUCCESS
    if script.first_s is not None and elapsed_s >= script.first_s and rendered >= 1:
        return Status.FIRST
    return Status.TEXT if script.text_s is not None and elapsed_s >= text_s else Status.PENDING
