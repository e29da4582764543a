"""Callbacks of a gateway: who sent them, what they tell, and samples for the tests of whoever receives them.

A receiver, whatever its framework, has five steps:

    webhooks.verify_kie(body, headers, key, now=time.time())    # kie.ai; else: if not token_matches(url, token): 403
    event = webhooks.parse(body)                                # Misunderstood: answer 400
    if event.key in seen: return                                # they may come twice, and out of order
    progress = await suno.generations.get(event.task_id)        # the record is the truth; a callback is a hint
    answer 200 within 15 s
"""

from .addresses import TOKEN_CHARACTERS, new_token, submission_of, token_matches, with_submission, with_token
from .events import Event, parse
from .kinds import KINDS, EventKind
from .samples import SIGNED_AT, TestEvent, sample, signed_event
from .signatures import TOLERANCE_S, verify_kie

__all__ = [
    "KINDS",
    "SIGNED_AT",
    "TOKEN_CHARACTERS",
    "TOLERANCE_S",
    "Event",
    "EventKind",
    "TestEvent",
    "new_token",
    "parse",
    "sample",
    "signed_event",
    "submission_of",
    "token_matches",
    "verify_kie",
    "with_submission",
    "with_token",
]
