"""python -m conductr_bot: the gateway role alone, with the use cases in the same process."""

from __future__ import annotations

import signal
import sys
from typing import cast

import anyio

from conductr import ConductrError, Settings, open_conductr, set_up_logs, word
from conductr.descriptors import allow_many_files
from conductr_player import PlayerError
from conductr_store import StoreError
from suno_client import SunoError

from .errors import BotError
from .run import run_bot

FORESEEN = (ConductrError, StoreError, PlayerError, SunoError, BotError)
DO_NOT_RESTART = 78  # sysexits.h: EX_CONFIG


async def serve(settings: Settings) -> None:
    """Until SIGINT or SIGTERM."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_end_on_signal, tasks.cancel_scope)
        async with open_conductr(settings) as conductr:
            await run_bot(conductr)


async def _end_on_signal(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            scope.cancel()
            return


def main() -> int:
    settings = Settings()
    set_up_logs(settings)
    allow_many_files()
    ended = 0
    try:
        anyio.run(serve, settings)
    except* FORESEEN as errors:
        ended = DO_NOT_RESTART
        for error in _leaves(errors):
            said = word(error)
            sys.stderr.write(f"{said.text} {said.hint or ''}\n")
    return ended


def _leaves(error: BaseException) -> list[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    group = cast("BaseExceptionGroup[BaseException]", error)
    return [leaf for inner in group.exceptions for leaf in _leaves(inner)]


if __name__ == "__main__":
    sys.exit(main())
