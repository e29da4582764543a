"""REST's rate limits a bucket, counted: five requests in five seconds for each channel's messages and each webhook."""

from __future__ import annotations

import re
from collections import defaultdict, deque

from attrs import Factory, define, frozen

AT_MOST, WITHIN_S = 5, 5.0
LIMITED = re.compile(r"/(channels/\d+/messages|webhooks/\d+/[^/]+)")


@frozen
class Place:
    """What a request finds in its bucket. `allowed` False: it is answered with 429."""

    allowed: bool
    remaining: int
    reset_after_s: float


@define
class Buckets:
    """Off unless a test turns it on: most are about something else."""

    enforced: bool = False
    _sent: defaultdict[tuple[str, str], deque[float]] = Factory(lambda: defaultdict(deque))

    def take(self, method: str, path: str, now_s: float) -> Place | None:
        """None where nothing is counted."""
        limited = LIMITED.match(path)
        if not self.enforced or limited is None:
            return None
        sent = self._sent[method, limited[0]]
        while sent and sent[0] <= now_s - WITHIN_S:
            sent.popleft()
        if len(sent) >= AT_MOST:
            return Place(allowed=False, remaining=0, reset_after_s=sent[0] + WITHIN_S - now_s)
        sent.append(now_s)
        return Place(allowed=True, remaining=AT_MOST - len(sent), reset_after_s=sent[0] + WITHIN_S - now_s)
