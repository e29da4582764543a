"""The catalogues: the same texts in every language, each within what Discord takes."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductr.languages import TEXTS, Language, locale_of, localizations, tongue_for
from conductr.languages.tongue import COMMAND_SEEN
from conductr.wording.settings import GROUPS

ROOT = Path(__file__).parents[2]
ENGLISH = TEXTS["en"]
LANGUAGES: list[Language] = sorted(TEXTS)
NAME = re.compile(r"[-_'\w]{1,32}")  # discord.md 6: letters and digits of any script, hyphen, underscore
LIMITS = {  # characters of a text whose key looks like that
    r"command\..*\.description": 100,
    r"command\..*\.choice\.[^.]+": 100,
    r"context\..*\.name": 32,
    r"button\..*": 80,
    r"select\..*": 150,
    r"again\.[a-z]+": 100,
    r"again\.[a-z]+\.description": 100,
    r"modal\..*\.title": 45,
    r"field\.[a-z]+": 45,
    r"field\..*\.placeholder": 100,
    r"setting\..*": 45,
    r".*\.(text|hint)": 400,
}


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: Language) -> None:
    texts = TEXTS[language]
    assert texts.keys() == ENGLISH.keys()
    assert {key: holes(text) for key, text in texts.items()} == {key: holes(text) for key, text in ENGLISH.items()}
    assert not [key for key, text in texts.items() if not text.strip() or text != text.strip()]


def test_what_is_counted_is_counted_in_both_forms() -> None:
    plural = {key.rpartition(".")[0] for key in ENGLISH if key.endswith((".one", ".other"))}
    assert not [key for key in plural if {f"{key}.one", f"{key}.other"} - ENGLISH.keys()]
    assert not [key for key in plural if key in ENGLISH], "a text is counted or it is not"
    for texts in TEXTS.values():
        assert not [key for key in plural if "1" not in texts[f"{key}.one"] and holes(texts[f"{key}.one"]) == {"count"}]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_where_discord_shows_it(language: Language) -> None:
    too_long = {
        key: len(text)
        for key, text in TEXTS[language].items()
        for pattern, limit in LIMITS.items()
        if re.fullmatch(pattern, key) and len(text) > limit
    }
    assert not too_long


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_such_as_discord_takes_and_differ_from_their_siblings(language: Language) -> None:
    texts = TEXTS[language]
    named = {key: text for key, text in texts.items() if re.fullmatch(r"command\..*\.name", key)}
    assert not [text for text in named.values() if not NAME.fullmatch(text) or text != text.lower()]
    siblings: dict[str, list[str]] = {}
    for key, text in named.items():
        whole = key.removesuffix(".name")
        parent = whole.rpartition(".option.")[0] if ".option." in whole else "command"
        siblings.setdefault(parent, []).append(text)
    assert not {parent: names for parent, names in siblings.items() if len(set(names)) < len(names)}


def test_every_name_has_a_description() -> None:
    names = {key.removesuffix(".name") for key in ENGLISH if re.fullmatch(r"command\..*\.name", key)}
    assert not [key for key in names if f"{key}.description" not in ENGLISH]


def test_help_lists_every_command_once() -> None:
    commands = {found[1] for key in ENGLISH if (found := re.fullmatch(r"command\.([^.]+)\.name", key))}
    listed = [command for group in GROUPS.values() for command in group]
    assert sorted(listed) == sorted(commands)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_name_only_commands_that_there_are(language: Language) -> None:
    named = {name for text in TEXTS[language].values() for name in COMMAND_SEEN.findall(text)}
    assert not [name for name in named if f"command.{name}.name" not in ENGLISH]


def test_commands_are_called_as_the_readers_discord_calls_them() -> None:
    assert tongue_for("de")("play.still.hint").startswith("/pause hält es an, /überspringen")
    assert "/skip" in tongue_for("de", "en-GB")("play.still.hint")
    assert tongue_for("es-419").command("leave") == "/salir"


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ((None, "de", None, None), "de"),
        (("es", "de", None, None), "es"),
        ((None, "es-419", "de", None), "es-419"),
        ((None, "fr", "de", "es-ES"), "de"),
        (("xx", "fr", None, "es-ES"), "es-ES"),
        ((None, None, None, None), "en"),
        ((None, "ja", None, "ko"), "en"),
        (("en", "de", "de", "de"), "en"),
    ],
)
def test_the_member_chooses_then_their_discord_then_the_server(asked: tuple[str | None, ...], spoken: str) -> None:
    assert locale_of(*asked) == spoken


def test_discord_is_told_of_every_other_locale() -> None:
    assert localizations("command.skip.name") == {"de": "überspringen", "es-ES": "saltar", "es-419": "saltar"}


def test_numbers_lists_and_moments_are_written_as_the_language_writes_them() -> None:
    at = datetime(2026, 3, 7, 9, 5, tzinfo=UTC)
    english, german, spanish = tongue_for("en-GB"), tongue_for("de"), tongue_for("es-ES")
    assert [each.number(1_250) for each in (english, german, spanish)] == ["1,250", "1.250", "1250"]
    assert [each.number(-12_500) for each in (english, german, spanish)] == ["-12,500", "-12.500", "-12.500"]
    assert english.moment(at) == "7 March, 09:05 UTC"
    assert german.moment(at) == "7. März, 09:05 Uhr UTC"
    assert spanish.moment(at) == "7 de marzo, 09:05 UTC"
    assert [each.listed(["a", "b", "c"]) for each in (english, german)] == ["a, b and c", "a, b und c"]
    assert spanish.listed(["a", "Isla"]) == "a e Isla"
    assert spanish.listed(["a", "hielo"]) == "a y hielo"
    assert (english.listed([]), english.listed(["a"])) == ("", "a")
    assert (german.span(59), german.span(3_900), german.clock(3_723)) == ("59 s", "1 h 5 min", "1:02:03")


@given(st.sampled_from(LANGUAGES), st.integers(0, 10**6), st.text(max_size=40))
def test_what_is_put_into_a_text_stands_there_as_it_is(language: str, count: int, evil: str) -> None:
    tongue = tongue_for(language)
    text = tongue("playlists.sure", name=evil, count=count)
    assert evil in text
    assert count == 1 or tongue.number(count) in text


def test_a_text_that_is_not_there_is_not_made_up() -> None:
    with pytest.raises(KeyError):
        tongue_for("de")("no.such.text")
    with pytest.raises(KeyError):
        tongue_for("de")("play.queued")


def test_the_code_asks_only_for_texts_that_there_are() -> None:
    """Literal keys, wherever something called `tongue` is called or asked."""
    missing: list[str] = []
    for path in (*(ROOT / "src/conductr").rglob("*.py"), *(ROOT / "apps/bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and _is_tongue(node.func):
                key = node.args[0]
                if isinstance(key, ast.Constant) and not {key.value, f"{key.value}.other"} & ENGLISH.keys():
                    missing.append(f"{path.name}:{node.lineno} {key.value}")
    assert not missing


def _is_tongue(called: ast.expr) -> bool:
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in {"tongue", "localizations"}
