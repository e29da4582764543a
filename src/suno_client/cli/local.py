"""`suno sandbox`: a gateway on this machine, until it is interrupted."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, cast, get_args

import anyio

from .codes import Code, Usage
from .course import Common, Course
from .desk import run_bare
from .screen import Screen
from .shapes import Outcome

if TYPE_CHECKING:
    from suno_client.sandbox import SandboxServer


def serve(common: Common, port: int, speed: float, music_seconds: float | None) -> Code:
    """Ctrl-C is its usual end, and no error."""

    async def until_told(screen: Screen, course: Course) -> None:  # noqa: ARG001 - nothing is spent here
        async with _server(common, port, speed, music_seconds) as server:
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                screen.show(_address(server.url))
                await anext(signals)

    return run_bare(common, until_told)


def _address(url: str) -> Outcome:
    lines = (
        f"A Suno of your own at {url}; Ctrl-C ends it. In another terminal:",
        f"  export SUNO_BASE_URL={url} SUNO_API_KEY=any-key-will-do",
        '  suno generate "a quiet piano in the rain" -o rain.mp3',
    )
    return Outcome({"base_url": url}, lines)


def _server(common: Common, port: int, speed: float, music_seconds: float | None) -> SandboxServer:
    try:
        from suno_client.sandbox import SandboxServer  # noqa: PLC0415 - an extra of its own
        from suno_client.sandbox.refusals import Dialect  # noqa: PLC0415 - likewise
    except ModuleNotFoundError as error:
        text = f"The sandbox needs packages that are not here ({error.name})."
        raise Usage(text, 'pip install "suno-client[sandbox]" brings them.') from error
    dialect = common.dialect or "sunoapi"
    if dialect not in get_args(Dialect):
        raise Usage(f"There is no sandbox of the kind {dialect}.", f"It is one of {', '.join(get_args(Dialect))}.")
    return SandboxServer(port=port, dialect=cast("Dialect", dialect), speed=speed, music_seconds=music_seconds)
