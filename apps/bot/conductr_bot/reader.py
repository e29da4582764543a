"""Reader: for whom something is worded: the language, what their Discord calls commands, the server's DJ role. Pure."""

from __future__ import annotations

from attrs import frozen

from conductr import Reply, word
from conductr.languages import Tongue, tongue_for
from conductr.outcomes import Outcome


@frozen
class Reader:
    """`commands_in` is the locale of their Discord, where it differs from the language that they want."""

    locale: str = "en"
    commands_in: str | None = None
    dj_role: str | None = None

    @property
    def tongue(self) -> Tongue:
        return tongue_for(self.locale, self.commands_in)

    def word(self, said: Outcome | BaseException) -> Reply:
        return word(said, self.locale, commands_in=self.commands_in, dj_role=self.dj_role)
