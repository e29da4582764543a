"""decide(): who may do what, for slash commands, buttons and the page alike. Pure."""

from __future__ import annotations

from attrs import frozen

from conductr.access import Caller, RoomFacts, check_may_steer
from conductr.errors import NotInVoice
from conductr_store import GuildSettings
from conductr_store.records import SkipRule

from .deeds import RULES, Deed, Level, Right, Rule
from .refusing import NotAllowed, WrongChannel
from .votes import needed


@frozen
class Allowed:
    """At once."""


@frozen
class VoteNeeded:
    """So many votes of listeners; `have` of them are there."""

    needed: int
    have: int


def decide(
    deed: Deed,
    caller: Caller,
    room: RoomFacts | None,
    settings: GuildSettings,
    *,
    about: frozenset[int] = frozenset(),
    voters: frozenset[int] = frozenset(),
) -> Allowed | VoteNeeded:
    """Whether the caller may, or may vote for it.

    `about`: ids of the members who have asked for what it is about; empty where it is nobody's or everybody's.
    `voters`: who has voted for it so far. Raises NotInVoice, BusyElsewhere, NotAllowed.
    """
    rule = RULES[deed]
    if rule.seat:
        _check_seat(deed, caller, room)
    if rule.level in {Level.ANYONE, Level.LISTENER} or _may_alone(rule, deed, caller, room, settings, about):
        return Allowed()
    if not _decided_by_vote(rule, settings):
        raise _refused(rule, deed, settings)
    if caller.deafened:
        raise NotAllowed(deed, Right.HEARING, _who_may(rule, settings), settings.dj_role_id)
    return VoteNeeded(needed(_listening(room), settings.vote_ratio), len(voters & _listener_ids(room)))


def check_channel(settings: GuildSettings, channel_id: int | None, caller: Caller) -> None:
    """Commands are taken in the one channel that the server has named, if it has. Raises WrongChannel."""
    bound = settings.bound_channel_id
    if bound is not None and channel_id != bound and not caller.manages:
        raise WrongChannel(bound)


def is_dj(caller: Caller, room: RoomFacts | None, settings: GuildSettings) -> bool:
    """By role, by Manage Server, or alone with the bot; where the server has no DJ role, whoever listens."""
    if caller.manages or (settings.dj_role_id is not None and settings.dj_role_id in caller.role_ids):
        return True
    return is_alone(caller, room) or (settings.dj_role_id is None and _sits(caller, room))


def is_alone(caller: Caller, room: RoomFacts | None) -> bool:
    """Whether nobody else hears what plays."""
    if room is None or room.channel_id is None:
        return True
    if room.listener_ids:
        return room.listener_ids <= {caller.user_id}
    return room.listeners <= (1 if _sits(caller, room) else 0)


def _check_seat(deed: Deed, caller: Caller, room: RoomFacts | None) -> None:
    if deed is not Deed.MOVE_BOT:
        check_may_steer(caller, room)
    elif caller.voice_channel_id is None:  # who calls it over to another channel sits there
        raise NotInVoice


def _may_alone(  # noqa: PLR0917 - the facts of `decide`
    rule: Rule, deed: Deed, caller: Caller, room: RoomFacts | None, settings: GuildSettings, about: frozenset[int]
) -> bool:
    if caller.manages or (rule.own and about and about <= {caller.user_id}):
        return True
    if rule.level is Level.MANAGER:
        return False
    if not rule.seat:
        free = settings.dj_role_id is None and (rule.open or _sits(caller, room))
        return free or settings.dj_role_id in caller.role_ids
    if rule.ends and settings.skip_by is SkipRule.ANYONE and deed is not Deed.PLAY_NOW:
        return True
    return is_dj(caller, room, settings)


def _decided_by_vote(rule: Rule, settings: GuildSettings) -> bool:
    return rule.vote and not (rule.ends and settings.skip_by is SkipRule.DJ)


def _refused(rule: Rule, deed: Deed, settings: GuildSettings) -> NotAllowed:
    of_managers = Right.REQUESTER if rule.own else Right.MANAGE_SERVER
    missing = of_managers if rule.level is Level.MANAGER else Right.DJ
    return NotAllowed(deed, missing, _who_may(rule, settings), settings.dj_role_id)


def _who_may(rule: Rule, settings: GuildSettings) -> tuple[str, ...]:
    dj = rule.level is Level.DJ and settings.dj_role_id is not None
    return (*(("requester",) if rule.own else ()), *(("dj",) if dj else ()), "manage_server")


def _sits(caller: Caller, room: RoomFacts | None) -> bool:
    return room is not None and room.channel_id is not None and room.channel_id == caller.voice_channel_id


def _listening(room: RoomFacts | None) -> int:
    return 0 if room is None else len(room.listener_ids) or room.listeners


def _listener_ids(room: RoomFacts | None) -> frozenset[int]:
    return frozenset() if room is None else room.listener_ids
