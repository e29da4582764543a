"""What the voice benchmark writes into `docs/performance.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import asdict
from playing.markdown import BEGIN, END, put_into
from playing.rows import Row
from playing.targets import judged

PERFORMANCE = Path(__file__).parents[2] / "docs/performance.md"


@pytest.fixture
def run() -> dict[str, Any]:
    rows = [
        Row(
            "engine-aes", 1000, 1, cipher="AES-256-GCM", rate=1.0, cpu_ms_per_guild_s=0.4, dev_p99=0.5, stock_ratio=100
        ),
        Row("pycord-pcm", 20, 1, cipher="XChaCha20", rate=0.9, cpu_ms_per_guild_s=40.0),
        Row("songbird", 200, 1, why_not="it is not here"),
    ]
    latencies = {"ours": {"skip": [1.0, 11.0, 21.0]}}
    return {
        "machine": {"processor": "2 x Some", "system": "Linux 6", "Python": "3.11.7"},
        "ingest": {"cpu_s": 2.0, "song_s": 180.0},
        "rows": [row.as_json() for row in rows],
        "latencies_ms": latencies,
        "targets": [asdict(each) | {"outcome": each.outcome} for each in judged(rows, latencies)],
    }


def test_figures_stand_between_the_marks_and_the_rest_of_the_page_stays(run: dict[str, Any], tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold figures\n{END}\nafter\n")
    put_into(page, run, tmp_path / "voice.svg")
    text = page.read_text()
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old figures" not in text
    assert "](voice.svg)" in text
    put_into(page, run, tmp_path / "voice.svg")
    assert page.read_text() == text


def test_a_player_that_did_not_keep_up_is_shown_as_such_and_one_that_was_left_out_is_not_shown(
    run: dict[str, Any], tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(BEGIN + END)
    put_into(page, run, None)
    lines = page.read_text().splitlines()
    (ours,) = [line for line in lines if line.startswith("| ours, AES |")]
    (stock,) = [line for line in lines if line.startswith("| py-cord FFmpegPCMAudio |")]
    assert ours.endswith("| valid |")
    assert stock.endswith("| **behind** (1 of 1) |")
    assert not [line for line in lines if line.startswith("| songbird")]
    assert "| ours: skip | 3 | 1.00 | 11.00 | 20.80 | 21.00 |" in lines
    assert "90 times real time" in page.read_text()


def test_the_page_of_the_docs_has_a_place_for_them(run: dict[str, Any], tmp_path: Path) -> None:
    assert PERFORMANCE.read_text("utf-8").count(BEGIN) == PERFORMANCE.read_text("utf-8").count(END) == 1
    (tmp_path / "page.md").write_text("no marks")
    with pytest.raises(ValueError, match="no place for the figures"):
        put_into(tmp_path / "page.md", run, None)
