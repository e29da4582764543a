"""Any value of ours made up from its type, so that a test meets every outcome and every error, also later ones."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import attrs

from conductr.rights import Right
from conductr_player import Session
from conductr_store import GuildSettings, UserSettings

PLAIN: dict[object, object] = {
    int: 3,
    str: "Rain",
    float: 61.0,
    bool: True,
    datetime: datetime(2026, 12, 1, 9, 5, tzinfo=UTC),
    Path: Path("rain.mp3"),
    NoneType: None,
    object: "off",
}
FOREIGN = {"TaskId": str, "Progress": object, "Clip": object, "Job": tuple}  # what is imported for type checkers alone
CLOSED = {  # strings that are one of a few
    "deed": "skip",
    "kind": "slower",
    "mode": "track",
    "loop": "queue",
    "reason": "liked",
    "why": "instrumental",
    "whose": "member",
    "changed": (("volume", 80), ("stay", True)),
    "missing": ("connect", "speak"),
    "missing_right": Right.DJ,
    "who_has_it": ("requester", "dj", "manage_server"),
    "votes": (2,),
    "topic": "play",
    "songs": None,  # by its type
    "done": None,
}


def made(kind: type, *, full: bool) -> Any:
    """One of an attrs class. `full`: whatever may be left out is there; else it is not."""
    hints = get_type_hints(kind, vars(sys.modules[kind.__module__]) | {"Outcome": object})
    values: dict[str, object] = {}
    for field in attrs.fields(kind):
        if field.default is not attrs.NOTHING and not full:
            continue
        own = CLOSED.get(field.name)
        fits = own is not None and not (field.name == "changed" and hints[field.name] is bool)
        if field.name in {"reason", "votes", "why"} and hints[field.name] not in {str, tuple[int, ...]}:
            fits = False
        values[field.name] = own if fits else None if field.name == "done" else of(hints[field.name], full=full)
    return kind(**values)


def of(hint: Any, *, full: bool) -> Any:
    """A value of that type."""
    origin, args = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if origin in {Union, UnionType}:
        return None if NoneType in args and not full else of(args[0], full=full)
    if origin is tuple:
        items = args[:1] if args[-1] is Ellipsis else args
        return tuple(of(each, full=full) for each in items)
    if origin in {frozenset, Mapping}:
        return frozenset() if origin is frozenset else {}
    if isinstance(hint, NewType):
        return of(hint.__supertype__, full=full)
    if hint in {GuildSettings, UserSettings, Session}:
        return hint()
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    return made(hint, full=full)


def error(kind: type[BaseException]) -> BaseException:
    """One of that kind of error, with something for everything that it takes."""
    if not inspect.isfunction(kind.__init__):
        return kind("x")
    parameters = inspect.signature(kind).parameters.values()
    hints = get_type_hints(kind.__init__, vars(sys.modules[kind.__module__]) | FOREIGN)
    return kind(**{one.name: _argument(kind, one.name, hints.get(one.name, str)) for one in parameters})


def _argument(kind: type[BaseException], name: str, hint: Any) -> Any:
    if name == "why":
        return {"BadName": "long", "NoLyrics": "unwritten"}.get(kind.__name__, "it is odd")
    if name == "last":
        return None
    if name in {"whose", "missing", "missing_right", "who_has_it"}:
        return CLOSED[name]
    return of(hint, full=True)


def below(base: type) -> list[type]:
    """Every class below that one, and itself."""
    return [base, *(each for kind in base.__subclasses__() for each in below(kind))]
