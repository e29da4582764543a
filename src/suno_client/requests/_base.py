"""What every request to a gateway is: a frozen value that knows its rules and the type of its answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from suno_client.errors import InvalidRequest
from suno_client.limits import LIMITS, Limits
from suno_client.models import Task

R = TypeVar("R")


class Request(Generic[R]):
    """Answered with an R. `feature` is what `client.supports` calls it. Its repr holds none of its words."""

    feature: ClassVar[str]

    def check(self, limits: Limits = LIMITS) -> None:
        """Raises InvalidRequest with the field, the limit and the model."""
        self._check(Rules(self, limits))

    def _check(self, rules: Rules) -> None:
        """Nothing to check, unless a kind of request says otherwise."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@dataclass(frozen=True, kw_only=True, repr=False)
class Submission(Request[R]):
    """A request that makes something. `extra` goes to the gateway unchecked, under the gateway's own names."""

    extra: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, kw_only=True, repr=False)
class TaskSubmission(Submission[Task]):
    """One that is answered with a ticket, because it takes its time."""


class Rules:
    """The checks of one request. Each raises InvalidRequest that names the field, the limit and the model.

    `known` is what the request's model takes, None where there is no model, or an unknown one, which has no limits.
    """

    def __init__(self, request: Request[Any], limits: Limits = LIMITS) -> None:
        self._request = request
        self._model: str | None = getattr(request, "model", None)
        self.known = limits.get(self._model or "")

    def refuse(self, name: str, why: str, limit: float | None = None) -> InvalidRequest:
        return InvalidRequest(name, why, limit=limit, model=self._model)

    def present(self, *names: str, why: str = "is empty") -> None:
        for name in names:
            value = self._value(name)
            if value is None or (isinstance(value, str) and not value.strip()):
                raise self.refuse(name, why)

    def text(self, *names: str) -> None:
        """No lone surrogates: they cannot be sent as UTF-8."""
        for name in names:
            try:
                str(self._value(name) or "").encode("utf-8")
            except UnicodeEncodeError as error:
                raise self.refuse(
                    name, "holds half a character (a lone surrogate), which no gateway can take"
                ) from error

    def length(self, name: str, limit: int) -> None:
        length = len(str(self._value(name) or ""))
        if length > limit:
            raise self.refuse(name, f"has {length:,} characters, and {self._taker} takes {limit:,}", limit)

    def between(self, name: str, low: float, high: float) -> None:
        value = self._value(name)
        if value is None:
            return
        if not isinstance(value, int | float) or not low <= value <= high:  # NaN fails this too
            raise self.refuse(name, f"is {value}, and it goes from {low:g} to {high:g}", high)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> None:
        value = self._value(name)
        if value is not None and value not in allowed:
            raise self.refuse(name, f"is one of {', '.join(allowed)}")

    def address(self, *names: str) -> None:
        """An http or https address, which the gateway will fetch."""
        for name in names:
            if not str(self._value(name)).startswith(("https://", "http://")):
                raise self.refuse(name, "is no address of http or https; upload the file first: client.uploads")

    @property
    def _taker(self) -> str:
        return self._model or "the gateway"

    def _value(self, name: str) -> object:
        return getattr(self._request, name)
