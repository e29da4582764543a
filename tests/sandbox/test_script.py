"""Stages and faults as pure values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_client.sandbox.faults import FAULTS, Fault, FaultBook, UnknownFault, fault_from
from suno_client.sandbox.script import SCRIPTS, Script, Status, failure, stage_before, status_at

ORDER = [Status.PENDING, Status.TEXT, Status.FIRST, Status.SUCCESS]
SECONDS = st.floats(0, 100)


@given(st.lists(st.tuples(SECONDS, st.integers(0, 2)), min_size=2, max_size=20))
def test_stages_only_go_forward(moments: list[tuple[float, int]]) -> None:
    times, rendered = sorted(time for time, _ in moments), sorted(count for _, count in moments)
    stages = [ORDER.index(status_at(Script(), time, count)) for time, count in zip(times, rendered, strict=True)]
    assert stages == sorted(stages)


def test_a_stage_waits_for_its_time_and_for_its_sound() -> None:
    script = Script(1.5, 20, 30)
    assert status_at(script, 1.4, 2) is Status.PENDING
    assert status_at(script, 1.5, 0) is Status.TEXT
    assert status_at(script, 25, 0) is Status.TEXT
    assert status_at(script, 25, 1) is Status.FIRST
    assert status_at(script, 99, 1) is Status.FIRST
    assert status_at(script, 30, 2) is Status.SUCCESS


def test_stages_can_be_left_out() -> None:
    script = Script(text_s=None, first_s=None, success_s=5)
    assert [status_at(script, time, 2) for time in (1, 4.9, 5)] == [Status.PENDING, Status.PENDING, Status.SUCCESS]


def test_outcomes_end_a_task_at_the_stage_where_they_are_found() -> None:
    script = SCRIPTS["gateway"]
    assert status_at(script, 1_000, 2, "stuck") is Status.PENDING
    assert status_at(script, 0, 0, "CREATE_TASK_FAILED") is Status.CREATE_FAILED
    assert status_at(script, 9, 0, "SENSITIVE_WORD_ERROR") is Status.PENDING
    assert status_at(script, 10, 0, "SENSITIVE_WORD_ERROR") is Status.SENSITIVE
    assert status_at(script, 10, 0, failed=True) is Status.AUDIO_FAILED
    assert status_at(script, 75, 2, "CALLBACK_EXCEPTION") is Status.CALLBACK_FAILED


def test_a_failure_keeps_its_status_whatever_its_code() -> None:
    script = SCRIPTS["gateway"]
    assert status_at(script, 9, 0, "451") is Status.PENDING
    assert {status_at(script, 10, 0, word) for word in ("451", "531")} == {Status.AUDIO_FAILED}
    assert (failure("531")[0], failure("OSError")[0]) == (531, 500)


def test_a_lagging_replica_is_one_stage_behind() -> None:
    whole, short = Script(), Script(text_s=None, first_s=None, success_s=5)
    assert [stage_before(status, whole) for status in ORDER] == [None, *ORDER[:-1]]
    assert stage_before(Status.CALLBACK_FAILED, whole) is Status.FIRST
    assert stage_before(Status.SENSITIVE, whole) is Status.PENDING
    assert [stage_before(status, short) for status in (Status.PENDING, Status.SUCCESS)] == [None, Status.PENDING]


def test_a_fault_for_one_endpoint_waits_for_it() -> None:
    book = FaultBook()
    book.add(Fault("poll", "500", path="/a"))
    book.add(Fault("poll", "455"))
    taken = [book.take("poll", path) for path in ("/b", "/b", None, "/a")]
    assert [fault and fault.fault for fault in taken] == ["455", None, None, "500"]


def test_a_fault_happens_as_often_as_it_was_asked_for_and_only_where() -> None:
    book = FaultBook()
    book.add(Fault("poll", "500", times=2))
    book.add(Fault("submit", "reset"))
    assert book.take("media") is None
    taken = [book.take("poll") for _ in range(3)]
    assert [fault and fault.fault for fault in taken] == ["500", "500", None]
    assert [fault.on for fault in book.waiting] == ["submit"]


@pytest.mark.parametrize(
    "body", [{}, {"on": "poll"}, {"on": "poll", "fault": "html"}, {"on": "media", "fault": "403", "times": 0}]
)
def test_an_unknown_fault_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(UnknownFault):
        fault_from(body)


def test_every_fault_of_the_table_can_be_asked_for() -> None:
    for on, names in FAULTS.items():
        for name in names:
            assert fault_from({"on": on, "fault": name, "times": 2}).times == 2
    assert fault_from({"on": "media", "fault": "stream_empty"}).on == "stream"
