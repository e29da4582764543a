"""How many files may be open: raised to what is allowed, never lowered."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from conductr.descriptors import ENOUGH, allow_many_files


@pytest.fixture
def limits() -> Iterator[tuple[int, int]]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_low_limit_is_raised_to_what_is_allowed(limits: tuple[int, int]) -> None:
    _, hard = limits
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    allow_many_files()
    soft, still = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == (ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)) > 512
    assert still == hard


def test_a_higher_one_stays(limits: tuple[int, int]) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    allow_many_files()
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == limits[1]
