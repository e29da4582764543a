"""pytest fixtures: `pytest_plugins = ["suno_client.testing.fixtures"]` brings the sandbox to your tests.

`suno_sandbox` runs in the test's own process and loop (asyncio or trio, by anyio's plugin), without a socket.
`suno_sandbox_server` is a process of its own, for any kind of test; it is kept, and emptied before each test.
`suno` is a client of `suno_sandbox`. The marker `suno_sandbox(dialect="kie", speed=100, ...)` says what a test, a
class or a module wants of either; so does an indirect parameter: a dialect, or SandboxSettings.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from dataclasses import replace

import pytest

from suno_client import SunoClient

from ._children import Children, ServedSandbox, open_children
from ._in_process import InProcessSandbox, open_in_process
from .sandboxes import Sandbox, SandboxSettings

MARKER = "suno_sandbox"
__all__ = ["Sandbox", "SandboxSettings", "suno", "suno_sandbox", "suno_sandbox_children", "suno_sandbox_server"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", f"{MARKER}(dialect, speed, music_seconds, key, credits, seed, script): what the sandbox is like"
    )


@pytest.fixture
async def suno_sandbox(
    request: pytest.FixtureRequest,
    anyio_backend: object,  # noqa: ARG001 - by it anyio's plugin knows that this is its business
) -> AsyncGenerator[InProcessSandbox]:
    async with open_in_process(_settings_of(request)) as sandbox:
        yield sandbox


@pytest.fixture
async def suno(suno_sandbox: InProcessSandbox) -> AsyncGenerator[SunoClient]:
    async with suno_sandbox.client() as client:
        yield client


@pytest.fixture(scope="session")
def suno_sandbox_children() -> Generator[Children]:
    """The processes behind `suno_sandbox_server`; they end with the session."""
    with open_children() as children:
        yield children


@pytest.fixture
def suno_sandbox_server(request: pytest.FixtureRequest, suno_sandbox_children: Children) -> ServedSandbox:
    return suno_sandbox_children.get(_settings_of(request))


def _settings_of(request: pytest.FixtureRequest) -> SandboxSettings:
    """The marks from the module inwards, then the parameter."""
    settings = SandboxSettings()
    for mark in reversed(list(request.node.iter_markers(MARKER))):
        settings = replace(settings, **mark.kwargs)
    asked: object = getattr(request, "param", None)
    if isinstance(asked, SandboxSettings):
        return asked
    return settings if asked is None else replace(settings, dialect=asked)
