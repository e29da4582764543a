"""What rights refuse.

ConductrError (errors.py)
  NotAllowed      names the right that is missing, and who has it
  WrongChannel    commands are taken in another text channel
"""

from __future__ import annotations

from conductr.errors import ConductrError

from .deeds import Deed, Right


class NotAllowed(ConductrError):
    """`who_has_it`: those who may, as keys of the catalogue. `dj_role_id`: the server's DJ role, where it has one."""

    def __init__(
        self, deed: Deed, missing_right: Right, who_has_it: tuple[str, ...], dj_role_id: int | None = None
    ) -> None:
        super().__init__(f"{deed} takes {missing_right}")
        self.deed = deed
        self.missing_right = missing_right
        self.who_has_it = who_has_it
        self.dj_role_id = dj_role_id


class WrongChannel(ConductrError):
    """Ask in the channel of that id."""

    def __init__(self, channel_id: int) -> None:
        super().__init__(str(channel_id))
        self.channel_id = channel_id
