"""/queue and what changes its order, by command, by button and by its list."""

from __future__ import annotations

import time
from collections.abc import Mapping

from attrs import frozen

from conductr import Conductr
from conductr_bot.asked import Asked, Manner, Said
from conductr_bot.cards.queue import queue_page
from conductr_bot.desk import Pressed
from conductr_bot.render import Drawn

NEXT, END = "1", "end"  # places in the queue, as the use case reads them


@frozen(eq=False)
class QueueCommands:
    conductr: Conductr

    @property
    def presses(self) -> Mapping[str, Pressed]:
        page = Manner(private=True, updates=True)
        return {
            "queue": Pressed(self.page),
            "queue_page": Pressed(self.page, page),
            "entry": Pressed(self.entry, page),
            "shuffle": Pressed(self.shuffle, Manner()),
            "clear": Pressed(self.clear, Manner()),
            "jump": Pressed(self.jump, Manner()),
            "up": Pressed(self.up, Manner()),
            "remove": Pressed(self.remove, Manner()),
        }

    async def queue(self, asked: Asked) -> Said:
        return await self.conductr.playback.queue_shown(asked.guild_id, asked.number("page") or 1)

    async def queue_remove(self, asked: Asked) -> Said:
        return await self.conductr.playback.remove(
            asked.caller, asked.text("song"), to=asked.text("to"), member=asked.member("member")
        )

    async def queue_move(self, asked: Asked) -> Said:
        return await self.conductr.playback.move(asked.caller, asked.needed("song"), asked.text("before") or END)

    async def shuffle(self, asked: Asked) -> Said:
        return await self.conductr.playback.shuffle(asked.caller)

    async def clear(self, asked: Asked) -> Said:
        return await self.conductr.playback.clear(asked.caller)

    async def page(self, asked: Asked) -> Said:
        """The queue as it is now; a page that is gone gives the last."""
        return await self.conductr.playback.queue_shown(asked.guild_id, asked.press.number(0) or 1)

    async def entry(self, asked: Asked) -> Drawn:
        """The same page, with what can be done with the entry that was chosen."""
        shown = await self.conductr.playback.queue_shown(asked.guild_id, asked.press.number(0) or 1)
        return queue_page(shown.queue, shown.page, asked.tongue, time.time(), chosen=asked.chosen)

    async def jump(self, asked: Asked) -> Said:
        return await self.conductr.playback.jump(asked.caller, asked.press.argument(0) or "")

    async def up(self, asked: Asked) -> Said:
        return await self.conductr.playback.move(asked.caller, asked.press.argument(0) or "", NEXT)

    async def remove(self, asked: Asked) -> Said:
        return await self.conductr.playback.remove(asked.caller, asked.press.argument(0))
