"""The child process: its birth, its signs of life, its end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Final, Self

from attrs import define

from conductr_player.errors import OutputError

from .board import Board
from .link import Link

START_WITHIN_S: Final = 20.0
END_WITHIN_S: Final = 2.0
LOOK_EVERY_S: Final = 1.0
HANGS_AFTER: Final = 5  # looks in which it gave no sign of life


@define(eq=False)
class Offspring:
    """A running child, the link to it, and the board that both see."""

    process: subprocess.Popen[bytes]
    link: Link
    board: Board

    @classmethod
    def born(cls) -> Self:
        """Start one and wait until it is ready, some 0.3 s. Raises OutputError where it does not start."""
        if sys.platform != "linux":
            raise OutputError("PacerProcess needs Linux; Pacer does the same in a thread of this program")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        link, board = Link(ours), Board.create()
        try:
            with theirs:
                child = cls(_started(theirs.fileno(), board.fd), link, board)
        except BaseException:
            link.close()
            board.close()
            raise
        try:
            child.wait_until_ready()
        except BaseException:
            child.end(within_s=0.0)
            raise
        return child

    def wait_until_ready(self) -> None:
        self.link.wait(START_WITHIN_S)
        if self.link.receive() is None:  # raises LinkBroken where it ended
            raise OutputError(f"the pacer's process does not start within {START_WITHIN_S:.0f} s")

    def killed(self) -> str:
        """End it at once, where it has not ended yet; how it ended."""
        self.process.kill()
        code = self.process.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def end(self, *, within_s: float = END_WITHIN_S) -> None:
        """Let it go, and give back all that it took."""
        self.link.close()  # at which it ends
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.killed()
        self.board.close()


@define(eq=False)
class Watch:
    """Sees whether the child gives signs of life. A look that comes late itself says nothing of it."""

    board: Board
    _beats: int = -1
    _quiet: int = 0
    _looked_at: float = float("-inf")

    def hangs(self, now: float) -> bool:
        """To be asked every LOOK_EVERY_S."""
        timely, self._looked_at = now - self._looked_at < 1.5 * LOOK_EVERY_S, now
        beats = self.board.beats
        self._quiet = self._quiet + 1 if timely and beats == self._beats else 0
        self._beats = beats
        return self._quiet >= HANGS_AFTER


def _started(link_fd: int, board_fd: int) -> subprocess.Popen[bytes]:
    if not sys.executable:
        raise OutputError("PacerProcess needs a Python to start, and sys.executable is empty; use Pacer")
    # -P: nothing is imported from wherever the program happens to run.
    argv = [sys.executable, "-P", "-m", f"{__package__}.child", str(link_fd), str(board_fd), str(os.getpid())]
    return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=(link_fd, board_fd))
