"""Who may do what: every deed by every kind of member, in a server with a DJ role and in one without."""

from __future__ import annotations

import pytest
from attrs import evolve

from conductr import BusyElsewhere, Caller, NotInVoice, RoomFacts
from conductr.rights import Allowed, Deed, NotAllowed, Right, VoteNeeded, WrongChannel, check_channel, decide
from conductr_store import GuildSettings
from conductr_store.records import SkipRule

ME, ADA, BOB = 1, 2, 3
DJ_ROLE, HERE, THERE = 77, 5, 6
WITH_ROLE, WITHOUT = GuildSettings(dj_role_id=DJ_ROLE), GuildSettings()
MINE, THEIRS = frozenset({ME}), frozenset({ADA})

member = Caller(ME, "Me", 9, "Guild", HERE)
dj, manager = evolve(member, role_ids=frozenset({DJ_ROLE, 4})), evolve(member, manages=True)
full = RoomFacts(HERE, "Here", 3, frozenset({ME, ADA, BOB}))
by_myself = RoomFacts(HERE, "Here", 1, frozenset({ME}))
others = RoomFacts(THERE, "There", 2, frozenset({ADA, BOB}))
deserted = RoomFacts(THERE, "There", 0)

KINDS = {  # letter: who, where the bot is, whose song it is
    "o": (member, full, THEIRS),
    "s": (member, full, MINE),
    "d": (dj, full, THEIRS),
    "m": (manager, full, THEIRS),
    "a": (member, by_myself, THEIRS),
    "f": (evolve(member, deafened=True), RoomFacts(HERE, "Here", 2, frozenset({ADA, BOB})), THEIRS),
    "x": (member, others, THEIRS),
    "n": (evolve(member, voice_channel_id=None), full, THEIRS),
    "i": (member, None, THEIRS),
    "e": (member, deserted, THEIRS),
    "X": (dj, others, THEIRS),
    "N": (evolve(manager, voice_channel_id=None), full, THEIRS),
    "w": (evolve(member, voice_channel_id=None), full, MINE),
}
# A may, V votes, N may not, E others listen elsewhere, 0 sits in no channel. In the order of KINDS.
#                 o s d m a f x n i e X N w     the same without a DJ role
ANYBODY = ("A A A A A A A A A A A A A", "A A A A A A A A A A A A A")
LISTENER = ("A A A A A A E 0 A A E 0 0", "A A A A A A E 0 A A E 0 0")
DJ_ALONE = ("N N A A A N E 0 A A E 0 0", "A A A A A A E 0 A A E 0 0")
OWN_OR_DJ = ("N A A A A N E 0 A A E 0 0", "A A A A A A E 0 A A E 0 0")
BY_VOTE = ("V A A A A N E 0 A A E 0 0", "A A A A A A E 0 A A E 0 0")
LEAVING = ("V V A A A N E 0 A A E 0 0", "A A A A A A E 0 A A E 0 0")
CALLING = ("N N A A A N N 0 A A A 0 0", "A A A A A A N 0 A A N 0 0")
CANCELLING = ("N A A A N N N N N N A A A", "A A A A A A N N N N N A A")
SHARED = ("N N A A N N N N N N A A N", "A A A A A A A A A A A A A")
SHARED_OWN = ("N A A A N N N N N N A A A", "A A A A A A A A A A A A A")
OWNER = ("N A N A N N N N N N N A A", "N A N A N N N N N N N A A")
MANAGER = ("N N N A N N N N N N N A N", "N N N A N N N N N N N A N")

TABLE = {
    **dict.fromkeys((Deed.LOOK, Deed.GENERATE, Deed.FILTER), ANYBODY),
    **dict.fromkeys((Deed.QUEUE, Deed.PAUSE, Deed.RESUME, Deed.VOTE_TAKE), LISTENER),
    **dict.fromkeys((Deed.QUEUE_NEXT, Deed.VOLUME, Deed.LOOP), DJ_ALONE),
    **dict.fromkeys((Deed.SEEK, Deed.MOVE, Deed.REMOVE, Deed.UNDO), OWN_OR_DJ),
    **dict.fromkeys((Deed.PLAY_NOW, Deed.SKIP, Deed.PREVIOUS, Deed.JUMP, Deed.STOP, Deed.CLEAR, Deed.SHUFFLE), BY_VOTE),
    Deed.LEAVE: LEAVING,
    Deed.MOVE_BOT: CALLING,
    Deed.CANCEL: CANCELLING,
    Deed.SWITCH_SERVER: SHARED,
    Deed.PLAYLIST_SERVER: SHARED_OWN,
    **dict.fromkeys((Deed.DELETE_PLAYLIST, Deed.EDIT_SONG, Deed.DELETE_SONG), OWNER),
    **dict.fromkeys((Deed.RADIO, Deed.SETTINGS, Deed.SERVER_KEY), MANAGER),
}


