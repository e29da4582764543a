"""Variations: "again, but ..": the wish that a song came of, with one thing otherwise. Its cost is said first."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from logging import getLogger

from attrs import evolve, frozen

from conductr_store import CommitUnsure, Generation, Song, Store, StoreError, UnitOfWork
from suno_client import SunoError

from .access import Caller
from .catalog import song_views
from .errors import BadWish, ConductrError, UnknownSong
from .generations import Generations
from .outcomes import FamilyShown, VariationOffered
from .resolving import may_hear, song_meant
from .views import GenerationView
from .wishes import Wish, check_request, request_for, tidy

log = getLogger(__name__)

WORDS_LIMIT = 300  # characters of one's own words


class Kind(StrEnum):
    SLOWER = "slower"
    FASTER = "faster"
    HAPPIER = "happier"
    DARKER = "darker"
    LANGUAGE = "language"
    SINGER = "singer"
    OWN = "own"


TAGS: Mapping[Kind, str] = {  # what Suno is told; it speaks in tags
    Kind.SLOWER: "slower tempo, half-time",
    Kind.FASTER: "faster tempo, driving",
    Kind.HAPPIER: "happier, bright, major key",
    Kind.DARKER: "darker, moody, minor key",
}


@frozen
class Variations:
    store: Store
    generations: Generations

    async def offer(self, caller: Caller, song: str, kind: str, words: str | None = None) -> VariationOffered:
        """What would be asked, and what it costs. Raises UnknownSong, SeveralFound, BadWish."""
        async with self.store.begin() as tx:
            parent, wish = await self._wish(tx, caller, song, kind, words)
            view = (await song_views(tx, (parent,)))[0]
            theirs = await tx.provider_keys.of_user(caller.user_id)
            servers = await tx.provider_keys.of_guild(caller.guild_id)
            own = any(key.usable for key in (*theirs, *servers))
            asker = self.generations.asker
            whose = {"user_id": caller.user_id, "guild_id": caller.guild_id}
            left = () if own else await asker.allowance.left(tx, **whose, at=self.generations.book.now())
        fewest = min((one.left for one in left), default=None)
        return VariationOffered(view, Kind(kind).value, wish, left=fewest, own_key=own)

    async def go(  # noqa: PLR0917 - a request of Discord: who, what, under which name, where to answer
        self,
        caller: Caller,
        song: str,
        kind: str,
        words: str | None,
        request_key: str,
        reply_to: Mapping[str, object] | None = None,
    ) -> GenerationView:
        """Ask for it; what comes of it are the parent's children. Raises as `offer` and `Generations.start`."""
        async with self.store.begin() as tx:
            parent, wish = await self._wish(tx, caller, song, kind, words)
            await tx.listening.vary(request_key, parent.id)
        try:
            view = await self.generations.start(caller, wish, request_key, reply_to, anew=True)
        except (ConductrError, SunoError, StoreError) as error:
            if not isinstance(error, CommitUnsure):  # else the wish may be there after all
                await self._forget(request_key)
            raise
        if view.doubled:  # the first press asked for it, under its own key
            await self._forget(request_key)
        return view

    async def _forget(self, request_key: str) -> None:
        """A refused press leaves nothing that would keep a deleted song. What was asked for keeps its parent."""
        try:
            async with self.store.begin() as tx:
                await tx.listening.forget(request_key)
        except StoreError as error:
            log.warning("that the request %s was refused could not be written down: %s", request_key, error)

    async def family(self, caller: Caller, song: str) -> FamilyShown:
        """Where the song comes from and what was made of it, as far as the caller may hear it. Raises UnknownSong."""
        async with self.store.begin() as tx:
            meant = await song_meant(tx, caller, song)
            family = await tx.songs.family(meant.id)
            depths: dict[str, int] = {}
            for one in family:
                depths[one.id] = depths.get(one.parent_id or "", -1) + 1
            seen = [one for one in family if may_hear(caller, one)]
            views = await song_views(tx, seen)
        return FamilyShown(tuple((depths[view.id], view) for view in views), meant.id)

    async def _wish(self, tx: UnitOfWork, caller: Caller, song: str, kind: str, words: str | None) -> tuple[Song, Wish]:
        parent = await song_meant(tx, caller, song)
        if parent.guild_id != caller.guild_id:
            raise UnknownSong(song)
        wish = tidy(varied(parent, await tx.generations.get(parent.generation_id), Kind(kind), words))
        check_request(request_for(wish, self.generations.asker.model))
        return parent, wish


def varied(parent: Song, asked: Generation, kind: Kind, words: str | None) -> Wish:
    """The wish of then, with one thing otherwise. Raises BadWish where own words are needed and missing."""
    said = " ".join((words or "").split())
    if len(said) > WORDS_LIMIT:
        raise BadWish("words", f"it has {len(said):,} characters and {WORDS_LIMIT} fit", limit=WORDS_LIMIT)
    wish = Wish(
        prompt=asked.prompt,
        style=asked.style or parent.style,
        lyrics=asked.lyrics,
        instrumental=asked.instrumental,
        model=asked.model,
    )
    match kind:
        case Kind.LANGUAGE | Kind.OWN if not said:
            raise BadWish("words", "it is empty")
        case Kind.LANGUAGE:  # the words of then are in another language: new ones are written
            return evolve(wish, prompt=_joined(wish.prompt, f"sung in {said}"), lyrics=None, instrumental=False)
        case Kind.SINGER:
            return evolve(wish, style=_joined(said or "another voice", wish.style), instrumental=False)
        case Kind.OWN:
            return evolve(wish, prompt=_joined(said, wish.prompt))
        case _:
            return evolve(wish, style=_joined(TAGS[kind], wish.style))


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
