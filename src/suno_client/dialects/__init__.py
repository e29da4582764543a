"""The gateways whose language the client speaks, chosen by name or by the base address."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from suno_client.errors import InvalidRequest

from ._dialect import Dialect, Endpoint
from .gcui import GCUI
from .kie import KIE
from .sunoapi import SUNOAPI

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in (SUNOAPI, KIE, GCUI)}
GCUI_PORT = 3000  # where a self-hosted server listens unless told otherwise (suno.md 2C.1)


def choose(name: str | None, base_url: str | None) -> Dialect:
    """By name; else by the address's host; else sunoapi, whose paths most gateways have. Raises InvalidRequest."""
    if name is not None:
        if (named := DIALECTS.get(name)) is None:
            raise InvalidRequest("dialect", f"is one of {', '.join(DIALECTS)}")
        return named
    try:
        parts = urlsplit(base_url or "")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return SUNOAPI  # the address itself is looked at elsewhere
    if port == GCUI_PORT and host in {"localhost", "127.0.0.1", "::1"}:
        return GCUI
    return next((dialect for dialect in DIALECTS.values() if host in dialect.hosts), SUNOAPI)


__all__ = ["DIALECTS", "GCUI", "KIE", "SUNOAPI", "Dialect", "Endpoint", "choose"]
