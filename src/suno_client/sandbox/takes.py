"""From an accepted request to two takes in the making, on the books and in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from uuid import uuid4

from suno_client.sandbox.callbacks import tell_stages
from suno_client.sandbox.house import House
from suno_client.sandbox.ledger import Row
from suno_client.sandbox.models import key_of
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.music.words import words_for
from suno_client.sandbox.script import Status
from suno_client.sandbox.tasks import Task


@dataclass(frozen=True)
class Composition:
    """Music that was asked for: by which request, and the order of its first take.

    Title, tags and lyrics that the order leaves open are found by the composer, but for `tags`, which wins.
    """

    endpoint: str
    fields: Mapping[str, object]
    order: Order
    operation: str = "generate"
    parent: str = ""
    price: float = 12.0
    tags: str = ""
    outcome: str | None = None  # an ending that is known before any fault is looked at


async def compose(house: House, asked: Composition) -> Task:
    """Puts two takes on the books and begins to render them. Whoever calls has charged for them."""
    title, tags, lyrics = words_for(asked.order)
    order = replace(asked.order, title=title, lyrics=lyrics)
    first = Recording(str(uuid4()), order, house.studio.folder)
    second = Recording(str(uuid4()), replace(order, take=2), house.studio.folder)
    first.follower = second
    fault = house.faults.take("task", asked.endpoint)
    task = Task(
        asked.endpoint, dict(asked.fields), house.book.now(), title, asked.tags or tags, lyrics,
        key_of(asked.fields.get("model")), (first, second), asked.operation, asked.parent, asked.price,
        fault.fault if fault else asked.outcome,
    )  # fmt: skip
    house.book.accept(task)
    house.ledger.add(
        Row(
            task.endpoint, task.request, task.price, task.id, (first.id, second.id),
            lambda: str(house.book.status(task)), lambda: task.polls, task.created,
        )
    )  # fmt: skip
    if task.outcome == "531":
        house.till.refund_when(lambda: house.book.status(task) is Status.AUDIO_FAILED, task.price)
    if not task.will_fail:
        await house.studio.render(first)
    house.start(partial(tell_stages, house, task))
    return task
