"""A command on its way to a player, and what became of it."""

from __future__ import annotations

import anyio
from attrs import define

from conductr_player.core.inputs import Command
from conductr_player.core.state import Session
from conductr_player.errors import PlayerError


@define(eq=False)
class Asked:
    """`done` is there only where somebody waits."""

    command: Command
    expected: int | None
    done: anyio.Event | None = None
    _session: Session | None = None
    _refusal: PlayerError | None = None

    def settle(self, outcome: Session | PlayerError) -> None:
        if isinstance(outcome, PlayerError):
            self._refusal = outcome
        else:
            self._session = outcome
        if self.done is not None:
            self.done.set()

    def outcome(self) -> Session:
        """Once it is settled. Raises what it was refused with."""
        if self._refusal is not None:
            raise self._refusal
        assert self._session is not None
        return self._session