def verdict(deed: Deed, kind: str, settings: GuildSettings) -> str:
    caller, room, about = KINDS[kind]
    try:
        decided = decide(deed, caller, room, settings, about=about)
    except NotInVoice:
        return "0"
    except BusyElsewhere:
        return "E"
    except NotAllowed:
        return "N"
    return "A" if decided == Allowed() else "V"


@pytest.mark.parametrize(("column", "settings"), [(0, WITH_ROLE), (1, WITHOUT)], ids=["dj-role", "no-dj-role"])
@pytest.mark.parametrize("deed", Deed)
def test_every_deed_by_every_kind_of_member(deed: Deed, column: int, settings: GuildSettings) -> None:
    found = {kind: verdict(deed, kind, settings) for kind in KINDS}
    assert found == dict(zip(KINDS, TABLE[deed][column].split(), strict=True))


ENDING = (Deed.PLAY_NOW, Deed.SKIP, Deed.PREVIOUS, Deed.JUMP)


@pytest.mark.parametrize("deed", ENDING)
def test_a_server_may_let_anybody_who_listens_skip(deed: Deed) -> None:
    lax = evolve(WITH_ROLE, skip_by=SkipRule.ANYONE)
    assert verdict(deed, "o", lax) == ("V" if deed is Deed.PLAY_NOW else "A")
    assert verdict(deed, "x", lax) == "E"


@pytest.mark.parametrize("deed", ENDING)
def test_a_server_may_leave_skipping_to_its_djs(deed: Deed) -> None:
    strict = evolve(WITH_ROLE, skip_by=SkipRule.DJ)
    assert "".join(verdict(deed, kind, strict) for kind in "osdma") == "NAAAA"
    assert verdict(Deed.STOP, "o", strict) == "V"


def test_what_belongs_to_several_is_nobodys_own() -> None:
    assert decide(Deed.REMOVE, member, full, WITH_ROLE, about=MINE) == Allowed()
    with pytest.raises(NotAllowed):
        decide(Deed.REMOVE, member, full, WITH_ROLE, about=MINE | THEIRS)
    with pytest.raises(NotAllowed):
        decide(Deed.REMOVE, member, full, WITH_ROLE)


def test_a_vote_counts_those_who_listen() -> None:
    crowd = RoomFacts(HERE, "Here", 4, frozenset({ME, ADA, BOB, 8}))
    counted = decide(Deed.SKIP, member, crowd, WITH_ROLE, about=THEIRS, voters=frozenset({ADA, BOB, 99}))
    assert counted == VoteNeeded(2, 2)
    assert decide(Deed.SKIP, member, crowd, evolve(WITH_ROLE, vote_ratio=1), about=THEIRS) == VoteNeeded(4, 0)
    unnamed = RoomFacts(HERE, "Here", 5)
    assert decide(Deed.SKIP, member, unnamed, WITH_ROLE, about=THEIRS) == VoteNeeded(3, 0)


def test_where_listeners_are_only_counted_one_is_alone_by_oneself() -> None:
    assert decide(Deed.SKIP, member, RoomFacts(HERE, "Here", 1), WITH_ROLE, about=THEIRS) == Allowed()
    assert decide(Deed.SKIP, member, RoomFacts(HERE, "Here", 2), WITH_ROLE, about=THEIRS) == VoteNeeded(1, 0)


def test_among_the_deaf_nobody_is_disturbed() -> None:
    deaf = evolve(member, deafened=True)
    assert decide(Deed.SKIP, deaf, RoomFacts(HERE, "Here", 0), WITH_ROLE, about=THEIRS) == Allowed()


@pytest.mark.parametrize(
    ("deed", "kind", "right", "who"),
    [
        (Deed.VOLUME, "o", Right.DJ, ("dj", "manage_server")),
        (Deed.SEEK, "o", Right.DJ, ("requester", "dj", "manage_server")),
        (Deed.SKIP, "f", Right.HEARING, ("requester", "dj", "manage_server")),
        (Deed.SETTINGS, "d", Right.MANAGE_SERVER, ("manage_server",)),
        (Deed.DELETE_SONG, "d", Right.REQUESTER, ("requester", "manage_server")),
    ],
)
def test_a_refusal_says_what_is_missing_and_who_has_it(
    deed: Deed, kind: str, right: Right, who: tuple[str, ...]
) -> None:
    caller, room, about = KINDS[kind]
    with pytest.raises(NotAllowed) as refused:
        decide(deed, caller, room, WITH_ROLE, about=about)
    assert (refused.value.deed, refused.value.missing_right, refused.value.who_has_it) == (deed, right, who)
    assert refused.value.dj_role_id == DJ_ROLE


def test_commands_are_taken_in_the_channel_that_the_server_has_named() -> None:
    bound = GuildSettings(bound_channel_id=30)
    check_channel(bound, 30, member)
    check_channel(bound, 31, manager)
    check_channel(GuildSettings(), 31, member)
    with pytest.raises(WrongChannel) as refused:
        check_channel(bound, 31, member)
    assert refused.value.channel_id == 30
