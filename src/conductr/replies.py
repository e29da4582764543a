"""What people are told: outcomes and errors as plain words in their language. Apps escape and draw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from .languages import Tongue, tongue_for
from .languages.grammar import clock
from .outcomes import Outcome, Voted
from .refusals import refusal
from .wording import Reply, arranging, collecting, making, playing, settings, shorten
from .wording.arranging import PAGE_SIZE

__all__ = ["PAGE_SIZE", "Reply", "clock", "shorten", "word"]

WORDED: Final[Mapping[type, Callable[[Any, Tongue], Reply]]] = {
    **playing.WORDED,
    **arranging.WORDED,
    **collecting.WORDED,
    **making.WORDED,
    **settings.WORDED,
}


def word(
    said: Outcome | BaseException,
    locale: str | None = None,
    *,
    commands_in: str | None = None,
    dj_role: str | None = None,
) -> Reply:
    """An outcome or an error in words. An error that nobody foresaw gets a general sentence, never its own text.

    English without a `locale`. `commands_in`: the reader's Discord, where it speaks another language and so calls
    the commands otherwise. `dj_role`: what the server calls its DJ role.
    """
    tongue = tongue_for(locale, commands_in)
    if isinstance(said, BaseException):
        text, hint = refusal(said, tongue, dj_role)
        return Reply(text, hint, ephemeral=True, error=True)
    if isinstance(said, Voted) and said.passed and said.done is not None:
        return WORDED[type(said.done)](said.done, tongue)
    return WORDED[type(said)](said, tongue)
