"""Generations: wishes for songs, and how far each has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.converters import optional

from .moments import now, utc


class GenerationState(StrEnum):
    """How far a wish for a song has come. Written before each step that costs money."""

    REQUESTED = "requested"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    COMPOSING = "composing"
    PLAYABLE = "playable"
    FINISHED = "finished"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def final(self) -> bool:
        """Nothing more will happen to it."""
        return self in FINAL_STATES


FINAL_STATES = (GenerationState.FINISHED, GenerationState.REFUSED, GenerationState.FAILED, GenerationState.UNKNOWN)


@frozen(kw_only=True)
class Generation:
    """One wish for a song. `request_key` names the request, so that the same one is never paid for twice.

    A row is worked on by `lease_owner` until `lease_until`; without an owner, `lease_until` is when it is due again.
    `told` is the last state that the member was told of; `reason` says in plain words why it ended badly. `quota_ref`
    is what the ledger holds for it, while it holds it. Equal wishes have an equal `wish_key`. `tried_before` is how
    many attempts there were when a person last asked for a new one: they do not count against it. `asked_at` is when
    that was; None: only once, when it was made. `unheard_until`: it could not be queued, and is tried again till then.
    `takes` is how many are to be queued; None: one.
    """

    id: str
    guild_id: int
    user_id: int
    request_key: str
    prompt: str
    style: str | None = None
    title: str | None = None
    lyrics: str | None = None
    instrumental: bool = False
    model: str
    state: GenerationState = field(default=GenerationState.REQUESTED, converter=GenerationState)
    task_id: str | None = None
    reason: str | None = None
    reply_to: Mapping[str, object] | None = None
    told: GenerationState | None = field(default=None, converter=optional(GenerationState))
    lease_owner: str | None = None
    lease_until: datetime | None = field(default=None, converter=optional(utc))
    cancelled_at: datetime | None = field(default=None, converter=optional(utc))
    quota_ref: str | None = None
    wish_key: str | None = None
    tried_before: int | None = None
    asked_at: datetime | None = field(default=None, converter=optional(utc))
    takes: int | None = None
    unheard_until: datetime | None = field(default=None, converter=optional(utc))
    created_at: datetime = field(factory=now, converter=utc)
    updated_at: datetime = field(factory=now, converter=utc)
