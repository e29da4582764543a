"""A Suno gateway on this machine: the same HTTP as sunoapi.org, and music that is composed here."""

from typing import TYPE_CHECKING

from suno_client.sandbox.faults import Fault, FaultBook, UnknownFault
from suno_client.sandbox.refusals import Dialect
from suno_client.sandbox.script import SCRIPTS, Script, Status
from suno_client.sandbox.spawn import SandboxNotStarted, SpawnedSandbox, spawn_sandbox

if TYPE_CHECKING:
    from suno_client.sandbox.server import SandboxServer

__all__ = [
    "SCRIPTS",
    "Dialect",
    "Fault",
    "FaultBook",
    "SandboxNotStarted",
    "SandboxServer",
    "Script",
    "SpawnedSandbox",
    "Status",
    "UnknownFault",
    "spawn_sandbox",
]


def __getattr__(name: str) -> object:
    """The server itself is only loaded by who runs it: whoever spawns one needs no numpy and no HTTP server."""
    if name == "SandboxServer":
        from suno_client.sandbox.server import SandboxServer  # noqa: PLC0415 - see above

        return SandboxServer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
