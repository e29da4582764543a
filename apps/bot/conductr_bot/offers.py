"""What is offered while a member types: songs, entries, playlists, genres, commands."""

from __future__ import annotations

from collections.abc import Mapping

from conductr import Conductr
from conductr.views import Choice

from .asked import Asked
from .cogs.settings import command_names
from .desk import Offer
from .escape import plain

LABEL, VALUE = 100, 100  # characters of a choice (discord.md 6)
MOST = 25


def offers_of(conductr: Conductr) -> Mapping[str, Offer]:
    """By the names in the table of commands. What comes back is looked up anew: nobody has to choose from the list."""

    async def songs(asked: Asked, typed: str) -> tuple[Choice, ...]:
        return _fitting(await conductr.completions.songs(asked.caller, typed))

    async def entries(asked: Asked, typed: str) -> tuple[Choice, ...]:
        return _fitting(await conductr.completions.entries(asked.caller, typed))

    async def playlists(asked: Asked, typed: str) -> tuple[Choice, ...]:
        return _fitting(await conductr.completions.playlists(asked.caller, typed))

    async def listed(asked: Asked, typed: str) -> tuple[Choice, ...]:
        return _fitting(await conductr.completions.playlist_songs(asked.caller, asked.text("playlist"), typed))

    async def tags(asked: Asked, typed: str) -> tuple[Choice, ...]:
        return _fitting(await conductr.completions.tags(asked.caller, typed))

    async def styles(asked: Asked, typed: str) -> tuple[Choice, ...]:
        """The same, after the tags that stand there already; what is typed is offered first, for it may be new."""
        *before, last = typed.split(",")
        found = await conductr.completions.tags(asked.caller, last.strip())
        kept = [part.strip() for part in before if part.strip()]
        joined = [", ".join((*kept, _bare(choice))) for choice in found if choice.value != "off"]
        own = [typed.strip()] if typed.strip() else []
        return _fitting(tuple(Choice(text, text) for text in dict.fromkeys((*own, *joined))))

    async def commands(asked: Asked, typed: str) -> tuple[Choice, ...]:
        return tuple(Choice(f"/{label}", value) for label, value in command_names(asked, typed)[:MOST])

    return {
        "songs": songs,
        "entries": entries,
        "playlists": playlists,
        "listed": listed,
        "tags": tags,
        "styles": styles,
        "commands": commands,
    }


def _bare(choice: Choice) -> str:
    """The tag itself: a value may say what kind of tag it is."""
    return choice.value.partition(":")[2] or choice.value


def _fitting(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """What Discord takes: no empty and no too long one."""
    fitting = [Choice(plain(one.label, LABEL), one.value) for one in choices if one.label.strip() and one.value.strip()]
    return tuple(one for one in fitting if len(one.value) <= VALUE)[:MOST]
