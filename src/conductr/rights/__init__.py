"""Who may do what. Pure: facts in; allowed, a vote, or a refusal that says what is missing and who has it."""

from .deciding import Allowed, VoteNeeded, check_channel, decide, is_alone, is_dj
from .deeds import RULES, Deed, Level, Right, Rule
from .refusing import NotAllowed, WrongChannel
from .votes import Ballot, needed

__all__ = [
    "RULES",
    "Allowed",
    "Ballot",
    "Deed",
    "Level",
    "NotAllowed",
    "Right",
    "Rule",
    "VoteNeeded",
    "WrongChannel",
    "check_channel",
    "decide",
    "is_alone",
    "is_dj",
    "needed",
]
