"""Tables of the guides that repeat what the code knows."""

from __future__ import annotations

import re

from support.documents import GUIDES, README

from suno_client import LIMITS, Stage
from suno_client.cli.codes import MEANINGS
from suno_client.dialects import DIALECTS
from suno_client.errors import SunoError
from suno_client.tuning import Tuning


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table after these words, without its head."""
    after = (GUIDES / f"{page}.md").read_text("utf-8").partition(heading)[2]
    table = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    assert table, f"no table after {heading!r}"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()[2:]]


def test_the_features_of_each_dialect_are_told() -> None:
    told = rows("gateways", "<!-- features")
    for place, name in enumerate(("sunoapi", "kie", "gcui"), 2):
        assert {row[0].strip("`") for row in told if row[place] == "yes"} == DIALECTS[name].features
        assert {row[place] for row in told} <= {"yes", "no"}


def test_the_gateways_addresses_are_told() -> None:
    told = {row[0].strip("`"): re.findall(r"`(.+?)`", row[1])[0] for row in rows("gateways", "# Gateways")}
    assert told == {name: dialect.base_url for name, dialect in DIALECTS.items()}


def test_the_exit_codes_are_told() -> None:
    assert [(int(code), meaning) for code, meaning in rows("command-line", "<!-- codes")] == [
        (int(code), meaning) for code, meaning in MEANINGS.items()
    ]


def test_the_errors_of_the_guide_are_those_of_the_readme() -> None:
    head = "| Error | It means |"
    tables = [
        path.read_text("utf-8").partition(head)[2].partition("\n\n")[0] for path in (README, GUIDES / "errors.md")
    ]
    assert tables[0] == tables[1]
    assert issubclass(SunoError, Exception)


def test_the_stages_and_the_tuning_are_told() -> None:
    assert [row[0].strip("`") for row in rows("waiting", "# Waiting")] == [stage.name for stage in Stage]
    tuning = {name for row in rows("songs", "## Tuning") for name in re.findall(r"`(\w+)`", row[0])}
    assert tuning == set(Tuning.__annotations__)
    assert "V5_5" in LIMITS
