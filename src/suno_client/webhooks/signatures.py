"""Whether a callback comes from kie.ai: its HMAC over task and time (reference: suno.md 2B). Pure: time comes in."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from suno_client.errors import BadSignature, InvalidRequest, Misunderstood
from suno_client.models import TaskId

from ._told import Body, opened

TIMESTAMP, SIGNATURE = "X-Webhook-Timestamp", "X-Webhook-Signature"
TOLERANCE_S = 300.0  # how far the sender's clock may be from ours, the way included
LONGEST_TIMESTAMP = 15  # digits


def verify_kie(
    body: Body, headers: Mapping[str, str], key: str | Sequence[str], *, now: float, tolerance_s: float = TOLERANCE_S
) -> TaskId:
    """The task that the signature speaks of. `now` is `time.time()`; several keys are for the days of a change.

    The body is NOT covered: kie.ai signs the task's id and the time and nothing else. Whoever has seen one callback
    can send another body for the same task until `tolerance_s` has passed. So take from it only that something
    happened to this task, and read its record by API before anything in the body is trusted.

    Raises BadSignature, with nothing of key or signature in it; InvalidRequest where a key is empty.
    """
    keys = [key] if isinstance(key, str) else list(key)
    if not keys or not all(one.strip() for one in keys):
        raise InvalidRequest("key", "is empty: anybody could sign with it")
    timestamp, sent = _signed(headers)
    age_s = now - int(timestamp)
    if age_s > tolerance_s:
        raise BadSignature("it is too old: sent again by somebody, or a clock is wrong")
    if age_s < -tolerance_s:
        raise BadSignature("it comes from the future: a clock is wrong")
    try:
        task_id = opened(body).task_id
    except Misunderstood as error:
        raise BadSignature(f"there is nothing that could be signed: {error}") from None
    matches = [hmac.compare_digest(sent, digest(one, task_id, timestamp)) for one in keys]
    if not any(matches):
        raise BadSignature("the signature is not of this key, task and time")
    return task_id


def digest(key: str, task_id: str, timestamp: str) -> bytes:
    """What kie.ai sends in base64."""
    said = f"{task_id}.{timestamp}".encode()
    return hmac.new(key.encode("utf-8", "surrogatepass"), said, hashlib.sha256).digest()


def kie_headers(key: str, task_id: str, at: int) -> dict[str, str]:
    """As kie.ai would sign it at this time."""
    signature = base64.b64encode(digest(key, task_id, str(at))).decode()
    return {TIMESTAMP: str(at), SIGNATURE: signature}


def _signed(headers: Mapping[str, str]) -> tuple[str, bytes]:
    """The time as it was written, and the signature's bytes."""
    given = {name.lower(): value.strip() for name, value in headers.items()}
    for name in (TIMESTAMP, SIGNATURE):
        if not given.get(name.lower()):
            raise BadSignature(f"the header {name} is missing")
    timestamp = given[TIMESTAMP.lower()]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP):
        raise BadSignature(f"the header {TIMESTAMP} is no time in seconds")
    try:
        return timestamp, base64.b64decode(given[SIGNATURE.lower()], validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature(f"the header {SIGNATURE} is not base64") from None
