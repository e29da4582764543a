"""What a session refuses. Pure; the whole tree is drawn in errors.py, and `Stale` stands in state.py."""

from __future__ import annotations

from conductr_player.errors import CommandRefused

from .tracks import EntryId, Track


class UnknownEntry(CommandRefused):
    def __init__(self, entry_id: EntryId) -> None:
        super().__init__(f"no entry {entry_id} waits in this queue")
        self.entry_id = entry_id


class QueueFull(CommandRefused):
    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} entries wait, and no more may")
        self.limit = limit


class MemberCapReached(CommandRefused):
    def __init__(self, cap: int) -> None:
        super().__init__(f"{cap} entries of one member wait, and no more may")
        self.cap = cap


class AlreadyQueued(CommandRefused):
    def __init__(self, track: Track) -> None:
        super().__init__(f"{track.title} plays or waits already")
        self.track = track


class NothingToUndo(CommandRefused):
    def __init__(self) -> None:
        super().__init__("nothing was done within the last minute that could be undone")
