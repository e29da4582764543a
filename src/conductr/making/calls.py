"""What is asked of a gateway around a submission: the balance before it, and the paid call itself."""

from __future__ import annotations

from logging import getLogger

import anyio

from conductr.gateways import Gateway
from conductr.wishes import Wish, request_for
from conductr_store import Generation
from suno_client import SunoClient, SunoError, Task

log = getLogger(__name__)

CREDIT_WITHIN_S = 3.0  # the balance before is a help to a person later, and not worth a longer wait


async def credit_of(gateway: Gateway) -> int | None:
    with anyio.move_on_after(CREDIT_WITHIN_S):
        try:
            return await gateway.suno.credits()
        except SunoError as error:
            log.debug("the balance at %s is not to be had: %s", gateway.name, error)
    return None


async def create(suno: SunoClient, row: Generation, model: str) -> Task:
    asked = request_for(Wish(row.prompt, row.style, row.title, row.lyrics, row.instrumental, row.model), model)
    return await suno.generations.create(
        asked.prompt,
        style=asked.style,
        title=asked.title,
        lyrics=asked.lyrics,
        instrumental=asked.instrumental,
        model=asked.model,
    )
