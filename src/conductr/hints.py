"""What a callback's body names, and whether it is to be believed: only what our own key reads is."""

from __future__ import annotations

from enum import StrEnum
from logging import getLogger

from conductr_store import Attempt, Store
from suno_client import Misunderstood, Progress, TaskId, webhooks

from .gateways import Gateway

log = getLogger(__name__)

TASK_ID_LIMIT = 2_000  # characters; those of a self-hosted server are its clips' ids with commas between


class Doubt(StrEnum):
    """Why a task that a callback named is not believed."""

    TAKEN_BY_ANOTHER = "another attempt has it"  # for good
    UNKNOWN = "the gateway does not know it"  # yet: a task that was just taken may be too new for its own record


def task_named_in(body: bytes) -> str | None:
    """The task that a callback's body names, None where it names none. Pure."""
    try:
        event = webhooks.parse(body)
    except Misunderstood:
        return None
    task_id = str(event.task_id)
    return task_id if 0 < len(task_id) <= TASK_ID_LIMIT and task_id.isprintable() else None


async def confirmed(gateway: Gateway, store: Store, attempt: Attempt, task_id: str) -> Progress | Doubt:
    """How the task stands that a callback named, read with our own key, or why it is not to be believed.

    Raises SunoError: it cannot be told now, whatever kind it is, since a closed gateway and a key without credits know
    no task either. Ask again.
    """
    async with store.begin() as tx:
        holder = await tx.attempts.by_task(attempt.provider, task_id)
    if holder is not None and holder.id != attempt.id:
        log.warning("a callback for attempt %s named the task of another one", attempt.id)
        return Doubt.TAKEN_BY_ANOTHER
    progress = await gateway.suno.generations.get(TaskId(task_id))
    return progress if progress.status or progress.clips else Doubt.UNKNOWN
