"""What the voice benchmark says of its rows: verdicts, ratios, targets, plans."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from playing.plans import FULL, GATE, QUICK, Plan, planned
from playing.roster import PLAYERS
from playing.rows import Row, Spread, disturbed, kb_a_guild, ratio, with_ratios
from playing.targets import gate, judged

OURS, STOCK, FLOOR = ("engine-aes", 1000), ("pycord-pcm", 20), ("floor-c", 1000)


def row(place: tuple[str, int], cpu: float = 1.0, number: int = 1, **fields: Any) -> Row:
    return evolve(Row(*place, number, rate=1.0, cpu_ms_per_guild_s=cpu), **fields)


def outcome_of(says: str, rows: list[Row], latencies: Any = None) -> str:
    found, *_ = [each for each in judged(rows, latencies or {}) if each.says.startswith(says)]
    return found.outcome


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, "valid"),
        ({"rate": 0.995}, "valid"),
        ({"rate": 0.994}, "behind"),
        ({"rate": 1.006}, "too fast"),
        ({"lost": 1}, "lost packets"),
        ({"dropped": 1, "lost": 1}, "listener too slow"),
        ({"why_not": "no compiler"}, "left out"),
    ],
)
def test_a_row_is_valid_where_all_that_was_due_came(fields: dict[str, Any], verdict: str) -> None:
    assert row(OURS, **fields).verdict == verdict


def test_ratios_are_taken_within_a_round_only() -> None:
    rows = [row(STOCK, 100, 1), row(OURS, 1, 1), row(STOCK, 30, 2), row(OURS, 0.25, 2), row(STOCK, 900, 3)]
    assert ratio(rows, STOCK, OURS) == Spread(110, 100, 120)


def test_a_row_that_did_not_keep_up_enters_no_ratio() -> None:
    rows = [row(STOCK, 50, 1, rate=0.9), row(OURS, 1, 1), row(STOCK, 100, 2), row(OURS, 1, 2)]
    assert ratio(rows, STOCK, OURS) == Spread(100, 100, 100)
    assert ratio(rows[:2], STOCK, OURS) is None


def test_each_row_is_told_as_a_multiple_of_its_own_round() -> None:
    rows = [row(STOCK, 40), row(OURS, 0.4), row(FLOOR, 0.2), row(OURS, 0.4, 2)]
    ours, alone = (each for each in with_ratios(rows, STOCK, FLOOR) if each.player == "engine-aes")
    assert (ours.floor_ratio, ours.stock_ratio) == pytest.approx((2, 100))
    assert (alone.floor_ratio, alone.stock_ratio) == (None, None)


def test_a_round_whose_floor_is_a_quarter_off_was_disturbed() -> None:
    rows = [row(FLOOR, 0.20, 1), row(FLOOR, 0.26, 2), row(FLOOR, 0.21, 3), row(OURS, 9, 1)]
    assert disturbed(rows, FLOOR) == []
    assert disturbed([*rows, row(FLOOR, 0.35, 4)], FLOOR) == [4]
    assert disturbed(rows[:1], FLOOR) == []


def test_memory_of_a_guild_is_what_more_guilds_add() -> None:
    rows = [row(("engine-aes", n), pss_mb=60 + n * 8 / 1024) for n in (1, 100, 1000)]
    assert kb_a_guild(rows, "engine-aes") == pytest.approx(8)
    assert kb_a_guild(rows[:1], "engine-aes") is None


def test_a_target_is_ok_missed_or_not_measured() -> None:
    rows = [row(STOCK, 100), row(OURS, 1, dev_p99=2.5), row(FLOOR, 0.5)]
    assert outcome_of("CPU less than stock FFmpegPCMAudio", rows[:2]) == "ok"
    assert outcome_of("CPU of the floor in C", rows) == "missed"
    assert outcome_of("p99 at 1,000 guilds, one process", rows) == "missed"
    assert outcome_of("p99 at 3,000", rows) == "not measured"


def test_a_player_that_never_kept_up_has_missed_its_target_and_one_that_was_left_out_has_not() -> None:
    behind = row(OURS, dev_p99=1.0, rate=0.9)
    assert outcome_of("p99 at 1,000 guilds, one process", [behind]) == "missed (did not keep up)"
    assert outcome_of("p99 at 1,000 guilds, one process", [behind, row(OURS, 1, 2, dev_p99=1.0)]) == "ok"
    assert outcome_of("p99 at 1,000 guilds, one process", [row(OURS, why_not="no time")]) == "not measured"
    says = "CPU less than stock FFmpegPCMAudio"
    assert outcome_of(says, [row(STOCK, 100), behind]) == "missed (did not keep up)"
    peer = "missed (py-cord FFmpegPCMAudio did not keep up)"
    assert outcome_of(says, [row(STOCK, 100, rate=0.9), row(OURS)]) == peer
    assert outcome_of(says, [row(STOCK, 100, rate=0.9), behind]) == "missed (did not keep up)"
    assert outcome_of(says, [row(STOCK, why_not="no FFmpeg"), behind]) == "not measured"
    assert outcome_of(says, [behind]) == "not measured"
    assert outcome_of("CPU of the floor in C", [behind, row(FLOOR)]) == "missed (did not keep up)"
    assert all(each.missed for each in judged([row(STOCK, 100), behind], {}) if each.outcome.startswith("missed"))


def test_a_wish_is_judged_by_the_worse_of_alone_and_among_others() -> None:
    quick, slow = {"skip": [10.0] * 30}, {"skip": [10.0] * 29 + [60.0]}
    assert outcome_of("skip", [], {"ours": quick}) == "ok"
    assert outcome_of("skip", [], {"ours": quick, "ours, 400 playing": slow}) == "missed"
    assert outcome_of("skip", [], {"stock FFmpegPCMAudio": quick}) == "not measured"


def test_the_gate_asks_for_ratios_and_rates_and_never_for_times() -> None:
    slow = {"dev_p99": 500.0, "dev_max": 900.0, "gap_max": 900.0}
    ours, stock, floor = ("engine-aes", 200), ("pycord-pcm", 5), ("floor", 200)
    rows = [evolve(each, **slow) for each in (row(ours, 0.5), row(stock, 40), row(floor, 0.3))]
    assert {each.outcome for each in gate(rows)} == {"ok"}
    for worse in ({"rate": 0.9}, {"rate": 1.1}, {"lost": 3}, {"cpu_ms_per_guild_s": 2.0}):
        assert "missed" in {each.outcome for each in gate([evolve(rows[0], **worse), *rows[1:]])}, worse


@pytest.mark.parametrize("plan", [FULL, QUICK, GATE])
def test_a_plan_names_players_that_there_are_each_place_once(plan: Plan) -> None:
    places = plan.compared + plan.once
    assert {kind for kind, _ in places} <= set(PLAYERS)
    assert len(set(places)) == len(places)


def test_rounds_interleave_and_what_is_measured_once_comes_last() -> None:
    plan = Plan(compared=(("floor", 1), ("floor", 2), ("floor", 3)), once=(("floor", 4),), rounds=3)
    assert [[n for _, n in plan.order(number)] for number in (1, 2, 3)] == [[1, 2, 3], [2, 3, 1], [3, 1, 2, 4]]


def test_options_narrow_a_plan() -> None:
    assert planned(FULL, ["floor"], [5, 7], 2, 1.0).compared == (("floor", 5), ("floor", 7))
    kept = planned(FULL, ["engine-aes"], [], 0, 0.0)
    assert kept.compared == (OURS,)
    assert kept.once == tuple(("engine-aes", n) for n in (1, 10, 100, 400))
    assert kept.rounds == FULL.rounds
