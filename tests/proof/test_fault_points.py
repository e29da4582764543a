"""Fault points do what the plan says, in tests alone, and each stands in the code."""

from __future__ import annotations

import errno
import re
import time
from pathlib import Path

import pytest

from conductr_store import FaultsRefused, Store
from conductr_store.faults import POINTS, FaultInjected, arm, faultpoint, injected, passed

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
TWICE = ("queue.before_tx", "queue.after_commit")  # of a queue that is heard, and of one that is only kept
CALL = re.compile(r'faultpoint\("([a-z_.]+)"\)')


def test_there_are_thirty_two_points_and_each_stands_in_the_code_where_it_happens() -> None:
    sources = [path.read_text() for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "apps").rglob("*.py")]]
    found = [name for source in sources for name in CALL.findall(source)]
    assert len(POINTS) == 32
    assert sorted(found) == sorted((*POINTS, *TWICE))


def test_without_a_plan_a_point_does_nothing() -> None:
    before = passed()
    faultpoint("gen.poll")
    assert passed() == before


def test_a_fault_happens_at_the_hit_that_it_names_and_only_then() -> None:
    with injected("gen.poll:2:raise"):
        faultpoint("gen.poll")
        with pytest.raises(FaultInjected):
            faultpoint("gen.poll")
        faultpoint("gen.poll")
        assert passed() == {"gen.poll": 3}
    faultpoint("gen.poll")


def test_a_lasting_fault_happens_from_its_hit_on() -> None:
    with injected("job.done:2+:enospc"):
        faultpoint("job.done")
        for _ in range(2):
            with pytest.raises(OSError, match="No space") as caught:
                faultpoint("job.done")
            assert caught.value.errno == errno.ENOSPC


def test_the_nth_point_of_any_name_can_be_meant() -> None:
    with injected("*:3:raise"):
        faultpoint("gen.poll")
        faultpoint("job.done")
        with pytest.raises(FaultInjected):
            faultpoint("queue.in_tx")


def test_a_delay_holds_the_whole_process() -> None:
    began = time.monotonic()
    with injected("gen.poll:1:delay=0.05"):
        faultpoint("gen.poll")
    assert time.monotonic() - began >= 0.05


@pytest.mark.parametrize("environment", [{}, {"CONDUCTR_ENV": "production"}, {"CONDUCTR_ENV": ""}])
def test_a_plan_outside_of_tests_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(FaultsRefused, match="not test"):
        arm({"CONDUCTR_FAULTS": "gen.poll:1:kill9", **environment})
    faultpoint("gen.poll")


@pytest.mark.parametrize(
    "plan",
    ["gen.poll", "gen.poll:0:raise", "gen.nothing:1:raise", "gen.poll:1:explode", "gen.poll:1:raise=2", "*:1:kill9,"],
)
def test_a_plan_that_cannot_be_read_is_refused_and_nothing_is_armed(plan: str) -> None:
    with pytest.raises(FaultsRefused):
        arm({"CONDUCTR_FAULTS": plan, "CONDUCTR_ENV": "test"})
    for name in POINTS:
        faultpoint(name)


async def test_a_store_does_not_open_where_faults_are_planned_outside_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDUCTR_FAULTS", "store.before_commit:1:kill9")
    monkeypatch.delenv("CONDUCTR_ENV", raising=False)
    with pytest.raises(FaultsRefused, match="Unset it"):
        async with Store.open("sqlite://"):
            pass
