"""What is heard now: play, pause, skip, seek, volume, loop, and the card's buttons for them."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from conductr import Conductr
from conductr_bot.asked import Asked, Manner, Said
from conductr_bot.boards import Boards
from conductr_bot.desk import Pressed

from .voice import VoiceCommands

PLACES = ("end", "next", "now")


@frozen(eq=False)
class PlaybackCommands:
    conductr: Conductr
    voice: VoiceCommands
    boards: Boards

    @property
    def presses(self) -> Mapping[str, Pressed]:
        shown = Manner(shown=True)
        return {
            "previous": Pressed(self.back, shown),
            "pause": Pressed(self.hold, shown),
            "resume": Pressed(self.go_on, shown),
            "skip": Pressed(self.skip_this, shown),
            "stop": Pressed(self.stop_this, shown),
            "loop": Pressed(self.loop_to, shown),
            "undo": Pressed(self.undo, shown),
            "play": Pressed(self.play_song, Manner()),
        }

    async def play(self, asked: Asked) -> Said:
        await self.voice.come(asked)
        return await self.conductr.playback.play(asked.caller, asked.text("song"), place=_place(asked.text("place")))

    async def pause(self, asked: Asked) -> Said:
        return await self.conductr.playback.pause(asked.caller)

    async def skip(self, asked: Asked) -> Said:
        return await self.conductr.playback.skip(asked.caller, asked.number("count") or 1)

    async def previous(self, asked: Asked) -> Said:
        return await self.conductr.playback.previous(asked.caller)

    async def loop(self, asked: Asked) -> Said:
        return await self.conductr.playback.loop(asked.caller, asked.text("mode"))

    async def playlast(self, asked: Asked) -> Said:
        await self.voice.come(asked)
        return await self.conductr.playback.play_last(asked.caller)

    async def stop(self, asked: Asked) -> Said:
        return await self.conductr.playback.stop(asked.caller)

    async def seek(self, asked: Asked) -> Said:
        return await self.conductr.playback.seek(asked.caller, asked.needed("time"))

    async def volume(self, asked: Asked) -> Said:
        return await self.conductr.playback.volume(asked.caller, asked.number("level"))

    async def nowplaying(self, asked: Asked) -> Said:
        """The one card of the server comes here, and is kept up to date from now on."""
        return await self.boards.answer(asked)

    async def back(self, asked: Asked) -> Said:
        return await self.conductr.playback.previous(asked.caller, asked.press.number(0))

    async def hold(self, asked: Asked) -> Said:
        return await self.conductr.playback.pause(asked.caller)

    async def go_on(self, asked: Asked) -> Said:
        await self.voice.come(asked)
        return await self.conductr.playback.play(asked.caller)

    async def skip_this(self, asked: Asked) -> Said:
        """The play that the button was made for, and no other."""
        return await self.conductr.playback.skip(asked.caller, 1, asked.press.number(0))

    async def stop_this(self, asked: Asked) -> Said:
        return await self.conductr.playback.stop(asked.caller, asked.press.number(0))

    async def loop_to(self, asked: Asked) -> Said:
        return await self.conductr.playback.loop(asked.caller, asked.press.argument(0))

    async def undo(self, asked: Asked) -> Said:
        return await self.conductr.playback.undo(asked.caller)

    async def play_song(self, asked: Asked) -> Said:
        await self.voice.come(asked)
        place = _place(asked.press.argument(1))
        return await self.conductr.playback.play(asked.caller, asked.press.argument(0), place=place)


def _place(given: str | None) -> str:
    return given if given in PLACES else "end"
