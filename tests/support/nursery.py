"""Lives: forks of one warm child process, so that to kill one costs no imports; and what each said before it died."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream
from attrs import define, frozen

ROOT = Path(__file__).parents[2]
LINE_BYTES = 65_536
LIFE_WITHIN_S = 120.0


@frozen
class Life:
    """What a life said, word by word, and how it ended: a negative status is the signal that killed it."""

    said: tuple[tuple[str, ...], ...]
    status: int

    @property
    def killed(self) -> bool:
        return self.status == -signal.SIGKILL

    def told(self, kind: str) -> list[tuple[str, ...]]:
        """The rest of the words of each line that begins with `kind`."""
        return [words[1:] for words in self.said if words[0] == kind]


@define(eq=False)
class Nursery:
    """One life at a time."""

    _process: Process
    _lines: BufferedByteReceiveStream

    async def live(
        self,
        *,
        faults: str = "",
        kill_after_s: float | None = None,
        stopped: Callable[[], Awaitable[None]] | None = None,
        **given: object,
    ) -> Life:
        """A life from its birth to its end, under `faults` (conductr_store.faults), with what it is `given`.

        With `kill_after_s` it gets a SIGKILL then, wherever it is. Where a fault stops it, it wakes after `stopped`.
        """
        assert self._process.stdin is not None
        order = {"faults": faults, "kill_after_s": kill_after_s, "given": given}
        said: list[tuple[str, ...]] = []
        pid = 0
        try:
            with anyio.fail_after(LIFE_WITHIN_S):
                await self._process.stdin.send(json.dumps(order).encode() + b"\n")
                while True:
                    words = (await self._lines.receive_until(b"\n", LINE_BYTES)).decode().split()
                    match words:
                        case ["born"]:
                            said.clear()
                        case ["pid", number]:
                            pid = int(number)
                        case ["stopped"] if stopped is not None:
                            said.append(("stopped",))
                            await stopped()
                            await self._process.stdin.send(b"wake\n")
                        case ["dead", status]:
                            return Life(tuple(said), int(status))
                        case _:
                            said.append(tuple(words))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise AssertionError(f"a life did not end within {LIFE_WITHIN_S:.0f} s; it said {said[-5:]}") from None


@asynccontextmanager
async def nursery(script: Path) -> AsyncIterator[Nursery]:
    """A warm process that runs `script`; it ends with the block."""
    places = os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": places, "CONDUCTR_ENV": "test"}
    process = await anyio.open_process([sys.executable, str(script)], stderr=None, env=environment)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Nursery(process, BufferedByteReceiveStream(process.stdout))
    finally:
        with anyio.CancelScope(shield=True):
            await process.stdin.aclose()
            with anyio.move_on_after(5):
                await process.wait()
            if process.returncode is None:
                process.kill()
            await process.aclose()
