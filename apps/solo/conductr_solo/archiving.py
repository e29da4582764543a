"""conductr archive: fetches what is missing here and still lies at the provider, and says what came of each song."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from conductr import Settings
from conductr.app import open_archive
from conductr.archive import Found

WORDS = {
    Found.KEPT: "kept",
    Found.GONE: "gone at the provider",
    Found.AWAY: "not to be had now: try again later",
    Found.ORPHANED: "nobody knows who made it",
}


async def fetch_older_songs(settings: Settings, say: Callable[[str], object]) -> bool:
    """Tell each song as it comes. False where some could not be had now. Raises SetupError, StoreError."""
    counts: Counter[Found] = Counter()
    async with open_archive(settings) as archive:
        async for song in archive.fetch(datetime.now(UTC)):
            counts[song.found] += 1
            say(f"{song.title}: {WORDS[song.found]}")
    if not counts:
        say("Every song is whole.")
    else:
        say(", ".join(f"{count:,} {WORDS[found].partition(':')[0]}" for found, count in counts.items()) + ".")
    return not counts[Found.AWAY]
