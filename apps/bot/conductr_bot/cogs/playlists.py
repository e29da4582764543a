"""Playlists: made, named, filled, used and deleted; by command, by list and by button."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from conductr import Conductr
from conductr.denials import UnknownPlaylist
from conductr.outcomes import PlaylistsShown
from conductr.views import PlaylistView
from conductr_bot.asked import Asked, Manner, Said
from conductr_bot.cards.layout import Choosable, rows, select
from conductr_bot.cards.playlists import sure_to_delete
from conductr_bot.desk import Pressed
from conductr_bot.presses import press
from conductr_bot.render import Attached, Drawn, draw

from .voice import VoiceCommands


@frozen(eq=False)
class PlaylistCommands:
    conductr: Conductr
    voice: VoiceCommands

    @property
    def presses(self) -> Mapping[str, Pressed]:
        page = Manner(private=True, updates=True)
        return {
            "playlist": Pressed(self.one, page),
            "playlist_play": Pressed(self.play_this, Manner()),
            "playlist_use": Pressed(self.use),
            "playlist_names": Pressed(self.names),
            "playlist_delete": Pressed(self.ask_delete),
            "playlist_deleted": Pressed(self.delete, page),
            "playlist_restored": Pressed(self.restore, page),
            "adding": Pressed(self.adding),
            "added": Pressed(self.add, page),
        }

    async def create_playlist(self, asked: Asked) -> Said:
        return await self.conductr.playlists.create(asked.caller, asked.needed("name"))

    async def delete_playlist(self, asked: Asked) -> Said:
        return await self.conductr.playlists.delete(asked.caller, asked.needed("playlist"))

    async def rename_playlist(self, asked: Asked) -> Said:
        return await self.conductr.playlists.rename(asked.caller, asked.needed("playlist"), asked.needed("name"))

    async def playlists(self, asked: Asked) -> Said:
        return await self.conductr.playlists.list(asked.caller)

    async def add_to_playlist(self, asked: Asked) -> Said:
        return await self.conductr.playlists.add(asked.caller, asked.text("song"), asked.text("playlist"))

    async def remove_from_playlist(self, asked: Asked) -> Said:
        return await self.conductr.playlists.remove(asked.caller, asked.needed("song"), asked.text("playlist"))

    async def switch_playlist(self, asked: Asked) -> Said:
        return await self.conductr.playlists.switch(asked.caller, asked.needed("playlist"))

    async def play_playlist(self, asked: Asked) -> Said:
        await self.voice.come(asked)
        shuffle = bool(asked.flag("shuffle"))
        return await self.conductr.playlists.play(asked.caller, asked.needed("playlist"), shuffle=shuffle)

    async def one(self, asked: Asked) -> Said:
        """The list's select names it; so do the buttons that turn its pages."""
        named = asked.press.argument(0) or asked.chosen or ""
        return await self.conductr.playlists.show(asked.caller, named, asked.press.number(1) or 0)

    async def play_this(self, asked: Asked) -> Said:
        await self.voice.come(asked)
        shuffle = asked.press.argument(1) == "shuffle"
        return await self.conductr.playlists.play(asked.caller, asked.press.argument(0), shuffle=shuffle)

    async def use(self, asked: Asked) -> Said:
        return await self.conductr.playlists.switch(asked.caller, asked.press.argument(0))

    async def names(self, asked: Asked) -> Drawn:
        """Its songs' names as a text file, which nobody else sees."""
        exported = await self.conductr.playlists.export(asked.caller, asked.press.argument(0) or "")
        reply = asked.reader.word(exported)
        file = Attached(exported.text.encode(), "playlist.txt")
        return Drawn(content=draw(reply).content, embed=draw(reply).embed, attached=(file,))

    async def ask_delete(self, asked: Asked) -> Drawn:
        shown = await self.conductr.playlists.show(asked.caller, asked.press.argument(0) or "")
        return sure_to_delete(shown.playlist, asked.tongue)

    async def delete(self, asked: Asked) -> Said:
        return await self.conductr.playlists.delete(asked.caller, asked.press.argument(0) or "")

    async def restore(self, asked: Asked) -> Said:
        return await self.conductr.playlists.restore(asked.caller, asked.press.argument(0) or "")

    async def adding(self, asked: Asked) -> Said:
        """A song's button: into which playlist? Where there is none to choose from, the use case says so."""
        song_id = asked.press.argument(0) or ""
        shown: PlaylistsShown = await self.conductr.playlists.list(asked.caller)
        every: tuple[PlaylistView, ...] = (*shown.own, *shown.here)
        if len(every) < 2:
            return await self.conductr.playlists.add(asked.caller, song_id, every[0].id if every else None)
        options = [Choosable(one.name, one.id, one.owner_name) for one in every]
        lines = rows(select(press("added", song_id), asked.tongue("select.playlist"), options))
        return Drawn(content=asked.tongue("card.playlists"), lines=lines)

    async def add(self, asked: Asked) -> Said:
        if asked.chosen is None:
            raise UnknownPlaylist("")
        return await self.conductr.playlists.add(asked.caller, asked.press.argument(0) or "", asked.chosen)
