"""A database full of songs, filled in bulk: what the repositories would write, without their questions a song.

Songs and their index rows are the store's own, without their indexes until the end (storing/bulk.py). Left out is what
no search reads: genres by song, lyrics with times, favourites.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from typing import Any

from attrs import asdict

from conductr_store import Song, Store
from conductr_store.finding import owner_tokens, tokens_of, vocabulary
from conductr_store.repositories.indexing import index_row, number_of, slip_rows
from conductr_store.tables import generations, guilds, owner_words, song_search, songs, users, word_slips

from .bulk import Bulk, Rows, bulk
from .songs import CHUNK, FIRST, GUILDS, chunk, owner_name, owners_of

MAKERS = 2  # processes that make songs
Made = tuple[Rows, Rows, frozenset[str]]
Say = Callable[[str], None]
SONG = tuple(column.name for column in songs.c)


def made(of: int, first: int) -> Made:
    """Of one chunk."""
    return rows_of(chunk(first, of))


def rows_of(several: Iterable[Song]) -> Made:
    """Rows of songs and of their index, and words in them. No two of the songs are of one moment."""
    song_rows: Rows = []
    index_rows: Rows = []
    words: set[str] = set()
    for song in several:
        tokens = tokens_of(song)
        words |= vocabulary(tokens)
        plain = asdict(song, recurse=False) | {"tags": "\n".join(song.tags)}
        song_rows.append(tuple(plain[name] for name in SONG))
        row = index_row(song, tokens, number_of(song.created_at), "sqlite")
        index_rows.append(tuple(row[column.name] for column in song_search.c))
    return song_rows, index_rows, frozenset(words)


async def fill(stores: Sequence[Store], count: int, say: Say) -> None:
    """Every store with the same songs: most of the time goes into making them up."""
    began = time.perf_counter()

    def said(line: str) -> None:
        say(f"{line} after {time.perf_counter() - began:.0f} s")

    async with AsyncExitStack() as opened:
        filled = [await opened.enter_async_context(bulk(store)) for store in stores]
        await _people(filled, count)
        words: set[str] = set()
        for at, (song_rows, index_rows, found) in enumerate(opened.enter_context(chunks(count)), 1):
            await put_songs(filled, song_rows, index_rows)
            words |= found
            if at % 20 == 0:
                said(f"{min(count, at * CHUNK):,} songs")
        await _words(filled, words, owners_of(count))
        for one in filled:
            await one.finish()
            said(f"{one.name} filled")


@contextmanager
def chunks(count: int) -> Iterator[Iterable[Made]]:
    """Made by several processes where there is more than one."""
    firsts = range(0, count, CHUNK)
    if len(firsts) == 1:
        yield map(partial(made, count), firsts)
        return
    with multiprocessing.get_context("spawn").Pool(MAKERS) as makers:
        yield makers.imap(partial(made, count), firsts)


async def put_songs(filled: Sequence[Bulk], song_rows: Rows, index_rows: Rows) -> None:
    await _into(filled, songs, SONG, song_rows)
    await _into(filled, song_search, tuple(column.name for column in song_search.c), index_rows)


async def put_words(filled: Sequence[Bulk], words: Iterable[str]) -> None:
    await _into(filled, word_slips, ("slip", "word"), [(row["slip"], row["word"]) for row in slip_rows(words)])


async def _words(filled: Sequence[Bulk], words: set[str], owners: int) -> None:
    names = [(owner, owner_tokens(owner_name(owner))) for owner in range(1, owners + 1)]
    known = words | vocabulary(token for _, tokens in names for token in tokens)
    spoken = [(token, owner) for owner, tokens in names for token in sorted(tokens)]
    await _into(filled, owner_words, ("token", "user_id"), spoken)
    await put_words(filled, known)


async def _people(filled: Sequence[Bulk], count: int) -> None:
    owners = [(owner, owner_name(owner)) for owner in range(1, owners_of(count) + 1)]
    await _into(filled, users, ("id", "name"), owners)
    await _into(filled, guilds, ("id", "name", "volume"), [(one, f"Guild {one}", 100) for one in range(1, GUILDS + 1)])
    wish = {"guild_id": 1, "user_id": 1, "prompt": "", "instrumental": False, "model": "V5", "state": "finished"}
    fixed = {**wish, "created_at": FIRST, "updated_at": FIRST, "told": "finished"}
    names = ("id", "request_key", *fixed)
    rows: Rows = [(f"generation-{at:07}", f"request-{at}", *fixed.values()) for at in range((count + 1) // 2)]
    await _into(filled, generations, names, rows)


async def _into(filled: Sequence[Bulk], table: Any, names: Sequence[str], rows: Rows) -> None:
    for one in filled:
        await one.rows(table.name, names, rows)
