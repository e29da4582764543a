"""Callbacks: a gateway says that something happened. It is a hint to look; nothing that it tells is believed."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from logging import getLogger

from attrs import field, frozen
from pydantic import SecretStr

from conductr_store import Attempt, Store
from conductr_store.faults import faultpoint
from suno_client import BadSignature
from suno_client.webhooks import verify_kie

from .hints import task_named_in
from .making.nonces import nonce_hash

log = getLogger(__name__)

TAKEN_AFTER_END = timedelta(hours=24)  # a nonce; later its attempt has nothing left to tell

KIE = "kie"  # the one gateway that signs what it calls back (suno.md 2B)

Nudge = Callable[[Attempt, str | None], Awaitable[None]]


@frozen
class Callbacks:
    """`nudge` is told which attempt to look at, and the task that the body names; it only takes a note, and returns.

    `kie_keys`: with what kie.ai signs for the bot's account, none: it is not asked for. `seconds` is `time.time`.
    """

    store: Store
    nudge: Nudge
    kie_keys: tuple[str, ...] = field(default=(), repr=False)
    seconds: Callable[[], float] = time.time

    async def receive(self, nonce: str, body: bytes, headers: Mapping[str, str] | None = None) -> bool:
        """Whether the nonce is one of ours, still needed, and signed where we know the key.

        Asks no gateway: who calls wants an answer at once.

        Raises StoreError.
        May come twice, late and out of order.
        """
        async with self.store.begin() as tx:
            attempt = await tx.attempts.by_nonce_hash(nonce_hash(nonce))
        if attempt is None:
            return False
        if attempt.settled_at is not None and self.store.now() - attempt.settled_at > TAKEN_AFTER_END:
            return False
        if not self._signed(attempt, body, headers or {}):
            return False
        faultpoint("gen.cb_received")
        await self.nudge(attempt, task_named_in(body))
        return True

    def _signed(self, attempt: Attempt, body: bytes, headers: Mapping[str, str]) -> bool:
        """Members and servers who bring their own key have their own webhook key, which they keep to themselves."""
        if not self.kie_keys or attempt.provider != KIE or attempt.key_id is not None:
            return True
        try:
            verify_kie(body, headers, self.kie_keys, now=self.seconds())
        except BadSignature as error:
            log.warning(
                "a callback for attempt %s is not kie.ai's; is CONDUCTR_KIE_WEBHOOK_KEY right? %s", attempt.id, error
            )
            return False
        return True


def kie_keys_in(setting: SecretStr | None) -> tuple[str, ...]:
    """The keys of a setting with commas between: the old and the new one, while they change."""
    text = "" if setting is None else setting.get_secret_value()
    return tuple(key.strip() for key in text.split(",") if key.strip())
