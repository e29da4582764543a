"""Cards: their buttons follow what is so, every button has its handler, and Discord takes each in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve
from bot.some_views import HOSTILE, MADE_AT, NOW_S, entry, playlist, queue, song, wish
from emulators.discord.limits import check_message, walk

from conductr.languages import TEXTS, tongue_for
from conductr.outcomes import (
    FavouritesShown,
    LibraryShown,
    LyricsShown,
    PlaylistShown,
    PlaylistsShown,
    QueueShown,
    SettingsShown,
    TakesCompared,
    VariationOffered,
)
from conductr.views import BallotView, PageView, Why
from conductr.wishes import Wish
from conductr_bot.cards.generation import progress, request_card, variations, wish_form, words_form
from conductr_bot.cards.helping import help_card
from conductr_bot.cards.layout import Row
from conductr_bot.cards.library import library_page, song_card
from conductr_bot.cards.now_playing import CELLS, DOT, bar_of, now_playing
from conductr_bot.cards.playlists import sure_to_delete
from conductr_bot.cards.queue import queue_page
from conductr_bot.cards.settings import SETTINGS, setting_form, settings_panel
from conductr_bot.drawing import drawn
from conductr_bot.presses import read_press
from conductr_bot.reader import Reader
from conductr_bot.render import Drawn
from conductr_store import GuildSettings, UserSettings

LANGUAGES = tuple(TEXTS)
PANEL = SettingsShown(GuildSettings(dj_role_id=5, language="de"), UserSettings(default_style="lofi"), may_change=True)


def buttons(shown: Drawn) -> dict[str, dict[str, Any]]:
    """Enabled or not, by verb."""
    found: dict[str, dict[str, Any]] = {}
    for _, part in walk([dict(line) for line in shown.lines]):
        read = read_press(str(part.get("custom_id") or ""))
        if read is not None:
            found.setdefault(read.verb, part)
    return found


def parts(line: Row) -> list[Any]:
    return list(line["components"])


def as_sent(shown: Drawn) -> dict[str, Any]:
    return {
        "content": shown.content,
        "embeds": [shown.embed.to_dict()] if shown.embed else [],
        "components": [dict(line) for line in shown.lines],
    }


def everything(text: str, language: str) -> Iterator[Drawn]:
    """Every card, with `text` wherever a member's words stand."""
    reader = Reader(language)
    tongue = reader.tongue
    named = song(text, style=text, owner_name=text, prompt=text)
    other = song(text, 2, take=1)
    many = queue((text,) * 30, upcoming_count=1_000)
    listed = playlist(text, owner_name=text)
    page = LibraryShown(PageView((named,) * 10, 100_000, 20), text[:60], text[:50], mended=True)
    loud = evolve(many, why=Why("liked", text), votes=(BallotView("skip", 1, 3, frozenset({7})),), last=entry(text))
    yield now_playing(loud, tongue, NOW_S, bar=True)
    yield now_playing(queue(()), tongue, NOW_S)
    yield now_playing(queue((), last=entry(text)), tongue, NOW_S)
    yield queue_page(many, 1, tongue, NOW_S, chosen="ab" * 16)
    yield library_page(page, tongue, 123_456_789_012_345_678)
    yield song_card(named, tongue)
    yield sure_to_delete(listed, tongue)
    yield variations(named, tongue)
    yield request_card(tongue)
    yield help_card(None, tongue)
    yield help_card("queue-remove", tongue)
    for setting in SETTINGS:
        yield settings_panel(PANEL, tongue, setting.id)
    for state in ("requested", "submitted", "composing", "playable", "finished", "refused", "failed", "unknown"):
        yield progress(wish(state, (named, other), prompt=text, reason=text[:300]), reader)
    outcomes = (
        QueueShown(many, 2),
        page,
        FavouritesShown((named,) * 10, 10, more=True),
        LyricsShown(named, (text[:3_800], "2"), 1),
        PlaylistsShown((listed,) * 30, (listed,)),
        PlaylistShown(listed, (named,) * 10),
        TakesCompared("ab" * 16, (named, other), (1, 0), ends_at=MADE_AT),
        VariationOffered(named, "slower", Wish(text), left=3),
    )
    for outcome in outcomes:
        yield drawn(outcome, reader)[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", [*HOSTILE.values(), "Blue Rain"], ids=[*HOSTILE, "plain"])
def test_discord_takes_every_card_whatever_a_member_has_typed(text: str, language: str) -> None:
    for shown in everything(text, language):
        check_message(as_sent(shown))
        assert not shown.content or not re.search(r"@everyone|<@\d|https://", shown.content)
        said = shown.embed.description or "" if shown.embed else ""
        assert not re.search(r"@everyone|<@\d|https://evil", said)


def test_every_button_has_words_beside_its_picture() -> None:
    for shown in everything("Blue Rain", "en"):
        for _, part in walk([dict(line) for line in shown.lines]):
            assert part["type"] != 2 or part["label"].strip(), part


def test_buttons_of_what_plays_follow_the_state() -> None:
    tongue = tongue_for("en")
    playing = buttons(now_playing(queue(), tongue, NOW_S))
    assert not any(part.get("disabled") for part in playing.values())
    assert "pause" in playing
    assert "resume" not in playing
    held = queue(state="paused", paused_by=("user",))
    assert "resume" in buttons(now_playing(held, tongue, NOW_S))
    idle = buttons(now_playing(queue(()), tongue, NOW_S))
    off = {verb for verb, part in idle.items() if part.get("disabled")}
    assert off == {"previous", "resume", "skip", "stop", "loop"}
    assert {"wish", "queue"} <= set(idle)


def test_buttons_say_which_play_they_are_for() -> None:
    shown = now_playing(queue(play_id=77), tongue_for("en"), NOW_S)
    said = [read_press(str(part["custom_id"])) for part in buttons(shown).values()]
    about = {one.verb: one.about for one in said if one}
    assert [about[verb] for verb in ("previous", "pause", "skip", "stop")] == [("77",)] * 4


def test_a_skip_that_needs_votes_says_how_many() -> None:
    ballot = (BallotView("skip", 1, 3, frozenset({7})),)
    label = buttons(now_playing(queue(votes=ballot), tongue_for("en"), NOW_S))["skip"]["label"]
    assert "1" in label
    assert "3" in label


def test_discord_counts_down_to_the_end_by_itself() -> None:
    text = _text(now_playing(queue(), tongue_for("en"), NOW_S))
    assert f"<t:{round(NOW_S + 184 - 72)}:R>" in text
    held = _text(now_playing(queue(state="paused"), tongue_for("en"), NOW_S))
    assert "<t:" not in held
    assert "1:12" in held
    growing = queue(current=entry(duration_s=None))
    assert "<t:" not in _text(now_playing(growing, tongue_for("en"), NOW_S))


@pytest.mark.parametrize("position", [0.0, 1.0, 92.0, 183.99, 184.0, 500.0])
def test_the_bar_never_loses_its_dot(position: float) -> None:
    bar = bar_of(queue(position_s=position), tongue_for("en"))
    assert bar.count(DOT) == 1
    assert len(bar.split(" ")[1]) == CELLS


def test_pages_turn_and_end_at_their_ends() -> None:
    many = queue(tuple(f"Song {number}" for number in range(31)))
    first = queue_page(many, 1, tongue_for("en"), NOW_S)
    labels = {
        part["label"]: part.get("disabled")
        for _, part in walk([dict(line) for line in first.lines[:1]])
        if "label" in part
    }
    assert list(labels.values()) == [True, True, True, False, False]
    assert "1 / 3" in labels
    last = queue_page(evolve(many, first=20), 99, tongue_for("en"), NOW_S)
    assert "21. Song 1 " in _text(last)


def test_a_song_that_is_over_has_no_line_of_its_own_time() -> None:
    text = _text(queue_page(queue(("A", "B", "C")), 1, tongue_for("en"), NOW_S))
    assert f"<t:{round(NOW_S + 112)}:t>" in text
    assert f"<t:{round(NOW_S + 112 + 184)}:t>" in text


def test_settings_are_for_reading_where_they_may_not_be_changed() -> None:
    looking = evolve(PANEL, may_change=False)
    shown = settings_panel(looking, tongue_for("en"), "guild.volume")
    assert len(shown.lines) == 1
    values = [option["value"] for option in parts(shown.lines[0])[0]["options"]]
    assert all(value.startswith("user.") for value in values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_fit(language: str) -> None:
    tongue = tongue_for(language)
    forms = [wish_form(tongue, "x" * 9_000), words_form("ab" * 16, "own", tongue)]
    forms += [setting_form(setting, PANEL, tongue) for setting in SETTINGS]
    for form in forms:
        sent: Any = form.to_dict()
        assert 1 <= len(sent["title"]) <= 45
        assert len(sent["custom_id"]) <= 100
        for line in sent["components"]:
            (box,) = line["components"]
            assert 1 <= len(box["label"]) <= 45
            assert len(box.get("placeholder", "")) <= 100
            assert len(box.get("value", "")) <= box["max_length"] <= 4_000


def _text(shown: Drawn) -> str:
    return (shown.embed.description or "") if shown.embed else shown.content or ""
