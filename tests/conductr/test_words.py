"""What people are told: every outcome and every error has a sentence, and errors say what to do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve

import conductr
import conductr_player
import suno_client
from conductr import EntryView, GenerationView, QueueView, clock, shorten, word
from conductr.outcomes import Composing, NowPlaying, Paused, Queued, QueueShown, Skipped, Stopped
from conductr.refusals import GENERAL, PLAIN, refusal

EVIL = "@everyone **bold** <@123> `code`"


def entry(title: str = "Rain", duration_s: float | None = 61.0) -> EntryView:
    return EntryView("e", "s", title, "lofi", duration_s, 7, "Ada", False)


def queue(*upcoming: EntryView, current: EntryView | None = None, state: str = "playing") -> QueueView:
    total = sum(each.duration_s or 0 for each in (*upcoming, *((current,) if current else ())))
    return QueueView(1, state, current, 12.0, upcoming, len(upcoming), total, 3)


def made(state: str, reason: str | None = None) -> GenerationView:
    return GenerationView("g", 1, 7, EVIL, state, reason, (), None, None, datetime.now(UTC))


def leaves(base: type[BaseException]) -> list[type[BaseException]]:
    below = base.__subclasses__()
    return [base] if not below else [leaf for each in below for leaf in leaves(each)]


@pytest.mark.parametrize(
    "leaf",
    [
        leaf
        for base in (conductr.ConductrError, suno_client.SunoError, conductr_player.PlayerError)
        for leaf in leaves(base)
    ],
    ids=lambda leaf: leaf.__name__,
)
def test_every_error_has_words_of_its_own(leaf: type[BaseException]) -> None:
    error = leaf.__new__(leaf)
    for name in ("channel_name", "title", "field", "why", "setting", "problem", "hint"):
        if name not in dir(leaf):
            error.__dict__[name] = "x"
    error.__dict__ |= {"limit": 3, "cap": 3, "whose": "member", "returns_at": datetime(2026, 12, 1, tzinfo=UTC)}
    text, _ = refusal(error)
    assert text not in {GENERAL[0], PLAIN[conductr.ConductrError][0], PLAIN[suno_client.SunoError][0]}


def test_an_error_nobody_foresaw_does_not_tell_its_own_text() -> None:
    assert "hunter2" not in repr(word(RuntimeError("password hunter2")))


@pytest.mark.parametrize(
    "state",
    ["requested", "submitting", "submitted", "composing", "playable", "finished", "refused", "failed", "unknown"],
)
def test_every_state_of_a_generation_has_words(state: str) -> None:
    reply = word(Composing(made(state, "Because." if state in ("refused", "failed", "unknown") else None)))
    assert reply.text
    assert reply.title


def test_a_refused_song_says_why_and_what_was_asked() -> None:
    reply = word(Composing(made("refused", "The Suno account has no credits left.")))
    assert reply.error
    assert "no credits" in reply.text
    assert "@everyone" in (reply.hint or "")  # as data: apps escape it


def test_what_moderation_turned_down_is_not_said_again_in_front_of_everybody() -> None:
    reply = word(Composing(made("failed", PLAIN[suno_client.PromptRejected][0])))
    assert EVIL not in repr(reply)
    assert "other words" in (reply.hint or "")


def test_who_waits_is_told_the_place_in_line() -> None:
    assert "number 3 in line" in (word(Composing(evolve(made("requested"), place=3))).hint or "")


def test_a_song_that_was_made_before_says_that_it_costs_nothing() -> None:
    reply = word(Composing(evolve(made("finished"), repeated=True)))
    assert "costs nothing" in (reply.hint or "")


def test_a_cancelled_wish_is_no_error() -> None:
    for state in ("refused", "submitted"):
        reply = word(Composing(evolve(made(state, "It was cancelled."), cancelled=True)))
        assert (reply.title, reply.error) == ("Cancelled", False)


def test_pausing_tells_where_it_stands() -> None:
    assert word(Paused(queue(current=entry()))).text == "Paused Rain at 0:12."


def test_queueing_tells_the_place() -> None:
    assert word(Queued("Rain", 0)).text == "Playing Rain."
    assert "number 3" in word(Queued("Rain", 3)).text


def test_skipping_the_last_song_says_that_nothing_follows() -> None:
    assert "/generate" in (word(Skipped("Rain", 1, None)).hint or "")


def test_stopping_counts_in_words() -> None:
    assert "1 song " in word(Stopped(1)).text
    assert "4 songs " in word(Stopped(4)).text


def test_a_growing_song_has_no_length_yet() -> None:
    assert "still being made" in word(NowPlaying(queue(current=entry(duration_s=None)))).text


def test_a_queue_of_a_hundred_is_paged() -> None:
    songs = tuple(entry(f"Song {number}") for number in range(1, 101))
    second = word(QueueShown(queue(*songs, current=entry()), page=2))
    assert "11. Song 11" in second.text
    assert "Song 21" not in second.text
    assert "Page 2 of 10" in (second.hint or "")


def test_a_page_that_is_not_there_is_the_last() -> None:
    assert "Page 1 of 1" in (word(QueueShown(queue(entry(), current=entry()), page=99)).hint or "")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.9, "0:59"), (187, "3:07"), (3723, "1:02:03"), (-5, "0:00")]
)
def test_times_read_as_people_write_them(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_shortening_keeps_one_line() -> None:
    assert shorten("a\nb   c", 10) == "a b c"
    assert shorten("abcdef", 4) == "abc…"
