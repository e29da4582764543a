"""`python -m suno_client.sandbox`: a Suno gateway on this machine, with music and no account."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from typing import get_args

import anyio

from suno_client.sandbox.refusals import Dialect
from suno_client.sandbox.script import SCRIPTS
from suno_client.sandbox.server import SandboxServer
from suno_client.sandbox.spawn import READY


def main(argv: Sequence[str] | None = None) -> int:
    asked = _arguments().parse_args(argv)
    try:
        return anyio.run(_run, asked)
    except OSError as error:
        sys.stderr.write(f"The Suno sandbox cannot listen on port {asked.port}: {error.strerror or error}.\n")
        return 1
    except KeyboardInterrupt:  # pragma: no cover - only in the moment before signals are listened to
        return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m suno_client.sandbox", description=__doc__)
    parser.add_argument("--dialect", choices=get_args(Dialect), default="sunoapi", help="the gateway it speaks like")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", help="the only key that is let in; without it any is")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than usual the stages pass")
    parser.add_argument("--script", choices=sorted(SCRIPTS), default="sandbox", help="when the stages come")
    parser.add_argument("--music-seconds", type=float, help="length of songs whose request names none (at least 6)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other songs")
    parser.add_argument("--credits", type=int, default=1_000)
    parser.add_argument("--webhook-key", help="signs the callbacks of dialect kie")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input does")
    return parser


async def _run(asked: argparse.Namespace) -> int:
    """Serves until a signal comes or standard input ends. Returns the exit code."""
    done = anyio.Event()
    server = SandboxServer(
        dialect=asked.dialect, port=asked.port, key=asked.key, speed=asked.speed, script=SCRIPTS[asked.script],
        music_seconds=asked.music_seconds, seed=asked.seed, balance=asked.credits, webhook_key=asked.webhook_key,
    )  # fmt: skip
    async with server, anyio.create_task_group() as group:
        group.start_soon(_wait_for_signal, done)
        if asked.until_stdin_closes:
            group.start_soon(_watch_stdin, done)
        sys.stdout.write(f"{READY}{server.url}\n")
        sys.stdout.flush()
        await done.wait()
        group.cancel_scope.cancel()
    return 0


async def _wait_for_signal(done: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            done.set()
            return


async def _watch_stdin(done: anyio.Event) -> None:
    """Sets `done` when standard input ends: whoever started this process has gone."""
    while True:
        await anyio.wait_readable(sys.stdin.fileno())
        if not os.read(sys.stdin.fileno(), 4_096):
            done.set()
            return


if __name__ == "__main__":
    sys.exit(main())
