"""Listening to a recording that a request points at: is there sound in it, and enough."""

from __future__ import annotations

from pathlib import Path

from anyio import to_thread

from suno_client.sandbox.house import House
from suno_client.sandbox.music.conversions import seconds_of
from suno_client.sandbox.sides.fetching import Unfetched, fetch
from suno_client.sandbox.sides.tasks import new_file
from suno_client.sandbox.sources import recording_of

_SHORT_S = 0.5  # how much may be missing at the end: lengths are told in tenths


class Unheard(RuntimeError):
    """The recording cannot be used; the message says why, without its address."""


async def hear(house: House, url: str, until_s: float) -> float:
    """The recording's seconds. Raises Unheard where there is no sound, or it ends before `until_s`."""
    own = await _own(house, url)
    path = own or new_file(house, ".heard")
    try:
        if own is None:
            await fetch(url, path)
        seconds = await to_thread.run_sync(seconds_of, path)
    except Unfetched as error:
        raise Unheard(str(error)) from error
    finally:
        if own is None:
            path.unlink(missing_ok=True)
    if seconds is None:
        raise Unheard("There is no sound in the file.")
    if seconds + _SHORT_S < until_s:
        raise Unheard(f"The recording has {seconds:.1f} seconds, and {until_s:g} were asked for.")
    return seconds


async def _own(house: House, url: str) -> Path | None:
    """The file behind one of this sandbox's own addresses, once it is whole."""
    take = recording_of(house, url)
    if take is None:
        return house.files.path_of(url)
    await take.ended()
    return take.audio
