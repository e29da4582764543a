"""The library's index, kept in step with songs and with owners' names: written in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, literal, select, update
from sqlalchemy.dialects.postgresql import TSVECTOR

from conductr_store.errors import StoreBusy
from conductr_store.finding import labels_of, owner_tokens, slips_of, stretches_of, tokens_of, vocabulary
from conductr_store.link import Link
from conductr_store.records import Song, Visibility
from conductr_store.tables import owner_words, song_search, songs, word_slips

# A change of any other field leaves the index as it is.
FOUND_BY = frozenset({"title", "style", "tags", "prompt", "lyrics", "model", "owner_id", "visibility", "duration_s"})

ROW = song_search.c
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
TRIES = 20  # to find a number of its own, while others look for theirs
NEIGHBOURS = 500


async def index_song(link: Link, song: Song) -> None:
    """The song is found by what stands in it now; a deleted one by nothing."""
    if song.deleted_at is not None:
        await link.run(delete(song_search).where(ROW.song_id == song.id))
        return
    tokens = tokens_of(song)
    known = await link.row(select(ROW.number).where(ROW.song_id == song.id))
    if known is None:
        await _insert(link, song, tokens)
    else:
        row = index_row(song, tokens, known["number"], link.connection.dialect.name)
        await link.run(update(song_search).where(ROW.song_id == song.id).values(row))
    await learn(link, vocabulary(tokens))


async def index_owner(link: Link, user_id: int, name: str) -> None:
    """The user's songs are found by `name`, and no longer by an older one."""
    tokens = owner_tokens(name)
    mine = owner_words.c.user_id == user_id
    known: frozenset[str] = frozenset(row["token"] for row in await link.rows(select(owner_words.c.token).where(mine)))
    if known == tokens:
        return
    await link.run(delete(owner_words).where(mine, owner_words.c.token.in_(sorted(known - tokens))))
    if new := sorted(tokens - known):
        rows = [{"token": token, "user_id": user_id} for token in new]
        await link.run(link.insert(owner_words).values(rows).on_conflict_do_nothing())
    await learn(link, vocabulary(tokens))


async def index_reowned(link: Link, former_owner_id: int) -> None:
    """Whose songs were given to somebody else by one statement, is no longer named by the index."""
    theirs = songs.join(song_search, ROW.song_id == songs.c.id)
    for row in await link.rows(select(*songs.c).select_from(theirs).where(ROW.owner_id == former_owner_id)):
        await index_song(link, Song(**row))


async def learn(link: Link, words: frozenset[str]) -> None:
    """Slips are mended towards these words from now on."""
    slip, word = word_slips.c.slip, word_slips.c.word
    known = await link.rows(select(word).where(slip == word, slip.in_(sorted(words)))) if words else ()
    new = slip_rows(words.difference(row["word"] for row in known))
    for at in range(0, len(new), NEIGHBOURS):  # in one order everywhere: two who learn the same wait, and never both
        await link.run(link.insert(word_slips).values(new[at : at + NEIGHBOURS]).on_conflict_do_nothing())


def slip_rows(words: Iterable[str]) -> list[dict[str, str]]:
    return [{"slip": slip, "word": word} for word in sorted(words) for slip in sorted(slips_of(word))]


def number_of(moment: datetime) -> int:
    return (moment - EPOCH) // MILLISECOND


def index_row(song: Song, tokens: Iterable[str], number: int, engine: str) -> dict[str, Any]:
    return {
        "number": number,
        "song_id": song.id,
        "guild_id": song.guild_id,
        "owner_id": song.owner_id,
        "private": song.visibility is Visibility.PRIVATE,
        "length_s": song.duration_s or 0.0,
        "labels": labels_of(song),
        "tokens": in_column(engine, tokens, number),
    }


def in_column(engine: str, tokens: Iterable[str], number: int) -> Any:
    """Tokens as the column of the engine takes them; PostgreSQL is told the stretches of time besides."""
    if engine == "sqlite":
        return f" {' '.join(sorted(tokens))} "
    return literal(tsvector((*tokens, *stretches_of(number)))).cast(TSVECTOR)


def tsvector(tokens: Iterable[str]) -> str:
    return " ".join(f"'{token}'" for token in sorted(tokens))


async def _insert(link: Link, song: Song, tokens: frozenset[str]) -> None:
    """At the moment it was made, or at the nearest free one before: of one moment's songs the first is the newest."""
    number, engine = number_of(song.created_at), link.connection.dialect.name
    for _ in range(TRIES):
        number = await _free(link, number)
        row = index_row(song, tokens, number, engine)
        statement = link.insert(song_search).values(row).on_conflict_do_nothing()
        if await link.row(statement.returning(ROW.number)) is not None:
            return
    raise StoreBusy


async def _free(link: Link, number: int) -> int:
    while True:
        below = select(ROW.number).where(ROW.number <= number).order_by(ROW.number.desc()).limit(NEIGHBOURS)
        taken = [row["number"] for row in await link.rows(below)]
        for at, one in enumerate(taken):
            if one != number - at:
                return number - at
        number -= len(taken)
        if len(taken) < NEIGHBOURS:
            return number
