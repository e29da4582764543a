"""A Suno gateway on this machine: the same HTTP as sunoapi.org, and music that is composed here."""

from suno_client.sandbox.faults import Fault, FaultBook, UnknownFault
from suno_client.sandbox.refusals import Dialect
from suno_client.sandbox.script import SCRIPTS, Script, Status
from suno_client.sandbox.server import SandboxServer
from suno_client.sandbox.spawn import SandboxNotStarted, SpawnedSandbox, spawn_sandbox

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
