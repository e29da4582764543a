"""The line of waiting wishes is fair to servers and to members, in whatever order its rows are read."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from conductr.line import Turn, Waiting, in_turn, places

BEGAN = datetime(2026, 11, 27, tzinfo=UTC)


def wishes(*who: tuple[int, int]) -> list[Waiting]:
    """Wishes of (server, member), asked for a second apart."""
    return [Waiting(f"w{n}", guild, user, BEGAN + timedelta(seconds=n)) for n, (guild, user) in enumerate(who)]


people = st.tuples(st.integers(1, 4), st.integers(1, 4))
lines = st.lists(people, max_size=40).map(lambda who: wishes(*who))
turns_had = st.lists(people.map(lambda who: Turn(*who)), max_size=10)


@given(lines, turns_had, st.randoms(use_true_random=False))
def test_everyone_has_one_place_whatever_order_the_rows_came_in(
    line: list[Waiting], had: list[Turn], rng: Random
) -> None:
    turned = in_turn(line, had)
    assert Counter(turned) == Counter(line)
    shuffled = line[:]
    rng.shuffle(shuffled)
    assert in_turn(shuffled, had) == turned
    assert sorted(places(line, had).values()) == list(range(1, len(line) + 1))


@given(lines, turns_had)
def test_a_members_own_wishes_keep_their_order(line: list[Waiting], had: list[Turn]) -> None:
    for guild, user in {(wish.guild_id, wish.user_id) for wish in line}:
        own = [wish for wish in in_turn(line, had) if (wish.guild_id, wish.user_id) == (guild, user)]
        assert own == sorted(own, key=lambda wish: wish.since)


@given(lines)
def test_no_server_has_two_turns_while_another_waits_for_its_first(line: list[Waiting]) -> None:
    had: Counter[int] = Counter()
    left = Counter(wish.guild_id for wish in line)
    for wish in in_turn(line):
        assert had[wish.guild_id] <= min(had[guild] for guild, count in left.items() if count)
        had[wish.guild_id] += 1
        left[wish.guild_id] -= 1


@given(lines)
def test_within_a_server_no_member_has_two_turns_while_another_waits_for_the_first(line: list[Waiting]) -> None:
    had: Counter[tuple[int, int]] = Counter()
    left = Counter((wish.guild_id, wish.user_id) for wish in line)
    for wish in in_turn(line):
        who = wish.guild_id, wish.user_id
        assert had[who] <= min(had[one] for one, count in left.items() if count and one[0] == wish.guild_id)
        had[who] += 1
        left[who] -= 1


@given(lines, people)
def test_a_server_that_asks_for_its_first_song_waits_for_one_of_each_other_at_most(
    line: list[Waiting], newcomer: tuple[int, int]
) -> None:
    fresh = Waiting("new", 99, newcomer[1], BEGAN + timedelta(hours=1))
    ahead = places([*line, fresh])["new"] - 1
    assert ahead <= len({wish.guild_id for wish in line})


def test_a_hundred_wishes_of_one_server_do_not_hold_up_another() -> None:
    flood = wishes(*[(1, 1)] * 100)
    quiet = Waiting("quiet", 2, 5, BEGAN + timedelta(hours=1))
    assert places([*flood, quiet])["quiet"] == 2


def test_songs_in_the_making_count_as_turns_that_were_had() -> None:
    line = wishes((1, 1), (2, 5))
    assert [wish.id for wish in in_turn(line, [Turn(1, 1)])] == ["w1", "w0"]
    assert [wish.id for wish in in_turn(wishes((1, 1), (1, 2)), [Turn(1, 1)])] == ["w1", "w0"]
