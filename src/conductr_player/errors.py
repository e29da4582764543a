"""What can go wrong in a player.

PlayerError
  PlayerBusy       too many commands are waiting; ask again in a moment
  OutputError      the voice side refused or was lost
    CipherMissing  what encrypts for Discord is not installed; says what to do
    TooManyListeners  as many listen as may (`limit`): let one go
    PacerLost      the pacer's process died or hung: open another, and connect anew
  SourceError      there is no sound to be had from this file or stream
    FFmpegMissing  no FFmpeg on this machine; says what to do
    DamagedAudio   not audio, or too much of it is missing: fetch it again
  SnapshotError    a saved session that this version cannot read
  CommandRefused   what was asked cannot be done; nothing was changed (those below stand in core/)
    Stale          the session has changed since: look at it (`session`), then ask again.
    UnknownEntry   no such entry waits in this queue any more
    QueueFull      the queue has as many entries as it may: remove some
    MemberCapReached  one member has as many entries waiting as the guild allows
    AlreadyQueued  the track plays or waits already
    NothingToUndo  nothing was cleared, removed, shuffled or stopped within the last minute
"""

from __future__ import annotations

from typing import cast


class PlayerError(Exception):
    """Base of every error that this package raises."""


class PlayerBusy(PlayerError): ...


class OutputError(PlayerError): ...


class CipherMissing(OutputError):
    def __init__(self, library: str) -> None:
        super().__init__(f"{library} is not installed. Run: pip install 'conductr-player[rtp]'")


class PacerLost(OutputError): ...


class TooManyListeners(OutputError):
    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"{limit} listen already")


class SourceError(PlayerError): ...


class FFmpegMissing(SourceError):
    def __init__(self) -> None:
        super().__init__(
            "FFmpeg was not found. Install it (Debian: apt install ffmpeg), or run "
            "pip install imageio-ffmpeg, or set CONDUCTR_FFMPEG to the program's path."
        )


class DamagedAudio(SourceError): ...


class SnapshotError(PlayerError): ...


class CommandRefused(PlayerError): ...


def sole(error: Exception) -> Exception:
    """The one error inside groups of one, as task groups wrap it."""
    if isinstance(error, ExceptionGroup):
        group = cast("ExceptionGroup[Exception]", error)
        return sole(group.exceptions[0]) if len(group.exceptions) == 1 else group
    return error
