"""Why a wish ended as it did, as its row keeps it: in English; `replies.word` says it in the reader's own language."""

from __future__ import annotations

from typing import Final

from conductr.languages import tongue_for

_said: Final = tongue_for("en")
CANCELLED: Final = _said("reason.cancelled")
UNSURE: Final = _said("reason.unsure")
NO_FILES: Final = _said("reason.no_files")
ONE_TAKE: Final = _said("reason.one_take")
ON_THE_WAY: Final = _said("reason.on_the_way")
UNDECIDED: Final = _said("reason.undecided")
LEANS_TO_TAKEN: Final = _said("reason.leaning_taken")
LEANS_TO_NOT_TAKEN: Final = _said("reason.leaning_not_taken")
NEVER_TAKEN: Final = _said("reason.never_taken")
TAKEN: Final = _said("reason.taken")
