"""What a dialect is: for each kind of request, how it is put into a call and how its answer is read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, cast

from suno_client._answers import json_of
from suno_client._wire import Answer, Call
from suno_client.errors import InvalidRequest, Misunderstood, Unsupported
from suno_client.limits import LIMITS, Limits
from suno_client.requests import Raw, Request

Q = TypeVar("Q", bound=Request[Any])
R = TypeVar("R")
Auth = Literal["bearer", "cookie"]


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[Q, R]):
    """`build` takes the request and the callback address, `read` the request and its answer."""

    build: Callable[[Q, str], Call]
    read: Callable[[Q, Answer], R]


Endpoints = Mapping[type[Request[Any]], Endpoint[Any, Any]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of gateway. `hosts` are those by which it is known; an empty `upload_url` means its own host."""

    name: str
    base_url: str
    hosts: tuple[str, ...]
    endpoints: Endpoints = field(repr=False)
    upload_url: str = ""
    auth: Auth = "bearer"
    limits: Limits = field(default_factory=lambda: LIMITS, repr=False)
    callbacks: bool = True

    @property
    def features(self) -> frozenset[str]:
        found = {request.feature for request in self.endpoints}
        return frozenset(found | {"callbacks"} if self.callbacks else found)

    def call(self, request: Request[Any], callback_url: str) -> Call:
        """Raises Unsupported and InvalidRequest, both before anything is sent."""
        if isinstance(request, Raw):
            if not request.path.startswith("/"):
                raise InvalidRequest("path", 'begins with "/"')
            return Call(request.method, request.path, request.params, request.body, spends=request.method == "POST")
        endpoint = self.endpoints.get(type(request))
        if endpoint is None:
            raise Unsupported(request.feature, self.name)
        request.check(self.limits)
        return endpoint.build(request, callback_url)

    def read(self, request: Request[R], answer: Answer) -> R:
        """Raises Refused, Unanswered, Misunderstood."""
        if isinstance(request, Raw):
            document = json_of(answer.body)
            if document is None:
                why = f"HTTP {answer.status} with a body that is no JSON"
                raise Misunderstood(why, may_be_charged=request.method == "POST", status=answer.status)
            return cast("R", document)
        return self.endpoints[type(request)].read(request, answer)
