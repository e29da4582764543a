"""wait_audio: how long the self-hosted server holds an answer back (suno.md 2C.4). Time is lent to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import TypeVar

from suno_client.sandbox.gcui.life import ClipStatus

FIRST_S, LONGEST_S = 5.0, 100.0
_HEARD = {ClipStatus.STREAMING, ClipStatus.COMPLETE}
Clip = TypeVar("Clip")


async def wait_audio(
    look: Callable[[], Awaitable[Sequence[Clip]]],
    status_of: Callable[[Clip], ClipStatus],
    now: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    dice: Random,
) -> Sequence[Clip]:
    """The clips of the last look, whatever their status. `now` and `sleep` count the server's own seconds.

    One clip in error and one complete pass neither test, and are waited for to the very end; no clips pass both.
    """
    began = now()
    last: Sequence[Clip] = ()
    await sleep(FIRST_S)
    while now() - began < LONGEST_S:
        last = await look()
        statuses = {status_of(clip) for clip in last}
        if statuses <= _HEARD or statuses == {ClipStatus.ERROR}:
            return last
        await sleep(dice.uniform(3, 6))
        await sleep(dice.uniform(1, 2))  # it renews its token before each look
    return last
