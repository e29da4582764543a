"""Whether a gateway is worth asking: open, closed, or without money. Pure: the caller brings the time."""

from __future__ import annotations

from enum import StrEnum

from attrs import evolve, frozen

from suno_client import BadKey, Maintenance, Misunderstood, NotSent, OutOfCredits, SunoError, TooMany, Unanswered

PROBE_S = 60.0  # between two wishes that try a closed gateway (reliability: G2)
POOR_S = 300.0  # how long a gateway that refused our key or our purse stands behind the others


class Standing(StrEnum):
    OPEN = "open"
    POOR = "poor"  # it would refuse for money or for the key; asked only where no other is left
    CLOSED = "closed"  # surely down; asked by one wish a minute


@frozen
class Health:
    """What is known of one gateway and key. Moments are in seconds of a clock that never jumps."""

    closed: bool = False
    probed_at: float = 0.0  # when a wish was last let through to a closed one
    poor_until: float = 0.0

    def standing(self, now: float) -> Standing:
        if self.closed:
            return Standing.CLOSED
        return Standing.POOR if now < self.poor_until else Standing.OPEN

    def again_in_s(self, now: float) -> float:
        """Seconds until a wish may try it; 0 where one may now."""
        return max(0.0, self.probed_at + PROBE_S - now) if self.closed else 0.0

    def probing(self, now: float) -> Health:
        """A wish goes there now; for a closed one the next may follow in a minute."""
        return evolve(self, probed_at=now) if self.closed else self

    def after(self, error: SunoError | None, now: float) -> Health:
        """What the outcome of a submission, None where it was accepted, says of the gateway."""
        match error:
            case NotSent() | Maintenance():
                return evolve(self, closed=True, probed_at=now)
            case BadKey() | OutOfCredits():
                return Health(poor_until=now + POOR_S)
            case TooMany():
                return evolve(self, closed=False)
            case Unanswered() | Misunderstood():
                return self  # says nothing: it may have been taken
            case _:
                return Health()  # it was accepted, or refused for its words: somebody is at work there


def goes_elsewhere(error: SunoError, *, own_key: bool = False) -> bool:
    """Whether the next gateway may be asked: this one surely took nothing, and it was not the wish's fault.

    `own_key`: it was the member's own, and they have to know that it is refused: the bot's purse does not step in.
    """
    if isinstance(error, NotSent | Maintenance):
        return True
    return isinstance(error, BadKey | OutOfCredits) and not own_key
