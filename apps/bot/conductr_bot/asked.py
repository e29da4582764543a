"""Asked: one interaction, as a cog reads it: who asks, in which language, and with what words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import discord
from attrs import field, frozen

from conductr import Caller, Conductr, Reply
from conductr.languages import Tongue
from conductr.outcomes import Outcome

from .cards.layout import Form
from .presses import Press
from .reader import Reader
from .render import Drawn


@frozen(eq=False)
class Live:
    """An answer that is kept up to date from now on: `sent` is told whether only the caller sees it."""

    drawn: Drawn
    sent: Callable[[bool], Awaitable[None]]


Said = Outcome | Reply | Drawn | Live | Form | None  # None: it was answered already, or the card shows it
Options = Mapping[str, object]


@frozen(eq=False)
class Asked:
    """`options` are a command's, by their English names; `press` and `values` a button's, a select's or a form's."""

    interaction: discord.Interaction
    conductr: Conductr
    caller: Caller
    reader: Reader
    options: Options = field(factory=dict[str, object])
    press: Press = field(default=Press(""))
    values: tuple[str, ...] = ()

    @property
    def tongue(self) -> Tongue:
        return self.reader.tongue

    @property
    def guild_id(self) -> int:
        return self.caller.guild_id

    @property
    def request_key(self) -> str:
        """The same interaction twice is one wish."""
        return str(self.interaction.id)

    def text(self, name: str) -> str | None:
        given = self.options.get(name)
        return given if isinstance(given, str) and given.strip() else None

    def needed(self, name: str) -> str:
        """Of an option that Discord asks for; empty where a client left it out all the same."""
        return self.text(name) or ""

    def number(self, name: str) -> int | None:
        given = self.options.get(name)
        return given if isinstance(given, int) and not isinstance(given, bool) else None

    def flag(self, name: str) -> bool | None:
        given = self.options.get(name)
        return given if isinstance(given, bool) else None

    def member(self, name: str) -> int | None:
        """A member's id."""
        given = self.options.get(name)
        return given.id if isinstance(given, discord.Member | discord.User | discord.Object) else None

    @property
    def chosen(self) -> str | None:
        """The line of a select."""
        return self.values[0] if self.values else None


Handler = Callable[[Asked], Awaitable[Said]]


@frozen
class Manner:
    """How an answer is given.

    `private`: the caller alone sees it. `updates`: the message that was pressed is redrawn. `shown`: the card shows
    what was done, so only what is not done is said, to the caller alone. `opens`: a form may come, which must be first.
    """

    private: bool = False
    updates: bool = False
    shown: bool = False
    opens: bool = False
