"""One person's data: shown whole without secrets, and gone or nobody's once the person asks to be forgotten."""

from __future__ import annotations

import json

import anyio
import pytest
from sqlalchemy import BigInteger, select, text
from support.persons import has_made_songs

from conductr_store import (
    Generation,
    GenerationState,
    LibraryQuery,
    NotFound,
    Song,
    SongState,
    StillSubscribed,
    Store,
    User,
)
from conductr_store.records import (
    NOBODY,
    AuditEntry,
    Membership,
    NarrowedBy,
    Narrowing,
    Outcome,
    Subscription,
)
from conductr_store.repositories.personal import DERIVED, HOLDINGS, Fate
from conductr_store.sealing import KeyRing, Secret, new_sealing_key
from conductr_store.store import UnitOfWork
from conductr_store.tables import metadata, users
from conductr_store.testing import A_GUILD, A_USER, a_generation

pytestmark = pytest.mark.anyio

NAMES_OF_PERSONS = {"user_id", "owner_id", "actor_id", "created_by", "added_by", "requested_by", "requester_id"}
OTHER = User(8, "Grace")
ID = 2**53 + 1234567  # nothing else looks like it
PERSON = User(ID, "Ada Lovelace", "avatar-of-ada", "en-GB", "ada@example.org")
RING = KeyRing.parse(new_sealing_key("k"))
WAITING = text("SELECT pid FROM pg_locks WHERE NOT granted")
CANARY = "sk-canary-0123456789abcdef"


async def lived(shared: Store) -> tuple[Generation, list[Song]]:
    """A person with a row wherever there can be one, beside another who has the same."""
    async with shared.begin() as tx:
        await tx.users.put(PERSON)
        await tx.users.put(OTHER)
        for who, name in ((PERSON.id, "ada"), (OTHER.id, "grace")):
            await has_an_account(tx, who, name)
        generation, songs = await has_made_songs(tx, PERSON.id, "ada")
        await has_made_songs(tx, OTHER.id, "grace")
        for song in (songs[0], songs[1]):
            await tx.favourites.add(OTHER.id, song.id)
    return generation, songs


async def has_an_account(tx: UnitOfWork, who: int, name: str) -> None:
    await tx.users.set(who, default_style=f"noise of {name}", private=True)
    await tx.memberships.see(Membership(guild_id=A_GUILD.id, user_id=who, nickname=f"Countess of {name}"))
    await tx.provider_keys.put(who, "sunoapi", Secret(CANARY), RING)
    await tx.provider_keys.put_guild(A_GUILD.id, f"of {name}", Secret(CANARY), RING, brought_by=who)
    await tx.sessions.start(who, agent=f"Browser of {name}")
    await tx.audit.write("settings.changed", actor_id=who, guild_id=A_GUILD.id, detail={"name": f"of {name}"})
    await tx.audit.write("member.muted", actor_id=A_USER.id, target=f"user:{who}", detail={"name": f"of {name}"})
    await tx.billing.name_customer(who, f"cus_of_{name}")
    await tx.billing.save(
        Subscription(id=f"sub_{name[0]}", user_id=who, customer_id=f"cus_of_{name}", plan="band", status="canceled")
    )
    await tx.commands.add(f"command-{name[0]}", A_GUILD.id, who, "skip", {})
    await tx.listening.narrow(A_GUILD.id, who, Narrowing(NarrowedBy.STYLE, f"taste of {name}"))


async def dump(shared: Store, *, but: frozenset[str] = frozenset()) -> str:
    async with shared._engine.begin() as connection:
        tables = [table for table in metadata.sorted_tables if table.name not in but]
        rows = [(await connection.execute(select(table))).all() for table in tables]
    return repr([tuple(row) for some in rows for row in some]).lower()


def columns_that_name_a_person() -> set[tuple[str, str]]:
    return {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, BigInteger)
        and (column.name in NAMES_OF_PERSONS or any(key.column is users.c.id for key in column.foreign_keys))
        and table.name not in DERIVED
    }


def test_every_column_that_names_a_person_is_exported_and_forgotten() -> None:
    assert columns_that_name_a_person() == {(each.table.name, each.column) for each in HOLDINGS}


async def test_an_export_holds_a_row_of_every_kind_and_no_secret(shared: Store) -> None:
    await lived(shared)
    async with shared.begin() as tx:
        export = await tx.users.export(PERSON.id)
        with pytest.raises(NotFound):
            await tx.users.export(404)
    assert {name for name, rows in export.items() if rows} == {"users"} | {each.table.name for each in HOLDINGS}
    assert [len(export[name]) for name in ("users", "sessions", "songs", "playlists", "favourites")] == [1, 1, 4, 2, 1]
    shown = json.dumps(export)
    assert PERSON.email is not None
    assert PERSON.email in shown
    assert "wish of ada" in shown
    assert str(OTHER.id) not in {str(row.get("user_id")) for rows in export.values() for row in rows}
    assert not [secret for secret in ("canary", "blob", "token_hash", "former_hash", "share_hash") if secret in shown]


async def test_who_is_forgotten_stands_nowhere_any_more_and_others_stay_as_they_were(shared: Store) -> None:
    await lived(shared)
    async with shared.begin() as tx:
        others = await tx.users.export(OTHER.id)
        forgotten = await tx.users.forget(PERSON.id)
        assert await tx.users.export(OTHER.id) == others
        with pytest.raises(NotFound):
            await tx.users.get(PERSON.id)
    gone = {each.table.name for each in HOLDINGS if each.fate is Fate.GOES}
    assert forgotten.removed.keys() == {"users", "private songs"} | gone
    assert forgotten.removed["private songs"] == 2
    assert forgotten.kept == {
        "audit": 1,
        "commands": 1,
        "generations": 1,
        "playlist_songs": 1,
        "playlists": 1,
        "songs": 4,
        "subscriptions": 1,
    }
    # The words of songs that stay may be found by still; the vocabulary names no one.
    left = await dump(shared, but=frozenset({"songs", "song_search", "word_slips"}))
    assert not [word for word in ("of ada", "of_ada", "ada@", "-of-ada", "lovelace", "for ada") if word in left]
    assert str(ID) not in await dump(shared)
    assert str(OTHER.id) in left


