"""One guild's player: the only code that both awaits and knows the session."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from math import inf

import anyio
from attrs import define, evolve, field

from . import inputs as i
from ._loops import CallSoon, caller_into_this_loop
from .errors import OutputError, PlayerBusy
from .output import Output
from .queue import EndReason
from .session import Session, step

INBOX_LIMIT = 64  # commands waiting
CLOSE_WITHIN_S = 5.0  # for the last save and for the output to give everything back

MakeOutput = Callable[[Callable[[i.Report], None]], Output]
OnChange = Callable[[Session, float], Awaitable[None]]


async def _nothing() -> None: ...


@define(eq=False)
class GuildPlayer:
    """Takes commands and reports in the order they came, and carries out what `step` says.

    `on_change` gets the session and the position in seconds, one call at a time, always the
    newest: what changes while it works is told once, afterwards, and once more at the end.
    `on_silent` is called when nothing has played for LEAVE_AFTER_S.
    """

    make_output: MakeOutput
    on_change: OnChange
    session: Session = field(factory=Session)
    start_at_s: float = 0.0
    now: Callable[[], float] = anyio.current_time
    on_silent: Callable[[], Awaitable[None]] = _nothing

    _output: Output = field(init=False)
    _inbox: deque[i.Command | i.Report] = field(init=False, factory=deque["i.Command | i.Report"])
    _commands_waiting: int = field(init=False, default=0)
    _commands_taken: int = field(init=False, default=0)
    _taken: anyio.Event = field(init=False, factory=anyio.Event)
    _came: anyio.Event = field(init=False, factory=anyio.Event)
    _changed: anyio.Event = field(init=False, factory=anyio.Event)
    _call_soon: CallSoon | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        if self.start_at_s:
            self.session = evolve(self.session, start_at_s=self.start_at_s)
        self._output = self.make_output(self.report)

    @property
    def position_s(self) -> float:
        """Seconds into the current entry."""
        return self._output.position_s if self.session.loaded else self.session.start_at_s

    def tell(self, command: i.Command) -> None:
        """Hand over what someone asked; from the event loop's thread. Raises PlayerBusy where too much is waiting."""
        if self._commands_waiting >= INBOX_LIMIT:
            raise PlayerBusy(f"{INBOX_LIMIT} commands are waiting")
        self._commands_waiting += 1
        self._inbox.append(command)
        self._came.set()

    async def ask(self, command: i.Command) -> Session:
        """As `tell`, and the session once the command was taken."""
        self.tell(command)
        turn = self._commands_taken + self._commands_waiting
        while self._commands_taken < turn:
            await self._taken.wait()
        return self.session

    def report(self, report: i.Report) -> None:
        """Hand over what the output saw; from any thread. Never refused: a lost Ended would stop the music."""
        self._inbox.append(report)
        if self._call_soon is not None:
            with suppress(RuntimeError):  # the loop is over, and the player with it
                self._call_soon(self._wake)

    async def run(self) -> None:
        """Serve until cancelled. What a callback raises ends the player and is raised here."""
        self._call_soon = caller_into_this_loop()
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._output.run)
                tasks.start_soon(self._tell_changes)
                await self._serve()
        except anyio.get_cancelled_exc_class():
            with anyio.move_on_after(CLOSE_WITHIN_S, shield=True):
                await self.on_change(self.session, self.position_s)
            raise
        finally:
            with anyio.move_on_after(CLOSE_WITHIN_S, shield=True):
                await self._output.aclose()

    def _wake(self) -> None:
        self._came.set()

    async def _serve(self) -> None:
        silent_told = False
        while True:
            if not self._inbox:
                leave_at = inf if silent_told else self.session.leave_at or inf
                if await self._passes_without_input(leave_at):
                    silent_told = True
                    await self.on_silent()
                continue
            before = self.session
            await self._take(self._inbox.popleft())
            silent_told = silent_told and self.session.leave_at == before.leave_at

    async def _passes_without_input(self, leave_at: float) -> bool:
        """Wait for an input or that time. It may return False with nothing there: a wake-up that came late."""
        self._came = anyio.Event()
        if self._inbox:  # a thread's report between the last look and the new event
            return False
        with anyio.move_on_after(max(0.0, leave_at - self.now())) as waited:
            await self._came.wait()
        return waited.cancelled_caught

    async def _take(self, given: i.Command | i.Report) -> None:
        before = self.session
        self.session, effects = step(before, given, self.now())
        if not isinstance(given, i.Started | i.Ended):
            self._commands_waiting -= 1
            self._commands_taken += 1
            self._taken.set()
            self._taken = anyio.Event()
        try:
            for effect in effects:
                await self._carry_out(effect)
        except OutputError:
            self.report(i.Ended(self.session.play_id, EndReason.FAILED))
        if self.session != before or isinstance(given, i.Seek):
            self._changed.set()

    async def _tell_changes(self) -> None:
        while True:
            await self._changed.wait()
            self._changed = anyio.Event()
            await self.on_change(self.session, self.position_s)

    async def _carry_out(self, effect: i.Effect) -> None:
        match effect:
            case i.Play(play_id, entry, start_s):
                await self._output.play(play_id, entry, start_s)
            case i.Preload(entry):
                await self._output.preload(entry)
            case i.PauseOutput():
                await self._output.pause()
            case i.ResumeOutput():
                await self._output.resume()
            case i.StopOutput():
                await self._output.stop()
            case i.SeekOutput(position_s):
                await self._output.seek(position_s)
