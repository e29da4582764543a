"""What tests read: who was let in, in what order, and how often the rest was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

KNOWN_ROWS = 2_000


def _done() -> str:
    return "SUCCESS"


def _never() -> int:
    return 0


@dataclass(frozen=True)
class Row:
    """One accepted submission. Its state and its polls are asked for when the ledger is read."""

    endpoint: str
    request: Mapping[str, object]
    price: float
    task_id: str = ""
    clip_ids: tuple[str, ...] = ()
    status: Callable[[], str] = _done
    polls: Callable[[], int] = _never
    created: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class Delivery:
    """One callback that was tried. `kind` is text, first, complete or error."""

    task_id: str
    kind: str
    delivered: bool
    tries: int


@dataclass
class Ledger:
    """The counts of one sandbox since its last reset."""

    rows: list[Row] = field(default_factory=list[Row])
    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    refused: int = 0
    media_requests: int = 0
    media_bytes: int = 0

    def add(self, row: Row) -> None:
        self.rows.append(row)
        del self.rows[:-KNOWN_ROWS]

    def told(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        del self.deliveries[:-KNOWN_ROWS]

    def clear(self) -> None:
        self.rows.clear()
        self.deliveries.clear()
        self.refused = self.media_requests = self.media_bytes = 0

    def as_json(self, credits_left: float) -> dict[str, object]:
        """What was accepted, oldest first, and the counts."""
        return {
            "submissions": [
                {
                    "taskId": row.task_id,
                    "endpoint": row.endpoint,
                    "acceptedAt": row.created.isoformat(),
                    "request": row.request,
                    "status": row.status(),
                    "clipIds": list(row.clip_ids),
                    "polls": row.polls(),
                    "credits": row.price,
                }
                for row in self.rows
            ],
            "refused": self.refused,
            "credits": int(credits_left) if credits_left == int(credits_left) else credits_left,
            "mediaRequests": self.media_requests,
            "mediaBytes": self.media_bytes,
            "callbacks": [
                {
                    "taskId": delivery.task_id,
                    "kind": delivery.kind,
                    "delivered": delivery.delivered,
                    "tries": delivery.tries,
                }
                for delivery in self.deliveries
            ],
        }