async def test_songs_that_others_hear_are_nobodys_and_private_ones_are_gone(shared: Store) -> None:
    _, (heard, spoken_of, private, growing) = await lived(shared)
    async with shared.begin() as tx:
        await tx.users.forget(PERSON.id)
        assert (await tx.songs.get(heard.id)).owner_id == NOBODY
        assert (await tx.library.find(LibraryQuery(guild_id=A_GUILD.id, text="For all"))).total == 2
        tombstone = await tx.songs.get(spoken_of.id, deleted=True)
        assert (tombstone.owner_id, tombstone.lyrics, tombstone.prompt) == (NOBODY, None, "")
        with pytest.raises(NotFound):
            await tx.songs.get(private.id, deleted=True)
        assert (await tx.songs.get(growing.id)).owner_id == NOBODY
        assert await tx.users.names([NOBODY]) == {}, "lists say: someone"


async def test_a_private_song_that_grew_to_its_end_goes_at_the_next_forgetting(shared: Store) -> None:
    *_, growing = (await lived(shared))[1]
    async with shared.begin() as tx:
        await tx.users.forget(PERSON.id)
        await tx.songs.update(growing.id, state=SongState.READY)
        await tx.users.forget(OTHER.id)
        with pytest.raises(NotFound):
            await tx.songs.get(growing.id)


@pytest.mark.parametrize("state", GenerationState)
async def test_the_words_of_a_wish_go_once_nothing_can_follow_of_it(shared: Store, state: GenerationState) -> None:
    closed = state in {GenerationState.FINISHED, GenerationState.REFUSED, GenerationState.FAILED}
    async with shared.begin() as tx:
        await tx.users.put(PERSON)
        await tx.users.put(OTHER)
        wish = await tx.generations.add(
            a_generation(user_id=ID, state=state, prompt="words", style="s", title="t", lyrics="l", reply_to={})
        )
        await tx.users.forget(ID)
        left = await tx.generations.get(wish.id)
        assert (left.user_id, left.reply_to) == (NOBODY, None)
        words = (left.prompt, left.style, left.title, left.lyrics)
        assert words == (("", None, None, None) if closed else ("words", "s", "t", "l"))
        await tx.generations.update(wish.id, state=GenerationState.FAILED)
        await tx.users.forget(OTHER.id)
        assert (await tx.generations.get(wish.id)).prompt == ""


async def test_who_still_pays_is_not_forgotten(shared: Store) -> None:
    paying = Subscription(id="sub_1", user_id=A_USER.id, customer_id="cus_1", plan="band", status="past_due")
    async with shared.begin() as tx:
        await tx.billing.save(paying)
    with pytest.raises(StillSubscribed, match="sub_1") as caught:
        async with shared.begin() as tx:
            await tx.users.forget(A_USER.id)
    assert caught.value.subscription_ids == ("sub_1",)
    async with shared.begin() as tx:
        assert (await tx.users.get(A_USER.id)).plan == "band"


async def test_nothing_is_left_of_who_goes_on_while_being_forgotten(shared: Store) -> None:
    async def forget() -> None:
        async with shared.begin() as tx:
            await tx.users.forget(ID)

    async with shared.begin() as tx:
        await tx.users.put(PERSON)
    async with anyio.create_task_group() as group, shared.begin() as tx:
        await tx.sessions.start(ID)
        group.start_soon(forget)  # SQLite has one transaction at a time: there it begins after this one
        while shared.place.startswith("PostgreSQL") and not await tx.users._link.rows(WAITING):
            await anyio.sleep(0.01)
    assert str(ID) not in await dump(shared)


async def test_nobody_is_not_forgotten_and_who_comes_back_begins_anew(shared: Store) -> None:
    await lived(shared)
    async with shared.begin() as tx:
        await tx.users.forget(PERSON.id)
        for who in (NOBODY, PERSON.id, 404):
            with pytest.raises(NotFound):
                await tx.users.forget(who)
        await tx.users.put(User(PERSON.id, "Ada"))
        export = await tx.users.export(PERSON.id)
        assert [name for name, rows in export.items() if rows] == ["users"]


async def test_what_was_done_stays_in_the_log_but_not_by_whom_nor_to_whom(shared: Store) -> None:
    async with shared.begin() as tx:
        await tx.users.put(PERSON)
        await tx.audit.write("song.deleted", actor_id=ID, target="song:1", outcome=Outcome.DENIED, detail={"of": "ada"})
        await tx.audit.write("member.muted", actor_id=A_USER.id, target=f"user:{ID}", detail={"name": "ada"})
        await tx.users.forget(ID)

        def told(entry: AuditEntry) -> tuple[object, ...]:
            return entry.action, entry.actor_id, entry.target, entry.outcome, entry.detail

        entries = {told(entry)[:4]: entry.detail for entry in (await tx.audit.page()).items}
    assert entries == {
        ("song.deleted", NOBODY, "song:1", Outcome.DENIED): {},
        ("member.muted", A_USER.id, f"user:{NOBODY}", Outcome.DONE): {},
    }
