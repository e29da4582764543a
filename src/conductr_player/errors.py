"""What can go wrong in a player.

PlayerError
  PlayerBusy       too many commands are waiting; ask again in a moment
  OutputError      the voice side refused or was lost
  SourceError      there is no sound to be had from this file or stream
    FFmpegMissing  no FFmpeg on this machine; says what to do
    DamagedAudio   not audio, or too much of it is missing: fetch it again
  SnapshotError    a saved session that this version cannot read
"""

from __future__ import annotations

from typing import cast


class PlayerError(Exception):
    """Base of every error that this package raises."""


class PlayerBusy(PlayerError): ...


class OutputError(PlayerError): ...


class SourceError(PlayerError): ...


class FFmpegMissing(SourceError):
    def __init__(self) -> None:
        super().__init__(
            "FFmpeg was not found. Install it (Debian: apt install ffmpeg), or run "
            "pip install 'conductr-player[ffmpeg]', or set CONDUCTR_FFMPEG to the program's path."
        )


class DamagedAudio(SourceError): ...


class SnapshotError(PlayerError): ...


def sole(error: Exception) -> Exception:
    """The one error inside groups of one, as task groups wrap it."""
    if isinstance(error, ExceptionGroup):
        group = cast("ExceptionGroup[Exception]", error)
        return sole(group.exceptions[0]) if len(group.exceptions) == 1 else group
    return error
