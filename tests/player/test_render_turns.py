"""Whose listeners would run dry first goes first, and no turn is ever lost."""

from __future__ import annotations

import anyio
import pytest
from anyio.lowlevel import checkpoint

from conductr_player.render.turns import Turns

pytestmark = pytest.mark.anyio


async def test_the_earliest_deadline_goes_first() -> None:
    turns, order = Turns(1), list[float]()
    gate = anyio.Event()

    async def work(deadline: float) -> None:
        async with turns.turn(deadline):
            order.append(deadline)
            await gate.wait()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(work, 5)
        await anyio.wait_all_tasks_blocked()
        for deadline in (9, 3, 7, 1):
            tasks.start_soon(work, deadline)
            await anyio.wait_all_tasks_blocked()
        gate.set()
    assert order == [5, 1, 3, 7, 9]


async def test_equals_go_as_they_came() -> None:
    turns, order = Turns(1), list[int]()

    async def work(number: int) -> None:
        async with turns.turn(0):
            order.append(number)

    async with anyio.create_task_group() as tasks, turns.turn(0):
        for number in range(5):
            tasks.start_soon(work, number)
            await anyio.wait_all_tasks_blocked()
    assert order == [0, 1, 2, 3, 4]


async def test_no_more_than_so_many_work_at_a_time() -> None:
    turns, working, most = Turns(3), 0, 0

    async def work(number: int) -> None:
        nonlocal working, most
        async with turns.turn(number % 4):
            working += 1
            most = max(most, working)
            await checkpoint()
            working -= 1

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(work, number)
    assert most == 3


async def test_who_gives_up_waiting_is_passed_over() -> None:
    turns, came = Turns(1), False
    async with anyio.create_task_group() as tasks:
        async with turns.turn(0):
            with anyio.move_on_after(0.01):
                async with turns.turn(1):
                    raise AssertionError("there is only one turn")
        async with turns.turn(2):
            came = True
        tasks.cancel_scope.cancel()
    assert came


async def test_a_turn_that_comes_to_one_who_was_just_cancelled_goes_on_to_the_next() -> None:
    turns, scope = Turns(1), anyio.CancelScope()

    async def late() -> None:
        with scope:
            async with turns.turn(1):
                raise AssertionError("it was cancelled before")

    async with anyio.create_task_group() as tasks:
        async with turns.turn(0):
            tasks.start_soon(late)
            await anyio.wait_all_tasks_blocked()
            scope.cancel()
        await anyio.wait_all_tasks_blocked()
        with anyio.fail_after(1):
            async with turns.turn(2):
                pass


async def test_a_turn_that_ends_in_an_error_is_over() -> None:
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError):
        async with turns.turn(0):
            raise ZeroDivisionError
    with anyio.fail_after(1):
        async with turns.turn(0):
            pass
