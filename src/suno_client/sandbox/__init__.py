"""A Suno gateway on this machine: the same HTTP as sunoapi.org, and music that is composed here."""

from suno_client.sandbox.script import SCRIPTS, Fault, FaultBook, Script, Status, UnknownFault
from suno_client.sandbox.server import SandboxServer
from suno_client.sandbox.spawn import SandboxNotStarted, SpawnedSandbox, spawn_sandbox

__all__ = [
    "SCRIPTS",
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
