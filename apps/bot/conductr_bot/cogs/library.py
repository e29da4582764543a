"""/library, /lyrics, /favorite, /filter, /export, and the buttons of a song."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from conductr import Caller, Conductr, ConductrError
from conductr.outcomes import SongExported
from conductr_bot.asked import Asked, Manner, Said
from conductr_bot.cards.library import library_page, song_card
from conductr_bot.desk import Pressed
from conductr_bot.render import Attached, Drawn, draw
from conductr_store import MediaError

FILE_LIMIT_BYTES = 10 * 1024 * 1024  # where Discord does not say how large an attachment may be
OFF = "off"


@frozen(eq=False)
class LibraryCommands:
    conductr: Conductr

    @property
    def presses(self) -> Mapping[str, Pressed]:
        page = Manner(private=True, updates=True)
        return {
            "library": Pressed(self.page, page),
            "favorites": Pressed(self.favorites, page),
            "song": Pressed(self.song),
            "favorite": Pressed(self.like),
            "lyrics": Pressed(self.words),
            "lyrics_page": Pressed(self.words, page),
            "export": Pressed(self.take_along),
            "family": Pressed(self.family),
        }

    async def library(self, asked: Asked) -> Drawn:
        owner = asked.member("owner")
        shown = await self.conductr.library.browse(asked.caller, asked.text("search") or "", owner)
        return library_page(shown, asked.tongue, owner)

    async def lyrics(self, asked: Asked) -> Said:
        return await self.conductr.lyrics.shown(asked.caller, asked.text("song"))

    async def favorite(self, asked: Asked) -> Said:
        return await self.conductr.favourites.toggle(asked.caller, asked.text("song"))

    async def filter(self, asked: Asked) -> Said:
        return await self.conductr.filters.set(asked.caller, asked.needed("tag"))

    async def export(self, asked: Asked) -> Drawn:
        return await self._file(asked, asked.needed("song"))

    async def page(self, asked: Asked) -> Drawn:
        offset, owner = asked.press.number(0) or 0, asked.press.number(1)
        shown = await self.conductr.library.browse(asked.caller, asked.press.argument(2) or "", owner, offset)
        return library_page(shown, asked.tongue, owner)

    async def favorites(self, asked: Asked) -> Said:
        return await self.conductr.favourites.shown(asked.caller, asked.press.number(0) or 0)

    async def song(self, asked: Asked) -> Drawn:
        song = await self.conductr.library.song(asked.caller, asked.chosen or "")
        return song_card(song, asked.tongue, await self._cover(asked.caller, song.id) if song.has_cover else None)

    async def like(self, asked: Asked) -> Said:
        """That song, whatever plays by now."""
        return await self.conductr.favourites.toggle(asked.caller, asked.press.argument(0))

    async def words(self, asked: Asked) -> Said:
        return await self.conductr.lyrics.shown(asked.caller, asked.press.argument(0), asked.press.number(1) or 1)

    async def take_along(self, asked: Asked) -> Drawn:
        return await self._file(asked, asked.press.argument(0) or "")

    async def family(self, asked: Asked) -> Said:
        return await self.conductr.variations.family(asked.caller, asked.press.argument(0) or "")

    async def _file(self, asked: Asked, song: str) -> Drawn:
        limit = asked.interaction.attachment_size_limit or FILE_LIMIT_BYTES
        exported: SongExported = await self.conductr.library.export(asked.caller, song, limit)
        shown = draw(asked.reader.word(exported))
        return Drawn(content=shown.content, embed=shown.embed, attached=(Attached(exported.path, exported.name),))

    async def _cover(self, caller: Caller, song_id: str) -> Path | None:
        """A card without its picture is a card still."""
        try:
            return await self.conductr.library.cover(caller, song_id)
        except (ConductrError, MediaError):
            return None
