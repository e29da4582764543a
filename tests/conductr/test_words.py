"""What people are told: every outcome and every error has a sentence, and errors say what to do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import get_args

import pytest
from attrs import evolve, fields
from support import samples

import conductr
import conductr.outcomes
from conductr import ConductrError, EntryView, GenerationView, QueueView, clock, shorten, word
from conductr.errors import BadWish
from conductr.languages import TEXTS, tongue_for
from conductr.outcomes import Composing, NowPlaying, Paused, Queued, QueueShown, Skipped, Stopped, Voted
from conductr.refusals import key_of
from conductr.rights import Deed, NotAllowed, Right
from conductr_bot.errors import BotError
from conductr_bot.voice.news import VoiceNews
from conductr_player import LoopMode, PlayerError
from conductr_store import GuildSettings, StoreError, UserSettings
from conductr_store.records import SkipRule
from suno_client import SunoError

BASES = (ConductrError, SunoError, PlayerError, StoreError, BotError)
ERRORS = [kind for base in BASES for kind in samples.below(base) if kind.__name__ not in {"BotError", "CannotJoin"}]
SAME_EVERYWHERE = {conductr.outcomes.PlaylistShown, conductr.outcomes.LyricsShown, conductr.outcomes.Sought}
EVIL = "@everyone **bold** <@123> `code`"


def entry(title: str = "Rain", duration_s: float | None = 61.0) -> EntryView:
    return EntryView("e", "s", title, "lofi", duration_s, 7, "Ada", False)


def queue(*upcoming: EntryView, current: EntryView | None = None, state: str = "playing") -> QueueView:
    total = sum(each.duration_s or 0 for each in (*upcoming, *((current,) if current else ())))
    return QueueView(1, state, current, 12.0, upcoming, len(upcoming), total, 3)


def made(state: str, reason: str | None = None) -> GenerationView:
    return GenerationView("g", 1, 7, EVIL, state, reason, (), None, None, datetime.now(UTC))


@pytest.mark.parametrize("locale", ["en", "de", "es"])
@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_words_of_its_own(kind: type[BaseException], locale: str) -> None:
    reply = word(samples.error(kind), locale)
    assert reply.error
    assert reply.ephemeral
    assert not re.search(r"[{}]|error\.", f"{reply.text}{reply.hint}")
    if kind in BASES or kind is PlayerError:
        return
    tongue = tongue_for(locale)
    shared = [tongue(f"error.{name}.text") for name in ("general", "conductr_error", "suno_error")]
    assert reply.text not in shared


def test_every_member_of_a_closed_set_has_its_words() -> None:
    wanted = {
        *(f"deed.{deed}" for deed in Deed),
        *(f"right.{who}" for who in ("requester", "dj", "dj_named", "manage_server")),
        *(f"setting.{field.name}" for kind in (GuildSettings, UserSettings) for field in fields(kind)),
        *(f"settings.value.{rule}" for rule in SkipRule),
        *(f"settings.value.{language}" for language in TEXTS),
        *(f"{kind}.{mode}" for kind in ("play.loop", "loop") for mode in LoopMode),
        *(f"button.loop_{mode}" for mode in LoopMode),
        *(f"voice.told.{news}" for news in VoiceNews),
        *(f"why.{reason}" for reason in ("liked", "heard_out", "played_here", "fresh")),
        *(f"quota.left_of.{whose}" for whose in ("member", "here", "server", "everybody", "plan")),
    }
    assert not wanted - TEXTS["en"].keys()


def test_no_two_errors_share_a_name() -> None:
    keys = [key_of(kind) for kind in ERRORS]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("locale", ["en", "de", "es"])
@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", get_args(conductr.outcomes.Outcome), ids=lambda kind: kind.__name__)
def test_every_outcome_is_told_in_every_language(kind: type, locale: str, full: bool) -> None:
    reply = word(samples.made(kind, full=full), locale)
    assert reply.text
    assert not re.search(r"[{}]", "".join(filter(None, (reply.text, reply.hint, reply.title))))
    if locale != "en" and kind not in SAME_EVERYWHERE:
        assert reply != word(samples.made(kind, full=full), "en")


def test_what_a_vote_led_to_is_told_instead_of_the_vote() -> None:
    passed = Voted("skip", "Rain", 2, 2, 7, passed=True, done=Skipped("Rain", 1, None))
    assert word(passed).text == "Skipped Rain."
    assert word(Voted("skip", "Rain", 1, 3, 7), "de").text == "Überspringen: 1 von 3 Stimmen."


def test_who_did_it_is_named() -> None:
    assert word(Skipped("Rain", 1, None, by="Ada"), "es").text == "Ada saltó Rain."


def test_a_long_title_does_not_fill_the_sentence() -> None:
    assert len(word(Queued("x" * 5_000, 3)).text) < 200


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("It was cancelled before it was sent, so it cost nothing.", "Es wurde abgebrochen, bevor es gesendet war"),
        ("The Suno account has no credits left.", "Das Suno-Konto hat kein Guthaben mehr."),
        ("You have had your 20 songs of today.", tongue_for("de")("quota.member", count=20)),
        ("Whatever an older version has written.", "Whatever an older version has written."),
    ],
)
def test_a_kept_reason_is_told_in_the_readers_language(reason: str, told: str) -> None:
    reply = word(Composing(made("failed", reason)), "de")
    assert told in reply.text
    assert reason in word(Composing(made("failed", reason))).text


def test_two_kept_sentences_are_told_one_after_the_other() -> None:
    english = tongue_for("en")
    reason = f"{english('reason.undecided')} {english('reason.leaning_taken')}"
    assert word(Composing(made("unknown", reason)), "es").text.endswith("probablemente fue aceptada.")


def test_a_refusal_names_who_may() -> None:
    refused = NotAllowed(Deed.CLEAR, Right.DJ, ("dj", "manage_server"), dj_role_id=4)
    assert word(refused, dj_role="Vinyl").hint == (
        "That can be done by members with the role Vinyl and members with Manage Server."
    )
    assert word(refused, "de").text == "Du darfst hier nicht: die Warteschlange leeren."


def test_a_wish_that_is_too_long_is_refused_in_the_readers_language() -> None:
    assert word(BadWish("title", "it has 90 characters and 80 fit", limit=80), "de").text == (
        tongue_for("de")("error.bad_wish_size.text", field=tongue_for("de")("named.title"), limit=80)
    )
    assert "vacío" in word(BadWish("prompt", tongue_for("en")("reason.empty_wish")), "es").text


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
    reply = word(Composing(made("failed", tongue_for("en")("error.prompt_rejected.text"))))
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
