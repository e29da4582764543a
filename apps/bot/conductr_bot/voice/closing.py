"""What a close code of Discord's voice server means for us. Pure; the codes stand in discord.md 4.4 and 6."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class After(StrEnum):
    """What follows on the end of a voice connection."""

    FRESH = "fresh"  # a new session, after a while
    LOOK = "look"  # kicked or moved: where Discord says that we sit decides
    STAY_OUT = "stay out"  # somebody or Discord wants us out: only a person brings us back
    NO_DAVE = "no dave"  # the library for end-to-end encryption is missing or too old
    HOPELESS = "hopeless"  # our fault: the same again would be refused again


AFTER: Final = {
    1000: After.LOOK,  # closed as agreed: by a person, or by us
    1001: After.FRESH,  # the server goes away
    1006: After.FRESH,  # cut
    4000: After.FRESH,  # our own, where heartbeats are not answered
    4001: After.HOPELESS,  # an op that is unknown there
    4002: After.HOPELESS,  # a payload that cannot be read
    4003: After.FRESH,  # not identified: its session is gone
    4004: After.FRESH,  # the token of this seat is not (or no longer) right; the next seat has another
    4005: After.FRESH,  # identified twice
    4006: After.FRESH,  # the session is no longer valid
    4009: After.FRESH,  # the session timed out
    4011: After.FRESH,  # the voice server is not found: the next seat has another
    4012: After.HOPELESS,  # a protocol that is unknown there
    4014: After.LOOK,  # kicked, moved, or the channel is gone
    4015: After.FRESH,  # the voice server crashed: it is resumed first (connection.py), and this is where that failed
    4016: After.HOPELESS,  # a mode of encryption that is unknown there
    4017: After.NO_DAVE,
    4020: After.HOPELESS,  # a bad request
    4021: After.STAY_OUT,  # too many requests; Discord asks not to come back
    4022: After.STAY_OUT,  # the call has ended for all
}


def what_follows(close_code: int | None) -> After:
    """None: it ended without a code, or we no longer believe in it."""
    return AFTER.get(close_code, After.FRESH) if close_code is not None else After.FRESH
