"""State machines over the store: each example is one transaction that is undone at its end, by a clock of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from conductr_store import Store, UnitOfWork
from conductr_store.testing import put_people

from .proving import RECORDS, on, proof

T = TypeVar("T")
STEPS = 50 if RECORDS else 30
EXAMPLES = {"sqlite": 200 if RECORDS else 12, "postgresql": 40 if RECORDS else 8}  # there a step costs three times more


class Undo(Exception):
    """Ends a transaction without keeping it."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)


class Undone(RuleBasedStateMachine):
    portal: ClassVar[BlockingPortal]
    store: ClassVar[Store]
    clock: ClassVar[Clock]

    def __init__(self) -> None:
        super().__init__()
        self._begun: AbstractContextManager[UnitOfWork] = self.portal.wrap_async_context_manager(self.store.begin())
        self.tx = self._begun.__enter__()
        self.do(put_people, self.tx)

    def teardown(self) -> None:
        with suppress(Undo):
            self._begun.__exit__(Undo, Undo(), None)

    def do(self, call: Callable[..., Awaitable[T]], *args: object, **options: object) -> T:
        return self.portal.call(lambda: call(*args, **options))

    def outcome(self, call: Callable[..., Awaitable[Any]], *args: object, **options: object) -> Any:
        """What it gives, or the kind of error that it raises."""
        try:
            return self.do(call, *args, **options)
        except Exception as error:  # noqa: BLE001 - the model says which one is right
            return type(error)


def walk(machine: type[Undone], url: str) -> None:
    """Runs the machine over the database at `url`."""
    clock, engine = Clock(), "sqlite" if url.startswith("sqlite") else "postgresql"
    name = on(f"machine-{machine.__name__.lower().removesuffix('walk')}", engine)
    with (
        proof(name, "On every walk that hypothesis finds, store and model say the same.") as run,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Store.open(url, now=clock)) as store,
    ):
        bound = type(machine.__name__, (machine,), {"portal": portal, "store": store, "clock": clock})
        run_state_machine_as_test(
            bound,
            settings=settings(
                max_examples=EXAMPLES[engine],
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            ),
        )
        run.trials = EXAMPLES[engine]
        run.figures |= {"engine": engine, "steps_at_most": STEPS, "seed": "hypothesis's own, another each time"}
