"""One guild's player: the only code that both awaits and knows the session."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import anyio
from attrs import define, evolve, field

from conductr_player._loops import CallSoon, caller_into_this_loop
from conductr_player.core import inputs as i
from conductr_player.core.queue import EndReason
from conductr_player.core.session import step
from conductr_player.core.sound import Sound
from conductr_player.core.state import Session
from conductr_player.core.watchdog import LOOK_EVERY_S, Watch
from conductr_player.errors import CommandRefused, OutputError, PlayerBusy, PlayerError
from conductr_player.outputs.output import MakeOutput, Output, Start, Work

from ._asked import Asked
from ._patrol import Patrol
from ._teller import OnChange, OnNotice, Teller, tell_nobody
from ._vigil import Vigil, fail, nothing

INBOX_LIMIT = 64  # commands waiting
CLOSE_WITHIN_S = 5.0  # for the last save and for the output to give everything back

_log = logging.getLogger(__name__)


@define(eq=False)
class GuildPlayer:
    """Takes commands and reports in the order they came, and carries out what `step` says.

    `on_change` gets the session and the position in seconds, one call at a time, always the
    newest: what changes while it works is told once, afterwards, and once more at the end.
    `on_notice` tells what people should hear of. `on_silent` is called when nothing has played for
    LEAVE_AFTER_S, `on_reconnect` when packets no longer leave and opening the track again did not help.

    It has a task only while there is something to do: a guild that plays, or rests, has none.
    """

    make_output: MakeOutput
    on_change: OnChange
    session: Session = field(factory=Session)
    start_at_s: float = 0.0
    now: Callable[[], float] = anyio.current_time
    on_silent: Work = nothing
    on_notice: OnNotice = tell_nobody
    on_reconnect: Work = nothing

    _output: Output = field(init=False)
    _vigil: Vigil = field(init=False)
    _teller: Teller = field(init=False)
    _inbox: list[Asked | i.Report | i.LinkLost] = field(init=False, factory=list["Asked | i.Report | i.LinkLost"])
    _commands_waiting: int = field(init=False, default=0)
    _start: Start | None = field(init=False, default=None)  # None before `begin` and after `end`
    _patrol: Patrol | None = field(init=False, default=None)
    _call_soon: CallSoon | None = field(init=False, default=None)
    _ended: bool = field(init=False, default=False)
    _at_work: bool = field(init=False, default=False)
    _sound_known: bool = field(init=False, default=False)  # the output knows the session's sound

    def __attrs_post_init__(self) -> None:
        if self.start_at_s:
            self.session = evolve(self.session, start_at_s=self.start_at_s)
        self._output = self.make_output(self.report)
        self._vigil = Vigil(self.on_silent, self.on_reconnect, self.report)
        self._teller = Teller(self.on_change, self.on_notice, self._newest)

    @property
    def position_s(self) -> float:
        """Seconds into the current entry."""
        return self._output.position_s if self.session.loaded else self.session.start_at_s

    @property
    def watch(self) -> Watch:
        """What the watchdog has seen and done."""
        return self._vigil.watch

    def tell(self, command: i.Command, *, expected: int | None = None) -> None:
        """Hand over what someone asked; from the event loop's thread. Raises PlayerBusy where too much is waiting.

        A refusal is only logged: whoever wants to know it calls `ask`.
        """
        self._hand_over(Asked(command, expected))

    async def ask(self, command: i.Command, *, expected: int | None = None) -> Session:
        """As `tell`, and the session that the command led to.

        Raises a CommandRefused where it cannot be done; that is Stale, with the fresh session, where
        the session's version is not `expected` any more. Raises PlayerError where the player ends first.
        """
        done = anyio.Event()
        asked = Asked(command, expected, done)
        self._hand_over(asked)
        await done.wait()
        return asked.outcome()

    def report(self, report: i.Report | i.LinkLost) -> None:
        """Hand over what the output saw; from any thread. Never refused: a lost Ended would stop the music."""
        self._inbox.append(report)
        if self._call_soon is not None:
            with suppress(RuntimeError):  # the loop is over, and the player with it
                self._call_soon(self._wake)

    async def run(self) -> None:
        """Serve until cancelled. What a callback raises ends the player and is raised here."""
        failed = True
        try:
            async with anyio.create_task_group() as tasks:
                self.begin(tasks.start_soon, Patrol(tasks.start_soon, LOOK_EVERY_S))
                await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            failed = False
            raise
        finally:
            await self.end(save=not failed)

    def begin(self, start: Start, patrol: Patrol) -> None:
        """Serve from now on, in tasks that `start` starts; for those who own the tasks of many players."""
        self._start, self._patrol = start, patrol
        self._call_soon = caller_into_this_loop()
        self._output.begin(start)
        self._look_again()
        self._wake()

    async def end(self, *, save: bool = True) -> None:
        """Tell the session a last time, and give everything back. What was started must be over by now."""
        self._start, self._ended = None, True
        if self._patrol is not None:
            self._patrol.remove(self._look)
        for given in self._inbox:
            if isinstance(given, Asked):
                given.settle(PlayerError("this player has ended"))
        try:
            if save:
                with anyio.move_on_after(CLOSE_WITHIN_S, shield=True):
                    await self.on_change(self.session, self.position_s)
        finally:
            with anyio.move_on_after(CLOSE_WITHIN_S, shield=True):
                await self._output.aclose()

    def _hand_over(self, asked: Asked) -> None:
        if self._ended:
            asked.settle(PlayerError("this player has ended"))
            return
        if self._commands_waiting >= INBOX_LIMIT:
            raise PlayerBusy(f"{INBOX_LIMIT} commands are waiting")
        self._commands_waiting += 1
        self._inbox.append(asked)
        self._wake()

    def _wake(self) -> None:
        if self._inbox and self._start is not None and not self._at_work:
            self._at_work = True
            self._start(self._serve)

    async def _serve(self) -> None:
        try:
            while self._inbox:
                await self._take(self._inbox.pop(0))
        finally:
            self._at_work = False

    async def _take(self, given: Asked | i.Report | i.LinkLost) -> None:
        before = self.session
        effects = self._decide(given)
        try:
            for effect in effects:
                await self._carry_out(effect)
        except OutputError:
            self.report(i.Ended(self.session.play_id, EndReason.LOAD_FAILED))
        if self.session != before or (isinstance(given, Asked) and isinstance(given.command, i.Seek)):
            self._teller.changed = True
        if self._start is not None:
            self._teller.tell(self._start)
        self._look_again()

    def _decide(self, given: Asked | i.Report | i.LinkLost) -> tuple[i.Effect, ...]:
        if not isinstance(given, Asked):
            if isinstance(given, i.LinkLost) and self.session.linked:
                self._vigil.cut_off = True
            self.session, effects = step(self.session, given, self.now(), position_s=self.position_s)
            return effects
        self._commands_waiting -= 1
        if isinstance(given.command, i.LinkLost | i.LinkRestored):
            self._vigil.cut_off = False
        try:
            self.session, effects = step(
                self.session, given.command, self.now(), expected=given.expected, position_s=self.position_s
            )
        except CommandRefused as refusal:
            _log.debug("%s was refused: %s", type(given.command).__name__, refusal)
            given.settle(refusal)
            return ()
        except Exception as error:
            given.settle(PlayerError(f"this player ends: {error!r}"))
            raise
        given.settle(self.session)
        return effects

    async def _carry_out(self, effect: i.Effect) -> None:
        match effect:
            case i.Play(play_id, entry, start_s):
                if not self._sound_known:
                    await self._change_sound(self.session.sound)
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
            case i.ChangeSound(sound):
                await self._change_sound(sound)
            case i.Tell(notice):
                self._teller.note(notice)

    async def _change_sound(self, sound: Sound) -> None:
        self._sound_known = True
        await self._output.change_sound(sound)

    def _look_again(self) -> None:
        if self._patrol is not None and self._vigil.wanted(self.session):
            self._patrol.add(self._look)

    def _look(self) -> bool:
        if self._start is None:
            return False
        try:
            self._vigil.look(self.session, self._output, self.now(), self._start)
        except Exception as error:  # noqa: BLE001 - an output's fault is this guild's crash, not that of all who look
            self._start(partial(fail, error))
            return False
        return self._vigil.wanted(self.session)

    def _newest(self) -> tuple[Session, float]:
        return self.session, self.position_s
